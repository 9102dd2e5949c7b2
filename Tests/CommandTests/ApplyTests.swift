import Foundation
import Kernels
import TestSupport
import Testing

@testable import Distributed
@testable import smt_mpi

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `respire apply` against windows, statistics and networks that the test works out itself.
@MainActor @Suite struct ApplyTests {
  private typealias Fixture = ApplyFixture

  /// The values of a variable, field after field; NaN where missing.
  private func values(_ name: String, of path: String) throws -> [Double] {
    let file = try NetCDFFile(path)
    let variable = try file.requiredVariable(name)
    let fill = try #require(file.numbers("_FillValue", of: variable).first)
    return try file.values(variable).map { $0 == fill ? .nan : $0 }
  }

  private func isNear(_ found: Double, _ expected: Double, _ tolerance: Double = 2e-5) -> Bool {
    found.isNaN && expected.isNaN || abs(found - expected) <= tolerance * max(1, abs(expected))
  }

  @Test("Every cell, year and map is what the definitions say", arguments: WindowEdge.allCases)
  func definitions(edge: WindowEdge) throws {
    try withTemporaryFolder { folder in
      let fixture = try Fixture(folder)
      let done = try run(fixture.arguments(["--model", "\(folder)/m*.onnx", "--edge", edge.rawValue]), ranks: 2)
      try #require(done.status == 0, "\(done.standardError)")
      let path = "\(folder)/reco.nc"
      let yearly = try values("RECO", of: path)
      let maps = try ["mean", "sd", "networks_sd", "n_years", "status", "extrapolation"].map {
        try values($0, of: path)
      }
      try #require(yearly.count == Fixture.cells * Fixture.years.count)
      var computed = 0
      for cell in 0..<Fixture.cells {
        let all = Fixture.years.map { fixture.expected(cell, $0, edge: edge) }
        for (year, own) in all.enumerated() {
          #expect(isNear(yearly[year * Fixture.cells + cell], own?.mean ?? .nan), "cell \(cell), year \(year)")
        }
        let found = all.compactMap { $0 }
        let means = found.map(\.mean)
        let mean = means.reduce(0, +) / Double(means.count)
        let squares = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let variance = found.reduce(0) { $0 + $1.variance } / Double(found.count)
        #expect(isNear(maps[0][cell], mean), "mean of cell \(cell)")
        #expect(isNear(maps[1][cell], means.count > 1 ? (squares / Double(means.count - 1)).squareRoot() : .nan, 1e-4))
        #expect(isNear(maps[2][cell], variance.squareRoot(), 1e-4), "spread of cell \(cell)")
        #expect(isNear(maps[3][cell], Fixture.isSea(cell) ? .nan : Double(found.count)))
        #expect(maps[4][cell] == Double(status(cell, isComputed: !found.isEmpty)), "status of cell \(cell)")
        #expect(isNear(maps[5][cell], found.isEmpty ? .nan : outside(cell, all.map { $0 != nil })))
        computed += found.isEmpty ? 0 : 1
      }
      #expect(computed > 3 && done.standardOutput.contains("computed \(computed)"), "\(done.standardOutput)")
    }
  }

  /// 0 with a value, 1 at sea, 3 where the window is not complete, else 4 and the number of the predictor that is missing.
  private func status(_ cell: Int, isComputed: Bool) -> Int {
    if isComputed { return 0 }
    if Fixture.isSea(cell) { return 1 }
    let missing = Fixture.names.indices.first { Fixture.predictor($0, cell, 2003).isNaN }
    return missing.map { 4 + $0 } ?? 3
  }

  /// Predictors outside of the range that the models tell, in the year in which they are most.
  private func outside(_ cell: Int, _ isComputed: [Bool]) -> Double {
    let description = Fixture.description()
    let counts = zip(Fixture.years, isComputed).filter(\.1).map { year, _ in
      Fixture.names.indices.count { channel in
        let value = Float(Fixture.predictor(channel, cell, year))
        return value < description.lowest?[channel] ?? 0 || value > description.highest?[channel] ?? 0
      }
    }
    return Double(counts.max() ?? 0)
  }

