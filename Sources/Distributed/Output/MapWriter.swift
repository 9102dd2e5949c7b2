import Foundation

/// Writes maps on the input's grid as a CF-1.8 netCDF file that xarray, CDO, Panoply and QGIS open.
public struct MapWriter {
  /// A variable on the grid.
  public struct MapVariable: Sendable {
    /// Name of the variable.
    public var name: String
    /// Units; `1` for none.
    public var units: String
    /// What the variable is, in words.
    public var longName: String
    /// CF standard name, where there is one.
    public var standardName: String?
    /// CF cell methods, where they apply.
    public var cellMethods: String?
    /// Meanings of the values 0, 1, …, of a categorical map, which is stored in integers.
    public var flagMeanings: [String]?
    /// Whether values are counts, stored as integers.
    public var isCount = false
    /// Smallest and largest value that there can be, where there are limits; one of them may be infinite.
    public var validRange: ClosedRange<Double>?
    /// Dimensions before those of the grid, slowest first.
    public var axes: [MapAxis] = []
    /// The fields, one for each index of the axes, slowest first: what is made of a cell's row; NaN where missing.
    public var fields: [CellQuantity]
    /// What a field becomes once the numbers of all cells are together, in the order of cells; nil where each stands for
    /// itself.
    public var gathered: (@Sendable ([Double]) -> [Double])?

    /// A map with its description.
    public init(
      _ name: String, units: String, longName: String, standardName: String? = nil, cellMethods: String? = nil,
      flagMeanings: [String]? = nil, isCount: Bool = false, validRange: ClosedRange<Double>? = nil,
      axes: [MapAxis] = [], fields: [CellQuantity], gathered: (@Sendable ([Double]) -> [Double])? = nil
    ) {
      precondition(fields.count == axes.reduce(1) { $0 * $1.values.count }, "\(name): a field for each index")
      self.name = name
      self.units = units
      self.longName = longName
      self.standardName = standardName
      self.cellMethods = cellMethods
      self.flagMeanings = flagMeanings
      self.isCount = isCount
      self.validRange = validRange
      self.axes = axes
      self.fields = fields
      self.gathered = gathered
    }

    /// Attributes that tell the limits of values; counts are never below 0.
    fileprivate var limits: [(name: String, numbers: [Double])] {
      validRange?.limits ?? (isCount ? (0.0 ... .infinity).limits : [])
    }
  }

  /// Attributes of the file besides `Conventions` and `history`.
  public struct FileAttributes: Sendable {
    /// What the file holds.
    public var title: String
    /// Program, version and libraries.
    public var source: String
    /// Papers; empty for none.
    public var references: String
    /// The command line, for `history`.
    public var commandLine: String
    /// Remarks; empty for none.
    public var comment: String
    /// The effective options as YAML, so that the file tells how to make it again.
    public var configuration: String
    /// How products are added up, which bits depend on; empty where they do not.
    public var arithmetic = ""
    /// The time that cell methods of maps are about; nil where there is none.
    public var span: TimeSpan?

    /// The attributes of a result file.
    public init(
      title: String, source: String, references: String, commandLine: String, comment: String = "",
      configuration: String = ""
    ) {
      self.title = title
      self.source = source
      self.references = references
      self.commandLine = commandLine
      self.comment = comment
      self.configuration = configuration
    }
  }

  /// Writes the file under a temporary name and renames it when it is complete.
  ///
  /// Collective. Each field of a map, the values of one index of its axes, is a chunk: some rank puts it together and
  /// compresses it, and rank 0 writes it.
  ///
  /// - Throws: on all ranks exit code 73 naming the file where it cannot be written.
  public static func write(
    _ maps: [MapVariable], of results: CellResults, on grid: Grid, _ attributes: FileAttributes, to path: String
  ) throws {
    let communicator = results.communicator
    let file = try communicator.together { communicator.isRoot ? try start(maps, grid, attributes, path) : nil }
    let chunks = grid.cellCount == 0 ? [] : maps.flatMap { map in map.fields.indices.map { (map, $0) } }
    try results.assemble(chunks.map { $0.fields[$1] }) { number, values in
      let (map, index) = chunks[number]
      return chunk(of: map, index, values, results)
    } take: { number, chunk in
      let (map, index) = chunks[number]
      try file?.write(chunk, to: map.name, start: start(of: map, index) + grid.shape.map { _ in 0 })
    }
    try communicator.together { try file?.commit() }
  }

