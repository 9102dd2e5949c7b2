import Distributed
import Foundation
import Kernels

/// Two maps, the second on the grid of the first, and how well they agree.
struct Comparison {
  /// Cells with a value in both maps, or in one alone.
  struct Counts: Codable {
    var compared: Int
    var onlyA: Int
    var onlyB: Int
  }

  /// The statistics as JSON gives them: null where there is no number; without those that units do not allow.
  struct Statistics: Encodable {
    var meanA: Double?
    var meanB: Double?
    var rmse: Double?
    var bias: Double?
    var correlation: Double?
    var medianAbsoluteError: Double?
    var shareWithin: Double?
    private let isComplete: Bool

    private enum CodingKeys: String, CodingKey {
      case meanA, meanB, rmse, bias, correlation, medianAbsoluteError, shareWithin
    }

    /// - Parameter isComplete: false leaves out all but the correlation.
    init(_ agreement: MapAgreement, isComplete: Bool) {
      func number(_ value: Double) -> Double? { value.isFinite ? value : nil }
      self.isComplete = isComplete
      correlation = number(agreement.correlation)
      guard isComplete else { return }
      meanA = number(agreement.meanA)
      meanB = number(agreement.meanB)
      rmse = number(agreement.rootMeanSquareError)
      bias = number(agreement.bias)
      medianAbsoluteError = number(agreement.medianAbsoluteError)
      shareWithin = number(agreement.shareWithin)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(correlation, forKey: .correlation)
      guard isComplete else { return }
      try container.encode(meanA, forKey: .meanA)
      try container.encode(meanB, forKey: .meanB)
      try container.encode(rmse, forKey: .rmse)
      try container.encode(bias, forKey: .bias)
      try container.encode(medianAbsoluteError, forKey: .medianAbsoluteError)
      try container.encode(shareWithin, forKey: .shareWithin)
    }
  }

  /// What `--json` prints.
  struct Report: Encodable {
    var a: String
    var b: String
    /// Units of A; of B where A has none.
    var units: String
    /// Units of B, where they may be others.
    var unitsOfB: String?
    /// The largest difference that counts as agreement: in the maps' units, or in percent of B's value.
    var within: Double?
    var withinIsRelative: Bool?
    var counts: Counts
    var cells: Statistics
    var area: Statistics
    /// What the weights of `area` are.
    var weights: String
    /// What was done to bring B to A's grid, where it has another.
    var regridding: String?
  }

  let a: GridMap
  let b: GridMap
  let tolerance: Tolerance
  let report: Report
  /// A's grid, with the areas that statistics are weighted with.
  let grid: Grid

  /// Compares, on A's grid.
  ///
  /// - Parameters:
  ///   - method: how B is brought to A's grid where it has another.
  ///   - allowsUnlikeUnits: whether units may differ; the correlation is then the only statistic.
  /// - Throws: exit code 65 where units differ, B cannot be brought over or no cell has a value in both maps.
  init(
    _ a: GridMap, _ b: GridMap, by method: RegriddingMethod, within tolerance: Tolerance, allowsUnlikeUnits: Bool
  ) throws {
    try Self.check(a, b, allowsUnlikeUnits: allowsUnlikeUnits)
    let (b, note) = try b.brought(to: a.grid, of: a.path, by: method)
    let pairs = zip(a.values, b.values)
    let counts = Counts(
      compared: pairs.count { $0.isFinite && $1.isFinite }, onlyA: pairs.count { $0.isFinite && !$1.isFinite },
      onlyB: pairs.count { !$0.isFinite && $1.isFinite })
    guard counts.compared > 0 else {
      throw JobError(
        .inputData,
        """
        no cell has a value in both maps: \(a.path):\(a.name) has \(counts.onlyA), \(b.path):\(b.name) has \
        \(counts.onlyB) cells with a value
        """)
    }
    var grid = a.grid
    try grid.readLandAreas(from: [a.path, b.path])
    let weights = (0..<grid.cellCount).map(grid.weight)
    func statistics(_ weights: [Double]?) -> Statistics {
      Statistics(
        MapAgreement(a.values, b.values, weights: weights, within: tolerance.value), isComplete: !allowsUnlikeUnits)
    }
    report = Report(
      a: "\(a.path):\(a.name)", b: "\(b.path):\(b.name)",
      units: a.units.isEmpty && !allowsUnlikeUnits ? b.units : a.units, unitsOfB: allowsUnlikeUnits ? b.units : nil,
      within: allowsUnlikeUnits ? nil : tolerance.number,
      withinIsRelative: allowsUnlikeUnits ? nil : tolerance.isRelative,
      counts: counts, cells: statistics(nil), area: statistics(weights), weights: grid.weightOrigin, regridding: note)
    self.grid = grid
    self.a = a
    self.b = b
    self.tolerance = tolerance
  }

  private static func check(_ a: GridMap, _ b: GridMap, allowsUnlikeUnits: Bool) throws {
    let areAlike = a.units.isEmpty || b.units.isEmpty || UnitSpelling.areSame(a.units, b.units)
    guard areAlike || allowsUnlikeUnits else {
      throw JobError(
        .inputData,
        """
        \(b.path): variable '\(b.name)' has units '\(b.units)', expected '\(a.units)' as '\(a.name)' of \(a.path). \
        Convert one first, for example: cdo setunit,'\(a.units)' -mulc,FACTOR -selname,\(b.name) \(b.path) converted.nc; \
        or give --unlike-units for the correlation alone
        """)
    }
  }

  /// The statistics for a report of the run, by name.
  var results: [String: Double] {
    var results = ["cells_compared": Double(report.counts.compared)]
    for (name, statistics) in [("cells", report.cells), ("area", report.area)] {
      let values = [
        "mean_a": statistics.meanA, "mean_b": statistics.meanB, "rmse": statistics.rmse, "bias": statistics.bias,
        "correlation": statistics.correlation, "median_absolute_error": statistics.medianAbsoluteError,
        "share_within": statistics.shareWithin,
      ]
      for (key, value) in values { results["\(name)_\(key)"] = value ?? .nan }
    }
    return results
  }

  /// The report as JSON.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }
}
