import Distributed
import Foundation
import TestSupport
import Testing

/// Configuration files, dry runs, reports and what the output file tells.
@MainActor @Suite struct ThresholdOptionTests {
  /// Keys of a configuration, given or commented out.
  private func keys(_ text: String) -> [String] {
    text.split(separator: "\n").dropFirst().compactMap { line in
      line.replacing("# ", with: "").split(separator: ":").first.map(String.init)
    }
  }

  @Test func everyOptionIsAKey() throws {
    let help = try run(["threshold", "--help"]).standardOutput
    var options = Set<String>()
    for line in help.split(separator: "\n") where line.hasPrefix("  --") || line.hasPrefix("  -h, --") {
      let name = line.replacing("-h, ", with: "").drop { $0 == " " || $0 == "-" }.prefix { $0.isLetter || $0 == "-" }
      options.insert(String(name))
    }
    #expect(options.count > 30)
    let found = keys(try run(["threshold", "--print-config"]).standardOutput)
    #expect(Set(found).count == found.count)
    #expect(Set(found) == options.subtracting(["help", "version", "config", "print-config"]))
  }

  @Test func configurationsGoRoundAndFlagsWin() throws {
    try withTemporaryFolder { folder in
      let given = [
        "--members", "REF,EXP_01..EXP_05", "--response", "a b/{member}.nc:GPP", "--moisture", "it's:H2OSOI", "--depth",
        "0-3",
        "--layer-bounds", "0,0.1,0.4", "--season", "s.nc:a,b", "--time", "2004-01/2014-12", "--bbox=-20,-35,55,38",
        "--mask",
        "m.nc:land", "--epochs", "7", "--lbfgs-memory", "4", "--learning-rate", "0.005", "--seed",
        "18446744073709551615", "--hidden", "5,6",
        "--activation", "gelu", "--model", "spline", "--derivative", "raw", "--point=0,-60", "--point=-1.5,20",
        "--save-curves",
        "--output", "o.nc", "--overwrite", "--report", "r.json", "--memory-limit", "2GiB", "--read-plan", "field",
        "--fraction-with", "x.nc:H", "--bandwidth", "2.5", "--uncertainty", "--significance", "0.05",
        "--outlier-bound", "3.5", "--published-rule",
      ]
      let first = try run(["threshold", "--print-config"] + given)
      #expect(first.status == 0, "\(first.standardError)")
      for line in [
        "seed: 18446744073709551615", "bandwidth: '2.5'", "uncertainty: true", "significance: 0.05",
        "outlier-bound: 3.5", "published-rule: true",
      ] {
        #expect(first.standardOutput.contains(line + "\n"), "\(line) in \(first.standardOutput)")
      }
      try writeText(first.standardOutput, to: "\(folder)/c.yaml")
      let second = try run(["threshold", "--config", "\(folder)/c.yaml", "--print-config"])
      #expect(second.standardOutput == first.standardOutput, "\(second.standardError)")
      let third = try run(
        ["threshold", "--print-config", "--epochs", "9", "--config=\(folder)/c.yaml", "--bbox=1,2,3,4", "--point=5,6"])
      #expect(third.standardOutput.contains("epochs: 9\n"))
      #expect(third.standardOutput.contains("bbox: '1,2,3,4'\n"))
      #expect(third.standardOutput.contains("point: ['5,6']\n"))
      #expect(third.standardOutput.contains("hidden: '5,6'\n"))
      // Lists and bare numbers as a user would write them.
      try writeText(
        "members: [REF, EXP_01]\nbbox: [-20, -35, 55, 38]\nhidden: 8\npoint:\n  - 0,-60\nseason:\n",
        to: "\(folder)/c.yaml")
      let lists = try run(["threshold", "--config", "\(folder)/c.yaml", "--print-config"]).standardOutput
      for line in ["members: 'REF,EXP_01'", "bbox: '-20,-35,55,38'", "hidden: '8'", "point: ['0,-60']", "# season:"] {
        #expect(lists.contains(line + "\n"), "\(line) in \(lists)")
      }
    }
  }

