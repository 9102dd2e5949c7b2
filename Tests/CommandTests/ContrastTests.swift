import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

@testable import smt_mpi

/// Two runs whose sensitivities are known: those of `synthesize --runs`, and small ones that the test makes itself.
@MainActor @Suite struct ContrastTests {
  // MARK: Runs with truth

  private static let rows = 6
  private static let columns = 8

  /// Writes two runs with their truth, and a map in which each cell is a class of its own.
  private func synthesize(_ folder: String, _ more: [String]) throws {
    let done = try run(
      [
        "synthesize", "\(folder)/runs", "--runs", "--rows", "\(Self.rows)", "--columns", "\(Self.columns)",
        "--ocean-share", "0.4",
      ] + more)
    #expect(done.status == 0, "\(done.standardError)")
    let truth = try GridMap.read("beta_gpp", from: "\(folder)/runs/truth.nc")
    let writer = try NetCDFWriter("\(folder)/cells.nc")
    let latitude = try writer.dimension("lat", Self.rows)
    let longitude = try writer.dimension("lon", Self.columns)
    let latitudes = try writer.variable(
      "lat", .double, [latitude], attributes: [("units", .text("degrees_north"))])
    let longitudes = try writer.variable(
      "lon", .double, [longitude], attributes: [("units", .text("degrees_east"))])
    let cells = try writer.variable("cell", .int32, [latitude, longitude])
    try writer.endDefinitions()
    try writer.write((0..<Self.rows).map { truth.grid.latitude(ofCell: $0 * Self.columns) }, to: latitudes)
    try writer.write((0..<Self.columns).map(truth.grid.longitude), to: longitudes)
    try writer.write((0..<Self.rows * Self.columns).map { Int32($0) }, to: cells)
    try writer.commit()
  }

  private func arguments(_ folder: String, _ more: [String]) -> [String] {
    [
      "contrast", "--run-a", "\(folder)/runs/native.nc", "--run-b", "\(folder)/runs/blended.nc", "--moisture",
      "SOIL_WATER", "--depth", "0-1", "--flux", "GPP=GPP", "RA=AR", "RH=HR", "--output", "\(folder)/beta.nc",
      "--overwrite", "--progress", "0",
    ] + more
  }

