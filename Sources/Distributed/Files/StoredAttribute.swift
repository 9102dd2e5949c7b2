/// An attribute as a file has it: a text, or numbers.
public struct StoredAttribute: Codable, Sendable, Hashable {
  /// Its name.
  public var name: String
  /// The text; nil where it holds numbers.
  public var text: String?
  /// The numbers; empty where it is a text.
  public var numbers: [Double] = []
  /// Their type.
  public var type = NetCDFType.character

  /// A text.
  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }

  /// Numbers.
  public init(name: String, numbers: [Double], type: NetCDFType) {
    self.name = name
    self.numbers = numbers
    self.type = type
  }

  /// The attribute for a file of the classic data model, which has no unsigned and no 64-bit integers.
  var written: (String, NetCDFWriter.Attribute) {
    if let text { return (name, .text(text)) }
    let isClassic = [NetCDFType.int8, .int16, .int32, .float, .double].contains(type)
    return (name, .numbers(numbers, isClassic ? type : .double))
  }
}
