/// What the HDF5 files of ED2 do not tell: where layers and polygons are, and when the first step begins.
///
/// Their dimensions have no names. A variable is (time, polygon) or (time, polygon, layer), or of one step (polygon) or
/// (polygon, layer); of two dimensions, `nzg` in the attribute `Metadata` says that the second is that of layers. These are
/// from the bottom up.
public struct ED2Files: Sendable {
  /// Where the layers are.
  public let layers: LayeredRecord.LayerSource
  /// When the first step of a run's first file begins, instead of what its name tells.
  public let start: Step?

  /// Files whose layers and start are these.
  public init(layers: LayeredRecord.LayerSource, start: Step?) {
    self.layers = layers
    self.start = start
  }

  /// Whether a variable is one that this is about: its dimensions have no names.
  func describe(_ name: String, in file: NetCDFFile) -> Bool {
    guard let variable = file.variable(name) else { return false }
    return file.dimensionNames(variable).allSatisfy { $0.hasPrefix("phony_dim_") }
  }

  /// Reads the header of a file.
  ///
  /// - Parameter isFirst: whether it is the first of its run.
  /// - Throws: exit code 65 naming file and variable.
  func header(of file: NetCDFFile, variables names: [String], isFirst: Bool) throws -> FileHeader {
    let polygons = try self.polygons(beside: file)
    var variables: [FileDescription.Variable] = []
    var stepCounts: [Int?] = []
    for name in names {
      let variable = try file.requiredVariable(name)
      let (layout, steps) = try layout(of: variable, polygons.cellCount, in: file)
      let metadata = file.text("Metadata", of: variable, allLines: true) ?? ""
      let words = metadata.firstMatch(of: /Long Name:\s*(.*?)\s*(\n|$)/).map { String($0.1) }
      variables.append(
        FileDescription.Variable(
          name: name, layout: layout, units: Self.units(inMetadata: metadata), longName: words ?? name,
          stored: try StoredValues(variable, in: file)))
      stepCounts.append(steps)
    }
    guard let first = variables.first, Set(stepCounts).count == 1 else {
      throw JobError(
        .inputData, "\(file.path): \(names.joined(separator: ", ")) have different numbers of times; expected one")
    }
    let layerCount = first.layout.length(.level)
    let levels = first.layout.position(.level) == nil ? nil : try self.levels(layerCount, names[0], file.path)
    let time = try time(of: file, first.name, steps: stepCounts[0], isFirst: isFirst)
    try file.checkAttributes()
    for index in variables.indices { variables[index].layout.forgetStepCount() }
    return FileHeader(
      time: time,
      description: FileDescription(
        format: file.format, calendar: time.calendar, hasTimeBounds: !time.ends.isEmpty, variables: variables,
        levels: levels, memberLabels: [], memberCount: 1, title: ""),
      grid: polygons)
  }

  /// What a variable's dimensions are, and its number of times; nil where it is one step without a dimension for it.
  private func layout(
    of variable: NetCDFFile.Variable, _ polygons: Int, in file: NetCDFFile
  ) throws -> (VariableLayout, steps: Int?) {
    let shape = file.shape(variable)
    let metadata = file.text("Metadata", of: variable, allLines: true) ?? ""
    let hasLayers = shape.count == 3 || shape.count == 2 && metadata.contains("nzg")
    var roles: [DimensionRole] = hasLayers ? [.cell, .level] : [.cell]
    if shape.count > roles.count { roles.insert(.time, at: 0) }
    let place = roles.firstIndex(of: .cell) ?? 0
    guard shape.count == roles.count, shape[place] == polygons else {
      throw JobError(
        .inputData,
        "\(file.path): '\(variable.name)' has the shape \(NetCDFFile.text(shape)); expected times, \(polygons) polygons"
          + (hasLayers ? " and layers" : "") + ", as ED2 writes them")
    }
    _ = try file.valueCount(variable)
    let steps = roles[0] == .time ? shape[0] : nil
    guard steps ?? 1 <= InputLimit.steps, !hasLayers || shape[place + 1] <= InputLimit.levels else {
      throw JobError(
        .inputData,
        "\(file.path): '\(variable.name)' has the shape \(NetCDFFile.text(shape)); expected \(InputLimit.steps) times and "
          + "\(InputLimit.levels) layers at most")
    }
    let storage = try file.chunks(variable)
    let names = roles.map { $0 == .cell ? "polygon" : $0 == .level ? "layer" : "time" }
    return (
      VariableLayout(
        roles: roles, shape: shape, names: names, chunks: storage?.lengths, isFiltered: storage?.filtered ?? false),
      steps
    )
  }

