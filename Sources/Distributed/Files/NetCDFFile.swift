/// A netCDF file of any format, open for reading by this process alone.
///
/// Serves headers, coordinates, small maps and the data of classic files. Errors are `JobError`s with exit code 65
/// that name the file (66 where there is none).
public final class NetCDFFile {
  /// The path it was opened by.
  public var path: String { source.path }
  /// The format on disk.
  public var format: NetCDFFormat { content.format }
  /// Dimensions by identifier.
  public var dimensions: [Dimension] { content.dimensions }
  /// Variables by identifier; one whose description is damaged is left out.
  public private(set) lazy var variables = (0..<content.variableCount).compactMap {
    try? content.variable(numbered: $0)
  }
  private let source: ForeignFile
  private let content: any FileContent
  /// Variables that were asked for: the library reads the description of each when it is first asked for.
  private var known: [String: Variable] = [:]
  /// The first attribute that was too large to be taken over.
  private var refusedAttribute: JobError?
  /// Values of small variables, coordinates mostly, that were asked for, by the variable's identifier.
  private var smallValues: [Int32: [Double]] = [:]

  /// A dimension of a file.
  public struct Dimension: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Its current length.
    public let length: Int
    /// Whether it can grow.
    public let isUnlimited: Bool
  }

  /// A variable of a file.
  public struct Variable: Sendable {
    /// Its name.
    public let name: String
    /// The type of its elements.
    public let type: NetCDFType
    /// Identifiers of its dimensions, slowest first.
    public let dimensions: [Int]
    let identifier: Int32
  }

  /// Elements of the largest variable whose values are kept.
  private static let smallCount = 10_000

  /// Opens a file (`nc_open`), or a Zarr store, and reads the list of its dimensions.
  public init(_ path: String) throws {
    InputFiles.countOpen(path)
    source = try ForeignFile(path)
    content = source.signature == .zarr ? try ZarrStore(source) : try NetCDFLibrary(source)
  }

  /// Runs work that must come to an end: reading the header, and the small maps beside it.
  func watch<Value>(_ body: () throws -> Value) rethrows -> Value { try source.watch(body) }

  /// The variable of this name, if there is one.
  public func variable(_ name: String) -> Variable? { (try? knownVariable(name)) ?? nil }

  /// The variable of this name; nil where the file has none.
  ///
  /// - Throws: exit code 65 where what says how the variable is made is damaged.
  func variable(ifThere name: String) throws -> Variable? { try knownVariable(name) }

  private func knownVariable(_ name: String) throws -> Variable? {
    if let variable = known[name] { return variable }
    guard let index = content.variableNumber(named: name) else { return nil }
    let variable = try content.variable(numbered: index)
    known[name] = variable
    return variable
  }

  /// The variable of this name.
  ///
  /// - Throws: exit code 65, with the names that the file does have.
  public func requiredVariable(_ name: String) throws -> Variable {
    if let variable = try knownVariable(name) { return variable }
    let names = VariableNames.listed(in: self, closestTo: name)
    let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", … (\(names.count) in all)" : "")
    let groups = content.groups.prefix(5)
    let within =
      groups.isEmpty
      ? "" : "; its groups are \(groups.joined(separator: ", ")): give for example \(path)/\(groups[0]):\(name)"
    throw JobError(
      .inputData, "\(path): no variable '\(name)'; the file has: \(shown.isEmpty ? "none" : shown)\(within)")
  }

  /// Lengths of a variable's dimensions.
  public func shape(_ variable: Variable) -> [Int] { variable.dimensions.map { dimensions[$0].length } }

  /// The number of a variable's values.
  ///
  /// - Throws: exit code 65 with the lengths where there are more than ``InputLimit/values``.
  func valueCount(_ variable: Variable) throws -> Int {
    let shape = shape(variable)
    guard let count = InputLimit.product(shape, atMost: InputLimit.values) else {
      throw JobError(
        .inputData,
        "\(path): variable '\(variable.name)' has \(Self.text(shape)) values; expected \(InputLimit.values) at most")
    }
    return count
  }

  /// Lengths as a product in words.
  static func text(_ lengths: [Int]) -> String { lengths.map(String.init).joined(separator: " × ") }

  /// Names of a variable's dimensions.
  public func dimensionNames(_ variable: Variable) -> [String] { variable.dimensions.map { dimensions[$0].name } }

  /// Chunk lengths of a netCDF-4 variable and whether chunks are compressed; nil where storage is contiguous.
  public func chunks(_ variable: Variable) throws -> (lengths: [Int], filtered: Bool)? {
    guard let (lengths, filtered) = try content.chunks(of: variable) else { return nil }
    let size = max(1, variable.type.byteCount)
    guard !lengths.contains(0), let bytes = InputLimit.product([size] + lengths, atMost: InputLimit.chunkBytes) else {
      throw JobError(
        .inputData,
        "\(path): variable '\(variable.name)' has chunks of \(Self.text(lengths)) values; expected chunks of "
          + "\(InputLimit.chunkBytes) bytes at most")
    }
    try MemoryLimit.check(bytes, for: "\(path): a chunk of variable '\(variable.name)', \(Self.text(lengths)) values,")
    return (lengths, filtered)
  }

  /// Whether what was never written of a variable reads as its fill value; else the library leaves memory as it is.
  func hasFill(_ variable: Variable) -> Bool {
    content.hasFill(variable)
  }

  // MARK: Attributes

  /// Checks that no attribute asked for so far was larger than what ``InputLimit`` allows, and therefore not taken.
  ///
  /// - Throws: exit code 65 naming the first such attribute.
  func checkAttributes() throws {
    if let refusedAttribute { throw refusedAttribute }
  }

  /// Whether an attribute is no larger than it may be; else it is noted for `checkAttributes`.
  private func isTaken(
    _ name: String, of variable: Variable?, _ length: Int, _ what: String, atMost limit: Int
  ) -> Bool {
    guard length < 0 || length > limit else { return true }
    let owner = variable.map { "variable '\($0.name)' has" } ?? "the file has"
    refusedAttribute =
      refusedAttribute
      ?? JobError(
        .inputData,
        "\(path): \(owner) an attribute '\(name)' of \(UInt(bitPattern: length)) \(what); expected \(limit) at most")
    return false
  }

  /// A text attribute of a variable, or of the file where `variable` is nil; nil where there is none or it is no text.
  ///
  /// One that is too large is nil, and `checkAttributes` throws.
  ///
  /// - Parameter allLines: of an attribute that is a list of texts, whether all are wanted, each on a line of its own; else
  ///   the first.
  public func text(_ name: String, of variable: Variable? = nil, allLines: Bool = false) -> String? {
    let owner = variable?.identifier ?? NetCDFLibrary.file
    guard let (type, length) = content.attribute(name, of: owner) else { return nil }
    switch type {
    case .character:
      guard isTaken(name, of: variable, length, "characters", atMost: InputLimit.attributeBytes) else { return nil }
    case .string:
      guard isTaken(name, of: variable, length, "texts", atMost: InputLimit.attributeTexts) else { return nil }
    default: return nil
    }
    return content.text(name, of: owner, length: length, allLines: allLines)
  }

  /// A numeric attribute of a variable; empty where there is none or it is text.
  ///
  /// One that is too large is empty, and `checkAttributes` throws.
  public func numbers(_ name: String, of variable: Variable) -> [Double] {
    guard let (type, length) = content.attribute(name, of: variable.identifier), length > 0, let type,
      type != .character, type != .string,
      isTaken(name, of: variable, length, "numbers", atMost: InputLimit.attributeNumbers)
    else { return [] }
    return content.numbers(name, of: variable.identifier, count: length) ?? []
  }

  /// Texts and numbers that a variable has as attributes, in the order of the file.
  public func attributes(of variable: Variable) -> [StoredAttribute] {
    content.attributeNames(of: variable.identifier, atMost: InputLimit.attributeTexts).compactMap { name in
      if let text = text(name, of: variable) { return StoredAttribute(name: name, text: text) }
      let numbers = numbers(name, of: variable)
      guard !numbers.isEmpty, let type = content.attribute(name, of: variable.identifier)?.type else { return nil }
      return StoredAttribute(name: name, numbers: numbers, type: type)
    }
  }

  // MARK: Values

  /// All values of a variable as doubles, row-major, as stored (`nc_get_vara_double`).
  public func values(_ variable: Variable) throws -> [Double] {
    if let values = smallValues[variable.identifier] { return values }
    let shape = shape(variable)
    let count = try valueCount(variable)
    try MemoryLimit.check(8 * count, for: "\(path): variable '\(variable.name)', \(Self.text(shape)) values,")
    var values = [Double](repeating: 0, count: count)
    guard !values.isEmpty else { return [] }
    try read(variable, start: shape.map { _ in 0 }, count: shape, into: &values)
    if values.count <= Self.smallCount { smallValues[variable.identifier] = values }
    return values
  }

  /// A hyperslab as doubles, as stored (`nc_get_vara_double`).
  public func read(
    _ variable: Variable, start: [Int], count: [Int], into values: UnsafeMutablePointer<Double>
  ) throws {
    try content.read(variable, start: start, count: count, into: values)
  }

  /// A hyperslab as floats, as stored (`nc_get_vara_float`).
  public func read(
    _ variable: Variable, start: [Int], count: [Int], into values: UnsafeMutablePointer<Float>
  ) throws {
    try content.read(variable, start: start, count: count, into: values)
  }

  /// The labels of a text variable: a string vector, or a character matrix, one label a row.
  ///
  /// Nil for other variables.
  public func labels(_ variable: Variable) throws -> [String]? {
    let shape = shape(variable)
    let limits = [InputLimit.members, InputLimit.labelBytes]
    if [.string, .character].contains(variable.type), shape.count <= 2, zip(shape, limits).contains(where: { $0 > $1 })
    {
      throw JobError(
        .inputData,
        "\(path): the labels '\(variable.name)' are \(Self.text(shape)) characters or texts; expected "
          + "\(Self.text(Array(limits.prefix(shape.count)))) at most")
    }
    switch (variable.type, shape.count) {
    case (.string, 1), (.character, 2): return try content.texts(variable, shape: shape)
    default: return nil
    }
  }
}
