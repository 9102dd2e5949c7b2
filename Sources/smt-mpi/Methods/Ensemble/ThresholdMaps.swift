import Distributed

/// The threshold of every cell of the grid, and its interval where the file has one.
struct ThresholdMaps {
  private let threshold: GridMap
  private let interval: (lower: GridMap, upper: GridMap)?
  /// What was done to bring them to the grid; nil where nothing was.
  let note: String?

  /// Reads the maps on rank 0 for all ranks, and brings them to the grid where they are on another.
  ///
  /// Collective.
  /// - Throws: exit code 65 where the threshold is not in percent.
  static func read(
    _ source: (path: String, variable: String), _ catalogue: Catalogue, _ communicator: Communicator
  ) throws -> ThresholdMaps {
    var note: String?
    func map(_ name: String) throws -> GridMap {
      try GridMap.shared(on: catalogue.grid, communicator) {
        let read = try GridMap.read(name, from: source.path)
        try checkUnits(read)
        let brought = try read.brought(to: catalogue.grid, of: catalogue.gridPath, by: .bilinear)
        note = note ?? brought.note
        return brought.map
      }
    }
    let threshold = try map(source.variable)
    let ends = [source.variable + "_p05", source.variable + "_p95"]
    let hasInterval = try communicator.onRoot { ends.allSatisfy { GridMap.isThere($0, in: source.path) } }
    let interval = hasInterval ? (lower: try map(ends[0]), upper: try map(ends[1])) : nil
    return ThresholdMaps(
      threshold: threshold, interval: interval, note: try communicator.onRoot { note ?? "" }.nonEmpty)
  }

  private static func checkUnits(_ map: GridMap) throws {
    guard UnitSpelling.areSame(map.units, "percent") else {
      throw JobError(
        .inputData,
        "--threshold: \(map.path): variable '\(map.name)' has units '\(map.units)'; expected percent: the threshold is that "
          + "in percent of normal, smt of 'smt-mpi threshold'")
    }
  }

  /// Whether the file has the threshold's interval.
  var hasInterval: Bool { interval != nil }

  /// The threshold of a cell, a grid index, percent of normal; NaN where it has none.
  func threshold(ofCell cell: Int) -> Double { threshold.values[cell] }

  /// The interval of a cell's threshold; NaN where it has none.
  func interval(ofCell cell: Int) -> (lower: Double, upper: Double)? {
    interval.map { ($0.lower.values[cell], $0.upper.values[cell]) }
  }

  /// Bytes that the maps take.
  var bytes: Int { 8 * threshold.values.count * (hasInterval ? 3 : 1) }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