  /// A preset sets what neither the command line nor the file gives, and is recorded with what it sets.
  @Test func presetsSetWhatIsNotGiven() throws {
    try withTemporaryFolder { folder in
      let plain = try run(["threshold", "--print-config"]).standardOutput
      let own = [
        "preset: 'default'", "optimizer: 'lbfgs'", "hidden: '31,31,31'", "epochs: 120", "noise-stop: 0.6",
        "networks: 5",
        "uncertainty: false", "bootstrap: 0", "bandwidth: 'auto'", "significance: 0.01", "outlier-bound: 5",
        "published-rule: false",
      ]
      for line in own { #expect(plain.contains(line + "\n"), "\(line) in \(plain)") }
      let same = try run(["threshold", "--print-config", "--preset", "default"]).standardOutput
      #expect(plain == same)
      // The former name of the defaults.
      let fast = try run(["threshold", "--print-config", "--preset=fast"]).standardOutput
      #expect(fast == plain.replacing("preset: 'default'", with: "preset: 'fast'"))

      let paper = try run(["threshold", "--print-config", "--preset=paper"]).standardOutput
      let set = [
        "preset: 'paper'", "optimizer: 'adam'", "hidden: '100,100,100'", "epochs: 1000", "noise-stop: 0", "networks: 1",
        "bandwidth: '3'", "outlier-bound: 0",
      ]
      for line in set { #expect(paper.contains(line + "\n"), "\(line) in \(paper)") }
      let changed = zip(plain.split(separator: "\n"), paper.split(separator: "\n")).filter { $0 != $1 }
      #expect(changed.count == set.count)

      try writeText("preset: paper\nhidden: [7, 8]\nepochs: 9\nbandwidth: auto\n", to: "\(folder)/c.yaml")
      let mixed = try run(["threshold", "--config", "\(folder)/c.yaml", "--epochs", "11", "--print-config"])
        .standardOutput
      for line in [
        "preset: 'paper'", "hidden: '7,8'", "epochs: 11", "noise-stop: 0", "optimizer: 'adam'", "bandwidth: 'auto'",
      ] {
        #expect(mixed.contains(line + "\n"), "\(line) in \(mixed)")
      }
      // The printed options say all: a preset changes none of them.
      try writeText(mixed, to: "\(folder)/d.yaml")
      #expect(try run(["threshold", "--config", "\(folder)/d.yaml", "--print-config"]).standardOutput == mixed)
      let unknown = try run(["threshold", "--print-config", "--preset", "slow"])
      #expect(unknown.status == 64 && unknown.standardError.contains("slow"))
    }
  }

  @Test func fastRunsAreRecordedAndTheSameOnAllRanks() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(grid: .regular(rows: 2, columns: 2), months: 3)
      try fixture.ensemble.write(to: folder)
      let fast = ["--model", "network", "--preset", "fast", "--report", "\(folder)/run.json"]
      let done = try run(fixture.arguments(folder, output: "fast.nc", fast), ranks: 3)
      #expect(done.status == 0, "\(done.standardError)")
      #expect(try run(fixture.arguments(folder, output: "one.nc", Array(fast.dropLast(2)))).status == 0)
      #expect(try bits(of: "\(folder)/fast.nc") == bits(of: "\(folder)/one.nc"))
      let file = try NetCDFFile("\(folder)/fast.nc")
      for text in ["preset: 'fast'", "optimizer: 'lbfgs'", "lbfgs-memory: 10", "noise-stop: 0.6"] {
        #expect(file.text("configuration")?.contains(text) == true, "\(text)")
      }
      let steps = try map("iterations", "\(folder)/fast.nc")
      // Five networks of at most 120 gradients, if none gets stuck.
      #expect(steps.allSatisfy { (10...2500).contains($0) })
      let report = try String(contentsOfFile: "\(folder)/run.json", encoding: .utf8)
      #expect(report.contains("microseconds_per_cell_epoch"))
    }
  }