  /// The layers in the order of the file.
  private func levels(_ count: Int, _ name: String, _ path: String) throws -> LevelAxis {
    let (edges, isBottomUp, words) = try layers.edges()
    guard edges.count == count + 1 else {
      throw JobError(
        .inputData,
        "\(words) has \(counted(edges.count - 1, "layer")), '\(name)' of \(path) has \(count); expected as many")
    }
    let own = isBottomUp ? edges.reversed() : edges
    return LevelAxis(nodes: zip(own, own.dropFirst()).map { ($0 + $1) / 2 }, edges: own, hasDepths: true)
  }

  /// The polygons of a run: cells of an unstructured grid, from the file of the layers or the file itself.
  private func polygons(beside file: NetCDFFile) throws -> Grid {
    var places = [file]
    if case .variable(let other, _) = layers { places.insert(try NetCDFFile(other), at: 0) }
    for place in places { if let grid = try Self.polygons(in: place) { return grid } }
    throw JobError(
      .inputData,
      "\(file.path): no LATITUDE and LONGITUDE of the polygons; give the history file of the run by --layers FILE:SLZ")
  }

  /// The polygons that a file places; nil where it places none.
  ///
  /// - Throws: exit code 65 where their coordinates are none.
  static func polygons(in file: NetCDFFile) throws -> Grid? {
    guard let latitude = file.variable("LATITUDE"), let longitude = file.variable("LONGITUDE"),
      file.shape(latitude).count == 1, file.shape(latitude) == file.shape(longitude)
    else { return nil }
    let count = file.shape(latitude)[0]
    guard InputLimit.product([count], atMost: InputLimit.cells) != nil, count > 0 else {
      throw JobError(.inputData, "\(file.path): LATITUDE has \(count) polygons; expected 1 to \(InputLimit.cells)")
    }
    let (latitudes, longitudes) = (try file.values(latitude), try file.values(longitude))
    guard latitudes.allSatisfy({ abs($0) <= 90 }), longitudes.allSatisfy({ abs($0) <= 360 }) else {
      throw JobError(.inputData, "\(file.path): LATITUDE or LONGITUDE hold values that are no degrees")
    }
    return Grid(
      kind: .unstructured, dimensionNames: ["cell"], shape: [count], latitudeName: "lat", longitudeName: "lon",
      latitudes: latitudes, longitudes: longitudes)
  }

