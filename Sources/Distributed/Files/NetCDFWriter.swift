import CMPIShim

/// A netCDF file under construction: dimensions and variables are defined first, then `endDefinitions`, then data.
///
/// The file is written under a temporary name beside the final one and appears under it on `commit`; without `commit`
/// nothing is left. Errors are `JobError`s with exit code 73 that name the file.
public final class NetCDFWriter {
  /// The name the file gets on `commit`.
  public let path: String
  private let output: OutputFile
  private var identifier: Int32
  private var isOpen = true
  private let isHDF5: Bool
  /// Bytes that the file takes at the most: those of its header and of all data written so far.
  private var largestSize = NetCDFWriter.headerSize
  /// Variables with an unlimited dimension, which have no more of it yet than was written.
  private var growing: [Variable] = []

  /// Bytes of the header of a file without variables, and more than the library writes before it is told that the header
  /// is complete.
  static let headerSize = 32 << 10
  /// Bytes of the description of a variable without its attributes.
  private static let descriptionSize = 2 << 10

  /// A dimension of the file.
  public struct Dimension: Sendable {
    let identifier: Int32
    /// Its length; for an unlimited one the length expected.
    public let length: Int
    let isUnlimited: Bool

    /// One chunk for all of a variable along it, and as much along a second dimension; nil where the library may choose, as it
    /// would cut an unlimited one into too many.
    func chunks(_ second: Int? = nil) -> [Int]? { isUnlimited ? [max(1, length)] + (second.map { [$0] } ?? []) : nil }
  }

  /// A variable of the file.
  public struct Variable: Sendable {
    let identifier: Int32
    let name: String
    let shape: [Int]
  }

  /// An attribute's value.
  public enum Attribute: Sendable {
    /// Characters.
    case text(String)
    /// Numbers of the type given.
    case numbers([Double], NetCDFType)
  }

  /// Creates the file (`nc_create`).
  public init(_ path: String, format: NetCDFFormat = .netCDF4Classic) throws {
    self.path = path
    output = try OutputFile(path)
    isHDF5 = format.isHDF5
    identifier = -1
    let code = shim_netcdf_create(output.temporaryPath, format.rawValue, &identifier)
    guard code == 0 else {
      isOpen = false
      throw JobError(.cannotWrite, "\(path): cannot be created: \(NetCDFLibrary.errorText(code))")
    }
    try reserve(0)
  }

  deinit {
    guard isOpen else { return }
    // What the library still has to write at the end must find room.
    output.giveSpaceBack()
    _ = shim_netcdf_abort(identifier)
  }

  /// Sets disk space aside for so many bytes more.
  private func reserve(_ bytes: Int) throws {
    largestSize += bytes
    try output.reserve(bytes: largestSize)
  }

  /// Defines a dimension.
  public func dimension(_ name: String, _ length: Int, unlimited: Bool = false) throws -> Dimension {
    var dimension: Int32 = 0
    try check(shim_netcdf_define_dimension(identifier, name, length, unlimited ? 1 : 0, &dimension), name)
    return Dimension(identifier: dimension, length: length, isUnlimited: unlimited)
  }

  /// Defines a variable with its attributes, in the order given.
  ///
  /// - Parameters:
  ///   - chunks: chunk lengths; nil lets the library choose. Without effect in classic formats.
  ///   - deflate: compression level, 0 for none (then storage is contiguous unless chunks are given).
  public func variable(
    _ name: String, _ type: NetCDFType, _ dimensions: [Dimension], attributes: [(String, Attribute)] = [],
    chunks: [Int]? = nil, deflate: Int = 0
  ) throws -> Variable {
    largestSize += Self.descriptionSize
    var variable: Int32 = 0
    let code = shim_netcdf_define_variable(
      identifier, name, type.rawValue, Int32(dimensions.count), dimensions.map(\.identifier), &variable)
    try check(code, name)
    if isHDF5, !dimensions.isEmpty, chunks != nil || deflate > 0 {
      let code =
        chunks.map { shim_netcdf_define_storage(identifier, variable, $0, Int32(deflate), deflate > 0 ? 1 : 0) }
        ?? shim_netcdf_define_storage(identifier, variable, nil, Int32(deflate), 1)
      try check(code, name)
    }
    let result = Variable(identifier: variable, name: name, shape: dimensions.map(\.length))
    if dimensions.contains(where: \.isUnlimited) { growing.append(result) }
    for (key, value) in attributes { try put(key, value, on: result) }
    // What has no fill value is written whole; filling it first would write it twice.
    if isHDF5, type != .string, !attributes.contains(where: { $0.0 == "_FillValue" }) {
      try check(shim_netcdf_no_fill(identifier, variable), name)
    }
    return result
  }

