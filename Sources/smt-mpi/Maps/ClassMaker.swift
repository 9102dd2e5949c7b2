import Distributed

extension ClassSettings {
  /// The classes of a grid's cells, in the order of the options; the globe where there are none.
  ///
  /// Collective: rank 0 reads the maps.
  ///
  /// - Parameter gridPath: a file with the grid, for messages.
  /// - Throws: exit code 64, 65 or 66 naming the option, or the file and variable.
  func classes(on grid: Grid, of gridPath: String, _ communicator: Communicator) throws -> [CellClasses] {
    try communicator.onRoot {
      let maker = ClassMaker(settings: self, grid: grid, gridPath: gridPath)
      return sources.isEmpty ? [.globe(grid)] : try sources.map(maker.make)
    }
  }
}

/// Makes classes of maps on a grid.
private struct ClassMaker {
  let settings: ClassSettings
  let grid: Grid
  let gridPath: String

  /// More classes are an oversight: a continuous map.
  private static let mostClasses = 1000

  func make(_ source: ClassSettings.Source) throws -> CellClasses {
    switch source {
    case .map(let map, let groups): try ids(of: map, groups)
    case .fractions(let map, let types, let presence): try fractions(of: map, types, presence)
    case .bins(let map, let edges): try bins(of: map, edges)
    case .bands(let bands, let mayLackCells): try self.bands(bands, mayLackCells)
    }
  }

  // MARK: Ids

  private func ids(of source: String, _ groups: [ClassGroup]) throws -> CellClasses {
    let slices = try MapSlices(source)
    let map = try singleField(of: slices, "--classes", "select one of them first, for example with cdo or ncks")
    let present = try wholeNumbers(of: map)
    let groups = groups.isEmpty ? try ownGroups(present, slices) : groups
    for group in groups where !present.contains(where: group.contains) {
      throw JobError(
        .inputData,
        "\(map.path): no cell of '\(map.name)' is in the group '\(group.name)' (\(group.idText)); its ids are "
          + IDText.ranges(present))
    }
    let (brought, note) = try map.regular(unlessOn: grid).brought(
      to: grid, of: gridPath, by: settings.method == .nearest ? .nearest : .majority)
    var cells = [[Int]](repeating: [], count: groups.count)
    var groupOfID: [Int: Int?] = [:]
    var unnamed: [Int: Int] = [:]
    for (cell, value) in brought.values.enumerated() where value.isFinite {
      let id = Int(value)
      let group = groupOfID[id] ?? groups.firstIndex { $0.contains(id) }
      groupOfID[id] = .some(group)
      if let group { cells[group].append(cell) } else { unnamed[id, default: 0] += 1 }
    }
    var notes = note.map { [$0] } ?? []
    if !unnamed.isEmpty {
      let counts = unnamed.sorted { $0.key < $1.key }.map { "\($0.key) (\(counted($0.value, "cell")))" }
      notes.append("\(source): no group names the ids \(IDText.list(counts))")
    }
    notes += lost(zip(groups.map(\.name), cells.map(\.isEmpty)), source)
    return CellClasses(
      title: source, classes: zip(groups, cells).map { CellClass(name: $0.name, cells: $1) }, notes: notes)
  }

  /// What to say of classes that no cell of the grid has, although the map has them.
  private func lost(_ classes: some Sequence<(String, Bool)>, _ source: String) -> [String] {
    let names = classes.filter(\.1).map { "'\($0.0)'" }
    return names.isEmpty ? [] : ["\(source): no cell of the grid has the classes \(IDText.list(names))"]
  }

  /// The ids of a map, ascending.
  private func wholeNumbers(of map: GridMap) throws -> [Int] {
    var ids = Set<Int>()
    for value in map.values where !value.isNaN {
      guard let id = Int(exactly: value), abs(value) < 1e9 else {
        throw JobError(
          .inputData,
          "\(map.path): '\(map.name)' has the value \(value.shortText), which is no class; expected whole numbers of up "
            + "to nine digits: a map of continuous values makes classes with --bins \(map.path):\(map.name)@FIRST:LAST:WIDTH"
        )
      }
      ids.insert(id)
    }
    return ids.sorted()
  }