  @Test("The file has the same bits on 1, 2, 3 and 5 ranks, and a part of the grid those of the whole")
  func ranks() throws {
    try withTemporaryFolder { folder in
      let fixture = try Fixture(folder)
      let names = ["RECO", "mean", "sd", "networks_sd", "n_years", "status", "extrapolation", "time", "lat", "lon"]
      func bits(_ path: String) throws -> [[UInt64]] {
        let file = try NetCDFFile(path)
        return try names.map { try file.values(try file.requiredVariable($0)).map(\.bitPattern) }
      }
      var whole: [[UInt64]] = []
      for ranks in [1, 2, 3, 5] {
        let output = "reco\(ranks).nc"
        let done = try run(fixture.arguments(["--model", "\(folder)/m*.onnx"], output: output), ranks: ranks)
        try #require(done.status == 0, "\(done.standardError)")
        let found = try bits("\(folder)/\(output)")
        if ranks == 1 { whole = found }
        #expect(found == whole, "\(ranks) ranks")
        let sizes = try ["reco1.nc", output].map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")).count }
        #expect(sizes[0] == sizes[1])
      }
      // Neighbours outside of the box are carried.
      let done = try run(
        fixture.arguments(["--model", "\(folder)/m*.onnx", "--bbox", "100,-50,-100,50"], output: "part.nc"), ranks: 3)
      try #require(done.status == 0, "\(done.standardError)")
      let (part, all) = (
        try values("RECO", of: "\(folder)/part.nc"), try values("RECO", of: "\(folder)/reco1.nc")
      )
      let status = try values("status", of: "\(folder)/part.nc")
      for index in part.indices {
        let cell = index % Fixture.cells
        let (latitude, longitude) = (
          Fixture.latitudes[cell / Fixture.columns], Fixture.longitudes[cell % Fixture.columns]
        )
        let isIn = abs(latitude) < 50 && (longitude > 100 || longitude < -100)
        #expect(part[index].bitPattern == (isIn ? all[index] : .nan).bitPattern || part[index].isNaN && !isIn)
        if !isIn { #expect(status[cell] == 2) }
      }
    }
  }

  @Test("One network has no spread; without what it was trained with, there is no map of extrapolation")
  func oneNetwork() throws {
    try withTemporaryFolder { folder in
      let fixture = try Fixture(folder, models: 1, edge: "mean")
      var description = ModelDescription()
      description.edge = "mean"
      try ModelFile.write(fixture.networks[0], description, to: "\(folder)/plain.onnx")
      let done = try run(fixture.arguments(["--model", "\(folder)/plain.onnx"]))
      try #require(done.status == 0, "\(done.standardError)")
      #expect(done.standardError.contains("does not name its channels"))
      #expect(done.standardError.contains("there is no map of extrapolation"))
      let file = try NetCDFFile("\(folder)/reco.nc")
      #expect(file.variable("networks_sd") == nil && file.variable("extrapolation") == nil)
      // The edge is that of the training.
      let found = try values("prediction", of: "\(folder)/reco.nc")
      for cell in 0..<Fixture.cells {
        #expect(isNear(found[cell], fixture.expected(cell, 2003, edge: .mean)?.mean ?? .nan), "cell \(cell)")
      }
    }
  }

  @Test("A dry run tells what would be done, and predicts the memory of the run")
  func dryRun() throws {
    try withTemporaryFolder { folder in
      let fixture = try Fixture(folder)
      let arguments = fixture.arguments(["--model", "\(folder)/m*.onnx", "--report", "\(folder)/run.json"])
      let dry = try run(arguments + ["--dry-run", "--ranks", "2"])
      #expect(dry.status == 0, "\(dry.standardError)")
      for text in ["2 networks of RECO (g m-2 year-1)", "2003-2006, 4", "@month=12, 1", "memory:", "networks_sd"] {
        #expect(dry.standardOutput.contains(text), "\(text) in \(dry.standardOutput)")
      }
      #expect(!contents(of: folder).contains("reco.nc"))
      #expect(try run(arguments, ranks: 2).status == 0)
      let report = try RunReport.read(from: "\(folder)/run.json")
      #expect(
        report.results["windows"] == Double(2 * 4 * Fixture.cells - 8 * report.statusCounts["not_land", default: 0]))
      #expect(report.peakMemory <= report.predictedPeakMemory)
    }
  }

