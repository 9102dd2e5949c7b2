import Distributed
import Kernels

/// Sums fields up by classes.
struct ClassSummary: Sendable {
  /// The classes, one set for each map of classes.
  let sets: [CellClasses]
  let rules: ClassStatistics.Rules
  /// By cell of the grid, what it counts for in means by area.
  let weights: [Double]
  private let cellAreas: CellAreas
  /// What means by area are weighted with, and what areas are, in words.
  let origin: String

  /// Classes of a grid's cells.
  ///
  /// Collective: rank 0 reads the maps of classes and the areas of cells.
  ///
  /// - Parameters:
  ///   - grid: the grid of the fields, with areas of land where there are any.
  ///   - paths: files with the grid; the first that has `area` gives the areas of cells. The first one is named in messages.
  /// - Throws: what `ClassSettings.classes` throws.
  init(_ settings: ClassSettings, on grid: Grid, of paths: [String], _ communicator: Communicator) throws {
    sets = try settings.classes(on: grid, of: paths.first ?? "", communicator)
    rules = settings.rules
    cellAreas = try communicator.onRoot { grid.cellAreas(from: paths) }
    weights = (0..<grid.cellCount).map(grid.weight)
    origin = "means by area weighted with \(grid.weightOrigin); areas: \(cellAreas.origin)"
  }

  /// km² of the cells; empty where they are not known.
  var areas: [Double] { cellAreas.squareKilometres }

  /// Cells of the grid.
  var cellCount: Int { weights.count }

  /// What should be known of the classes.
  var notes: [String] { sets.flatMap(\.notes) }

  /// Bytes that they take.
  var bytes: Int {
    let classes = sets.flatMap(\.classes).reduce(0) { $0 + 8 * ($1.cells.count + $1.shares.count) }
    return classes + 8 * (weights.count + areas.count)
  }

  /// Statistics of a field by set and class.
  ///
  /// - Parameter values: by cell of the grid; what is not finite is missing.
  func statistics(of values: [Double]) -> [[ClassStatistics]] {
    sets.map { set in
      set.classes.map {
        ClassStatistics(
          of: values, cells: $0.cells, shares: $0.shares, weights: weights, areas: areas, rules: rules)
      }
    }
  }

  /// Bytes of the statistics of a field in a message.
  var byteCount: Int { 8 * ClassStatistics.numberCount(rules) * sets.reduce(0) { $0 + $1.classes.count } }

  /// The statistics of a field as a message.
  func bytes(of values: [Double]) -> [UInt8] {
    statistics(of: values).joined().flatMap(\.numbers).withUnsafeBytes { [UInt8]($0) }
  }

  /// The statistics by set and class of a message.
  func statistics(bytes: [UInt8]) -> [[ClassStatistics]] {
    let numbers = bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
    let length = ClassStatistics.numberCount(rules)
    var start = 0
    return sets.map { set in
      set.classes.map { _ in
        defer { start += length }
        return ClassStatistics(numbers: Array(numbers[start..<start + length]), rules: rules)
      }
    }
  }
}
