import CMPIShim

/// A file that the netCDF library reads.
final class NetCDFLibrary: FileContent {
  let format: NetCDFFormat
  let dimensions: [NetCDFFile.Dimension]
  let variableCount: Int32
  /// Groups are those of HDF5, whose variables are not looked for.
  var groups: [String] { [] }
  private let source: ForeignFile
  private let identifier: Int32

  /// Opens a file (`nc_open`) and reads the list of its dimensions.
  init(_ source: ForeignFile) throws {
    self.source = source
    var identifier: Int32 = -1
    let code = source.call { shim_netcdf_open(source.path, &identifier) }
    guard code == 0 else { throw source.failed(Self.openError(source.path, code)) }
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

  /// What to tell the user about a file that looks like netCDF and that netCDF cannot open.
  private static func openError(_ path: String, _ code: Int32) -> JobError {
    JobError(.inputData, "\(path): the file is truncated or damaged (it does not open: \(errorText(code)))")
  }

  private static func dimension(
    _ index: Int32, isUnlimited: Bool, _ file: Int32, _ source: ForeignFile
  ) throws -> NetCDFFile.Dimension {
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
    return NetCDFFile.Dimension(name: name, length: length, isUnlimited: isUnlimited)
  }

  func variable(numbered index: Int32) throws -> NetCDFFile.Variable {
    var type: Int32 = 0
    var rank: Int32 = 0
    var dimensions = [Int32](repeating: 0, count: Int(SHIM_NETCDF_MAX_DIMENSIONS))
    var code: Int32 = 0
    let name = cString(capacity: Int(SHIM_NETCDF_MAX_NAME)) { text, _ in
      code = source.call { shim_netcdf_variable(identifier, index, text, &type, &rank, &dimensions) }
    }
    try Self.check(code, source, "nc_inq_var")
    return NetCDFFile.Variable(
      name: name, type: NetCDFType(rawValue: type) ?? .string, dimensions: dimensions.prefix(Int(rank)).map(Int.init),
      identifier: index)
  }

  func variableNumber(named name: String) -> Int32? {
    var index: Int32 = -1
    return source.call({ shim_netcdf_variable_named(identifier, name, &index) }) == 0 ? index : nil
  }

  func chunks(of variable: NetCDFFile.Variable) throws -> (lengths: [Int], filtered: Bool)? {
    var chunked: Int32 = 0
    var filtered: Int32 = 0
    var lengths = [Int](repeating: 0, count: max(1, variable.dimensions.count))
    try check(
      source.call { shim_netcdf_storage(identifier, variable.identifier, &chunked, &lengths, &filtered) }, variable,
      "storage")
    return chunked == 0 ? nil : (Array(lengths.prefix(variable.dimensions.count)), filtered != 0)
  }

  func hasFill(_ variable: NetCDFFile.Variable) -> Bool {
    var hasFill: Int32 = 0
    return source.call { shim_netcdf_has_fill(identifier, variable.identifier, &hasFill) } == 0 && hasFill != 0
  }

  // MARK: Attributes

  func attributeNames(of owner: Int32, atMost limit: Int) -> [String] {
    var count: Int32 = 0
    guard source.call({ shim_netcdf_attribute_count(identifier, owner, &count) }) == 0 else { return [] }
    return (0..<min(count, Int32(limit))).compactMap { number in
      var code: Int32 = 0
      let name = cString(capacity: Int(SHIM_NETCDF_MAX_NAME)) { text, _ in
        code = source.call { shim_netcdf_attribute_name(identifier, owner, number, text) }
      }
      return code == 0 ? name : nil
    }
  }

  func attribute(_ name: String, of owner: Int32) -> (type: NetCDFType?, length: Int)? {
    var type: Int32 = 0
    var length = 0
    guard source.call({ shim_netcdf_attribute(identifier, owner, name, &type, &length) }) == 0 else { return nil }
    return (NetCDFType(rawValue: type), length)
  }

  func text(_ name: String, of owner: Int32, length: Int, allLines: Bool) -> String? {
    switch attribute(name, of: owner)?.type {
    case .character:
      return cString(capacity: length + 1) { text, _ in
        _ = source.call { shim_netcdf_attribute_text(identifier, owner, name, text) }
      }
    case .string:
      return cString(capacity: 65536) { text, capacity in
        _ = source.call { shim_netcdf_attribute_string(identifier, owner, name, allLines ? 1 : 0, text, capacity) }
      }
    default: return nil
    }
  }

  func numbers(_ name: String, of owner: Int32, count: Int) -> [Double]? {
    var values = [Double](repeating: 0, count: count)
    return source.call({ shim_netcdf_attribute_double(identifier, owner, name, &values) }) == 0 ? values : nil
  }

  // MARK: Values

  func read(
    _ variable: NetCDFFile.Variable, start: [Int], count: [Int], into values: UnsafeMutablePointer<Double>
  ) throws {
    let code = source.call(bytes: 8 * count.reduce(1, *)) {
      shim_netcdf_read_double(identifier, variable.identifier, start, count, values)
    }
    try check(code, variable, "nc_get_vara_double")
  }

  func read(
    _ variable: NetCDFFile.Variable, start: [Int], count: [Int], into values: UnsafeMutablePointer<Float>
  ) throws {
    let code = source.call(bytes: 4 * count.reduce(1, *)) {
      shim_netcdf_read_float(identifier, variable.identifier, start, count, values)
    }
    try check(code, variable, "nc_get_vara_float")
  }

  func texts(_ variable: NetCDFFile.Variable, shape: [Int]) throws -> [String] {
    try (0..<shape[0]).map { index in
      var code: Int32 = 0
      if variable.type == .string {
        let label = cString(capacity: 4096) { text, capacity in
          code = source.call { shim_netcdf_read_string(identifier, variable.identifier, [index], text, capacity) }
        }
        try check(code, variable, "nc_get_var1_string")
        return label
      }
      let label = cString(capacity: shape[1] + 1) { text, _ in
        code = source.call {
          shim_netcdf_read_text(identifier, variable.identifier, [index, 0], [1, shape[1]], text)
        }
      }
      try check(code, variable, "nc_get_vara_text")
      var trimmed = Substring(label)
      while trimmed.last == " " { trimmed.removeLast() }
      return String(trimmed)
    }
  }

  // MARK: Errors

  private func check(_ code: Int32, _ variable: NetCDFFile.Variable, _ function: String) throws {
    guard code != 0 else { return }
    throw source.failed(
      JobError(
        .inputData,
        "\(source.path): variable '\(variable.name)' cannot be read: \(Self.errorText(code)) (\(function))"))
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