  /// Each id a class: named by its flag's meaning, where the file has it, else by its number.
  private func ownGroups(_ ids: [Int], _ slices: MapSlices) throws -> [ClassGroup] {
    guard (1...Self.mostClasses).contains(ids.count) else {
      throw JobError(
        .inputData,
        "\(slices.path): '\(slices.name)' has \(counted(ids.count, "different value")); expected 1 to \(Self.mostClasses) classes, or "
          + "groups of them by --groups")
    }
    let meanings = ids.map { slices.meanings[$0] ?? "\($0)" }
    let names = Set(meanings).count == ids.count ? meanings : ids.map { "\($0)" }
    return zip(names, ids).map { ClassGroup(name: $0, ids: [$1...$1]) }
  }

  // MARK: Fractions

  private func fractions(
    of source: String, _ types: [ClosedRange<Int>]?, _ presence: Double?
  ) throws -> CellClasses {
    let slices = try MapSlices(source)
    guard slices.axes.count <= 1, slices.count > 0 else {
      throw JobError(
        .inputData,
        "\(slices.path): '\(slices.name)' has \(counted(slices.axes.count, "dimension")) besides those of the grid; expected one, of "
          + "types, as PCT_NAT_PFT(natpft, lat, lon) has it")
    }
    // A map without types is the fraction of one.
    let labels = slices.axes.first?.labels ?? [slices.name]
    let numbers = slices.axes.first?.values.map { Int(exactly: $0) } ?? [0]
    let wanted = try types.map { try fields(of: $0, numbers, slices) } ?? Array(0..<slices.count)
    let scale = Self.isPercent(slices) ? 0.01 : 1
    var classes: [CellClass] = []
    var note: String?
    for field in wanted {
      var map = try slices.field(field)
      try scaleFractions(of: &map, scale, slices.axes.isEmpty ? "" : "type \(labels[field]) of ")
      let (brought, words) = try map.regular(unlessOn: grid).brought(
        to: grid, of: gridPath, by: settings.method == .nearest ? .nearest : .mean)
      note = words
      let cells = brought.values.indices.filter { brought.values[$0] > (presence ?? 0) }
      classes.append(
        CellClass(
          name: labels[field], cells: cells, shares: presence == nil ? cells.map { brought.values[$0] } : []))
    }
    return CellClasses(
      title: source, classes: classes,
      notes: (note.map { [$0] } ?? []) + lost(classes.map { ($0.name, $0.cells.isEmpty) }, source))
  }

  /// Places of types on their dimension.
  private func fields(of types: [ClosedRange<Int>], _ numbers: [Int?], _ slices: MapSlices) throws -> [Int] {
    try types.flatMap { range in
      try range.map { type in
        guard let field = numbers.firstIndex(of: type) else {
          throw JobError(
            .usage,
            "--types: '\(slices.name)' in \(slices.path) has no type \(type); its types are "
              + IDText.ranges(numbers.compactMap { $0 }.sorted()))
        }
        return field
      }
    }
  }

  /// Whether fractions are in percent: by their units or, where these say nothing, as in CLM's files, by their name in words.
  private static func isPercent(_ slices: MapSlices) -> Bool {
    if UnitSpelling.areSame(slices.units, "%") { return true }
    return UnitSpelling.areSame(slices.units, "1") && slices.longName.lowercased().hasPrefix("percent")
  }

