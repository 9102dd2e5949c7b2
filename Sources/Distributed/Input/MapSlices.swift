/// A variable on a grid whose fields are read one at a time: one for each index of the dimensions that it has besides those
/// of the grid.
public final class MapSlices {
  /// The file.
  public let path: String
  /// Name of the variable.
  public let name: String
  /// The `units` attribute; empty where there is none.
  public let units: String
  /// The `long_name` attribute; empty where there is none.
  public let longName: String
  /// Meanings of the values of a category, from `flag_values` and `flag_meanings`.
  public let meanings: [Int: String]
  /// Where the cells lie.
  public let grid: Grid
  /// Dimensions besides those of the grid that are longer than 1, slowest first.
  public let axes: [SliceAxis]
  /// What should be known of how fields are made; nil where that is plain.
  public let warning: String?
  private let content: Content
  private let stored: StoredValues
  /// Places of `axes` among the variable's dimensions.
  private let places: [Int]
  /// How layers make one field; nil where they stay fields of their own.
  private let profile: (place: Int, part: Profile.Part, isMean: Bool)?

  /// Where the fields are.
  private enum Content {
    case variable(NetCDFFile.Variable, VariableLayout, NetCDFFile)
    case band(GeoTIFFFile)
  }

  /// How layers become one field.
  public struct Layers: Sendable {
    /// The range of depths in metres.
    public var depth: ClosedRange<Double>
    /// Whether units say that layers add up; else they are averaged by their thickness.
    public var addsUp: @Sendable (_ units: String) -> Bool

    /// Layers of a range of depths.
    public init(depth: ClosedRange<Double>, addsUp: @escaping @Sendable (_ units: String) -> Bool) {
      self.depth = depth
      self.addsUp = addsUp
    }
  }

  /// Opens `FILE:VARIABLE`, split at the last colon, of which some dimensions may be selected.
  ///
  /// - Parameter layers: combines the layers of a variable that has some; nil keeps each.
  /// - Throws: exit code 64 where the text has no such form or the layers do not reach as deep, 65 or 66 where the file or
  ///   the variable cannot be read or has no grid.
  public convenience init(_ source: String, layers: Layers? = nil) throws {
    let (path, name) = try GridMap.parts(of: source)
    try self.init(name, from: path, layers: layers)
  }

  /// Opens a variable of a file, or a band of a GeoTIFF file, which has one field.
  ///
  /// - Throws: as `init(_:layers:)`.
  public init(_ name: String, from path: String, layers: Layers? = nil) throws {
    if try ForeignFile(anyFormat: path).signature == .tiff {
      let file = try GeoTIFFFile(path)
      let band = try file.band(name)
      (self.path, self.name, grid, content) = (path, name, file.grid, .band(file))
      (stored, units, longName, meanings) = (try file.storedValues(band: band), file.units(band: band), "", [:])
      (axes, places, profile, warning) = ([], [], nil, nil)
      return
    }
    let file = try NetCDFFile(path)
    if file.format.isClassic { try ClassicHeader.checkLength(of: path) }
    let selection = try VariableSelection(name)
    let name = selection.variable
    let variable = try file.requiredVariable(name)
    let (names, shape) = (file.dimensionNames(variable), file.shape(variable))
    var roles = names.map { DimensionRole.ofDimension($0, in: file) }
    let grid = try Grid.read(names: names, shape: shape, roles: &roles, variable, in: file)
    _ = try file.valueCount(variable)
    let fixed = try selection.indices(names, shape, on: grid, in: file)
    for place in fixed.keys { roles[place] = .single }
    let layout = VariableLayout(
      roles: roles, shape: shape, names: names, chunks: nil, isFiltered: false, fixed: fixed)
    stored = try StoredValues(variable, in: file)
    (self.path, self.name, self.grid, content) = (path, name, grid, .variable(variable, layout, file))
    units = file.text("units", of: variable) ?? ""
    longName = file.text("long_name", of: variable) ?? ""
    meanings = Dictionary(
      zip(
        file.numbers("flag_values", of: variable).compactMap { Int(exactly: $0) },
        (file.text("flag_meanings", of: variable) ?? "").split(separator: " ").map(String.init)),
      uniquingKeysWith: { first, _ in first })
    var outer = names.indices.filter { !grid.dimensionNames.contains(names[$0]) && fixed[$0] == nil }
    var (profile, warning): ((place: Int, part: Profile.Part, isMean: Bool)?, String?)
    if let layers {
      let made = try Self.profile(layers, name, units: units, layout, outer, in: file)
      (profile, warning) = (made.profile, made.warning)
    }
    outer.removeAll { $0 == profile?.place }
    (self.profile, self.warning) = (profile, warning)
    places = outer.filter { shape[$0] != 1 }
    axes = try places.map { try SliceAxis.read(names[$0], length: shape[$0], roles[$0], in: file) }
    try file.checkAttributes()
  }

