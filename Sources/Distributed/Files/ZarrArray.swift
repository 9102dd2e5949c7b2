/// What the metadata of a Zarr store say about one array, after "Zarr Storage Specification Version 2" and, for the names of
/// dimensions, the conventions of xarray and netCDF.
struct ZarrArray {
  /// Its name, and that of its folder.
  let name: String
  /// Lengths of the dimensions and of a chunk; chunks at the edges are stored whole.
  let shape: [Int]
  let chunk: [Int]
  let element: Element
  /// Whether chunks are deflated.
  let isDeflated: Bool
  /// What was never written reads as; nil where nothing is said.
  let fill: Double?
  /// Between the numbers of a chunk in its name.
  let separator: String
  /// Names of the dimensions, slowest first.
  let dimensionNames: [String]
  let attributes: [String: JSONValue]
  /// Why its values cannot be read, as the end of a sentence; nil where they can.
  let obstacle: String?

  /// What an element is.
  enum Element: Equatable {
    case number(ChunkedStorage.Number, isBigEndian: Bool)
    /// Text of so many bytes, or so many characters of four bytes.
    case bytes(Int)
    case characters(Int, isBigEndian: Bool)
    /// Texts of any length.
    case texts
    case unknown
  }

  /// Dimensions of an array at the most.
  private static let largestRank = 32

  /// Why metadata make no array.
  struct Damage: Error { let text: String }

  /// Reads `.zarray` and `.zattrs` of an array.
  ///
  /// - Throws: ``Damage``.
  init(_ name: String, metadata: [String: JSONValue], attributes: [String: JSONValue]) throws {
    func lengths(_ key: String) throws -> [Int] {
      let lengths = metadata[key]?.list?.map(\.integer) ?? [nil]
      guard lengths.count <= Self.largestRank, lengths.allSatisfy({ $0 ?? -1 >= 0 }) else {
        throw Damage(text: "'\(key)' is no list of lengths")
      }
      return lengths.compactMap(\.self)
    }
    self.name = name
    self.attributes = attributes
    shape = try lengths("shape")
    chunk = try lengths("chunks")
    guard chunk.count == shape.count, !chunk.contains(0) else {
      throw Damage(text: "'chunks' has \(chunk.count) lengths for \(shape.count) dimensions, or zeros")
    }
    separator = metadata["dimension_separator"]?.text ?? "."
    guard [".", "/"].contains(separator) else { throw Damage(text: "'dimension_separator' is '\(separator)'") }
    let type = metadata["dtype"]?.text
    let filters = metadata["filters"]?.list ?? []
    let element = Self.element(type ?? "", filters)
    self.element = element
    guard InputLimit.product([element.byteCount] + chunk, atMost: InputLimit.chunkBytes) != nil else {
      throw Damage(
        text: "chunks of \(NetCDFFile.text(chunk)) values; expected \(InputLimit.chunkBytes) bytes at most")
    }
    guard InputLimit.product(shape, atMost: InputLimit.values) != nil else {
      throw Damage(text: "\(NetCDFFile.text(shape)) values; expected \(InputLimit.values) at most")
    }
    dimensionNames = try Self.dimensionNames(metadata, attributes, name, rank: shape.count)
    let compressor = metadata["compressor"]?.object?["id"]?.text
    isDeflated = compressor == "zlib"
    obstacle =
      if element == .unknown {
        "holds elements of type \(type.map { "'\($0)'" } ?? "that is no simple one")"
      } else if metadata["order"]?.text ?? "C" != "C" {
        "is stored in the order of Fortran"
      } else if !filters.isEmpty, element != .texts {
        "passed through the filter '\(filters[0].object?["id"]?.text ?? "of no name")'"
      } else if let compressor, compressor != "zlib" {
        "is compressed by \(compressor)"
      } else if let value = metadata["compressor"], !value.isNull, compressor == nil {
        "is compressed in a way that is not named"
      } else {
        nil
      }
    fill = Self.fill(metadata["fill_value"], element)
  }

  /// The type that the variable of a file would have.
  var type: NetCDFType {
    guard case .number(let number, _) = element else { return .string }
    return switch number {
    case .int8: .int8
    case .uint8: .uint8
    case .int16: .int16
    case .uint16: .uint16
    case .int32: .int32
    case .uint32: .uint32
    case .int64: .int64
    case .uint64: .uint64
    case .float: .float
    case .double: .double
    }
  }

  private static func element(_ type: String, _ filters: [JSONValue]) -> Element {
    guard let match = type.wholeMatch(of: /([<>|=])([a-zA-Z])([0-9]{0,6})/) else { return .unknown }
    let (isBigEndian, size) = (match.1 == ">", Int(match.3) ?? 0)
    switch match.2 {
    case "i", "u", "f":
      let kind = CChar(match.2.utf8.first ?? 0)
      let number = ChunkedStorage.Number(kind: kind, byteCount: size)
      return number.map { .number($0, isBigEndian: isBigEndian) } ?? .unknown
    case "b" where size == 1: return .number(.uint8, isBigEndian: false)
    case "S" where size > 0: return .bytes(size)
    case "U" where size > 0: return .characters(size, isBigEndian: isBigEndian)
    case "O" where filters.count == 1 && filters[0].object?["id"]?.text == "vlen-utf8": return .texts
    default: return .unknown
    }
  }

  private static func fill(_ value: JSONValue?, _ element: Element) -> Double? {
    guard case .number(let number, _) = element else { return nil }
    let fill: Double? =
      switch value {
      case .text("NaN"): .nan
      case .text("Infinity"): .infinity
      case .text("-Infinity"): -.infinity
      // netCDF 4.8 has a list of one.
      case .list(let values): values.first?.number
      default: value?.number
      }
    // Fields of floats are compared with it.
    return number == .float ? fill.map { Double(Float($0)) } : fill
  }

  /// The names that xarray writes, or netCDF.
  private static func dimensionNames(
    _ metadata: [String: JSONValue], _ attributes: [String: JSONValue], _ name: String, rank: Int
  ) throws -> [String] {
    let own = ["_NCZARR_ARRAY", "_nczarr_array"].compactMap { (metadata[$0] ?? attributes[$0])?.object }.first
    let references = own?["dimrefs"]?.list?.map { $0.text.flatMap { $0.split(separator: "/").last.map(String.init) } }
    guard let names = attributes["_ARRAY_DIMENSIONS"]?.list?.map(\.text) ?? references else {
      // A number needs no names.
      if rank == 0 { return [] }
      throw Damage(
        text: "its dimensions have no names; expected the attribute '_ARRAY_DIMENSIONS', which xarray writes")
    }
    guard names.count == rank, names.allSatisfy({ $0?.isEmpty == false }) else {
      throw Damage(text: "'_ARRAY_DIMENSIONS' does not name its \(rank) dimensions")
    }
    return names.compactMap(\.self)
  }
}

extension ZarrArray.Element {
  /// Bytes of an element; of texts of any length those of a place where they are.
  var byteCount: Int {
    switch self {
    case .number(let number, _): number.byteCount
    case .bytes(let count): count
    case .characters(let count, _): 4 * count
    case .texts, .unknown: 8
    }
  }
}