  private func scaleFractions(of map: inout GridMap, _ scale: Double, _ type: String) throws {
    // Percent in single precision add up to a little more than 100.
    let slack = 1e-5
    for cell in map.values.indices where !map.values[cell].isNaN {
      let fraction = scale * map.values[cell]
      guard (-slack...1 + slack).contains(fraction) else {
        throw JobError(
          .inputData,
          "\(map.path): \(type)'\(map.name)' has the value \(map.values[cell].shortText); expected "
            + (scale == 1 ? "fractions from 0 to 1, or percent with units '%'" : "0 to 100 percent"))
      }
      map.values[cell] = min(1, max(0, fraction))
    }
  }

  // MARK: Bins and bands

  private func bins(of source: String, _ edges: [Double]) throws -> CellClasses {
    let layers = settings.depth.map { MapSlices.Layers(depth: $0, addsUp: SoilMoistureUnits.addUp) }
    let slices = try MapSlices(source, layers: layers)
    let map = try singleField(of: slices, "--bins", "choose layers with --depth, for example 0-0.3")
    let (brought, note) = try map.regular(unlessOn: grid).brought(
      to: grid, of: gridPath, by: settings.method == .nearest ? .nearest : .bilinear)
    var cells = [[Int]](repeating: [], count: edges.count - 1)
    var outside = 0
    for (cell, value) in brought.values.enumerated() where value.isFinite {
      // The last edge belongs to the last bin.
      guard let next = edges.firstIndex(where: { value < $0 }) ?? (value == edges.last ? edges.count - 1 : nil),
        next > 0
      else {
        outside += 1
        continue
      }
      cells[next - 1].append(cell)
    }
    var notes = [note, slices.warning].compactMap { $0 }
    if outside > 0 { notes.append("\(source): \(counted(outside, "cell", ("is", "are"))) in none of the bins") }
    let isSigned = edges[0] < 0
    let classes = cells.enumerated().map { index, cells in
      CellClass(
        name: "\(edges[index].shortText)\(isSigned ? " to " : "-")\(edges[index + 1].shortText)", cells: cells)
    }
    return CellClasses(title: source, classes: classes, notes: notes)
  }

  /// Cells by the latitude of their centre: the southern edge belongs to a band, the northern one only where it is a pole.
  private func bands(
    _ bands: [(name: String, latitudes: ClosedRange<Double>?)], _ mayLackCells: Bool
  ) throws -> CellClasses {
    let classes = try bands.compactMap { band -> CellClass? in
      guard let latitudes = band.latitudes else { return CellClass(name: band.name, cells: Array(0..<grid.cellCount)) }
      let cells = (0..<grid.cellCount).filter {
        let latitude = grid.latitude(ofCell: $0)
        return latitudes.contains(latitude) && (latitude < latitudes.upperBound || latitudes.upperBound == 90)
      }
      guard !cells.isEmpty else {
        if mayLackCells { return nil }
        throw JobError(.inputData, "--bands: no cell of \(gridPath) is in the band '\(band.name)' (\(grid.summary))")
      }
      return CellClass(name: band.name, cells: cells)
    }
    return CellClasses(title: "latitude", classes: classes, notes: [])
  }

  /// The one field of a map.
  private func singleField(of slices: MapSlices, _ option: String, _ advice: String) throws -> GridMap {
    guard slices.count == 1 else {
      let shape = slices.axes.map { "'\($0.name)' of length \($0.count)" }.joined(separator: ", ")
      throw JobError(
        .inputData,
        "\(slices.path): '\(slices.name)' of \(option) has a dimension \(shape); expected a map: \(advice)")
    }
    return try slices.field(0)
  }
}

/// Ids in messages.
private enum IDText {
  /// Ascending numbers as ranges: `0-2, 7`.
  static func ranges(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound == number - 1 {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return list(ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" })
  }

  /// The first of many words.
  static func list(_ words: [String]) -> String {
    guard !words.isEmpty else { return "none" }
    return words.prefix(20).joined(separator: ", ") + (words.count > 20 ? ", … (\(words.count) in all)" : "")
  }
}
