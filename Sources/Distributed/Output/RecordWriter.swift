/// Writes fields on a grid, part by part in any order, as a CF-1.8 netCDF file.
///
/// A part is some rows of one field, a chunk of the file. Errors are `JobError`s with exit code 73 that name the file, of
/// which nothing is left unless it is committed.
public final class RecordWriter {
  /// A variable of the file.
  public struct Variable: Sendable {
    /// Its name.
    public var name: String
    /// The type of its elements.
    public var type: NetCDFType
    /// What stands where nothing is.
    public var fill: Double
    /// Dimensions before those of the grid, slowest first, as another file has them.
    public var axes: [RecordAxis]
    /// Dimensions between those and the grid's that the job makes, such as classes; slowest first.
    public var made: [MapAxis]
    /// Lengths of a chunk along all dimensions; nil for rows of one field.
    public var chunk: [Int]?
    /// Attributes but for `_FillValue`.
    public var attributes: [StoredAttribute]
    /// Classes that values are, with their meanings; none where they are no classes or these are not known.
    public var flags: [(value: Double, meaning: String)] = []

    /// A variable with its description.
    public init(
      _ name: String, _ type: NetCDFType, fill: Double, axes: [RecordAxis] = [], made: [MapAxis] = [],
      chunk: [Int]? = nil, attributes: [StoredAttribute]
    ) {
      self.name = name
      self.type = type
      self.fill = fill
      self.axes = axes
      self.made = made
      self.chunk = chunk
      self.attributes = attributes
    }
  }

  private let file: ChunkFile
  private let columns: [Int]
  private let rowsOfPart: Int

  /// Writes the header.
  ///
  /// - Parameter rowsOfPart: rows of each part of a field, but for the last; of variables whose chunk is not given.
  /// - Throws: exit code 65 where variables have different dimensions of one name.
  public init(
    _ variables: [Variable], on grid: Grid, rowsOfPart: Int, _ attributes: MapWriter.FileAttributes, to path: String
  ) throws {
    self.rowsOfPart = rowsOfPart
    columns = Array(grid.shape.dropFirst())
    let writer = try NetCDFWriter(path)
    let taken = variables.map(\.name)
    let coordinates = try GridCoordinates(grid, taken: taken, in: writer)
    var known: [String: (axis: RecordAxis, dimension: NetCDFWriter.Dimension)] = [:]
    var pair: NetCDFWriter.Dimension?
    var values: [(NetCDFWriter.Variable, [Double])] = []
    let record = Self.recordDimension(of: variables)
    let madeAxes = try MapAxes(variables.flatMap(\.made), unlimited: record, in: writer)
    for axis in variables.flatMap(\.axes) {
      if let other = known[axis.name] {
        guard other.axis == axis else {
          throw JobError(
            .inputData,
            "the maps have different dimensions '\(axis.name)': expected the same coordinates in all; regrid them one by one"
          )
        }
        continue
      }
      let dimension = try writer.dimension(axis.name, axis.length, unlimited: axis.name == record)
      known[axis.name] = (axis, dimension)
      guard let coordinate = axis.coordinate else { continue }
      let names = axis.bounds.map { [("bounds", NetCDFWriter.Attribute.text($0.name))] } ?? []
      let variable = try writer.variable(
        coordinate.name, axis.names.isEmpty ? .double : .int32, [dimension],
        attributes: coordinate.attributes.map { Self.written($0, ofCategory: !axis.names.isEmpty) } + names,
        chunks: dimension.chunks())
      values.append((variable, coordinate.values))
      if let bounds = axis.bounds {
        let two = try pair ?? writer.dimension("bnds", 2)
        pair = two
        values.append(
          (try writer.variable(bounds.name, .double, [dimension, two], chunks: dimension.chunks(2)), bounds.values))
      }
    }
    let labels = try AxisLabels(
      madeAxes.labelled
        + known.values.sorted { $0.axis.name < $1.axis.name }.map {
          AxisLabels.Entry(axis: $0.axis.name, labels: $0.axis.names, dimension: $0.dimension)
        }, taken: taken, in: writer)
    for variable in variables {
      var list: [(String, NetCDFWriter.Attribute)] = [("_FillValue", .numbers([variable.fill], variable.type))]
      list += variable.attributes.map(\.written)
      if !variable.flags.isEmpty {
        list.append(("flag_values", .numbers(variable.flags.map(\.value), variable.type)))
        list.append(("flag_meanings", .text(variable.flags.map(\.meaning).joined(separator: " "))))
      }
      if let measures = coordinates.cellMeasures { list.append(("cell_measures", .text(measures))) }
      let own = variable.axes.map(\.name) + variable.made.map(\.name)
      if let names = labels.coordinates(of: own, and: coordinates.auxiliaryNames.map { [$0] } ?? []) {
        list.append(("coordinates", .text(names)))
      }
      let outer =
        variable.axes.compactMap { known[$0.name]?.dimension }
        + madeAxes.dimensions(variable.made)
      _ = try writer.variable(
        variable.name, variable.type, outer + coordinates.dimensions, attributes: list,
        chunks: variable.chunk ?? outer.map { _ in 1 } + [rowsOfPart] + columns, deflate: ChunkCompression.level)
    }
    try MapWriter.put(attributes, on: writer)
    try writer.endDefinitions()
    try coordinates.writeValues(to: writer)
    try madeAxes.writeValues(to: writer)
    try labels.writeValues(to: writer)
    for (variable, values) in values { try writer.write(values, to: variable) }
    file = try writer.openChunks()
  }