  /// The units in ED2's `Metadata`: `Units: [      m3/m3]`.
  static func units(inMetadata text: String) -> String {
    guard let match = text.firstMatch(of: /Units:\s*\[\s*([^\]]*?)\s*\]/) else { return "" }
    return String(match.1)
  }

  // MARK: Times

  /// When a step that a file's name tells begins, and what it is.
  struct NameTime {
    /// Seconds of the standard calendar.
    let start: Int
    /// Whether the name has no month, or no day: 00 in their place.
    let (isYear, isMonth): (Bool, Bool)

    /// The time in a name, `…-YYYY-MM-DD-hhmmss…`.
    ///
    /// - Throws: exit code 65 where there is none.
    init(of path: String) throws {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      guard let match = name.matches(of: /(\d{4})-(\d\d)-(\d\d)-(\d\d)(\d\d)(\d\d)/).last,
        let year = Int(match.1), let month = Int(match.2), let day = Int(match.3), month <= 12, day <= 31,
        let hours = Int(match.4), let minutes = Int(match.5), let seconds = Int(match.6), hours < 24
      else {
        throw JobError(
          .inputData, "\(path): no time in its name; expected for example analysis-T-2004-07-00-000000-g01.h5")
      }
      let number = ModelCalendar.standard.dayNumber(year: year, month: max(1, month), day: max(1, day))
      start = 86400 * number + 3600 * hours + 60 * minutes + seconds
      (isYear, isMonth) = (month == 0, day == 0 && month > 0)
    }
  }

  /// The times of a file: of several steps hours, those that the run has reached; of one step the year or month of the
  /// name, the day of a daily mean (`DMEAN_…`), else an instant.
  private func time(of file: NetCDFFile, _ name: String, steps: Int?, isFirst: Bool) throws -> TimeAxis {
    let calendar = ModelCalendar.standard
    let name = (time: try NameTime(of: file.path), variable: name)
    let begin = isFirst ? start.map(calendar.second(of:)) ?? name.time.start : name.time.start
    if let steps {
      let filled = try filledCount(of: file, name.variable, steps: steps)
      let hour = 3600
      return TimeAxis(
        starts: (0..<filled).map { begin + hour * $0 }, ends: (0..<filled).map { begin + hour * ($0 + 1) },
        calendar: calendar)
    }
    let month = calendar.month(at: begin)
    let end: Int? =
      if name.time.isYear {
        calendar.start(of: Month(index: month.index + 12))
      } else if name.time.isMonth {
        calendar.start(of: Month(index: month.index + 1))
      } else {
        name.variable.hasPrefix("DMEAN_") ? begin + 86400 : nil
      }
    return TimeAxis(starts: [begin], ends: end.map { [$0] } ?? [], calendar: calendar)
  }

  /// The hours of a file that the run has reached: those behind the last one are zero.
  ///
  /// Fluxes are zero at night too: an hour is known by temperature or moisture, where the file has them.
  private func filledCount(of file: NetCDFFile, _ name: String, steps: Int) throws -> Int {
    let family = name.prefix { $0 != "_" }
    let known = ["ATM_TEMP", "SOIL_WATER", "SOIL_TEMP"].map { "\(family)_\($0)_PY" } + [name]
    guard
      let variable = known.lazy.compactMap({ file.variable($0) }).first(where: { file.shape($0).first == steps })
    else { return steps }
    let shape = file.shape(variable)
    var values = [Double](repeating: 0, count: shape.dropFirst().reduce(1, *))
    var range = 0..<steps
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      try file.read(
        variable, start: [middle] + shape.dropFirst().map { _ in 0 }, count: [1] + shape.dropFirst(), into: &values)
      range = values.allSatisfy { $0 == 0 } ? range.lowerBound..<middle : middle + 1..<range.upperBound
    }
    return range.lowerBound
  }
}

extension LayeredRecord.LayerSource {
  /// The edges of the layers in metres from the surface down, whether files have the deepest layer first, and what
  /// messages call the source.
  ///
  /// - Throws: exit code 65 or 66 where they cannot be read.
  func edges() throws -> (edges: [Double], isBottomUp: Bool, words: String) {
    let (values, words): ([Double], String)
    switch self {
    case .depths(let depths): (values, words) = (depths, "--layers")
    case .variable(let path, let name):
      let file = try NetCDFFile(path)
      let variable = try file.requiredVariable(name)
      guard try file.valueCount(variable) <= InputLimit.levels else {
        throw JobError(
          .inputData, "\(path): '\(name)' has more than \(InputLimit.levels) values; expected the depths of layers")
      }
      (values, words) = (try file.watch { try file.values(variable) }, "\(path): '\(name)'")
    }
    guard values.contains(where: { $0 < 0 }) else { return (values, false, words) }
    // Heights of the bottoms; the last layer ends at the surface.
    return ((values.last == 0 ? values : values + [0]).reversed().map { abs($0) }, true, words)
  }
}
