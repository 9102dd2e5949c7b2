/// A variable on layers of soil, at steps of any length, over the files of one run.
///
/// Files of CF, as CLM writes them, name their dimensions. Those of ED2 do not: they have (time, polygon, layer), or one step of
/// (polygon, layer); the time is in the file's name, layers are from the bottom up, and hours that were not reached
/// are zero.
public struct LayeredRecord: Codable, Sendable {
  /// How files are laid out.
  public enum Layout: String, Codable, Sendable, CaseIterable {
    case cf, ed2
  }

  /// A file of the record.
  public struct File: Codable, Sendable {
    /// Its path.
    public var path: String
    /// The steps that hold something; those behind them do not.
    public var count: Int
    /// Steps that hold nothing.
    public var unfilledCount: Int
    /// The number of its first step in the record.
    public var first: Int
    var shape: [Int]
    var stored: StoredValues
    var isHDF5: Bool
    var isChunked: Bool
  }

  /// The variable.
  public let name: String
  /// Its units; empty where files do not tell.
  public private(set) var units = ""
  /// Where the cells lie; polygons are cells of an unstructured grid.
  public let grid: Grid
  /// In the order of their times.
  public private(set) var files: [File] = []
  /// The calendar of the times.
  public private(set) var calendar = ModelCalendar.standard
  /// When each step begins, in seconds of the calendar.
  @PackedIntegers public private(set) var starts: [Int]
  /// When each step ends; the same where steps are instants.
  @PackedIntegers public private(set) var ends: [Int]
  /// Upper depths of the layers in metres, from the surface down.
  public private(set) var tops: [Double] = []
  /// Their lower depths.
  public private(set) var bottoms: [Double] = []
  /// What was assumed; nil where nothing was.
  public private(set) var warning: String?
  /// Steps of a chunk of the first file; 1 where it has none.
  public private(set) var stepsOfChunk = 1
  /// Places of time, layer and the grid's dimensions among the variable's; time is nil where a file is one step.
  private var timePlace: Int?
  private var layerPlace = 0
  private var gridPlaces: [Int] = []
  /// Whether the file's first layer is the deepest.
  private var isBottomUp = false

  /// The number of steps.
  public var count: Int { starts.count }
  /// The number of layers.
  public var layerCount: Int { tops.count }

  /// Reads the headers.
  ///
  /// - Parameters:
  ///   - pattern: of the files.
  ///   - layers: where layers are, of ED2 a variable `SLZ`; or depths; nil where the files tell.
  ///   - start: when the first step begins, instead of what the first file's name tells (ED2).
  /// - Throws: exit code 66 where no file matches, 65 where files cannot be read or do not fit.
  public init(_ pattern: String, _ name: String, _ layout: Layout, layers: LayerSource?, start: Step?) throws {
    let paths = paths(matching: pattern)
    guard let first = paths.first else { throw JobError(.noInput, "'\(pattern)': no file matches") }
    self.name = name
    (_starts, _ends) = (PackedIntegers(wrappedValue: []), PackedIntegers(wrappedValue: []))
    switch layout {
    case .ed2:
      guard let layers else {
        throw JobError(.usage, "--layers is missing: ED2's files do not hold the depths; e.g. --layers history.h5:SLZ")
      }
      grid = try Self.polygons(of: first, name, layers)
      try readED2(paths, layers, start: start)
    case .cf:
      guard start == nil else {
        throw JobError(.usage, "--start is for files without times (--layout ed2); leave it out")
      }
      let file = try NetCDFFile(first)
      guard file.format != .zarr else {
        throw JobError(
          .inputData, "\(first): is a Zarr store, whose layers cannot be replaced. \(Conversion.ofZarr(first))")
      }
      let variable = try file.requiredVariable(name)
      grid = try VariableLayout.read(variable, in: file).1
      try readCF(paths, layers)
    }
    for step in starts.indices.dropFirst() where starts[step] <= starts[step - 1] {
      let file = files.last { $0.first <= step }
      throw JobError(
        .inputData,
        "\(file?.path ?? first): \(text(ofStep: step)) does not follow \(text(ofStep: step - 1)), the step before it; "
          + "expected times that increase in the order of the files' names")
    }
    guard count > 0 else { throw JobError(.inputData, "\(first): '\(name)' has no step that holds anything") }
  }

  // MARK: Layers

  /// Where the layers' depths come from.
  public enum LayerSource: Sendable {
    /// A variable with the height of each layer's bottom, or with edges, `FILE:VARIABLE`
    case variable(path: String, name: String)
    /// Edges in metres, from the surface down; or heights of the layers' bottoms, which are negative, from below
    case depths([Double])
  }

