import Distributed
import Foundation
import Kernels

/// Two maps on one grid and how well they agree.
struct Comparison {
  /// Cells with a value in both maps, or in one alone.
  struct Counts: Codable {
    var compared: Int
    var onlyA: Int
    var onlyB: Int
  }

  /// The statistics as JSON gives them: null where there is no number.
  struct Statistics: Codable {
    var rmse: Double?
    var bias: Double?
    var correlation: Double?
    var medianAbsoluteError: Double?
    var shareWithin: Double?

    init(_ agreement: MapAgreement) {
      func number(_ value: Double) -> Double? { value.isFinite ? value : nil }
      rmse = number(agreement.rootMeanSquareError)
      bias = number(agreement.bias)
      correlation = number(agreement.correlation)
      medianAbsoluteError = number(agreement.medianAbsoluteError)
      shareWithin = number(agreement.shareWithin)
    }
  }

  /// What `--json` prints.
  struct Report: Codable {
    var a: String
    var b: String
    var units: String
    var within: Double
    var counts: Counts
    var cells: Statistics
    var area: Statistics
    /// What the weights of `area` are.
    var weights: String
  }

  let report: Report

  /// Compares.
  ///
  /// - Throws: exit code 65 where grids or units differ or no cell has a value in both maps.
  init(_ a: GridMap, _ b: GridMap, within tolerance: Double) throws {
    if let difference = b.grid.difference(from: a.grid) {
      throw JobError(
        .inputData,
        """
        \(b.path): variable '\(b.name)' is on another grid than '\(a.name)' of \(a.path): \(difference). \
        Bring it over first: cdo remapbil,\(a.path) -selname,\(b.name) \(b.path) regridded.nc
        """)
    }
    guard a.units.isEmpty || b.units.isEmpty || UnitSpelling.areSame(a.units, b.units) else {
      throw JobError(
        .inputData,
        """
        \(b.path): variable '\(b.name)' has units '\(b.units)', expected '\(a.units)' as '\(a.name)' of \(a.path). \
        Convert one first, for example: cdo setunit,'\(a.units)' -mulc,FACTOR -selname,\(b.name) \(b.path) converted.nc
        """)
    }
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
    report = Report(
      a: "\(a.path):\(a.name)", b: "\(b.path):\(b.name)", units: a.units.isEmpty ? b.units : a.units,
      within: tolerance, counts: counts,
      cells: Statistics(MapAgreement(a.values, b.values, within: tolerance)),
      area: Statistics(MapAgreement(a.values, b.values, weights: weights, within: tolerance)),
      weights: grid.weightOrigin)
  }

  /// The report as a table.
  var table: String {
    func line(_ label: String, _ value: (Statistics) -> Double?, percent: Bool = false) -> String {
      let columns = [report.cells, report.area].map { statistics in
        guard let number = value(statistics) else { return "-" }
        return percent ? String(format: "%.2f %%", number * 100) : String(format: "%.5g", number)
      }
      let padded = ([label] + columns).enumerated().map { index, text in
        let width = index == 0 ? 28 : 12
        let space = String(repeating: " ", count: max(0, width - text.count))
        return index == 0 ? text + space : space + text
      }
      return padded.joined()
    }
    let units = report.units.isEmpty ? "no units" : report.units
    let tolerance = String(format: "%g", report.within)
    return """
      A  \(report.a)
      B  \(report.b)
      cells: \(report.counts.compared) compared, \(report.counts.onlyA) only in A, \(report.counts.onlyB) only in B
      units: \(units); area: weighted with \(report.weights)

                                       cells        area
      \(line("RMSE", \.rmse))
      \(line("bias (A - B)", \.bias))
      \(line("Pearson correlation", \.correlation))
      \(line("median |A - B|", \.medianAbsoluteError))
      \(line("share with |A - B| <= \(tolerance)", \.shareWithin, percent: true))
      """
  }

  /// The report as JSON.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }
}
