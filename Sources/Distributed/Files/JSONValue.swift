import Foundation

/// A value of a JSON text, as stores keep their metadata; NaN and infinities are written out there, which JSON does not know.
enum JSONValue: Decodable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// The object that a text holds; nil where it is none.
  static func object(_ bytes: [UInt8]) -> [String: JSONValue]? {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    return try? decoder.decode([String: JSONValue].self, from: Data(bytes))
  }

  /// The text; nil where it is none.
  var text: String? { if case .text(let text) = self { text } else { nil } }

  /// The elements; nil where it is no list.
  var list: [JSONValue]? { if case .list(let list) = self { list } else { nil } }

  /// The members; nil where it is no object.
  var object: [String: JSONValue]? { if case .object(let object) = self { object } else { nil } }

  /// The integer; nil where it is none.
  var integer: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The number, one for a truth; nil where it is neither.
  var number: Double? {
    switch self {
    case .boolean(let value): value ? 1 : 0
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// Whether it says nothing.
  var isNull: Bool { if case .null = self { true } else { false } }
}
