import Distributed
import Foundation
import TestSupport
import Testing

/// One record whose months are the samples.
@MainActor @Suite struct ObservationTests {
  private static let latent = TestField("Qle_tavg", units: "W m-2") { sample in
    sample.cell == 1 && sample.month.month == 6 ? .nan : 60 - 7 * Double(sample.month.index % 9) + Double(sample.cell)
  }
  private static let sensible = TestField("Qh_tavg", units: "W m-2") { sample in
    sample.cell == 2 && sample.month.month == 8
      ? .nan
      : sample.cell == 3 && sample.month.month == 9 ? -1 : 20 + 3 * Double(sample.month.index % 7)
  }
  private static let moisture = TestField("SM", units: "kg m-2") { sample in
    sample.cell == 4 && sample.month.month == 10
      ? .nan
      : sample.cell == 5 ? .nan : 25 + 2 * Double(sample.month.index % 11) + 0.1 * Double(sample.cell)
  }

  /// Percent of the mean over the months in which both are there.
  private func percent(_ values: [Double], with other: [Double]) -> [Double] {
    let complete = zip(values, other).map { $0.isFinite && $1.isFinite }
    let used = zip(values, complete).filter(\.1).map(\.0)
    let mean = used.reduce(0, +) / Double(used.count)
    return zip(values, complete).map { $1 ? 100 * $0 / mean : .nan }
  }

