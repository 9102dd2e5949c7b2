import Foundation

/// A group of arrays of a Zarr store, version 2, in a folder.
///
/// Read here, not by netCDF: its 4.9.0 gives the compressed bytes of chunks as values where it lacks plugins, and crashes on
/// stores of xarray.
final class ZarrStore: FileContent {
  let format = NetCDFFormat.zarr
  let dimensions: [NetCDFFile.Dimension]
  let groups: [String]
  var variableCount: Int32 { Int32(names.count) }
  private let path: String
  /// Names of arrays, sorted.
  private let names: [String]
  private let numbers: [String: Int]
  private let arrays: [Result<ZarrArray, JobError>]
  private let attributes: [String: JSONValue]
  /// Identifiers of dimensions, by name.
  private let dimensionNumbers: [String: Int]
  private let chunks = ZarrChunkReader()

  /// Reads the metadata of all arrays.
  ///
  /// - Throws: exit code 65 where they are damaged.
  init(_ source: ForeignFile) throws {
    path = source.path
    let metadata = try ZarrMetadata(source.path)
    (names, groups, attributes) = (metadata.arrays.keys.sorted(), metadata.groups, metadata.attributes)
    numbers = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    arrays = names.map { name in
      Result { try ZarrArray(name, metadata: metadata.arrays[name] ?? [:], attributes: metadata.attributes(of: name)) }
        .mapError { error in
          let text = (error as? ZarrArray.Damage).map { "its metadata (.zarray, .zattrs): \($0.text)" }
          return (error as? JobError)
            ?? JobError(.inputData, "\(source.path): variable '\(name)' cannot be read: \(text ?? "\(error)")")
        }
    }
    var (dimensions, dimensionNumbers): ([NetCDFFile.Dimension], [String: Int]) = ([], [:])
    for array in arrays.compactMap({ try? $0.get() }) {
      for (name, length) in zip(array.dimensionNames, array.shape) {
        if let number = dimensionNumbers[name] {
          guard dimensions[number].length == length else {
            throw JobError(
              .inputData,
              "\(path): dimension '\(name)' has the length \(length) in '\(array.name)' and \(dimensions[number].length) in "
                + "another array; expected one length")
          }
        } else {
          dimensionNumbers[name] = dimensions.count
          dimensions.append(NetCDFFile.Dimension(name: name, length: length, isUnlimited: false))
        }
      }
    }
    (self.dimensions, self.dimensionNumbers) = (dimensions, dimensionNumbers)
  }

  func variableNumber(named name: String) -> Int32? { numbers[name].map(Int32.init) }

  func variable(numbered index: Int32) throws -> NetCDFFile.Variable {
    let array = try arrays[Int(index)].get()
    if array.element == .unknown { throw refusal(array) }
    return NetCDFFile.Variable(
      name: array.name, type: array.type, dimensions: array.dimensionNames.compactMap { dimensionNumbers[$0] },
      identifier: index)
  }

  func chunks(of variable: NetCDFFile.Variable) throws -> (lengths: [Int], filtered: Bool)? {
    let lengths = try readable(variable).chunk
    // A number is no chunk of anything.
    return lengths.isEmpty ? nil : (lengths, true)
  }

  // What was never written reads as the fill value, and is refused where there is none.
  func hasFill(_ variable: NetCDFFile.Variable) -> Bool { true }

  /// The array of a variable, whose values can be read.
  ///
  /// - Throws: exit code 65 with the command that makes a netCDF file of the store.
  private func readable(_ variable: NetCDFFile.Variable) throws -> ZarrArray {
    let array = try arrays[Int(variable.identifier)].get()
    guard array.obstacle == nil else { throw refusal(array) }
    return array
  }

  /// The error of an array that is not read, with the command that makes a netCDF file of the store.
  private func refusal(_ array: ZarrArray) -> JobError {
    JobError(
      .inputData,
      "\(path): variable '\(array.name)' \(array.obstacle ?? "is not read"); expected Zarr version 2, not compressed or by "
        + "zlib. \(Conversion.ofZarr(path))")
  }