  /// The number of fields.
  public var count: Int { axes.reduce(1) { $0 * $1.count } }

  /// Places on the axes of a field.
  public func indices(of field: Int) -> [Int] {
    var rest = field
    let indices = axes.reversed().map { axis in
      defer { rest /= max(1, axis.count) }
      return rest % max(1, axis.count)
    }
    return indices.reversed()
  }

  /// Bytes of data that reading a field takes from the file, after decompression.
  public var storedBytes: Int { max(1, stored.type.byteCount) * grid.cellCount * (profile?.part.weights.count ?? 1) }

  /// Bytes that reading a field holds.
  public var fieldBytes: Int { 8 * grid.cellCount * (profile == nil ? 2 : 4) }

  /// Reads a field.
  ///
  /// - Parameter field: from 0, the last axis fastest.
  /// - Throws: exit code 65 where it cannot be read, 71 where there is no memory for it.
  public func field(_ field: Int) throws -> GridMap {
    try Interruption.check("while maps were read")
    try MemoryLimit.check(fieldBytes, for: "\(path): a field of '\(name)', \(grid.summary),")
    switch content {
    case .band(let file): return try GridMap.read(band: name, in: file)
    case .variable(let variable, let layout, let file):
      var start = layout.shape.indices.map { layout.fixed[$0] ?? 0 }
      for (place, index) in zip(places, indices(of: field)) { start[place] = index }
      var values: [Double]
      if let profile {
        values = try combined(profile, start) { try read(variable, layout, in: file, at: $0) }
      } else {
        values = try read(variable, layout, in: file, at: start)
      }
      if layout.isTransposed(against: grid) { values = GridMap.transposed(values, to: grid) }
      return GridMap(path: path, name: name, units: units, grid: grid, values: values)
    }
  }

  /// The values of a field in the order of the file.
  private func read(
    _ variable: NetCDFFile.Variable, _ layout: VariableLayout, in file: NetCDFFile, at start: [Int]
  ) throws -> [Double] {
    let count = zip(layout.names, layout.shape).map { grid.dimensionNames.contains($0) ? $1 : 1 }
    var values = [Double](repeating: 0, count: grid.cellCount)
    guard !values.isEmpty else { return [] }
    try file.watch { try file.read(variable, start: start, count: count, into: &values) }
    for index in values.indices { values[index] = stored.value(values[index]) }
    return values
  }

  /// The mean over the layers that are present, or their sum.
  private func combined(
    _ profile: (place: Int, part: Profile.Part, isMean: Bool), _ start: [Int], _ read: ([Int]) throws -> [Double]
  ) throws -> [Double] {
    var sums = [Double](repeating: 0, count: grid.cellCount)
    var weights = sums
    for (level, weight) in zip(profile.part.firstLevel..., profile.part.weights) where weight > 0 {
      var own = start
      own[profile.place] = level
      for (cell, value) in try read(own).enumerated() where !(profile.isMean && value.isNaN) {
        sums[cell] += weight * value
        weights[cell] += weight
      }
    }
    guard profile.isMean else { return sums }
    return zip(sums, weights).map { $1 > 0 ? $0 / $1 : .nan }
  }