  @Test func configurationsRun() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(months: 3, members: 4)
      try fixture.ensemble.write(to: folder)
      let arguments = fixture.arguments(folder)
      try writeText(try run(arguments + ["--print-config"]).standardOutput, to: "\(folder)/run.yaml")
      #expect(try run(arguments).status == 0)
      let done = try run(["threshold", "--config", "\(folder)/run.yaml", "--output", "\(folder)/again.nc"], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      #expect(try bits(of: "\(folder)/smt.nc") == bits(of: "\(folder)/again.nc"))
    }
  }

  /// An MPI that cannot start: what needs none works all the same.
  @Test func dryRunsAndHelpNeedNoMPI() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(.monthFiles, months: 13, members: 3)
      try fixture.ensemble.write(to: folder)
      let broken = ["OMPI_MCA_pml": "none_such", "OMPI_MCA_ess": "none_such"]
      #expect(try run(fixture.arguments(folder), environment: broken).status != 0)
      let before = contents(of: folder)
      let dry = try run(fixture.arguments(folder, ["--dry-run", "--ranks", "4"]), environment: broken)
      #expect(dry.status == 0, "\(dry.standardError)")
      for text in [
        "3 × 4 regular", "12 of 12", "2003-11/2004-11, 13", "3 members", "39 files", "plan field", "memory:", "MiB",
        "reading (550 MB/s a rank assumed)", "on 4 ranks",
      ] {
        #expect(dry.standardOutput.contains(text), "\(text) in \(dry.standardOutput)")
      }
      #expect(contents(of: folder) == before)
      for arguments in [["--version"], ["threshold", "--help"], ["threshold", "--print-config"]] {
        #expect(try run(arguments, environment: broken).status == 0, "\(arguments)")
      }
    }
  }

  @Test func versionNamesAllLibraries() throws {
    let text = try run(["--version"]).standardOutput
    for name in ["smt-mpi 0.", "Swift: 6", "target: ", "MPI: ", "HDF5: 1.", "netCDF: 4."] {
      #expect(text.contains(name), "\(text)")
    }
    #expect(!text.contains("unknown"))
  }

  /// The time of a network's training is told with what it rests on.
  @Test func dryRunsSayWhatTheyAssume() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(months: 2, members: 3)
      try fixture.ensemble.write(to: folder)
      for (options, texts) in [
        (
          ["--model", "network", "--optimizer", "adam", "--noise-stop", "0", "--hidden", "8"],
          ["an epoch measured here) on 1 rank"]
        ),
        (["--model", "network"], ["a gradient measured here, 120 gradients a network assumed"]),
        (
          [
            "--model", "network", "--optimizer", "gauss-newton", "--hidden", "8", "--epochs", "40", "--noise-stop",
            "0.6",
          ],
          ["a step measured here, 36 steps a network assumed"]
        ),
        (
          [
            "--model", "network", "--optimizer", "adam", "--epochs", "1000", "--hidden", "8", "--noise-stop", "0.8",
          ], ["700 epochs a network assumed"]
        ),
      ] {
        let dry = try run(fixture.arguments(folder, ["--dry-run"] + options))
        #expect(dry.status == 0, "\(dry.standardError)")
        for text in texts { #expect(dry.standardOutput.contains(text), "\(text) in \(dry.standardOutput)") }
      }
    }
  }

  @Test func uncertaintyAndTheFileItself() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(grid: .regular(rows: 2, columns: 2), months: 3)
      try fixture.ensemble.write(to: folder)
      let network = ["--model", "network", "--hidden", "8"]
      let spread = ["smt_stddev", "smt_p05", "smt_p95", "threshold_probability"]
      func names(_ output: String) throws -> Set<String> {
        Set(try NetCDFFile("\(folder)/\(output)").variables.map(\.name))
      }
      #expect(try run(fixture.arguments(folder, output: "one.nc", network)).status == 0)
      #expect(try names("one.nc").isDisjoint(with: spread))
      let done = try run(
        fixture.arguments(
          folder, output: "many.nc",
          network + ["--networks", "3", "--bootstrap", "2", "--significance", "1", "--curvature-tolerance", "0"]),
        ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      #expect(try names("many.nc").isSuperset(of: spread))
      let maps = try spread.map { try map($0, "\(folder)/many.nc") }
      let thresholds = try map("smt", "\(folder)/many.nc")
      #expect(thresholds.contains { $0.isFinite })
      for cell in thresholds.indices where maps[0][cell].isFinite {
        #expect(maps[0][cell] >= 0 && maps[1][cell] <= maps[2][cell])
      }
      #expect(maps[0].contains { $0.isFinite })

      let file = try NetCDFFile("\(folder)/many.nc")
      #expect(file.text("Conventions") == "CF-1.8")
      #expect(file.text("history")?.contains("--bootstrap 2") == true)
      #expect(file.text("references")?.contains("Yan") == true)
      #expect(file.text("configuration")?.contains("networks: 3") == true)
      #expect(file.text("units", of: try file.requiredVariable("smt")) == "percent")
      #expect(file.text("units", of: try file.requiredVariable("smt_absolute")) == "m3/m3")
      for model in ["logistic", "exponential", "quadratic", "plateau", "spline"] {
        #expect(try run(fixture.arguments(folder, output: "\(model).nc", ["--model", model])).status == 0, "\(model)")
        #expect(try names("\(model).nc").contains("aicc"), "\(model)")
      }
    }
  }

  @Test func reportsTellMemoryPhasesAndCells() throws {
    try withTemporaryFolder { folder in
      // Large enough that the data outweigh the libraries.
      let fixture = ThresholdFixture.make(grid: .regular(rows: 150, columns: 200), months: 12, members: 4)
      try fixture.ensemble.write(to: folder)
      for plan in ["slab", "field"] {
        let done = try run(
          fixture.arguments(folder, ["--report", "\(folder)/run.json", "--read-plan", plan, "--overwrite"]), ranks: 2)
        #expect(done.status == 0, "\(done.standardError)")
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json")))
        let report = try #require(json as? [String: Any])
        let predicted = try #require(report["predictedPeakMemory"] as? Double)
        let measured = try #require(report["peakMemory"] as? Double)
        let memory = measured / predicted
        #expect(memory > 0.7 && memory <= 1, "\(plan): measured \(measured), predicted \(predicted)")
        #expect(report["ranks"] as? Int == 2 && report["cellsComputed"] as? Int == 30000)
        let phases = try #require(report["phases"] as? [[String: Any]]).compactMap { $0["name"] as? String }
        #expect(phases == ["catalogue", "cells", "read", "compute", "write", "summary"])
        let counts = try #require(report["statusCounts"] as? [String: Int])
        #expect(counts.values.reduce(0, +) == 30000)
        #expect(report["bytesRead"] as? Int ?? 0 >= 2 * 4 * 12 * 30000 * 4)
        let versions = try #require(report["versions"] as? [String: String])
        #expect(Set(["MPI", "HDF5", "netCDF", "Swift", "smt-mpi"]).isSubset(of: versions.keys))
      }
    }
  }
}