  // MARK: Attributes

  func attributeNames(of owner: Int32, atMost limit: Int) -> [String] {
    let names = attributes(of: owner).keys.sorted().prefix(limit)
    return owner >= 0 && attribute(Self.fillName, of: owner) != nil && !names.contains(Self.fillName)
      ? [Self.fillName] + names : Array(names)
  }

  func attribute(_ name: String, of owner: Int32) -> (type: NetCDFType?, length: Int)? {
    guard let value = value(name, of: owner) else { return nil }
    switch value {
    case .text(let text): return (.character, text.utf8.count)
    case .list(let values) where values.allSatisfy({ $0.text != nil }): return (.string, values.count)
    case .list(let values) where values.allSatisfy({ $0.number != nil }):
      return (type(values, name, owner), values.count)
    case .boolean, .integer, .number: return (type([value], name, owner), 1)
    default: return nil
    }
  }

  func text(_ name: String, of owner: Int32, length: Int, allLines: Bool) -> String? {
    switch value(name, of: owner) {
    case .text(let text): text
    case .list(let values):
      values.prefix(allLines ? values.count : 1).compactMap(\.text).joined(separator: "\n")
    default: nil
    }
  }

  func numbers(_ name: String, of owner: Int32, count: Int) -> [Double]? {
    guard let value = value(name, of: owner) else { return nil }
    let numbers = (value.list ?? [value]).compactMap(\.number)
    return numbers.count == count ? numbers : nil
  }

  private static let fillName = "_FillValue"
  /// Attributes that say how the store is made.
  private static let structural: Set = [
    "_ARRAY_DIMENSIONS", "_NCZARR_ATTR", "_NCZARR_ARRAY", "_NCZARR_GROUP", "_nczarr_attr", "_nczarr_array",
    "_nczarr_group", "_nczarr_attrs", "_NCProperties",
  ]

  private func attributes(of owner: Int32) -> [String: JSONValue] {
    let own = owner < 0 ? attributes : (try? arrays[Int(owner)].get())?.attributes ?? [:]
    return own.filter { !Self.structural.contains($0.key) }
  }

  /// The value of an attribute; the fill value of an array stands for the attribute of that name, as xarray has it.
  private func value(_ name: String, of owner: Int32) -> JSONValue? {
    if Self.structural.contains(name) { return nil }
    let array = owner < 0 ? nil : try? arrays[Int(owner)].get()
    if let value = owner < 0 ? attributes[name] : array?.attributes[name] { return value }
    return name == Self.fillName ? array?.fill.map(JSONValue.number) : nil
  }

  /// The type of numbers: that of the array where it must be, else the smallest of JSON's that has them.
  private func type(_ values: [JSONValue], _ name: String, _ owner: Int32) -> NetCDFType {
    let own = owner < 0 ? nil : try? arrays[Int(owner)].get().type
    let isOfArray = [Self.fillName, "missing_value", "flag_values", "valid_range", "valid_min", "valid_max"].contains(
      name)
    if let own, own != .string, isOfArray { return own }
    return values.allSatisfy { $0.integer.map { Int32(exactly: $0) != nil } ?? false } ? .int32 : .double
  }

  // MARK: Values

  func read(
    _ variable: NetCDFFile.Variable, start: [Int], count: [Int], into values: UnsafeMutablePointer<Double>
  ) throws {
    try chunks.read(place(of: variable), start: start, count: count, into: values)
  }

  func read(
    _ variable: NetCDFFile.Variable, start: [Int], count: [Int], into values: UnsafeMutablePointer<Float>
  ) throws {
    try chunks.read(place(of: variable), start: start, count: count, into: values)
  }

  func texts(_ variable: NetCDFFile.Variable, shape: [Int]) throws -> [String] {
    try chunks.texts(place(of: variable))
  }

  private func place(of variable: NetCDFFile.Variable) throws -> ZarrChunkReader.Place {
    ZarrChunkReader.Place(store: path, number: Int(variable.identifier), array: try readable(variable))
  }
}
