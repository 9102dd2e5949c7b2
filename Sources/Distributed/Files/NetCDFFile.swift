import CMPIShim

/// A netCDF file of any format, open for reading by this process alone.
///
/// Serves headers, coordinates, small maps and the data of classic files. Errors are `JobError`s with exit code 65
/// that name the file (66 where there is none).
public final class NetCDFFile {
  /// The path it was opened by.
  public var path: String { source.path }
  /// The format on disk.
  public let format: NetCDFFormat
  /// Dimensions by identifier.
  public let dimensions: [Dimension]
  /// Variables by identifier; one whose description is damaged is left out.
  public private(set) lazy var variables = (0..<variableCount).compactMap { try? variable(numbered: $0) }
  private let source: ForeignFile
  private let identifier: Int32
  private let variableCount: Int32
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

  /// Opens a file (`nc_open`) and reads the list of its dimensions.
  public init(_ path: String) throws {
    InputFiles.countOpen(path)
    let source = try ForeignFile(path)
    self.source = source
    var identifier: Int32 = -1
    let code = source.call { shim_netcdf_open(path, &identifier) }
    guard code == 0 else { throw source.failed(Self.openError(path, code)) }
    self.identifier = identifier
    var format: Int32 = 0
    var dimensionCount: Int32 = 0
    var variableCount: Int32 = 0
    var unlimitedCount: Int32 = 0
    var unlimited = [Int32](repeating: 0, count: Int(SHIM_NETCDF_MAX_DIMENSIONS))
    do {
      try Self.check(
        source.call { shim_netcdf_inquire(identifier, &format, &dimensionCount, &variableCount) }, source, "nc_inq")
      self.format = NetCDFFormat(rawValue: format) ?? .netCDF4
      self.variableCount = variableCount
      let capacity = Int32(unlimited.count)
      try Self.check(
        source.call { shim_netcdf_unlimited(identifier, &unlimitedCount, &unlimited, capacity) }, source,
        "nc_inq_unlimdims")
      let growing = Set(unlimited.prefix(Int(unlimitedCount)))
      dimensions = try (0..<dimensionCount).map {
        try Self.dimension($0, isUnlimited: growing.contains($0), identifier, source)
      }
    } catch {
      _ = source.call { shim_netcdf_close(identifier) }
      throw error
    }
  }

  deinit { _ = source.call { shim_netcdf_close(identifier) } }

  private static func dimension(
    _ index: Int32, isUnlimited: Bool, _ file: Int32, _ source: ForeignFile
  ) throws -> Dimension {
    var length = 0
    var code: Int32 = 0
    let name = cString(capacity: Int(SHIM_NETCDF_MAX_NAME)) { text, _ in
      code = source.call { shim_netcdf_dimension(file, index, text, &length) }
    }
    try check(code, source, "nc_inq_dim")
    // The library counts without a sign.
    guard length >= 0 else {
      throw JobError(
        .inputData,
        "\(source.path): dimension '\(name)' has the length \(UInt(bitPattern: length)), which no file can have")
    }
    return Dimension(name: name, length: length, isUnlimited: isUnlimited)
  }

  /// Runs work that must come to an end: reading the header, and the small maps beside it.
  func watch<Value>(_ body: () throws -> Value) rethrows -> Value { try source.watch(body) }

  private func variable(numbered index: Int32) throws -> Variable {
    var type: Int32 = 0
    var rank: Int32 = 0
    var dimensions = [Int32](repeating: 0, count: Int(SHIM_NETCDF_MAX_DIMENSIONS))
    var code: Int32 = 0
    let name = cString(capacity: Int(SHIM_NETCDF_MAX_NAME)) { text, _ in
      code = source.call { shim_netcdf_variable(identifier, index, text, &type, &rank, &dimensions) }
    }
    try Self.check(code, source, "nc_inq_var")
    return Variable(
      name: name, type: NetCDFType(rawValue: type) ?? .string, dimensions: dimensions.prefix(Int(rank)).map(Int.init),
      identifier: index)
  }

  /// The variable of this name, if there is one.
  public func variable(_ name: String) -> Variable? { (try? knownVariable(name)) ?? nil }

  private func knownVariable(_ name: String) throws -> Variable? {
    if let variable = known[name] { return variable }
    var index: Int32 = -1
    guard source.call({ shim_netcdf_variable_named(identifier, name, &index) }) == 0 else { return nil }
    let variable = try variable(numbered: index)
    known[name] = variable
    return variable
  }