  /// The rows of a table by the names of its columns.
  private func table(_ path: String) throws -> [[String: String]] {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\r\n")
    let heads = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return lines.dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(uniqueKeysWithValues: zip(heads, fields))
    }
  }

  /// β of the table by flux and cell, where the class map is that of single cells.
  private func beta(_ rows: [[String: String]], column: String = "beta_mean") -> [String: [Int: Double]] {
    var found: [String: [Int: Double]] = [:]
    for row in rows where row["weighting"] == "cells" {
      guard let flux = row["flux"], let cell = row["class"].flatMap({ Int($0) }),
        let value = row[column].flatMap(Double.init)
      else { continue }
      found[flux, default: [:]][cell] = value
    }
    return found
  }

  @Test(arguments: [
    (["--months", "36"], "year", 3), (["--months", "24"], "season", 7), (["--months", "14"], "month", 14),
    (["--months", "2", "--daily"], "day", 59), (["--months", "3", "--daily"], "month", 3),
  ])
  func truthIsFoundAndSumsAreSums(_ made: [String], step: String, steps: Int) throws {
    try withTemporaryFolder { folder in
      try synthesize(folder, made)
      let done = try run(
        arguments(
          folder,
          [
            "--step", step, "--tolerance", "0.02", "--classes", "\(folder)/cells.nc:cell", "--table",
            "\(folder)/beta.csv",
          ]), ranks: 2
      )
      #expect(done.status == 0, "\(done.standardError)")
      let found = beta(try table("\(folder)/beta.csv"))
      let land = try GridMap.read("beta_gpp", from: "\(folder)/runs/truth.nc").values.count { $0.isFinite }
      let counts = try GridMap.read("n_steps", from: "\(folder)/beta.nc").values
      #expect(counts.allSatisfy { $0.isNaN || $0 == Double(steps) })
      let status = try GridMap.read("status", from: "\(folder)/beta.nc").values
      let small = status.count { $0 == Double(ContrastStatus.belowTolerance.rawValue) }
      #expect(land > 20 && small > 0 && small < land / 2)
      for flux in ["GPP", "RA", "RH", "RECO", "NEE"] {
        let name = "beta_\(flux.lowercased())"
        let truth = try GridMap.read(name, from: "\(folder)/runs/truth.nc").values
        let map = try GridMap.read(name, from: "\(folder)/beta.nc").values
        let own = try #require(found[flux])
        #expect(own.count == land - small)
        for (cell, value) in own {
          #expect(abs(value - truth[cell]) <= 1e-9 * max(1, abs(truth[cell])), "\(flux) cell \(cell)")
          #expect(abs(map[cell] - truth[cell]) <= 1e-6 * max(1, abs(truth[cell])))
        }
        #expect(map.indices.allSatisfy { map[$0].isFinite == (own[$0] != nil) })
      }
      for (cell, nee) in found["NEE"] ?? [:] {
        let parts = ["RA", "RH", "GPP"].map { found[$0]?[cell] ?? .nan }
        let sum = parts[0] + parts[1] - parts[2]
        #expect(abs(nee - sum) <= 1e-12 * max(1, abs(nee)), "cell \(cell)")
      }
    }
  }

  @Test func bitsAreTheSameOnAnyRanks() throws {
    try withTemporaryFolder { folder in
      try synthesize(folder, ["--months", "14"])
      var first: (table: String, series: String, maps: [[UInt64]])?
      for (ranks, plan, chunks) in [
        (1, "auto", "map"), (2, "slab", "series"), (3, "field", "map"), (5, "auto", "series"),
      ] {
        let done = try run(
          arguments(
            folder,
            [
              "--step", "month", "--each-step", "\(folder)/steps.nc", "--chunks", chunks, "--series",
              "\(folder)/series.csv", "--table", "\(folder)/beta.csv", "--regions", "globe,0:90", "--moisture-error",
              "0.02", "--read-plan", plan,
            ]), ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        let maps = try [
          "beta.nc:beta_gpp", "steps.nc:beta_gpp", "steps.nc:delta_theta", "beta.nc:beta_nee_se", "beta.nc:delta_theta",
          "beta.nc:status",
        ].map { name in try values("\(folder)/\(name)").map(\.bitPattern) }
        let own = (
          table: try String(contentsOfFile: "\(folder)/beta.csv", encoding: .utf8),
          series: try String(contentsOfFile: "\(folder)/series.csv", encoding: .utf8), maps: maps
        )
        #expect(maps[1].count == 14 * Self.rows * Self.columns)
        if let first {
          #expect(first.table == own.table && first.series == own.series && first.maps == own.maps, "\(ranks) ranks")
        }
        first = first ?? own
      }
    }
  }

  /// All values of a variable, `FILE:VARIABLE`.
  private func values(_ text: String) throws -> [Double] {
    let (path, name) = try GridMap.parts(of: text)
    let file = try NetCDFFile(path)
    let variable = try file.requiredVariable(name)
    let stored = try StoredValues(variable, in: file)
    return try file.values(variable).map(stored.value)
  }

  @Test func recordOfStepsHasTheirSensitivitiesAndDifferences() throws {
    try withTemporaryFolder { folder in
      try synthesize(folder, ["--months", "2", "--daily"])
      let done = try run(arguments(folder, ["--step", "day", "--each-step", "\(folder)/steps.nc"]), ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let truth = try GridMap.read("beta_nee", from: "\(folder)/runs/truth.nc").values
      let betas = try values("\(folder)/steps.nc:beta_nee")
      let (changes, moistures) = try (values("\(folder)/steps.nc:delta_nee"), values("\(folder)/steps.nc:delta_theta"))
      let count = truth.count
      #expect(betas.count == 59 * count && betas.contains { $0.isFinite })
      for (index, beta) in betas.enumerated() {
        #expect(moistures[index].isNaN == truth[index % count].isNaN)
        #expect(beta.isNaN == !(abs(moistures[index]) >= 0.005))
        guard beta.isFinite else { continue }
        let wanted = truth[index % count]
        #expect(abs(beta - wanted) <= 1e-6 * max(1, abs(wanted)))
        #expect(abs(changes[index] - beta * moistures[index]) <= 1e-6 * max(0.1, abs(changes[index])))
      }
      let file = try NetCDFFile("\(folder)/steps.nc")
      let bounds = try file.values(try file.requiredVariable("time_bnds"))
      let wanted: [Double] = (0..<118).map { Double(($0 + 1) / 2) }
      #expect(bounds == wanted)
    }
  }

  /// A run that is killed while it keeps its steps takes up what it has; another job does not.
  @Test func killedRecordOfStepsIsTakenUp() throws {
    try withTemporaryFolder { folder in
      let done = try run([
        "synthesize", "\(folder)/runs", "--runs", "--rows", "30", "--columns", "40", "--months", "12", "--daily",
      ])
      #expect(done.status == 0, "\(done.standardError)")
      let options = ["--step", "day", "--each-step", "\(folder)/steps.nc"]
      #expect(try run(arguments(folder, options)).status == 0)
      let reference = try values("\(folder)/steps.nc:beta_gpp").map(\.bitPattern)
      for name in ["beta.nc", "steps.nc"] { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
      var isSent = false
      let killed = try run(arguments(folder, options)) { process in
        guard !isSent, keptCells(of: "\(folder)/steps.nc") > 0 else { return }
        kill(process.processIdentifier, SIGKILL)
        isSent = true
      }
      #expect(isSent && killed.status != 0)
      #expect(!contents(of: folder).contains("steps.nc") && !contents(of: folder).contains("beta.nc"))
      let other = try run(arguments(folder, options + ["--tolerance", "0.03"]))
      #expect(other.status == 64 && other.standardError.contains("--restart"), "\(other.standardError)")
      let resumed = try run(arguments(folder, options), ranks: 3)
      #expect(resumed.status == 0, "\(resumed.standardError)")
      #expect(try values("\(folder)/steps.nc:beta_gpp").map(\.bitPattern) == reference)
      #expect(!contents(of: folder).contains { $0.contains("checkpoint") })
    }
  }

  @Test func dryRunWritesNothing() throws {
    try withTemporaryFolder { folder in
      try synthesize(folder, ["--months", "12"])
      let done = try run(arguments(folder, ["--dry-run", "--ranks", "3"]))
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardOutput.contains("1 step: years") && done.standardOutput.contains("RECO, NEE"))
      #expect(!contents(of: folder).contains("beta.nc"))
    }
  }

  // MARK: Small runs

  private nonisolated static let cells = 12
  private nonisolated static let start = Month(year: 2001, month: 1)

  /// Moisture of a run; cell 0 is sea, cell 1 lacks run B, in cell 2 the runs are alike, cell 3 has a fill value unnamed.
  private nonisolated static func moisture(_ sample: TestSample, run: Int) -> Double {
    let cell = sample.cell
    if cell == 0 || cell == 1 && run == 1 { return .nan }
    if cell == 3 && run == 0 && sample.month.month == 4 { return 1e20 }
    let shift = cell == 2 ? 0 : 0.01 * (1 + 0.2 * Double(cell)) * (1 + 0.1 * Double(sample.month.month))
    return 0.3 + 0.005 * Double(sample.month.month) - (run == 0 ? 0 : shift)
  }

  /// β of GPP, kg C m⁻² yr⁻¹ per m³ m⁻³.
  private nonisolated static func slope(_ cell: Int, _ year: Int) -> Double {
    3 + Double(cell) / 4 + Double(year - 2001)
  }

  /// The mean of the runs' difference of moisture over a year, whose months count with their length.
  private nonisolated static func yearlyShift(_ cell: Int) -> Double {
    let lengths = [31.0, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var sum = 0.0
    for month in 1...12 { sum += lengths[month - 1] * (1 + 0.1 * Double(month)) }
    return 0.01 * (1 + 0.2 * Double(cell)) * sum / 365
  }

  /// In g C m⁻² s⁻¹; run B differs by 3 + cell/4 + year kg C m⁻² yr⁻¹ per m³ m⁻³.
  private nonisolated static func flux(_ sample: TestSample, run: Int, scale: Double) -> Double {
    if sample.cell == 4, sample.month.year == 2002 { return .nan }
    let shift = moisture(sample, run: 0) - moisture(sample, run: 1)
    let change = run == 0 || shift.isNaN ? 0 : slope(sample.cell, sample.month.year) * shift
    let rate = 2 + 0.1 * Double(sample.cell) - change
    return scale * rate * 1000 / (365.2425 * 86400)
  }

  private func write(
    _ folder: String, from: [Month] = [start, start], months: Int = 24, moistureUnits: String = "m3 m-3",
    fluxUnits: [(units: String, scale: Double)] = [("g C m-2 s-1", 1), ("g C m-2 s-1", 1)], rows: [Int] = [3, 3]
  ) throws {
    for run in 0..<2 {
      var record = TestEnsemble.observations(
        grid: .regular(rows: rows[run], columns: 4), time: TestTime(from: from[run], count: months),
        fields: [
          TestField("SM", units: moistureUnits) { Self.moisture($0, run: run) },
          TestField("GPP", units: fluxUnits[run].units) { Self.flux($0, run: run, scale: fluxUnits[run].scale) },
          TestField("RECO", units: fluxUnits[run].units) {
            Self.flux($0, run: run, scale: 0.75 * fluxUnits[run].scale)
          },
          TestField("NEE", units: "kg m-2 yr-1") {
            -0.25 * 1e-3 * 365.2425 * 86400 * Self.flux($0, run: run, scale: 1) + 0.125
          },
        ])
      record.storage.packing = .double
      let own = "\(folder)/\(["a", "b"][run])"
      try? FileManager.default.removeItem(atPath: own)
      try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
      try record.write(to: own)
    }
  }

  private func small(_ folder: String, _ more: [String], fluxes: [String] = ["GPP=GPP", "RECO=RECO"]) -> [String] {
    ["contrast", "--run-a", "\(folder)/a/*.nc4", "--run-b", "\(folder)/b/*.nc4", "--moisture", "SM", "--flux"] + fluxes
      + ["--output", "\(folder)/beta.nc", "--overwrite", "--progress", "0"] + more
  }

  private func map(_ name: String, _ folder: String) throws -> [Double] {
    try GridMap.read(name, from: "\(folder)/beta.nc").values
  }

  @Test func statusesStepsAndErrorsAreThoseOfTheDefinition() throws {
    try withTemporaryFolder { folder in
      try write(folder)
      let done = try run(
        small(folder, ["--moisture-error", "0.004", "--series", "\(folder)/steps.csv", "--regions", "globe"]))
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardError.contains("--moisture: run A has values in 1 cell where run B has none"))
      #expect(done.standardError.contains("1 cell has values that cannot be right"))
      let status = try map("status", folder).map { ContrastStatus(rawValue: UInt8($0)) }
      #expect(status[..<4] == [.notLand, .noData, .belowTolerance, .implausibleRange])
      #expect(status[4...].allSatisfy { $0 == .computed })
      let (beta, errors) = (try map("beta_gpp", folder), try map("beta_gpp_se", folder))
      let (steps, spread) = (try map("n_steps", folder), try map("beta_gpp_sd", folder))
      let (nee, theta) = (try map("beta_nee", folder), try map("delta_theta", folder))
      for cell in 4..<Self.cells {
        let years = cell == 4 ? [2001] : [2001, 2002]
        let wanted = mean(years.map { (year: Int) -> Double in Self.slope(cell, year) })
        let shift = Self.yearlyShift(cell)
        #expect(steps[cell] == Double(years.count))
        #expect(abs(beta[cell] - wanted) < 1e-5)
        #expect(abs(nee[cell] + 0.25 * wanted) < 1e-5)
        #expect(abs(theta[cell] - shift) < 1e-7)
        let error: Double = 0.004 * wanted / shift
        #expect(abs(errors[cell] - error) < 1e-5 * error)
        #expect(cell == 4 ? spread[cell].isNaN : abs(spread[cell] - 0.5.squareRoot()) < 1e-5)
      }
      let rows = try table("\(folder)/steps.csv").filter { $0["flux"] == "GPP" && $0["weighting"] == "cells" }
      #expect(rows.map { $0["time"] } == ["2001", "2002"])
      // Cell 4 lacks the second year.
      #expect(rows.map { $0["n_beta"] } == ["8", "7"])
      let second = try #require(rows[1]["beta_mean"].flatMap(Double.init))
      let wanted = mean((5..<Self.cells).map { Self.slope($0, 2002) })
      #expect(abs(second - wanted) < 1e-9)
    }
  }

  /// g C, kg and µmol of CO₂ in the runs of one contrast.
  @Test(arguments: [("kg m-2 s-1", 1e-3), ("umol m-2 s-1", 1e6 / 12.011), ("gC/m^2/day", 86400)])
  func unitsMayDifferBetweenRuns(_ units: String, scale: Double) throws {
    try withTemporaryFolder { folder in
      try write(folder, months: 12, fluxUnits: [("g C m-2 s-1", 1), (units, scale)])
      let done = try run(small(folder, ["--tolerance", "0"]))
      #expect(done.status == 0, "\(done.standardError)")
      let beta = try map("beta_gpp", folder)
      #expect((4..<Self.cells).allSatisfy { abs(beta[$0] - Self.slope($0, 2001)) < 1e-5 })
      // The runs are alike in cell 2, and 0 takes all but equal moistures.
      #expect(try map("status", folder)[2] == Double(ContrastStatus.belowTolerance.rawValue))
    }
  }

  @Test func tableSumsUpCellsBothWays() throws {
    try withTemporaryFolder { folder in
      try write(folder, months: 12)
      let done = try run(small(folder, ["--table", "\(folder)/beta.csv", "--limit", "5.3"]))
      #expect(done.status == 0, "\(done.standardError)")
      let (beta, a, b) = (try map("beta_gpp", folder), try map("gpp_a", folder), try map("gpp_b", folder))
      let (delta, theta) = (try map("delta_gpp", folder), try map("delta_theta", folder))
      let grid = try GridMap.read("beta_gpp", from: "\(folder)/beta.nc").grid
      let rows = try table("\(folder)/beta.csv")
      for weighting in ["area", "cells"] {
        let row = try #require(rows.first { $0["flux"] == "GPP" && $0["weighting"] == weighting })
        let cells = (0..<Self.cells).filter { delta[$0].isFinite }
        let weights = cells.map { weighting == "area" ? grid.weight(ofCell: $0) : 1 }
        func average(_ field: [Double]) -> Double {
          zip(cells, weights).reduce(0) { $0 + field[$1.0] * $1.1 } / weights.reduce(0, +)
        }
        func number(_ name: String) throws -> Double { try #require(row[name].flatMap(Double.init)) }
        let (meanA, meanB) = (average(a), average(b))
        let change: Double = 100 * (meanB - meanA) / meanA
        let ratio: Double = average(delta) / average(theta)
        #expect(try number("n") == 9)
        #expect(abs(try number("run_a") - meanA) < 1e-6)
        #expect(abs(try number("percent_change") - change) < 1e-4)
        #expect(abs(try number("ratio") - ratio) < 1e-4)
        #expect(try number("ratio_low") < number("ratio") && number("ratio") < number("ratio_high"))
        // Cells 10 and 11 have 5.5 and 5.75.
        let sloped = WeightedSpread(
          (4..<10).map { beta[$0] }, weights: (4..<10).map { weighting == "area" ? grid.weight(ofCell: $0) : 1 })
        #expect(try number("n_beta") == 6)
        #expect(abs(try number("beta_mean") - sloped.mean) < 1e-6)
        #expect(abs(try number("beta_sd") - sloped.standardDeviation) < 1e-6)
        #expect(try number("share_positive") == 1)
      }
    }
  }

  @Test func givenNetExchangeIsTakenAndItsResidualTold() throws {
    try withTemporaryFolder { folder in
      try write(folder, months: 12)
      let given = ["GPP=GPP", "RECO=RECO", "NEE=0 - {run}:NEE"]
      let done = try run(small(folder, [], fluxes: ["GPP=GPP", "RECO=RECO", "NEE=NEE"]))
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardError.contains("--flux NEE is not the sum of its parts: it differs from RA + RH - GPP"))
      #expect(done.standardError.contains("up to 0.125 kg C m-2 yr-1, in 9 cells"))
      let residual = try map("nee_residual", folder)
      #expect((4..<Self.cells).allSatisfy { abs(residual[$0] - 0.125) < 1e-6 })
      let own = try map("beta_nee", folder)
      let reversed = try run(small(folder, [], fluxes: given))
      #expect(reversed.status == 0, "\(reversed.standardError)")
      #expect(try map("beta_nee", folder)[4...].elementsEqual(own[4...].map { -$0 }) { abs($0 - $1) < 1e-6 })
    }
  }

  @Test func badInputIsRefusedInOneMessage() throws {
    try withTemporaryFolder { folder in
      try write(folder, from: [Self.start, Month(year: 2011, month: 1)])
      @MainActor func expect(_ arguments: [String], _ status: Int32, _ words: String...) throws {
        let done = try run(arguments)
        #expect(done.status == status, "\(arguments): \(done.status)\n\(done.standardError)")
        for text in words { #expect(done.standardError.contains(text), "\(text) in: \(done.standardError)") }
        #expect(!contents(of: folder).contains("beta.nc"))
      }
      try expect(small(folder, []), 65, "share no months", "moisture_A 2001-01/2002-12", "moisture_B 2011-01/2012-12")
      try write(folder)
      try expect(small(folder, ["--step", "day"]), 65, "--step day", "monthly")
      try expect(small(folder, ["--time", "2001-02/2001-11"]), 65, "hold no whole year", "--step season or month")
      try expect(small(folder, ["--tolerance", "-1"]), 64, "--tolerance -1", "expected 0 or more")
      try expect(small(folder, ["--bands", "globe"]), 64, "--bands", "--regions")
      try expect(small(folder, ["--towers", "x.csv", "--stations", "y.csv"]), 64, "expected --step day")
      try expect(small(folder, ["--stations", "y.csv"]), 64, "--stations is about towers")
      try expect(small(folder, [], fluxes: ["GPP"]), 64, "expected NAME=VARIABLE")
      try expect(small(folder, [], fluxes: ["GPP=GPP", "gpp=RECO"]), 64, "'gpp' is given twice")
      try expect(small(folder, [], fluxes: ["GPP=SM"]), 65, "flux GPP of run A", "'m3 m-3'", "cannot be converted")
      try expect(small(folder, [], fluxes: ["GPP=ABSENT"]), 65, "ABSENT")
      try expect(small(folder, ["--moisture-error", "-0.1"]), 64, "--moisture-error -0.1")
      try expect(
        small(folder, ["--strict", "--step", "month", "--time", "2001-01/2001-03"]), 65,
        "run A has values in 1 cell where run B has none")
      try FileManager.default.removeItem(atPath: "\(folder)/b")
      try expect(small(folder, []), 66, "no file matches")
      try write(folder, moistureUnits: "kg m-2")
      try expect(small(folder, []), 65, "moisture of run A", "an amount of water", "--depth")
      try write(folder, rows: [3, 4])
      try expect(small(folder, []), 65, "the grid of 'SM' differs from that of")
      try write(folder, moistureUnits: "K")
      try expect(small(folder, []), 65, "'K'", "is it soil moisture?")
      let taken = try run(["contrast"])
      #expect(taken.status == 64 && taken.standardError.contains("--run-a is missing"))
    }
  }

  @Test func unitsAreConverted() throws {
    let year = 365.2425 * 86400
    for (units, wanted) in [
      ("gC/m^2/s", 1e-3 * year), ("kg C m-2 s-1", year), ("kg m**-2 yr**-1", 1), ("kgC/m2/yr", 1),
      ("g C m-2 d-1", 0.3652425), ("umol m-2 s-1", 12.011e-9 * year), ("umol CO2 m-2 s-1", 12.011e-9 * year),
      ("mg m-2 h-1", 1e-6 * 24 * 365.2425),
    ] {
      let factor = try #require(CarbonFluxUnits.factor(from: units, to: CarbonFluxUnits.standard), "\(units)")
      #expect(abs(factor - wanted) <= 1e-12 * wanted, "\(units)")
    }
    for units in ["W m-2", "kg m-2", "m s-1", "", "kg m-3 s-1"] {
      #expect(CarbonFluxUnits.factor(from: units, to: CarbonFluxUnits.standard) == nil, "\(units)")
    }
    #expect(CarbonFluxUnits.factor(from: "W m**-2", to: "W m-2") == 1)
    #expect(CarbonFluxUnits.udunits("kg C m-2 yr-1") == "kg m-2 yr-1")
  }

  /// ED2 writes single precision; its own sums are exact to 8.2e-7 kg C m⁻² yr⁻¹ (numpy 1.24).
  @Test(.enabled(if: FileManager.default.fileExists(atPath: ContrastTests.hours)))
  func netExchangeOfEcosystemDemographyIsTheSumOfItsParts() throws {
    try withTemporaryFolder { folder in
      let done = try runShell("gunzip -c \(Self.hours) > \(folder)/hours.h5")
      #expect(done.status == 0, "\(done.standardError)")
      let file = try NetCDFFile("\(folder)/hours.h5")
      let series = try ["GPP", "PLRESP", "RH", "NEP"].map { name in
        Array(try file.values(try file.requiredVariable("FMEAN_\(name)_PY")).prefix(744))
      }
      let kernel = RunContrast([.init([(3, 1), (0, -1), (1, 1), (2, 1)])], tolerance: 0)
      let moisture = [Double](repeating: 0.3, count: 744)
      let found = kernel.compute(
        moisture: (moisture, moisture.map { $0 - 0.01 }), series: (series, series), error: .nan)
      #expect(found.stepCount == 744 && found.fluxes[0].largest > 0 && found.fluxes[0].largest < 8.2e-7)
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: ContrastTests.hours)))
  func filesOfEcosystemDemographyAreRuns() throws {
    try withTemporaryFolder { folder in
      let history = RealRecord.data + "/pecan_ed2_clm/history-S-2004-07-01-000000-g01.h5.gz"
      let name = "analysis-T-2004-00-00-000000-g01.h5"
      let done = try runShell(
        "gunzip -c \(Self.hours) > \(folder)/\(name) && gunzip -c \(history) > \(folder)/history.h5")
      #expect(done.status == 0, "\(done.standardError)")
      let found = try run([
        "contrast", "--run-a", "\(folder)/analysis-T-*.h5", "--run-b", "\(folder)/analysis-T-*.h5", "--layout", "ed2",
        "--layers", "\(folder)/history.h5:SLZ", "--start", "2004-07-01", "--moisture", "FMEAN_SOIL_WATER_PY", "--depth",
        "0-1", "--step", "day", "--flux", "GPP=FMEAN_GPP_PY", "RA=FMEAN_PLRESP_PY", "RH=FMEAN_RH_PY",
        "NEE=0 - {run}:FMEAN_NEP_PY", "--output", "\(folder)/beta.nc", "--progress", "0",
      ])
      #expect(found.status == 0, "\(found.standardError)")
      #expect(!found.standardError.contains("not the sum of its parts"))
      #expect(try map("n_steps", folder) == [31] && map("nee_residual", folder)[0] < 7e-7)
      // Mean of 744 hours from 0 to 1 m by numpy 1.24, as that of the blend's table.
      #expect(try abs(map("theta_a", folder)[0] - 0.27877) < 5e-6)
    }
  }

  /// What `blend` leaves is a run: copies in ED2's layout, and the moisture of `blended.nc`.
  @Test func blendOfEcosystemDemographyIsComparedWithIt() throws {
    try withTemporaryFolder { folder in
      let fixture = BlendFixture()
      try FileManager.default.createDirectory(atPath: "\(folder)/native", withIntermediateDirectories: true)
      try fixture.write("\(folder)/native")
      let done = try run([
        "blend", "--progress", "0", "--model", "\(folder)/native/analysis-T-*.h5:FMEAN_SOIL_WATER_PY", "--layout",
        "ed2", "--layers", "\(folder)/native/history.h5:SLZ", "--profile", "\(folder)/native/snapshots.nc:a,b,c",
        "--residual", "0.12", "--saturation", "0.25", "--output", "\(folder)/blended",
      ])
      #expect(done.status == 0, "\(done.standardError)")
      let layout = ["--layout", "ed2", "--layers", "\(folder)/native/history.h5:SLZ"]
      let common = [
        "--depth", "0-1", "--step", "day", "--minimum-steps", "0.6", "--tolerance", "0", "--output",
        "\(folder)/beta.nc", "--overwrite", "--progress", "0",
      ]
      let files = "analysis-T-*.h5"
      let moisture = [
        ["--run-a", "\(folder)/native/\(files)", "--run-b", "\(folder)/blended/\(files)", "--moisture"]
          + ["FMEAN_SOIL_WATER_PY", "--flux", "GPP=FMEAN_GPP_PY"],
        ["--run-a", "native", "--run-b", "blended", "--moisture", "\(folder)/blended/blended.nc:{run}", "--flux"]
          + ["GPP=\(folder)/{run}/\(files):FMEAN_GPP_PY"],
      ]
      let blended = fixture.blended().values
      // Layers from below, within 0 to 1 m; days of 24 hours and of 16, of which the file has zeros behind.
      let weights = [0, 0.5, 0.4, 0.1]
      let hours = [0..<24, 24..<40]
      for (number, runs) in moisture.enumerated() {
        let found = try run(["contrast"] + runs + layout + common, ranks: number + 1)
        #expect(found.status == 0, "\(found.standardError)")
        let (a, b) = (try map("theta_a", folder), try map("theta_b", folder))
        let production = try map("gpp_a", folder)
        for polygon in 0..<BlendFixture.polygons {
          func mean(_ value: (Int, Int) -> Double) -> Double {
            let days = hours.map { day in
              day.reduce(0) { sum, hour in
                sum + weights.indices.reduce(0) { $0 + weights[$1] * value(hour, $1) } / Double(day.count)
              }
            }
            return (days[0] + days[1]) / 2
          }
          let native = mean { BlendFixture.moisture($0, polygon, $1) }
          let other = mean { blended[($0 * BlendFixture.polygons + polygon) * BlendFixture.layers + $1] }
          #expect(abs(a[polygon] - native) < 1e-6 && abs(b[polygon] - other) < 1e-6)
          #expect(abs(production[polygon] - (3 * (11.5 + 7.5) / 2 + Double(polygon))) < 1e-5)
        }
      }
      for (arguments, status, words) in [
        (Array(layout.prefix(2)), Int32(64), "--layers is missing"), (Array(layout.suffix(2)), 64, "give --layout ed2"),
        (layout + ["--start", "july"], 64, "--start 'july'"),
        (["--layout", "ed2", "--layers", "0,0.1,0.5,1.2,2"], 65, "no LATITUDE and LONGITUDE"),
      ] {
        let refused = try run(["contrast"] + moisture[0] + arguments + common)
        #expect(refused.status == status && refused.standardError.contains(words), "\(refused.standardError)")
      }
    }
  }

  private nonisolated static let hours = RealRecord.data + "/pecan_ed2_clm/analysis-T-2004-00-00-000000-g01.h5.gz"

  // MARK: Towers

  @Test func towersStandBesideTheirCells() throws {
    try withTemporaryFolder { folder in
      try synthesize(folder, ["--months", "3", "--daily"])
      let truth = try GridMap.read("beta_gpp", from: "\(folder)/runs/truth.nc")
      // Towers at the centres of two cells, whose productivity rises by 20 and 30 g C m-2 d-1 per m3 m-3.
      let done = try run(arguments(folder, ["--step", "day"]))
      #expect(done.status == 0, "\(done.standardError)")
      let found = try map("beta_gpp", folder)
      let cells = Array(found.indices.filter { found[$0].isFinite }.prefix(2))
      var list = "site,lat,lon,start,end\n"
      for (number, cell) in cells.enumerated() {
        let site = ["AA-One", "BB-Two"][number]
        list += "\(site),\(truth.grid.latitude(ofCell: cell) + 0.01),\(truth.grid.longitude(ofCell: cell)),,\n"
        var text = "TIMESTAMP,SWC_F_MDS_1,TA_F,SW_IN_F,P_F,GPP_NT_VUT_REF\n"
        for day in 1...28 {
          let moisture = 20 + 5 * sin(Double(day))
          let flux = 3 + (20 + 10 * Double(number)) * moisture / 100
          text += "200401\(day < 10 ? "0" : "")\(day),\(moisture),10,100,0,\(flux)\n"
        }
        try writeText(text, to: "\(folder)/FLX_\(site)_DD.csv")
      }
      try writeText(list, to: "\(folder)/list.csv")
      let beside = try run(
        arguments(
          folder,
          [
            "--step", "day", "--towers", "\(folder)/FLX_*_DD.csv", "--stations", "\(folder)/list.csv", "--tower-table",
            "\(folder)/towers.csv", "--picture", "\(folder)/towers.svg", "--report", "\(folder)/run.json",
          ]), ranks: 3)
      #expect(beside.status == 0, "\(beside.standardError)")
      let rows = try table("\(folder)/towers.csv").filter { $0["flux"] == "GPP" }
      #expect(rows.map { $0["site"] } == ["AA-One", "BB-Two"] && rows.allSatisfy { $0["status"] == "ok" })
      for (number, row) in rows.enumerated() {
        let tower = try #require(row["tower_mean"].flatMap(Double.init))
        let cell = try #require(row["run_mean"].flatMap(Double.init))
        let wanted: Double = (20 + 10 * Double(number)) * 0.3652425
        #expect(abs(tower - wanted) < 1e-9)
        #expect(abs(cell - truth.values[cells[number]]) < 1e-9)
        let distance = try #require(row["distance_km"].flatMap(Double.init))
        let degree: Double = 6371 * .pi / 180
        #expect(abs(distance - 0.01 * degree) < 1e-4)
      }
      #expect(beside.standardOutput.contains("towers, GPP, means: n 2, r "))
      let report = try String(contentsOfFile: "\(folder)/run.json", encoding: .utf8)
      #expect(report.contains("towers_GPP_bias"))
      #expect(try String(contentsOfFile: "\(folder)/towers.svg", encoding: .utf8).contains("AA-One"))
    }
  }
}