  @Test func monthsOfTwoRecordsAreMatched() throws {
    for grid in TestGrid.kinds {
      try withTemporaryFolder { folder in
        // Fluxes in one file a month, moisture in one file with another period and in another calendar's units.
        let fluxes = TestEnsemble.observations(
          grid: grid, time: TestTime(from: Month(year: 2004, month: 1), count: 20),
          fields: [Self.latent, Self.sensible])
        try fluxes.write(to: "\(folder)/fluxes")
        var soil = TestEnsemble(
          grid: grid, time: TestTime(from: Month(year: 2004, month: 4), count: 24), fields: [Self.moisture],
          members: ["soil"])
        soil.time.calendar = .standard
        soil.time.inHours = true
        soil.time.stamp = .middle
        try soil.write(to: folder)
        let months = (3..<20).map { Month(index: Month(year: 2004, month: 1).index + $0) }
        let sources = [
          "--moisture", "\(folder)/soil.nc:SM", "--response", fluxes.source("Qle_tavg", in: "\(folder)/fluxes"),
        ]
        let fraction = ["--fraction-with", fluxes.source("Qh_tavg", in: "\(folder)/fluxes")]
        func values(_ ensemble: TestEnsemble, _ field: TestField, _ cell: Int) -> [Double] {
          months.map { ensemble.expected(field, month: $0, cell: cell) }
        }
        for (ranks, isFraction) in [(nil, false), (2, true), (3, true)] as [(Int?, Bool)] {
          let done = try run(
            ["threshold", "--output", "\(folder)/smt.nc", "--overwrite", "--save-curves"] + ThresholdFixture.quick
              + sources
              + (isFraction ? fraction + ["--read-plan", ranks == 3 ? "slab" : "field"] : []), ranks: ranks)
          #expect(done.status == 0, "\(done.standardError)")
          #expect(done.standardError.contains("warning: the sources cover different periods"))
          let curves = try SavedCurves("\(folder)/smt_curves.nc")
          #expect(curves.cells == (0..<grid.cellCount).filter { $0 != 5 })
          for (row, cell) in curves.cells.enumerated() {
            let water = values(soil, Self.moisture, cell)
            var response = values(fluxes, Self.latent, cell)
            if isFraction {
              response = zip(response, values(fluxes, Self.sensible, cell)).map { latent, sensible in
                latent < 0 || sensible < 0 || latent + sensible < 20 ? .nan : latent / (latent + sensible)
              }
            }
            let (x, y) = (percent(water, with: response), percent(response, with: water))
            #expect(
              ThresholdFixture.areClose(curves.x[row], x) && ThresholdFixture.areClose(curves.y[row], y),
              "\(grid), cell \(cell): \(curves.x[row]) \(curves.y[row]), expected \(x) \(y)")
          }
          let found = try statuses("\(folder)/smt.nc")
          #expect(found[5] == "not_land")
        }
      }
    }
  }

  /// 100 % are the months that have both values: gaps of the response alone count for the moisture, too.
  @Test func thresholdsInMoisturesUnitsAreOfTheMonthsUsed() throws {
    try withTemporaryFolder { folder in
      @Sendable func water(_ sample: TestSample) -> Double {
        20 + 80 * Double(sample.month.index * 7 % 36) / 35 + Double(sample.cell)
      }
      let grid = TestGrid.regular(rows: 2, columns: 2)
      let record = TestEnsemble.observations(
        grid: grid, time: TestTime(from: Month(year: 2004, month: 1), count: 36),
        fields: [
          TestField("SM", units: "kg m-2", value: water),
          TestField("Qle_tavg", units: "W m-2") { sample in
            let (value, noise) = (water(sample), Double(sample.month.index * 5 % 7) / 10)
            return value > 85 ? .nan : 10 + 2 * min(value, 60) + 0.2 * max(value - 60, 0) + noise
          },
        ])
      try record.write(to: folder)
      let done = try run(
        [
          "threshold", "--response", record.source("Qle_tavg", in: folder), "--moisture",
          record.source("SM", in: folder), "--output", "\(folder)/smt.nc",
        ] + ThresholdFixture.quick + ["--model", "plateau"], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let (percent, absolute) = (try map("smt", "\(folder)/smt.nc"), try map("smt_absolute", "\(folder)/smt.nc"))
      for cell in 0..<grid.cellCount {
        let used = record.time.months.map { record.expected(record.fields[0], month: $0, cell: cell) }.filter {
          $0 <= 85
        }
        #expect(used.count < 34)
        let mean = used.reduce(0, +) / Double(used.count)
        #expect(abs(absolute[cell] - percent[cell] / 100 * mean) < 1e-4 && abs(absolute[cell] - 60) < 2, "cell \(cell)")
      }
    }
  }

  @Test func seasonsAndPeriodsDropMonths() throws {
    try withTemporaryFolder { folder in
      let grid = TestGrid.regular(rows: 2, columns: 2)
      let record = TestEnsemble.observations(
        grid: grid, time: TestTime(from: Month(year: 2004, month: 1), count: 30), fields: [Self.latent, Self.moisture])
      try record.write(to: folder)
      try writeMaps([("a", [11, 1, 5, 0]), ("b", [2, 12, 5, 3])], grid: grid, to: "\(folder)/season.nc")
      let done = try run(
        [
          "threshold", "--response", record.source("Qle_tavg", in: folder), "--moisture",
          record.source("SM", in: folder),
          "--season", "\(folder)/season.nc:a,b", "--time", "2004-03/2006-02", "--output", "\(folder)/smt.nc",
          "--save-curves",
        ] + ThresholdFixture.quick, ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      #expect(try map("n_pairs", "\(folder)/smt.nc").map { $0.isNaN ? -1 : $0 } == [8, 22, 2, 0])
      #expect(try statuses("\(folder)/smt.nc")[2...] == ["too_few_pairs", "no_season"])
      // January 2005 is the eleventh month of the period.
      let curves = try SavedCurves("\(folder)/smt_curves.nc")
      #expect(!curves.x[0][10].isNaN && curves.x[0][7].isNaN && !curves.x[0][8].isNaN)
    }
  }

  /// Twelve months of GLDAS: every cell of land gets a value or a reason.
  @Test(.enabled(if: RealRecord.isThere, "the GLDAS files are not there: ../shared/data/gldas_noah10_m"))
  func realRecord() throws {
    try withTemporaryFolder { folder in
      let place = RealRecord.folder
      let common = [
        "threshold", "--response", "\(place)/energy_fluxes/*.nc4:Qle_tavg",
        "--fraction-with", "\(place)/energy_fluxes/*.nc4:Qh_tavg",
        "--moisture", "\(place)/soilmoisture_4layer/*.nc4:SoilMoi0_10cm_inst+SoilMoi10_40cm_inst",
        "--time", "2015-01/2015-12", "--hidden", "4", "--epochs", "2", "--minimum-pairs", "6", "--progress", "0",
        "--overwrite",
        "--output", "\(folder)/smt.nc",
      ]
      var first: [String: [UInt64]]?
      for (ranks, plan) in [(2, "auto"), (3, "slab")] {
        let done = try run(common + ["--read-plan", plan], ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        let found = try bits(of: "\(folder)/smt.nc")
        #expect(found == first ?? found, "\(ranks) ranks, \(plan)")
        first = found
      }
      let found = try statuses("\(folder)/smt.nc")
      #expect(found.count == 150 * 360)
      #expect(found.count { $0 != "not_land" } == 15159)
      let (thresholds, pairs) = (try map("smt", "\(folder)/smt.nc"), try map("n_pairs", "\(folder)/smt.nc"))
      for cell in found.indices {
        #expect(thresholds[cell].isFinite == (found[cell] == "computed"))
        #expect(pairs[cell].isNaN == (found[cell] == "not_land"))
      }
    }
  }
}

/// Files that not every machine has.
enum RealRecord {
  /// Beside the package.
  static let data = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data").path
  static let folder = data + "/gldas_noah10_m"
  static let isThere = FileManager.default.fileExists(atPath: folder + "/energy_fluxes")
  static let hasMoisture = FileManager.default.fileExists(atPath: folder + "/soilmoisture_4layer")
}