  /// Bytes that writing holds on a rank.
  public static func bytes(_ partition: Partition, rank: Int, on grid: Grid) -> Int {
    // A field's elements, the same shuffled, and compressed, which with the largest elements and no gain takes as much;
    // rank 0 has one more of these.
    CellResults.bytesOfFields(partition, rank: rank) + (rank == 0 ? 16 : 12) * grid.cellCount
  }

  /// Bytes that the file of these maps takes, at least and at the most: how well fields compress is known only when they
  /// are there.
  public static func size(of maps: [MapVariable], on grid: Grid) -> ClosedRange<Int> {
    let fields = 4 * grid.cellCount * maps.reduce(0) { $0 + $1.fields.count }
    let coordinates = 8 * (grid.latitudes.count + grid.longitudes.count + grid.landAreaCount)
    // Deflate makes nothing more than 1032 times as short.
    let least = NetCDFWriter.headerSize + coordinates + fields / 1032
    return least...least + 5 * coordinates + fields
  }

  /// Makes sure that there is room for the file of these maps, as far as that is known before they are.
  ///
  /// - Returns: what to tell where they may not fit.
  /// - Throws: exit code 73 where they cannot.
  public static func checkSpace(for maps: [MapVariable], on grid: Grid, path: String) throws -> String? {
    guard let free = OutputFile.freeBytes(beside: path) else { return nil }
    let size = size(of: maps, on: grid)
    guard free >= size.lowerBound else { throw OutputFile.fullDisk(path, needed: size.lowerBound) }
    guard free < size.upperBound else { return nil }
    return "\(path) may take up to \(byteText(size.upperBound)), and \(byteText(free)) are free"
  }

  /// The file with everything but the maps' fields.
  private static func start(
    _ maps: [MapVariable], _ grid: Grid, _ attributes: FileAttributes, _ path: String
  ) throws -> ChunkFile {
    let writer = try NetCDFWriter(path)
    let taken = maps.map(\.name)
    let coordinates = try GridCoordinates(grid, taken: taken, in: writer)
    var axes = try MapAxes(maps.flatMap(\.axes), in: writer)
    let labels = try AxisLabels(axes.labelled, taken: taken, in: writer)
    let span = try TimeSpan.Variables(
      attributes.span, methods: maps.map(\.cellMethods), &axes, taken: taken, in: writer)
    for var map in maps {
      let hasTime = span?.isCoordinate(of: map) ?? false
      // CF wants a coordinate that methods are about.
      if !hasTime, !map.axes.contains(where: \.isTime), TimeSpan.Variables.isOverTime(map.cellMethods) {
        map.cellMethods = nil
      }
      let others = (hasTime ? ["time"] : []) + (coordinates.auxiliaryNames.map { [$0] } ?? [])
      let names = labels.coordinates(of: map.axes.map(\.name), and: others)
      try define(map, coordinates, axes, names, in: writer)
    }
    try put(attributes, on: writer)
    try writer.endDefinitions()
    try coordinates.writeValues(to: writer)
    try axes.writeValues(to: writer)
    try labels.writeValues(to: writer)
    try span?.writeValues(to: writer)
    return try writer.openChunks()
  }

  /// Indices of a map's axes.
  private static func start(of map: MapVariable, _ field: Int) -> [Int] {
    var rest = field
    let indices = map.axes.reversed().map { axis in
      defer { rest /= axis.values.count }
      return rest % axis.values.count
    }
    return indices.reversed()
  }