  @Test("What is wrong is told once, with what was expected and found")
  func badInput() throws {
    try withTemporaryFolder { folder in
      let fixture = try Fixture(folder)
      let model = ["--model", "\(folder)/m0.onnx"]
      try ModelFile.write(fixture.networks[0], Fixture.description(), to: "\(folder)/cut.onnx")
      try truncate("\(folder)/cut.onnx", toShare: 0.6)
      try ModelFile.write(
        fixture.networks[0], Fixture.description(names: ["T", "N", "S", "SPEI"]), to: "\(folder)/other.onnx")
      let stations = TestEnsemble(
        grid: .unstructured(cells: 12), time: TestTime(from: Month(year: 2003, month: 1), count: 48),
        fields: [TestField("t", units: "degC") { Double($0.cell) }], members: ["stations"])
      try stations.write(to: folder)
      let cases: [(arguments: [String], status: Int32, texts: [String])] = [
        (fixture.arguments(["--model", "\(folder)/cut.onnx"]), 65, ["cut.onnx"]),
        (fixture.arguments(["--model", "\(folder)/none*.onnx"]), 66, ["none*.onnx", "no file matches"]),
        (
          fixture.arguments(model + ["--model", "\(folder)/other.onnx"]), 65,
          ["other.onnx", "T, N, S, SPEI", "T, N, S, P as in"]
        ),
        (
          fixture.arguments(model, names: ["T", "S", "N", "P"]), 65,
          ["the channels are T, N, S, P", "--predictor gives T, S, N, P"]
        ),
        (
          fixture.arguments(model, names: ["T", "N", "S"]), 65, ["4 channels (T, N, S, P)", "gives 3 (T, N, S)"]
        ),
        (
          fixture.arguments(model, names: ["T", "N", "S"]) + ["--predictor", "P=\(folder)/months.nc:t@month=12"], 65,
          ["--predictor P has units 'degC'", "'1'"]
        ),
        (
          fixture.arguments(model, names: ["T", "N", "S"]) + ["--predictor", "P=\(folder)/absent.nc:t@month=12"], 66,
          ["absent.nc"]
        ),
        (
          fixture.arguments(model, names: ["T", "N", "S"]) + ["--predictor", "P=\(folder)/map.nc:s@sum"], 65,
          ["@sum expects a record with times", "@static"]
        ),
        (
          fixture.arguments(model, names: ["T", "N", "S"]) + ["--predictor", "P=\(folder)/months.nc:p@static"], 65,
          ["@static expects a map without times, found 48 months"]
        ),
        (
          fixture.arguments(model, names: ["T", "N", "S"]) + ["--predictor", "P=\(folder)/months.nc:p@median"], 64,
          ["'@median' is no statistic", "@mean, @sum, @min, @max, @static"]
        ),
        (
          fixture.arguments(model, names: ["T", "N", "S", "T"]), 64, ["--predictor 'T' is given twice"]
        ),
        (
          fixture.arguments(model + ["--period", "2010-2012"]), 65,
          ["--predictor T", "nothing of the years 2010 to 2012; it has 2003-01/2006-12"]
        ),
        (fixture.arguments(model + ["--edge", "zero"]), 64, ["--edge 'zero': expected centre, mean, missing"]),
        (["respire", "apply"] + model + fixture.predictors() + ["--output", "x.nc"], 64, ["--period is missing"]),
        (
          ["respire", "apply"] + model + [
            "--period", "2003-2006", "--output", "\(folder)/x.nc", "--predictor", "T=\(folder)/stations.nc:t",
          ] + fixture.predictors(["N", "S", "P"]), 65, ["stations.nc: the grid is unstructured", "smt-mpi regrid"]
        ),
        (fixture.arguments(model + ["--memory-limit", "20MiB"]), 71, ["--memory-limit"]),
      ]
      for (arguments, status, texts) in cases {
        for ranks in [nil, 3] {
          let done = try run(arguments, ranks: ranks)
          let name = "\(arguments.suffix(4)) on \(ranks ?? 1) ranks: \(done.standardError)"
          #expect(done.status == status, "\(name)")
          let errors = done.standardError.split(separator: "\n").filter {
            $0.hasPrefix("error:") || $0.hasPrefix("Error:")
          }
          #expect(errors.count == 1, "\(name)")
          for text in texts { #expect(errors.first?.contains(text) == true, "'\(text)' in \(name)") }
          #expect(!contents(of: folder).contains { $0.hasPrefix("reco.nc") }, "\(name)")
        }
      }
    }
  }

  @Test("A run that is stopped or killed is taken up on other ranks, with the same bits", arguments: [1, 2, 3])
  func resumed(ranks: Int) throws {
    try withTemporaryFolder { folder in
      let fixture = try Fixture(folder)
      // As many networks as take some seconds.
      for number in 10..<22 {
        try FileManager.default.copyItem(atPath: "\(folder)/m\(number % 2).onnx", toPath: "\(folder)/m\(number).onnx")
      }
      // In files of a year, which ranks share out between them.
      for year in 2003...2006 {
        var finer = TestMaps(
          latitudes: (0..<180).map { 89.5 - Double($0) }, longitudes: (0..<360).map { -179.5 + Double($0) })
        let start = 365 * Double(year - 2003)
        finer.axes = [
          .init(
            "time", [start + 182.5], bounds: [start, start + 365],
            [("units", .text("days since 2003-01-01")), ("calendar", .text("noleap"))])
        ]
        let values = (0..<64_800).map { $0 % 17 == 3 ? .nan : Double(($0 + year) % 43) }
        try finer.write(
          [TestMaps.Map("s", axes: ["time"], values, [("units", .text("degC"))])], to: "\(folder)/fine-\(year).nc")
      }
      func arguments(_ output: String, _ more: [String] = []) -> [String] {
        ["respire", "apply", "--model", "\(folder)/m*.onnx", "--predictor", "T=\(folder)/fine-*.nc:s"]
          + fixture.predictors(["N", "S", "P"]) + [
            "--period", "2003-2006", "--output", "\(folder)/\(output)", "--progress", "0.1", "--report",
            "\(folder)/run.json",
          ] + more
      }
      #expect(try run(arguments("whole.nc"), ranks: 2).status == 0)
      let expected = try bits(of: "\(folder)/whole.nc")
      let means = try RunReport.read(from: "\(folder)/run.json").series?["global_mean"]

      for signal in [SIGUSR1, SIGKILL] {
        var (found, kept): (ProgramRun?, Int) = (nil, 0)
        // Whether a signal comes before the end is luck.
        for _ in 0..<20 where kept == 0 {
          var isSent = false
          let done = try run(arguments("reco.nc", ["--overwrite"]), ranks: ranks == 1 ? nil : ranks) { _ in
            // As many years as there are ranks are kept together, three blocks each.
            guard !isSent, wholeBlocks(in: "\(folder)/reco.nc.checkpoint/blocks.log").count >= 3 * ranks else { return }
            isSent = true
            for number in processes(in: folder, named: "smt-mpi") { kill(number, signal) }
          }
          guard done.status != 0 else {
            try FileManager.default.removeItem(atPath: "\(folder)/reco.nc")
            continue
          }
          let plan = try run(arguments("reco.nc", ["--dry-run"]))
          let words = plan.standardOutput.firstMatch(of: /reco\.nc\.checkpoint holds (\d) of 4 years of this job/)
          (found, kept) = (done, words.flatMap { Int($0.output.1) } ?? 0)
        }
        let stopped = try #require(kept > 0 ? found : nil)
        if signal == SIGUSR1 {
          #expect(stopped.status == 75, "\(stopped.standardError)")
          let errors = stopped.standardError.split(separator: "\n").filter { $0.hasPrefix("error:") }
          #expect(errors.count == 1 && errors[0].contains("of 4 years are done and kept"), "\(errors)")
        }
        #expect(!contents(of: folder).contains("reco.nc"))

        let other = try run(arguments("reco.nc", ["--edge", "mean"]))
        #expect(other.status == 64 && other.standardError.contains("--restart"), "\(other.standardError)")
        let done = try run(arguments("reco.nc"), ranks: 3)
        #expect(done.status == 0, "\(done.standardError)")
        #expect(done.standardError.contains("resumed: \(kept) of 4 years were done"), "\(done.standardError)")
        #expect(try bits(of: "\(folder)/reco.nc") == expected)
        let report = try RunReport.read(from: "\(folder)/run.json")
        #expect(report.series?["global_mean"] == means)
        #expect(report.results["years_resumed"] == Double(kept))
        #expect(!contents(of: folder).contains { $0.hasPrefix("reco.nc.") }, "\(contents(of: folder))")
        try FileManager.default.removeItem(atPath: "\(folder)/reco.nc")
      }
    }
  }

  @Test("A signal at the beginning ends all ranks with 75, and leaves nothing behind but years that are done")
  func signal() throws {
    try withTemporaryFolder { folder in
      let fixture = try Fixture(folder)
      // As many networks as take some seconds.
      for number in 10..<110 {
        try FileManager.default.copyItem(atPath: "\(folder)/m0.onnx", toPath: "\(folder)/m\(number).onnx")
      }
      let finer = TestMaps(
        latitudes: (0..<180).map { 89.5 - Double($0) }, longitudes: (0..<360).map { -179.5 + Double($0) })
      try finer.write(
        [TestMaps.Map("s", (0..<64_800).map { Double($0 % 43) }, [("units", .text("degC"))])], to: "\(folder)/fine.nc")
      let arguments =
        ["respire", "apply", "--model", "\(folder)/m*.onnx", "--predictor", "T=\(folder)/fine.nc:s"]
        + fixture.predictors(["N", "S", "P"]) + [
          "--period", "2003-2006", "--output", "\(folder)/reco.nc", "--progress", "0.1", "--report",
          "\(folder)/run.json",
        ]
      var isSent = false
      let done = try run(arguments, ranks: 3) { process in
        guard !isSent, contents(of: folder).contains(where: { $0.contains("reco.nc.part") }) else { return }
        kill(process.processIdentifier, SIGUSR1)
        isSent = true
      }
      #expect(isSent && done.status == 75, "\(done.standardError)")
      let errors = done.standardError.split(separator: "\n").filter { $0.hasPrefix("error:") }
      #expect(errors.count == 1 && errors.first?.contains("the same command") == true, "\(errors)")
      let isKept = errors.first?.contains("are done and kept") == true
      let left = contents(of: folder).filter { $0.contains("reco.nc") }
      #expect(isKept ? left == ["reco.nc.checkpoint", "reco.nc.checkpoint/blocks.log"] : left.isEmpty, "\(left)")
      #expect(try RunReport.read(from: "\(folder)/run.json").error?.exitCode == 75)
    }
  }
}
