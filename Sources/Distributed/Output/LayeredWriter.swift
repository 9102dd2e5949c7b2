/// Writes variables (time, layer, cell) as a CF-1.8 netCDF file, in blocks of steps.
///
/// A chunk is some steps of one layer. Errors are `JobError`s with exit code 73 that name the file, of which nothing is left
/// unless it is committed.
public final class LayeredWriter {
  /// A variable of the file.
  public struct Variable: Sendable {
    /// Its name.
    public var name: String
    /// Units; `1` for none.
    public var units: String
    /// What it is, in words.
    public var longName: String

    /// CF standard name, where there is one.
    public var standardName: String?

    /// A variable with its description.
    public init(_ name: String, units: String, longName: String, standardName: String? = nil) {
      (self.name, self.units, self.longName, self.standardName) = (name, units, longName, standardName)
    }
  }

  private let file: ChunkFile
  private let gridRank: Int

  /// Writes the header, of the steps and layers of a record.
  ///
  /// - Parameters:
  ///   - grid: that of the record, with the areas of its cells where they are known.
  ///   - stepsOfChunk: steps of each chunk, but for the last, which is filled up.
  public init(
    _ variables: [Variable], of record: LayeredRecord, on grid: Grid, stepsOfChunk: Int,
    _ attributes: MapWriter.FileAttributes,
    to path: String
  ) throws {
    gridRank = grid.shape.count
    let writer = try NetCDFWriter(path)
    let coordinates = try GridCoordinates(grid, taken: variables.map(\.name), in: writer)
    let depths = MapAxis(depthEdges: record.tops.prefix(1) + record.bottoms)
    let times = MapAxis(times: zip(record.starts, record.ends).map { ($0, $1) }, calendar: record.calendar)
    let axes = try MapAxes([times, depths], in: writer)
    let haveLength = zip(record.starts, record.ends).contains { $0 < $1 }
    for variable in variables {
      var list: [(String, NetCDFWriter.Attribute)] = [
        ("_FillValue", .numbers([Double(MapWriter.floatFill)], .float)), ("long_name", .text(variable.longName)),
        ("units", .text(variable.units)),
      ]
      if let name = variable.standardName { list.append(("standard_name", .text(name))) }
      if haveLength { list.append(("cell_methods", .text("time: mean"))) }
      if let measures = coordinates.cellMeasures { list.append(("cell_measures", .text(measures))) }
      if let names = coordinates.auxiliaryNames { list.append(("coordinates", .text(names))) }
      _ = try writer.variable(
        variable.name, .float, axes.dimensions([times, depths]) + coordinates.dimensions, attributes: list,
        chunks: [stepsOfChunk, 1] + grid.shape, deflate: ChunkCompression.level)
    }
    try MapWriter.put(attributes, on: writer)
    try writer.endDefinitions()
    try coordinates.writeValues(to: writer)
    try axes.writeValues(to: writer)
    file = try writer.openChunks()
  }

  /// The bytes of a chunk: some steps of a layer, compressed; NaN is missing.
  public static func chunk(_ values: [Float]) -> [UInt8] {
    ChunkCompression.deflated(values.map { $0.isNaN ? MapWriter.floatFill : $0 })
  }

  /// Writes a chunk; its first step is a multiple of the chunks' steps.
  public func write(_ chunk: [UInt8], of variable: String, step: Int, layer: Int) throws {
    try file.write(chunk, to: variable, start: [step, layer] + [Int](repeating: 0, count: gridRank))
  }

  /// Completes the file and gives it its name.
  public func commit() throws { try file.commit() }
}