  /// Edges of the layers from their source, in the file's order.
  private mutating func readLayers(_ source: LayerSource, count: Int, of path: String) throws {
    let (edges, isBottomUp, words) = try source.edges()
    self.isBottomUp = isBottomUp
    guard edges.count == count + 1 else {
      throw JobError(
        .inputData,
        "\(words) has \(counted(edges.count - 1, "layer")), '\(name)' of \(path) has \(count); expected as many")
    }
    try setLayers(edges, words)
  }

  private mutating func setLayers(_ edges: [Double], _ words: String) throws {
    for (layer, (top, bottom)) in zip(edges, edges.dropFirst()).enumerated() where !(bottom > top) || !(top >= 0) {
      throw JobError(
        .inputData,
        "\(words): layer \(layer + 1) from the surface goes from \(top) to \(bottom) m, a thickness of "
          + "\(Self.rounded(bottom - top)) m; expected depths that increase downwards")
    }
    (tops, bottoms) = (Array(edges.dropLast()), Array(edges.dropFirst()))
  }

  private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }

  // MARK: ED2

  /// The polygons of a run, from the file of the layers or that of the data.
  private static func polygons(of path: String, _ name: String, _ layers: LayerSource) throws -> Grid {
    let file = try NetCDFFile(path)
    let shape = file.shape(try file.requiredVariable(name))
    guard (2...3).contains(shape.count) else {
      throw JobError(
        .inputData,
        "\(path): '\(name)' has \(shape.count) dimensions; expected (time, polygon, layer), as ED2 writes them, or one "
          + "step of (polygon, layer)")
    }
    let count = shape[shape.count - 2]
    guard InputLimit.product([count], atMost: InputLimit.cells) != nil, count > 0 else {
      throw JobError(.inputData, "\(path): '\(name)' has \(count) polygons; expected 1 to \(InputLimit.cells)")
    }
    var places = [file]
    if case .variable(let other, _) = layers { places.insert(try NetCDFFile(other), at: 0) }
    for place in places { if let grid = try ED2Files.polygons(in: place), grid.cellCount == count { return grid } }
    throw JobError(
      .inputData,
      "\(path): no LATITUDE and LONGITUDE of the \(count) polygons of '\(name)'; give the history file of the run by "
        + "--layers FILE:SLZ")
  }

  private mutating func readED2(_ paths: [String], _ layers: LayerSource, start: Step?) throws {
    var nameTimes = try paths.map { try ED2Files.NameTime(of: $0).start }
    if let start { nameTimes[0] = calendar.second(of: start) }
    for (index, path) in paths.enumerated() {
      let file = try NetCDFFile(path)
      let variable = try file.requiredVariable(name)
      let shape = file.shape(variable)
      guard (2...3).contains(shape.count), shape[shape.count - 2] == grid.cellCount else {
        throw JobError(
          .inputData,
          "\(path): '\(name)' has the shape \(NetCDFFile.text(shape)); expected \(grid.cellCount) polygons as in \(paths[0])"
        )
      }
      if index == 0 {
        try readLayers(layers, count: shape[shape.count - 1], of: path)
        (timePlace, layerPlace, gridPlaces) =
          shape.count == 3 ? (0, 2, [1]) : (nil, 1, [0])
        units = ED2Files.units(inMetadata: file.text("Metadata", of: variable, allLines: true) ?? "")
      }
      guard shape[layerPlace] == layerCount, (shape.count == 3) == (timePlace != nil) else {
        throw JobError(
          .inputData,
          "\(path): '\(name)' has the shape \(NetCDFFile.text(shape)); expected \(layerCount) layers and the dimensions of "
            + "\(paths[0])")
      }
      try add(file, variable, steps: shape.count == 3 ? shape[0] : 1)
      let own = files[index]
      let reader = try LayeredReader(self, file: index)
      // Hours behind the last one that was reached are zero in all layers and polygons.
      var filled = 0..<own.count
      while !filled.isEmpty {
        let middle = (filled.lowerBound + filled.upperBound) / 2
        let isEmpty = try reader.read(middle..<middle + 1).allSatisfy { $0 == 0 }
        filled = isEmpty ? filled.lowerBound..<middle : middle + 1..<filled.upperBound
      }
      files[index].count = filled.lowerBound
      files[index].unfilledCount = own.count - filled.lowerBound
      let hour = 3600
      if timePlace != nil {
        starts += (0..<files[index].count).map { nameTimes[index] + hour * $0 }
        ends += (0..<files[index].count).map { nameTimes[index] + hour * ($0 + 1) }
      } else if files[index].count > 0 {
        let next = index + 1 < paths.count ? nameTimes[index + 1] : nameTimes[index]
        let before = index > 0 ? nameTimes[index] - nameTimes[index - 1] : hour
        starts.append(nameTimes[index])
        ends.append(next > nameTimes[index] ? next : nameTimes[index] + before)
      }
    }
  }

  // MARK: CF

  private mutating func readCF(_ paths: [String], _ layers: LayerSource?) throws {
    for (index, path) in paths.enumerated() {
      let file = try NetCDFFile(path)
      try file.watch {
        if file.format.isClassic { try ClassicHeader.checkLength(of: path) }
        let variable = try file.requiredVariable(name)
        let (layout, own) = try VariableLayout.read(variable, in: file)
        if let difference = own.difference(from: grid) {
          throw JobError(.inputData, "\(path): the grid of '\(name)' differs from that of \(paths[0]): \(difference)")
        }
        guard let time = layout.position(.time), let level = layout.position(.level) else {
          throw JobError(
            .inputData,
            "\(path): '\(name)(\(layout.names.joined(separator: ", ")))' has no \(layout.position(.time) == nil ? "time" : "layers"); "
              + "expected (time, layer, lat, lon), or (time, layer, cell)")
        }
        let places = grid.dimensionNames.compactMap { layout.names.firstIndex(of: $0) }
        if index == 0 {
          (timePlace, layerPlace, gridPlaces) = (time, level, places)
          units = file.text("units", of: variable) ?? ""
          try readLevels(layers, layout.names[level], count: layout.shape[level], in: file)
        }
        guard (timePlace, layerPlace, gridPlaces) == (time, level, places), layout.shape[level] == layerCount else {
          throw JobError(
            .inputData,
            "\(path): '\(name)' has the shape \(NetCDFFile.text(layout.shape)); expected the dimensions of \(paths[0])")
        }
        let axis = try TimeAxis.read(dimension: layout.names[time], in: file)
        if index == 0 { calendar = axis.calendar }
        guard axis.calendar == calendar else {
          throw JobError(
            .inputData,
            "\(path): the calendar is '\(axis.calendar.rawValue)', that of \(paths[0]) '\(calendar.rawValue)'")
        }
        try add(file, variable, steps: axis.count)
        starts += axis.starts
        ends += axis.ends.isEmpty ? axis.starts : axis.ends
        try file.checkAttributes()
      }
    }
  }

  private mutating func readLevels(
    _ layers: LayerSource?, _ dimension: String, count: Int, in file: NetCDFFile
  ) throws {
    if let layers { return try readLayers(layers, count: count, of: file.path) }
    let axis = try LevelAxis.read(dimension: dimension, length: count, in: file)
    guard axis.hasDepths else {
      throw JobError(
        .inputData,
        "\(file.path): dimension '\(dimension)' of '\(name)' has no depths; give the layers' edges in metres, for example "
          + "--layers 0,0.1,0.4,1")
    }
    var edges = axis.edges
    if edges.isEmpty {
      let guess = SoilLayers.edges(nodes: axis.nodes)
      edges = guess.edges
      if guess.areGuessed {
        warning =
          "\(file.path): '\(dimension)' has no bounds: edges of layers are half-way between their depths; give --layers"
      }
    }
    try setLayers(edges, "\(file.path): '\(dimension)'")
  }

  private mutating func add(_ file: NetCDFFile, _ variable: NetCDFFile.Variable, steps: Int) throws {
    guard steps <= InputLimit.steps, count + steps <= InputLimit.steps else {
      throw JobError(.inputData, "\(file.path): '\(name)' has more than \(InputLimit.steps) times")
    }
    _ = try file.valueCount(variable)
    let storage = try file.chunks(variable)
    if files.isEmpty, let storage, let timePlace { stepsOfChunk = max(1, storage.lengths[timePlace]) }
    files.append(
      File(
        path: file.path, count: steps, unfilledCount: 0, first: count, shape: file.shape(variable),
        stored: try StoredValues(variable, in: file), isHDF5: file.format.isHDF5, isChunked: storage != nil))
  }

  /// The grid with the areas of its cells' land, where the first file has them.
  public func gridWithAreas() throws -> Grid {
    var areal = grid
    try areal.readLandAreas(from: [files[0].path])
    return areal
  }

  // MARK: Steps

  /// A step's time in words.
  public func text(ofStep step: Int) -> String { calendar.step(at: starts[step]).description }

  /// The step that an instant falls into; of steps that are instants, the nearest one within half a step; nil outside of
  /// the record, and between steps.
  public func step(of instant: Step) -> Int? {
    let second = calendar.second(of: instant)
    // The first step that begins later.
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] > second { high = middle } else { low = middle + 1 }
    }
    if low > 0, second < ends[low - 1] { return low - 1 }
    let isInstant = { (step: Int) in starts[step] == ends[step] }
    let nearest = [low - 1, low].filter { $0 >= 0 && $0 < count && isInstant($0) }
      .min { abs(starts[$0] - second) < abs(starts[$1] - second) }
    guard let nearest else { return nil }
    let others = [nearest - 1, nearest + 1].filter { $0 >= 0 && $0 < count }.map { abs(starts[$0] - starts[nearest]) }
    return 2 * abs(starts[nearest] - second) <= (others.min() ?? 0) ? nearest : nil
  }

  /// The day of each step: days from the calendar's origin.
  public func day(ofStep step: Int) -> Int { starts[step] >= 0 ? starts[step] / 86400 : (starts[step] - 86399) / 86400 }

  /// The same day for a date.
  public func day(year: Int, month: Int, day: Int) -> Int { calendar.dayNumber(year: year, month: month, day: day) }

  // MARK: Places of values

  /// The hyperslab of some steps of a file.
  func slab(_ steps: Range<Int>, of file: Int) -> (start: [Int], count: [Int]) {
    var (start, count) = (files[file].shape.map { _ in 0 }, files[file].shape)
    if let timePlace { (start[timePlace], count[timePlace]) = (steps.lowerBound, steps.count) }
    return (start, count)
  }

  /// Calls a body with the place of each row of cells in a slab of some steps: by step, by layer from the surface down, and
  /// by row.
  public func forEachRow(
    steps: Int, of file: Int,
    _ body: (_ step: Int, _ layer: Int, _ firstCell: Int, _ offset: Int, _ stride: Int) -> Void
  ) {
    let count = slab(0..<steps, of: file).count
    var strides = count.map { _ in 1 }
    for place in count.indices.dropLast().reversed() { strides[place] = strides[place + 1] * count[place + 1] }
    let isList = gridPlaces.count == 1
    let rows = isList ? 1 : grid.shape[0]
    let rowLength = isList ? grid.cellCount : grid.shape[1]
    let rowStride = isList ? 0 : strides[gridPlaces[0]]
    let stride = strides[gridPlaces[gridPlaces.count - 1]]
    for step in 0..<steps {
      for layer in 0..<layerCount {
        let stored = isBottomUp ? layerCount - 1 - layer : layer
        let offset = (timePlace.map { strides[$0] } ?? 0) * step + strides[layerPlace] * stored
        for row in 0..<rows { body(step, layer, row * rowLength, offset + row * rowStride, stride) }
      }
    }
  }

  /// The cells of a row of `forEachRow`.
  public var rowLength: Int { gridPlaces.count == 1 ? grid.cellCount : grid.shape[1] }
}