  /// Puts an attribute on a variable, or on the file where `variable` is nil.
  public func put(_ name: String, _ value: Attribute, on variable: Variable? = nil) throws {
    let owner = variable?.identifier ?? Int32(SHIM_NETCDF_GLOBAL)
    if case .text(let text) = value { largestSize += text.utf8.count }
    let code =
      switch value {
      case .text(let text): shim_netcdf_put_attribute_text(identifier, owner, name, text)
      case .numbers(let numbers, let type):
        shim_netcdf_put_attribute_numbers(identifier, owner, name, type.rawValue, numbers.count, numbers)
      }
    try check(code, "\(variable?.name ?? "global"):\(name)")
  }

  /// Ends the definitions (`nc_enddef`).
  public func endDefinitions() throws {
    try reserve(0)
    try check(shim_netcdf_end_definitions(identifier), "header")
  }

  /// Writes all of a variable, row-major.
  public func write(_ values: [Double], to variable: Variable) throws {
    try write(values, to: variable, start: variable.shape.map { _ in 0 }, count: variable.shape)
  }

  /// Writes all of a variable, row-major.
  public func write(_ values: [Float], to variable: Variable) throws {
    try write(values, to: variable, start: variable.shape.map { _ in 0 }, count: variable.shape)
  }

  /// Writes all of a variable, row-major.
  public func write(_ values: [Int32], to variable: Variable) throws {
    try reserve(4 * values.count)
    try check(
      shim_netcdf_write_int(identifier, variable.identifier, variable.shape.map { _ in 0 }, variable.shape, values),
      variable.name)
  }

  /// Writes a hyperslab.
  public func write(_ values: [Double], to variable: Variable, start: [Int], count: [Int]) throws {
    precondition(values.count == count.reduce(1, *), "\(variable.name): \(values.count) values for \(count)")
    try reserve(8 * values.count)
    try check(shim_netcdf_write_double(identifier, variable.identifier, start, count, values), variable.name)
  }

  /// Writes a hyperslab.
  public func write(_ values: [Float], to variable: Variable, start: [Int], count: [Int]) throws {
    precondition(values.count == count.reduce(1, *), "\(variable.name): \(values.count) values for \(count)")
    try reserve(8 * values.count)
    try check(shim_netcdf_write_float(identifier, variable.identifier, start, count, values), variable.name)
  }

  /// Writes labels into a string vector, or into a character matrix, one a row, cut or padded with zeros to the row's
  /// length.
  public func write(labels: [String], to variable: Variable) throws {
    try reserve(labels.reduce(0) { $0 + max($1.utf8.count, variable.shape.last ?? 0) + 32 })
    guard variable.shape.count == 2 else {
      for (index, label) in labels.enumerated() {
        try check(shim_netcdf_write_string(identifier, variable.identifier, [index], label), variable.name)
      }
      return
    }
    let width = variable.shape[1]
    let bytes = labels.flatMap { label -> [CChar] in
      let characters = label.utf8.prefix(width).map { CChar(bitPattern: $0) }
      return characters + [CChar](repeating: 0, count: width - characters.count)
    }
    try check(
      shim_netcdf_write_text(identifier, variable.identifier, [0, 0], variable.shape, bytes), variable.name)
  }

  /// Closes the file and gives it its final name.
  public func commit() throws {
    try close()
    try output.commit()
  }

  /// Closes the file and opens it for the compressed chunks of variables that have no data yet.
  func openChunks() throws -> ChunkFile {
    try close()
    let file = try ChunkFile(output)
    for variable in growing { try file.extend(variable.name, to: variable.shape) }
    return file
  }

  private func close() throws {
    isOpen = false
    let code = shim_netcdf_close(identifier)
    guard code == 0 else {
      throw output.failure(of: "the end of the file", reason: NetCDFLibrary.errorText(code))
    }
  }

  private func check(_ code: Int32, _ what: String) throws {
    guard code != 0 else { return }
    throw output.failure(of: what, reason: NetCDFLibrary.errorText(code))
  }
}
