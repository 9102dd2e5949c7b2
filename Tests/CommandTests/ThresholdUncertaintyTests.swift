import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

/// Which maps there are by which options, and intervals that are the same however they are computed.
@MainActor @Suite struct ThresholdUncertaintyTests {
  private static let interval: Set = ["smt_stddev", "smt_p05", "smt_p95", "threshold_probability"]
  private static let always: Set = ["bend_p", "bend_evidence", "smooth_curve", "largest_residual", "r2", "status"]
  private static let network = ["--model", "network"]

  private func names(_ path: String) throws -> Set<String> { Set(try NetCDFFile(path).variables.map(\.name)) }

  /// Ten members: nine pairs are the fewest that can be tested.
  private func fixture(_ grid: TestGrid = .regular(rows: 1, columns: 2)) -> ThresholdFixture {
    ThresholdFixture.make(grid: grid, months: 3, members: 10)
  }

  @Test func mapsAreThoseOfTheOptions() throws {
    try withTemporaryFolder { folder in
      let fixture = fixture()
      try fixture.ensemble.write(to: folder)
      let paper = ["--preset", "paper", "--hidden", "8", "--epochs", "3"]
      let jobs: [(String, [String], present: Set<String>, absent: Set<String>)] = [
        (
          "default", Self.network, ["smt_training_stddev", "curvature", "iterations"],
          Self.interval.union(["aicc", "gain_over_line"])
        ),
        ("uncertainty", Self.network + ["--uncertainty"], Self.interval.union(["smt_training_stddev"]), ["aicc"]),
        ("bootstrap", Self.network + ["--bootstrap", "1"], Self.interval.union(["smt_training_stddev"]), []),
        (
          "one", Self.network + ["--networks", "1", "--uncertainty"], Self.interval, ["smt_training_stddev"]
        ),
        (
          "paper", Self.network + paper, ["curvature"],
          Self.interval.union(["smt_training_stddev", "iterations"])
        ),
        ("plateau", ["--model", "plateau"], ["aicc"], Self.interval.union(["smt_training_stddev", "curvature"])),
        (
          "spline", ["--model", "spline", "--uncertainty"], Self.interval.union(["aicc"]),
          ["smt_training_stddev", "iterations"]
        ),
      ]
      for (name, options, present, absent) in jobs {
        let path = "\(folder)/\(name).nc"
        let done = try run(fixture.arguments(folder, output: "\(name).nc", options))
        #expect(done.status == 0, "\(name): \(done.standardError)")
        let found = try names(path)
        #expect(found.isSuperset(of: present.union(Self.always)), "\(name): \(found)")
        #expect(found.isDisjoint(with: absent), "\(name): \(found)")
        for variable in ["bend_p", "bend_evidence", "largest_residual"] {
          #expect(try map(variable, path).allSatisfy { $0.isFinite }, "\(name), \(variable)")
        }
        // Where there is a threshold the cell is flagged one way or the other.
        let (thresholds, flags) = (try map("smt", path), try map("smooth_curve", path))
        #expect(zip(thresholds, flags).allSatisfy { $0.isNaN == $1.isNaN }, "\(name): \(thresholds) \(flags)")
        let file = try NetCDFFile(path)
        let meanings = file.text("flag_meanings", of: try file.requiredVariable("smooth_curve"))
        #expect(meanings == "broken_line smooth_curve")
      }
      let (p, status) = (try map("bend_p", "\(folder)/default.nc"), try statuses("\(folder)/default.nc"))
      for cell in status.indices { #expect(p[cell] <= 0.02 || status[cell] == "no_threshold") }
    }
  }

  /// 25 refits of all networks together.
  @Test func uncertaintyIsFiveRefitsOfEachNetwork() throws {
    try withTemporaryFolder { folder in
      let fixture = fixture()
      try fixture.ensemble.write(to: folder)
      for (name, networks, options) in [("a", "5", ["--uncertainty"]), ("b", "5", ["--bootstrap", "5"])]
        + [("c", "3", ["--uncertainty"]), ("d", "3", ["--bootstrap", "9"])]
        + [("e", "3", ["--uncertainty", "--bootstrap", "2"]), ("f", "3", ["--bootstrap", "2"])]
      {
        let job = Self.network + ["--hidden", "8,8", "--significance", "1", "--networks", networks] + options
        let done = try run(fixture.arguments(folder, output: "\(name).nc", job))
        #expect(done.status == 0, "\(done.standardError)")
      }
      for (one, other) in [("a", "b"), ("c", "d"), ("e", "f")] {
        #expect(try bits(of: "\(folder)/\(one).nc") == bits(of: "\(folder)/\(other).nc"), "\(one)")
      }
      #expect(try bits(of: "\(folder)/c.nc") != bits(of: "\(folder)/f.nc"))
      #expect(try map("smt_stddev", "\(folder)/a.nc").contains { $0 > 0 })
    }
  }

  @Test func bandwidthsAreAutomaticOrGiven() throws {
    try withTemporaryFolder { folder in
      let fixture = fixture()
      try fixture.ensemble.write(to: folder)
      @MainActor func found(_ name: String, _ options: [String]) throws -> [String: [UInt64]] {
        let done = try run(fixture.arguments(folder, output: "\(name).nc", Self.network + options))
        #expect(done.status == 0, "\(done.standardError)")
        return try bits(of: "\(folder)/\(name).nc")
      }
      let plain = try found("plain", [])
      #expect(try found("auto", ["--bandwidth", "auto"]) == plain)
      #expect(try found("fast", ["--preset", "fast"]) == plain)
      #expect(try found("default", ["--preset", "default"]) == plain)
      let (three, five) = (try found("three", ["--bandwidth", "3"]), try found("five", ["--bandwidth", "5"]))
      #expect(three["curvature"] != five["curvature"] && three["r2"] == five["r2"] && three["r2"] == plain["r2"])
      #expect(try found("paper", ["--preset", "paper", "--epochs", "5"])["r2"] != plain["r2"])
    }
  }

  /// What the published rule accepts, the test refuses.
  @Test func thePublishedRuleAsksNothing() throws {
    try withTemporaryFolder { folder in
      var fixture = fixture(.regular(rows: 2, columns: 3))
      // A line with noise.
      fixture.ensemble.fields[1].value = { sample in
        let moisture = ThresholdFixture.moisture.value(sample)
        let noise = Double((sample.member * 7 + sample.cell * 3 + sample.month.index) % 5) * 0.004
        return 1e-5 * (10 + 50 * (moisture + noise))
      }
      try fixture.ensemble.write(to: folder)
      let (tested, published) = (Self.network, Self.network + ["--published-rule"])
      #expect(try run(fixture.arguments(folder, tested)).status == 0)
      #expect(try run(fixture.arguments(folder, output: "rule.nc", published)).status == 0)
      #expect(try statuses("\(folder)/smt.nc").count { $0 == "computed" } <= 1)
      #expect(try statuses("\(folder)/rule.nc").count { $0 == "computed" } >= 5)
      #expect(try map("bend_p", "\(folder)/smt.nc") == map("bend_p", "\(folder)/rule.nc"))
    }
  }

  @Test func intervalsAreTheSameOnAllRanks() throws {
    try withTemporaryFolder { folder in
      let fixture = fixture(.regular(rows: 2, columns: 2))
      try fixture.ensemble.write(to: folder)
      let work = Self.network + ["--uncertainty", "--significance", "1"]
      for ranks in [1, 2, 3, 5] {
        let done = try run(fixture.arguments(folder, output: "\(ranks).nc", work), ranks: ranks)
        #expect(done.status == 0, "\(ranks) ranks: \(done.standardError)")
        #expect(try bits(of: "\(folder)/\(ranks).nc") == bits(of: "\(folder)/1.nc"), "\(ranks) ranks")
      }
      let path = "\(folder)/1.nc"
      let (thresholds, errors) = (try map("smt", path), try map("smt_stddev", path))
      let (low, high) = (try map("smt_p05", path), try map("smt_p95", path))
      let probabilities = try map("threshold_probability", path)
      #expect(errors.contains { $0 > 0 })
      for cell in thresholds.indices {
        #expect(low[cell].isNaN == errors[cell].isNaN && high[cell].isNaN == errors[cell].isNaN)
        #expect((0...1).contains(probabilities[cell]))
        guard errors[cell].isFinite else { continue }
        // 1.45 standard errors on either side, but not beyond the moistures.
        #expect(low[cell] <= thresholds[cell] && thresholds[cell] <= high[cell], "cell \(cell)")
        #expect(max(thresholds[cell] - low[cell], high[cell] - thresholds[cell]) < 1.7 * errors[cell] + 1e-3)
      }
      #expect(try NetCDFFile("\(folder)/1.nc").text("configuration")?.contains("uncertainty: true") == true)
    }
  }

  /// Months of a record whose noise stays for some months, with a bend; only the first cells have any.
  private func record(cells: Int) -> TestEnsemble {
    let moisture = TestField("SM", units: "kg m-2") { sample in
      guard sample.cell < cells else { return .nan }
      let season = cos(2 * .pi * Double(sample.month.index % 12) / 12)
      return 30 + 14 * season + 2 * Double(sample.month.index % 5) + 0.2 * Double(sample.cell)
    }
    let latent = TestField("Qle", units: "W m-2") { sample in
      let month = sample.month.index, water = moisture.value(sample)
      // Noise of a quarter of a year and of a month.
      let slow = sin(Double(month / 3 * 7 + sample.cell)), quick = sin(Double(month * 11 + 3 * sample.cell))
      return 20 + 2 * min(water, 33) + 3 * slow + quick
    }
    return TestEnsemble.observations(
      grid: .regular(rows: 3, columns: 4), time: TestTime(from: Month(year: 2004, month: 1), count: 60),
      fields: [latent, moisture])
  }

  /// Parts of a series travel with the times of their pairs, by which noise is autocorrelated.
  @Test func seriesAreTheSameOnAllRanks() throws {
    try withTemporaryFolder { folder in
      let record = record(cells: 2)
      try record.write(to: folder)
      let arguments =
        [
          "threshold", "--response", record.source("Qle", in: folder), "--moisture", record.source("SM", in: folder),
          "--progress", "0", "--report", "\(folder)/run.json", "--hidden", "24,24", "--optimizer", "adam",
          "--noise-stop", "0", "--epochs", "1500", "--networks", "3", "--bootstrap", "20", "--significance", "1",
        ]
      var shared = 0
      for ranks in [1, 2, 3, 5] {
        let done = try run(arguments + ["--output", "\(folder)/\(ranks).nc"], ranks: ranks)
        #expect(done.status == 0, "\(ranks) ranks: \(done.standardError)")
        #expect(try bits(of: "\(folder)/\(ranks).nc") == bits(of: "\(folder)/1.nc"), "\(ranks) ranks")
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json"))
        let report = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        shared += try #require(report["partsForOthers"] as? Int)
      }
      // Otherwise no pairs would have travelled.
      #expect(shared > 0)
      let (thresholds, errors) = (try map("smt", "\(folder)/1.nc"), try map("smt_stddev", "\(folder)/1.nc"))
      #expect(thresholds.prefix(2).allSatisfy { $0.isFinite } && errors.prefix(2).allSatisfy { $0 > 0 })
    }
  }

  /// The noise of a record is autocorrelated by months: as the kernel has it that is given them in their order.
  @Test func seriesKeepTheOrderOfMonths() throws {
    try withTemporaryFolder { folder in
      let record = record(cells: 12)
      try record.write(to: folder)
      let done = try run(
        [
          "threshold", "--response", record.source("Qle", in: folder), "--moisture", record.source("SM", in: folder),
          "--progress", "0", "--model", "spline", "--bootstrap", "40", "--save-curves", "--output", "\(folder)/smt.nc",
        ], ranks: 3)
      #expect(done.status == 0, "\(done.standardError)")
      let (errors, p) = (try map("smt_stddev", "\(folder)/smt.nc"), try map("bend_p", "\(folder)/smt.nc"))
      let curves = try SavedCurves("\(folder)/smt_curves.nc")
      var options = ThresholdOptions()
      options.model = .spline
      options.bootstrap = 40
      func expected(_ row: Int, isSeries: Bool) -> ThresholdResult {
        options.isSeries = isSeries
        let kernel = ThresholdKernel(options: options, maximumPairs: 60)
        return curves.x[row].withUnsafeBufferPointer { x in
          curves.y[row].withUnsafeBufferPointer { kernel.compute(x: x, y: $0, cell: curves.cells[row]) }
        }
      }
      var differing = 0
      for (row, cell) in curves.cells.enumerated() {
        let series = expected(row, isSeries: true)
        #expect(abs(p[cell] - series.bendP) < 1e-6, "cell \(cell): \(p[cell]), expected \(series.bendP)")
        guard series.status == .computed else { continue }
        #expect(abs(errors[cell] / series.smtStandardDeviation - 1) < 1e-3, "cell \(cell)")
        let independent = expected(row, isSeries: false).smtStandardDeviation
        if abs(independent / series.smtStandardDeviation - 1) > 0.02 { differing += 1 }
      }
      // Otherwise the order of months would not show.
      #expect(differing >= 6, "\(differing)")
    }
  }
}