/// Reads steps of one file of a layered record.
public final class LayeredReader {
  private let record: LayeredRecord
  private let file: Int
  private let content: Content

  private enum Content {
    case hdf5(HDF5File, ChunkReader)
    case netCDF(NetCDFFile, NetCDFFile.Variable)
  }

  /// Opens a file of the record.
  ///
  /// - Throws: exit code 65 or 66.
  public init(_ record: LayeredRecord, file: Int) throws {
    (self.record, self.file) = (record, file)
    let path = record.files[file].path
    if record.files[file].isHDF5 {
      content = .hdf5(try HDF5File(path, parallel: false), ChunkReader())
    } else {
      let opened = try NetCDFFile(path)
      content = .netCDF(opened, try opened.requiredVariable(record.name))
    }
  }

  /// The numbers of some steps as stored, in the order of the file.
  ///
  /// - Throws: exit code 65 where they cannot be read, 71 where there is no memory for them.
  public func read(_ steps: Range<Int>) throws -> [Double] {
    let (start, count) = record.slab(steps, of: file)
    let size = count.reduce(1, *)
    try MemoryLimit.check(8 * size, for: "\(record.files[file].path): \(steps.count) steps of '\(record.name)'")
    switch content {
    case .netCDF(let opened, let variable):
      var values = [Double](repeating: 0, count: size)
      if size > 0 { try opened.read(variable, start: start, count: count, into: &values) }
      return values
    case .hdf5(let opened, let chunks):
      func numbers<Number: BinaryFloatingPoint>(_ type: ElementType, _ zero: Number) throws -> [Number] {
        var numbers = [Number](repeating: zero, count: size)
        try numbers.withUnsafeMutableBytes { buffer in
          guard let base = buffer.baseAddress else { return }
          try opened.read(record.name, start: start, count: count, type: type, by: chunks, into: base)
        }
        return numbers
      }
      switch ElementType(record.files[file].stored.type) {
      case .float: return try numbers(.float, Float(0)).map(Double.init)
      case .double: return try numbers(.double, 0.0)
      }
    }
  }
}

extension LayeredRecord.File {
  /// The value that a stored number stands for; NaN where it means missing.
  @inline(__always)
  public func value(_ stored: Double) -> Double { self.stored.value(stored) }

  /// The number that is stored for a value.
  @inline(__always)
  public func number(_ value: Double) -> Double {
    let number = (value - stored.offset) / stored.scale
    return stored.type == .float || stored.type == .double ? number : number.rounded()
  }
}