  /// The variable of this name.
  ///
  /// - Throws: exit code 65, with the names that the file does have.
  public func requiredVariable(_ name: String) throws -> Variable {
    if let variable = try knownVariable(name) { return variable }
    let names = variables.map(\.name)
    let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", … (\(names.count) in all)" : "")
    throw JobError(.inputData, "\(path): no variable '\(name)'; the file has: \(shown.isEmpty ? "none" : shown)")
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
    var chunked: Int32 = 0
    var filtered: Int32 = 0
    var lengths = [Int](repeating: 0, count: max(1, variable.dimensions.count))
    try check(
      source.call { shim_netcdf_storage(identifier, variable.identifier, &chunked, &lengths, &filtered) }, variable,
      "storage")
    guard chunked != 0 else { return nil }
    lengths = Array(lengths.prefix(variable.dimensions.count))
    let size = max(1, variable.type.byteCount)
    guard !lengths.contains(0), let bytes = InputLimit.product([size] + lengths, atMost: InputLimit.chunkBytes) else {
      throw JobError(
        .inputData,
        "\(path): variable '\(variable.name)' has chunks of \(Self.text(lengths)) values; expected chunks of "
          + "\(InputLimit.chunkBytes) bytes at most")
    }
    try MemoryLimit.check(bytes, for: "\(path): a chunk of variable '\(variable.name)', \(Self.text(lengths)) values,")
    return (lengths, filtered != 0)
  }

  /// Whether what was never written of a variable reads as its fill value; else the library leaves memory as it is.
  func hasFill(_ variable: Variable) -> Bool {
    var hasFill: Int32 = 0
    return source.call { shim_netcdf_has_fill(identifier, variable.identifier, &hasFill) } == 0 && hasFill != 0
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
    let owner = variable?.identifier ?? Int32(SHIM_NETCDF_GLOBAL)
    var type: Int32 = 0
    var length = 0
    guard source.call({ shim_netcdf_attribute(identifier, owner, name, &type, &length) }) == 0 else { return nil }
    switch NetCDFType(rawValue: type) {
    case .character:
      guard isTaken(name, of: variable, length, "characters", atMost: InputLimit.attributeBytes) else { return nil }
      return cString(capacity: length + 1) { text, _ in
        _ = source.call { shim_netcdf_attribute_text(identifier, owner, name, text) }
      }
    case .string:
      guard isTaken(name, of: variable, length, "texts", atMost: InputLimit.attributeTexts) else { return nil }
      return cString(capacity: 65536) { text, capacity in
        _ = source.call { shim_netcdf_attribute_string(identifier, owner, name, allLines ? 1 : 0, text, capacity) }
      }
    default: return nil
    }
  }

  /// A numeric attribute of a variable; empty where there is none or it is text.
  ///
  /// One that is too large is empty, and `checkAttributes` throws.
  public func numbers(_ name: String, of variable: Variable) -> [Double] {
    var type: Int32 = 0
    var length = 0
    guard source.call({ shim_netcdf_attribute(identifier, variable.identifier, name, &type, &length) }) == 0,
      length > 0,
      let kind = NetCDFType(rawValue: type), kind != .character, kind != .string,
      isTaken(name, of: variable, length, "numbers", atMost: InputLimit.attributeNumbers)
    else { return [] }
    var values = [Double](repeating: 0, count: length)
    guard source.call({ shim_netcdf_attribute_double(identifier, variable.identifier, name, &values) }) == 0 else {
      return []
    }
    return values
  }

  /// Texts and numbers that a variable has as attributes, in the order of the file.
  public func attributes(of variable: Variable) -> [StoredAttribute] {
    var count: Int32 = 0
    guard source.call({ shim_netcdf_attribute_count(identifier, variable.identifier, &count) }) == 0 else { return [] }
    return (0..<min(count, Int32(InputLimit.attributeTexts))).compactMap { number in
      var code: Int32 = 0
      let name = cString(capacity: Int(SHIM_NETCDF_MAX_NAME)) { text, _ in
        code = source.call { shim_netcdf_attribute_name(identifier, variable.identifier, number, text) }
      }
      guard code == 0 else { return nil }
      if let text = text(name, of: variable) { return StoredAttribute(name: name, text: text) }
      var (type, length): (Int32, Int) = (0, 0)
      let numbers = numbers(name, of: variable)
      guard !numbers.isEmpty,
        source.call({ shim_netcdf_attribute(identifier, variable.identifier, name, &type, &length) }) == 0
      else { return nil }
      return StoredAttribute(name: name, numbers: numbers, type: NetCDFType(rawValue: type) ?? .double)
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
    let code = source.call(bytes: 8 * count.reduce(1, *)) {
      shim_netcdf_read_double(identifier, variable.identifier, start, count, values)
    }
    try check(code, variable, "nc_get_vara_double")
  }

  /// A hyperslab as floats, as stored (`nc_get_vara_float`).
  public func read(
    _ variable: Variable, start: [Int], count: [Int], into values: UnsafeMutablePointer<Float>
  ) throws {
    let code = source.call(bytes: 4 * count.reduce(1, *)) {
      shim_netcdf_read_float(identifier, variable.identifier, start, count, values)
    }
    try check(code, variable, "nc_get_vara_float")
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
    case (.string, 1):
      return try (0..<shape[0]).map { index in
        var code: Int32 = 0
        let label = cString(capacity: 4096) { text, capacity in
          code = source.call { shim_netcdf_read_string(identifier, variable.identifier, [index], text, capacity) }
        }
        try check(code, variable, "nc_get_var1_string")
        return label
      }
    case (.character, 2):
      return try (0..<shape[0]).map { row in
        var code: Int32 = 0
        let label = cString(capacity: shape[1] + 1) { text, _ in
          code = source.call {
            shim_netcdf_read_text(identifier, variable.identifier, [row, 0], [1, shape[1]], text)
          }
        }
        try check(code, variable, "nc_get_vara_text")
        var trimmed = Substring(label)
        while trimmed.last == " " { trimmed.removeLast() }
        return String(trimmed)
      }
    default: return nil
    }
  }

  // MARK: Errors

  private func check(_ code: Int32, _ variable: Variable, _ function: String) throws {
    guard code != 0 else { return }
    throw source.failed(
      JobError(
        .inputData, "\(path): variable '\(variable.name)' cannot be read: \(Self.errorText(code)) (\(function))"))
  }

  private static func check(_ code: Int32, _ source: ForeignFile, _ function: String) throws {
    guard code != 0 else { return }
    throw source.failed(
      JobError(.inputData, "\(source.path): the header cannot be read: \(errorText(code)) (\(function))"))
  }

  static func errorText(_ code: Int32) -> String {
    guard let text = shim_netcdf_error_text(code) else { return "netCDF error \(code)" }
    return String(cString: text)
  }
}