  /// A field on the whole grid as the file holds it, of its values in the order of the partition's cells.
  private static func chunk(
    of map: MapVariable, _ field: Int, _ values: UnsafeBufferPointer<Double>, _ results: CellResults
  ) -> [UInt8] {
    func chunk<Element>(_ element: (Double) -> Element) -> [UInt8] {
      let withoutData = element(results.rowWithoutData.withUnsafeBufferPointer(map.fields[field]))
      let outside = element(results.rowOutside.withUnsafeBufferPointer(map.fields[field]))
      var elements = results.isSelected.map { $0 ? withoutData : outside }
      if let gathered = map.gathered {
        for (cell, value) in zip(results.partition.cells, gathered(Array(values))) { elements[cell] = element(value) }
      } else {
        for (cell, value) in zip(results.partition.cells, values) { elements[cell] = element(value) }
      }
      return ChunkCompression.deflated(elements)
    }
    let fill = Double(fill(of: map))
    return switch type(of: map) {
    case .int8: chunk { Int8($0.isNaN ? fill : $0) }
    case .int16: chunk { Int16($0.isNaN ? fill : $0) }
    case .int32: chunk { Int32($0.isNaN ? fill : $0) }
    default: chunk { $0.isNaN ? Self.floatFill : Float($0) }
    }
  }

  /// netCDF's own fill value of floats.
  public static let floatFill = Float(9.969_209_968_386_869e36)

  private static func fill(of map: MapVariable) -> Int32 { map.flagMeanings == nil ? -1 : -127 }

  /// Categories are bytes, or short integers where a byte has too few values.
  private static func type(of map: MapVariable) -> NetCDFType {
    guard let meanings = map.flagMeanings else { return map.isCount ? .int32 : .float }
    return meanings.count <= 127 ? .int8 : .int16
  }

  private static func define(
    _ map: MapVariable, _ coordinates: GridCoordinates, _ axes: MapAxes, _ names: String?, in writer: NetCDFWriter
  ) throws {
    var attributes: [(String, NetCDFWriter.Attribute)] = []
    let type = type(of: map)
    let fill = type == .float ? Double(floatFill) : Double(fill(of: map))
    attributes.append(("_FillValue", .numbers([fill], type)))
    attributes.append(("long_name", .text(map.longName)))
    if let name = map.standardName { attributes.append(("standard_name", .text(name))) }
    if let meanings = map.flagMeanings {
      attributes.append(("flag_values", .numbers(meanings.indices.map(Double.init), type)))
      attributes.append(("flag_meanings", .text(meanings.joined(separator: " "))))
    } else {
      attributes.append(("units", .text(map.units)))
    }
    attributes += map.limits.map { ($0.name, .numbers($0.numbers, type)) }
    if let methods = map.cellMethods { attributes.append(("cell_methods", .text(methods))) }
    if let measures = coordinates.cellMeasures { attributes.append(("cell_measures", .text(measures))) }
    if let names { attributes.append(("coordinates", .text(names))) }
    let dimensions = axes.dimensions(map.axes) + coordinates.dimensions
    let isEmpty = coordinates.dimensions.contains { $0.length == 0 }
    let chunks = map.axes.map { _ in 1 } + coordinates.dimensions.map(\.length)
    _ = try writer.variable(
      map.name, type, dimensions, attributes: attributes, chunks: isEmpty ? nil : chunks,
      deflate: ChunkCompression.level)
  }

  /// Puts the attributes on a file under construction.
  public static func put(_ attributes: FileAttributes, on writer: NetCDFWriter) throws {
    let date = ISO8601DateFormatter().string(from: Date())
    try writer.put("Conventions", .text("CF-1.8"))
    try writer.put("title", .text(attributes.title))
    try writer.put("history", .text("\(date): \(attributes.commandLine)"))
    try writer.put("source", .text(attributes.source))
    if !attributes.references.isEmpty { try writer.put("references", .text(attributes.references)) }
    if !attributes.comment.isEmpty { try writer.put("comment", .text(attributes.comment)) }
    if !attributes.arithmetic.isEmpty { try writer.put("arithmetic", .text(attributes.arithmetic)) }
    if !attributes.configuration.isEmpty { try writer.put("configuration", .text(attributes.configuration)) }
  }
}