  private static func profile(
    _ layers: Layers, _ name: String, units: String, _ layout: VariableLayout, _ outer: [Int], in file: NetCDFFile
  ) throws -> (profile: (place: Int, part: Profile.Part, isMean: Bool)?, warning: String?) {
    // One dimension that nothing describes can only be the vertical one.
    let unknown = outer.filter { layout.shape[$0] > 1 && layout.roles[$0] == .unknown }
    guard let place = layout.position(.level) ?? (unknown.count == 1 ? unknown[0] : nil) else {
      return (nil, "\(file.path): '\(name)' has no layers: all of it counts, whatever the depth")
    }
    let levels = try LevelAxis.read(dimension: layout.names[place], length: layout.shape[place], in: file)
    var asColumn = layout
    asColumn.roles[place] = .level
    let description = FileDescription(
      format: file.format, calendar: .standard, hasTimeBounds: true,
      variables: [
        .init(
          name: name, layout: asColumn, units: units, longName: name,
          stored: try StoredValues(try file.requiredVariable(name), in: file))
      ], levels: levels, memberLabels: [], memberCount: 1, title: "")
    var words = SourceRequest.Words(source: "the map")
    words.depth = "--depth"
    let request = SourceRequest(
      name: name, specification: try SourceSpecification("\(file.path):\(name)"), depth: layers.depth,
      addsUp: layers.addsUp, words: words)
    let made = try ProfileMaker(request.records[0], description, path: file.path).make()
    guard let field = made.fields.first, let part = field.parts.first else { return (nil, made.warning) }
    return ((place, part, field.isMean), made.warning)
  }
}

/// A dimension of a variable besides those of its grid.
public struct SliceAxis: Sendable, Codable, Equatable {
  /// Name of the dimension.
  public let name: String
  /// The coordinate of each index; indices, from 0, where there is no coordinate of numbers.
  public let values: [Double]
  /// What each index is called: the meaning of a flag, a label, a date, or the coordinate's value.
  public let labels: [String]
  /// Whether `values` come from the file.
  public let hasCoordinate: Bool
  /// Whether the labels are names, not dates or numbers.
  public let hasNames: Bool
  /// Units of the coordinate; empty where it has none.
  public let units: String
  /// Calendar of times; empty where it has none.
  public let calendar: String

  /// The number of indices.
  public var count: Int { values.count }

  static func read(_ name: String, length: Int, _ role: DimensionRole, in file: NetCDFFile) throws -> SliceAxis {
    let numbers = (0..<length).map(Double.init)
    guard let coordinate = file.variable(name), file.shape(coordinate).first == length else {
      return SliceAxis(name, numbers, numbers.map(\.labelText), hasCoordinate: false)
    }
    if let labels = try file.labels(coordinate) {
      return SliceAxis(name, numbers, labels, hasCoordinate: false, hasNames: true)
    }
    guard coordinate.dimensions.count == 1, coordinate.type != .character, coordinate.type != .string else {
      return SliceAxis(name, numbers, numbers.map(\.labelText), hasCoordinate: false)
    }
    let values = try file.values(coordinate)
    let meanings = (file.text("flag_meanings", of: coordinate) ?? "").split(separator: " ").map(String.init)
    let flags = Dictionary(
      zip(file.numbers("flag_values", of: coordinate), meanings), uniquingKeysWith: { first, _ in first })
    if !flags.isEmpty {
      return SliceAxis(name, values, values.map { flags[$0] ?? $0.labelText }, hasCoordinate: true, hasNames: true)
    }
    let (units, calendar) = (file.text("units", of: coordinate) ?? "", file.text("calendar", of: coordinate) ?? "")
    if role == .time {
      let time = try TimeAxis.read(dimension: name, in: file)
      let cadence = Cadence(of: [time])
      let labels = (0..<length).map { index in
        let end = time.ends.isEmpty ? time.starts[index] : time.ends[index]
        return cadence.text(of: cadence.step(from: time.starts[index], to: end, time.calendar))
      }
      return SliceAxis(name, values, labels, hasCoordinate: true, units: units, calendar: calendar)
    }
    return SliceAxis(name, values, values.map(\.labelText), hasCoordinate: true, units: units)
  }

  private init(
    _ name: String, _ values: [Double], _ labels: [String], hasCoordinate: Bool, hasNames: Bool = false,
    units: String = "", calendar: String = ""
  ) {
    (self.name, self.values, self.labels, self.hasCoordinate) = (name, values, labels, hasCoordinate)
    (self.hasNames, self.units, self.calendar) = (hasNames, units, calendar)
  }
}

extension Double {
  /// Without a trailing `.0`; coordinates in single precision in as many digits as those have.
  var labelText: String {
    let text = Double(Float(self)) == self ? "\(Float(self))" : "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
