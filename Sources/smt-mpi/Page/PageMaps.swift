import Distributed
import Foundation

/// The maps of a page with their values.
struct PageMaps {
  private(set) var grids: [PageGrid] = []
  private(set) var maps: [PageMap] = []
  /// For each map the values of its cells, 32-bit floating point numbers, the least significant byte first, as a zlib stream in
  /// base 64.
  private(set) var data: [String] = []
  private(set) var notes: [String] = []
  private var coarseGrids: [(fine: Grid, factor: Int, index: Int)] = []

  /// Bytes that the coordinates of a cell take on a grid that is not regular.
  private static let coordinateBytes = 20

  /// Reads the fields and brings them to a size that a browser holds.
  ///
  /// - Parameter mostBytes: of all values and coordinates as the page holds them.
  init(_ choice: MapChoice, _ summaries: [FieldSummary], mostBytes: Int = 20_000_000) throws {
    let cells = choice.grids.reduce(0) { $0 + $1.cellCount }
    // Coasts and flat regions let values take less than half of their bytes; what it comes to is known afterwards.
    var most = cells <= mostBytes / 2 ? Int.max : mostBytes / 2 / max(1, choice.count)
    while true {
      try fill(choice, summaries, mostCells: most)
      let bytes = data.reduce(0) { $0 + $1.utf8.count } + coordinateCells * Self.coordinateBytes
      guard bytes > mostBytes else { break }
      let largest = maps.map { grids[$0.grid].cellCount }.max() ?? 1
      most = max(1, Int(0.9 * Double(min(most, largest)) * Double(mostBytes) / Double(bytes)))
    }
    noteCoarsening()
    for index in maps.indices {
      maps[index].status = summaries.firstIndex { $0.field.isStatus(of: summaries[index].field) }
    }
  }

  private var coordinateCells: Int { grids.reduce(0) { $0 + ($1.kind == .regular ? 0 : $1.cellCount) } }

  private mutating func fill(_ choice: MapChoice, _ summaries: [FieldSummary], mostCells: Int) throws {
    (grids, maps, data, coarseGrids) = ([], [], [], [])
    try choice.forEach { field in
      let summary = summaries[maps.count]
      let coarsening = Self.coarsening(of: field.grid, mostCells: mostCells)
      let values = coarsening.values(field.values, areClasses: field.hasClasses)
      let name = "data-\(maps.count)"
      data.append(Self.text(of: values))
      maps.append(
        PageMap(
          file: field.path, grid: index(of: coarsening, field.grid), name: field.name, label: field.label,
          units: field.units == "1" ? "" : field.units, longName: field.longName,
          kind: field.hasClasses ? .classes : .quantity, scale: PageMap.Scale(summary.scale),
          flags: field.hasClasses ? field.flags : nil, data: name, coarsened: coarsening.factor,
          statistics: summary.statistics, histogram: summary.histogram, counts: summary.counts))
    }
  }

  private static func coarsening(of grid: Grid, mostCells: Int) -> FieldCoarsening {
    var coarsening = FieldCoarsening(grid, factor: 1)
    while coarsening.cellCount > mostCells { coarsening = FieldCoarsening(grid, factor: coarsening.factor + 1) }
    return coarsening
  }

  /// The index of a grid, which is added where it is new.
  private mutating func index(of coarsening: FieldCoarsening, _ fine: Grid) -> Int {
    if let known = coarseGrids.first(where: {
      $0.factor == coarsening.factor && $0.fine.shape == fine.shape && $0.fine.latitudes == fine.latitudes
        && $0.fine.longitudes == fine.longitudes
    }) {
      return known.index
    }
    let grid = coarsening.grid
    let index = grids.firstIndex(of: grid) ?? grids.count
    if index == grids.count { grids.append(grid) }
    coarseGrids.append((fine, coarsening.factor, index))
    return index
  }

  private static func text(of values: [Double]) -> String {
    let numbers = values.map { Float($0).bitPattern.littleEndian }
    return Data(ChunkCompression.deflated(numbers.withUnsafeBytes { [UInt8]($0) })).base64EncodedString()
  }

  private mutating func noteCoarsening() {
    for (fine, factor, _) in coarseGrids where factor > 1 {
      notes.append(
        fine.kind == .unstructured
          ? "of the \(fine.cellCount) cells of a grid the maps show each \(factor * factor)th; statistics are of all"
          : "maps of \(fine.sizeText) cells are shown by means of \(factor) × \(factor) cells, classes by the most frequent "
            + "one; statistics are of all cells")
    }
  }
}

extension PageGrid {
  /// The number of cells.
  var cellCount: Int { kind == .regular ? latitude.count * longitude.count : latitude.count }
}
