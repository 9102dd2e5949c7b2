import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

/// Means, medians and shares in the terminal and the report, against those of the maps beside them.
@MainActor @Suite struct SummaryTests {
  private static let cells = 12
  /// Nothing like cos latitude; one cell's area is missing, one has no land.
  private nonisolated static let areas: [Double] = [5, 1, 9, 2, .nan, 7, 3, 8, 4, 1, 6, 2]
  private nonisolated static let fractions: [Double] = [1, 0.5, 0.1, 1, 1, 0, 0.3, 1, 0.8, 0.2, 1, 0.6]

  private struct Report: Decodable {
    var results: [String: Double]
    var areaWeights: String
  }

  private func report(_ folder: String) throws -> Report {
    try JSONDecoder().decode(Report.self, from: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json")))
  }

  /// What cells count for in files with areas and shares of land, with areas alone, and with neither.
  private enum Weights: CaseIterable {
    case landAreas, areas, none

    var files: (areas: [Double], fractions: [Double])? {
      switch self {
      case .landAreas: (SummaryTests.areas, SummaryTests.fractions)
      case .areas: (SummaryTests.areas, [])
      case .none: nil
      }
    }

    func values(_ grid: TestGrid) -> [Double] {
      switch self {
      case .landAreas: zip(SummaryTests.areas, SummaryTests.fractions).map { $0.isNaN ? 0 : $0 * $1 }
      case .areas: SummaryTests.areas.map { $0.isNaN ? 0 : $0 }
      case .none: (0..<grid.cellCount).map { cos(grid.place(ofCell: $0).latitude * .pi / 180) }
      }
    }

    func label(_ path: String) -> String {
      switch self {
      case .landAreas: "area × landfrac of \(path)"
      case .areas: "area of \(path)"
      case .none: "cos latitude"
      }
    }
  }

  private func mean(_ values: [Double], _ weights: [Double]) -> Double {
    let pairs = zip(values, weights).filter { $0.0.isFinite }
    return pairs.reduce(0) { $0 + $1.0 * $1.1 } / pairs.reduce(0) { $0 + $1.1 }
  }

  /// Responses that bend at another moisture and to another slope in every cell.
  private static let bent: ThresholdFixture = {
    let moisture = TestField("SM", units: "m3/m3") { 0.4 * (1 - 0.05 * Double($0.member)) }
    let response = TestField("GPP", units: "gC/m^2/s") { sample in
      let (x, cell) = (100 - 5 * Double(sample.member), Double(sample.cell))
      let (threshold, high, low) = (52 + 2.7 * cell, 0.1 + 0.02 * cell, 1 + 0.05 * cell)
      return 1e-5 * (100 - high * (100 - max(x, threshold)) - low * max(0, threshold - x) + 0.2 * sin(3 * x + cell))
    }
    return ThresholdFixture(
      ensemble: TestEnsemble(
        grid: .regular(rows: 3, columns: 4), time: TestTime(from: ThresholdFixture.january, count: 2),
        fields: [moisture, response], members: ["REF"] + (1...9).map { "EXP_0\($0)" }))
  }()

  @Test func thresholdsAreWeightedByLandAndHaveMedians() throws {
    for weights in Weights.allCases {
      try withTemporaryFolder { folder in
        var fixture = Self.bent
        fixture.ensemble.landAreas = weights.files
        try fixture.ensemble.write(to: folder)
        var first: [String: Double]?
        for ranks in [1, 2, 3, 5] {
          let done = try run(
            fixture.arguments(
              folder, ["--model", "spline", "--overwrite", "--report", "\(folder)/run.json"]), ranks: ranks)
          #expect(done.status == 0, "\(done.standardError)")
          let found = try report(folder)
          #expect(found.areaWeights == weights.label("\(folder)/REF.nc"))
          #expect(done.standardOutput.contains("area means weighted with \(found.areaWeights)"))
          #expect(found.results == first ?? found.results, "\(ranks) ranks")
          first = found.results
          guard ranks == 2 else { continue }
          for name in ["smt", "r2", "decline_rate_high", "decline_rate_low", "amplification"] {
            let values = try map(name, "\(folder)/smt.nc")
            let finite = values.filter(\.isFinite).sorted()
            try #require(finite.count > 1 && Set(finite).count > 1)
            // Maps are in single precision.
            let middle = (finite[(finite.count - 1) / 2] + finite[finite.count / 2]) / 2
            let (low, high) = (percentile(finite, 0.05), percentile(finite, 0.95))
            for (key, wanted) in [
              ("area_mean", mean(values, weights.values(fixture.ensemble.grid))),
              ("cell_mean", mean(values, values.map { _ in 1 })), ("cell_median", middle), ("cell_p05", low),
              ("cell_p95", high),
            ] {
              let value = try #require(found.results["\(name)_\(key)"])
              #expect(abs(value - wanted) <= 1e-6 * abs(wanted), "\(name)_\(key): \(value), expected \(wanted)")
            }
            let line = done.standardOutput.split(separator: "\n").first { $0.hasPrefix(name + " ") }
            #expect(line?.contains(String(format: "%.4g", middle)) == true, "\(done.standardOutput)")
          }
        }
      }
    }
  }

  /// Slopes of least squares and Sen's have other signs and sizes where one year is far off.
  private nonisolated static func moisture(_ sample: TestSample) -> Double {
    let (year, cell) = (Double(sample.month.year - 2000), Double(sample.cell))
    let slope = (cell - 5.5) / 2
    let outlier = sample.month.year == 2013 && sample.cell % 3 == 0 ? -60 * slope : 0
    return 300 + slope * year + outlier + cos(2.1 * year * (cell + 1)) + Double(sample.month.month)
  }

  @Test func trendsAreCountedBySenAndByLeastSquares() throws {
    for weights in Weights.allCases {
      try withTemporaryFolder { folder in
        var record = TestEnsemble.observations(
          grid: .regular(rows: 3, columns: 4), time: TestTime(from: Month(year: 2000, month: 1), count: 14 * 12),
          fields: ["upper", "lower"].map { TestField($0, units: "kg m-2") { Self.moisture($0) } })
        record.landAreas = weights.files
        try record.write(to: folder)
        let first = "\(folder)/GLDAS_NOAH10_M.A200001.nc4"
        for (command, option) in [("trend", "--source"), ("attribute", "--moisture")] {
          let source = record.source(command == "trend" ? "upper" : "upper,lower", in: folder)
          let bounds = command == "trend" ? [] : ["--layer-bounds", "0,0.1,0.2"]
          let done = try run(
            [
              command, option, source, "--output", "\(folder)/maps.nc", "--overwrite", "--report", "\(folder)/run.json",
              "--progress", "0",
            ] + bounds, ranks: 3)
          #expect(done.status == 0, "\(done.standardError)")
          let found = try report(folder)
          #expect(found.areaWeights == weights.label(first))
          #expect(done.standardOutput.contains("area means weighted with \(found.areaWeights)"))
          var shares: [[Double]] = []
          for (method, slopeName, pName, label) in [
            ("sen", "sen_slope", "mk_p", "by Sen's slope and Mann-Kendall"),
            ("least_squares", "trend", "trend_p", "by least squares"),
          ] {
            let (slopes, p) = (try map(slopeName, "\(folder)/maps.nc"), try map(pName, "\(folder)/maps.nc"))
            #expect(!slopes.contains { !$0.isFinite })
            for (kind, wanted) in [
              ("area", mean(slopes, weights.values(record.grid))), ("cell", mean(slopes, slopes.map { _ in 1 })),
            ] {
              let value = try #require(found.results["2000-2013_\(slopeName)_\(kind)_mean"])
              #expect(
                abs(value - wanted) <= 1e-6 * max(1, abs(wanted)),
                "\(command), \(slopeName): \(value), expected \(wanted)")
            }
            var own: [Double] = []
            for (condition, holds) in [
              ("declining", slopes.map { $0 < 0 }), ("below_minus_2", slopes.map { $0 < -2 }),
              ("above_2", slopes.map { $0 > 2 }), ("significant", p.map { $0 < 0.05 }),
              ("significant_declining", zip(slopes, p).map { $0 < 0 && $1 < 0.05 }),
            ] {
              let numbers = holds.map { $0 ? 1.0 : 0 }
              for (kind, wanted) in [
                ("area", mean(numbers, weights.values(record.grid))), ("cells", mean(numbers, numbers.map { _ in 1 })),
              ] {
                let value = try #require(found.results["2000-2013_share_\(condition)_\(method)_\(kind)"])
                #expect(abs(value - wanted) < 1e-12, "\(command), \(condition) \(method): \(value), expected \(wanted)")
                own.append(value)
              }
            }
            shares.append(own)
            let text = String(format: "declining %.2f %% (%.2f %%)", 100 * own[0], 100 * own[1])
            #expect(done.standardOutput.contains("\(label), kg m-2 year-1: \(text)"), "\(done.standardOutput)")
          }
          #expect(shares[0] != shares[1], "the methods must differ, or the test tells nothing")
        }
      }
    }
  }

  /// The median of ω over an even number of cells lies between the middle two.
  @Test func mediansOfEvenNumbers() throws {
    try withTemporaryFolder { folder in
      let fixture = AttributionFixture.make()
      try fixture.record.write(to: folder)
      let done = try run(fixture.arguments(folder, ["--report", "\(folder)/run.json"]), ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let maps = try AttributionMapFile("\(folder)/maps.nc", cellCount: Self.cells)
      let omega = try (0..<Self.cells).map { try maps.values("omega", cell: $0) }.filter { $0[0].isFinite }
      try #require(omega.count % 2 == 0)
      let results = try report(folder).results
      for index in omega[0].indices {
        let sorted = omega.map { $0[index] }.sorted()
        let wanted = (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
        let found = try #require(results["2001-2012_omega_\(index)_median"])
        #expect(abs(found - wanted) < 1e-6 * abs(wanted), "\(index): \(found), expected \(wanted)")
      }
    }
  }
}