  /// An attribute of a coordinate; the flags of a category have its type.
  private static func written(_ attribute: StoredAttribute, ofCategory: Bool) -> (String, NetCDFWriter.Attribute) {
    ofCategory && attribute.name == "flag_values"
      ? (attribute.name, .numbers(attribute.numbers, .int32)) : attribute.written
  }

  /// The steps of the record, where they are the first dimension of all variables that have them: unlimited, as programs that
  /// append to records expect, and as CF wants of one that is left of others (section 2.4).
  private static func recordDimension(of variables: [Variable]) -> String? {
    let orders = variables.map { variable in
      variable.axes.map { ($0.name, $0.isTime && $0.length > 0) }
        + variable.made.map { ($0.name, $0.isTime && !$0.values.isEmpty) }
    }
    guard let name = orders.lazy.compactMap(\.first).first(where: \.1)?.0 else { return nil }
    return orders.contains { $0.dropFirst().contains { $0.0 == name } } ? nil : name
  }

  /// The bytes of a part: values as the variable's elements, compressed.
  ///
  /// A part that is cut short is filled up.
  ///
  /// - Returns: nil where a value does not fit the type.
  public static func part(
    _ values: UnsafeBufferPointer<Double>, count: Int, of type: NetCDFType, fill: Double
  ) -> [UInt8]? {
    func whole<Number: FixedWidthInteger>(_ number: Number.Type) -> [UInt8]? {
      guard let fill = Number(exactly: fill) else { return nil }
      var elements = [Number](repeating: fill, count: count)
      for (index, value) in values.enumerated() where !value.isNaN {
        guard let element = Number(exactly: value) else { return nil }
        elements[index] = element
      }
      return ChunkCompression.deflated(elements)
    }
    switch type {
    case .int8: return whole(Int8.self)
    case .int16: return whole(Int16.self)
    case .int32: return whole(Int32.self)
    default:
      var elements = [Float](repeating: Float(fill), count: count)
      for (index, value) in values.enumerated() where !value.isNaN { elements[index] = Float(value) }
      return ChunkCompression.deflated(elements)
    }
  }

  /// Writes a part.
  ///
  /// - Parameters:
  ///   - indices: those of the variable's dimensions before the grid's.
  ///   - row: the part's first row.
  public func write(_ part: [UInt8], of variable: String, at indices: [Int], row: Int) throws {
    try file.write(part, to: variable, start: indices + [row] + columns.map { _ in 0 })
  }

  /// Writes a chunk, shuffled and deflated already; `start` is its first element.
  package func write(_ chunk: [UInt8], of variable: String, start: [Int]) throws {
    try file.write(chunk, to: variable, start: start)
  }

  /// Completes the file and gives it its name.
  public func commit() throws { try file.commit() }
}
