import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

@testable import smt_mpi

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Trainings by the program: what they leave, on any number of ranks, after signals and from bad input.
@MainActor @Suite struct TrainTests {
  private func train(_ data: String, to output: String, _ more: [String] = TrainFixture.experiments, ranks: Int? = nil)
    throws -> ProgramRun
  {
    try? FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    return try run(TrainFixture.arguments(data, to: output) + more, ranks: ranks)
  }

  /// All that a run leaves but its report, by name.
  private func files(_ folder: String) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in contents(of: folder) where name.hasSuffix(".csv") || name.hasSuffix(".onnx") {
      found[name] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    return found
  }

  private func rows(_ path: String) throws -> [[String: String]] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  // MARK: Results

  /// Predictions are those of the models on windows that the test gathers, and scores those of the predictions.
  @Test func modelsPredictionsAndScoresAgree() throws {
    try withTemporaryFolder { folder in
      try TrainFixture.write(to: folder)
      let done = try train(folder, to: "\(folder)/o")
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardOutput.contains("48 site-years at 12 sites in 6 clusters, split by cluster"))
      let predictions = try rows("\(folder)/o/p.csv")
      #expect(predictions.count == 2 * 2 * 48)
      var pairs: [String: [(Double, Double)]] = [:]
      var folds: [String: Set<String>] = [:]
      for row in predictions {
        let (experiment, network, fold) = (row["experiment"] ?? "", row["network"] ?? "", row["fold"] ?? "")
        let model = try ModelFile("\(folder)/o/models/\(experiment)-fold\(fold)-network\(network).onnx")
        let names = experiment == "CNN1" ? ["soil", "temp"] : ["soil", "temp", "lag"]
        #expect(model.predictorNames == names && model.experiment == experiment && model.split == "cluster")
        #expect(model.edge == "centre" && model.target?.name == "RECO" && model.target?.units == "kg C m-2 yr-1")
        #expect(model.statistics == ["static", "mean", "mean"].prefix(names.count).map(\.self))
        let site = try #require((row["site"]?.dropFirst()).flatMap { Int($0) })
        let year = try #require(row["year"].flatMap { Int($0) })
        let place = TrainFixture.siteCells[site]
        let window = names.flatMap { name in
          let values = TrainFixture.values(name, name == "soil" ? 0 : year)
          return TrainFixture.window(place.0, place.1).map { Float(values[$0]) }
        }
        var output = [Float](repeating: 0, count: 1)
        window.withUnsafeBufferPointer { window in
          output.withUnsafeMutableBufferPointer { WindowPredictor(model.network).predict(window, into: $0) }
        }
        let (observed, predicted) = (Double(row["observed"] ?? "") ?? .nan, Double(row["predicted"] ?? "") ?? .nan)
        #expect(abs(Double(output[0]) - predicted) <= 1e-5 * max(1, abs(predicted)), "\(row)")
        #expect(abs(observed - TrainFixture.target(site, year)) < 1e-6)
        pairs["\(experiment) \(network)", default: []].append((observed, predicted))
        folds["\(experiment) \(network) \(fold)", default: []].insert("S\(site / 2)")
      }
      // Each cluster tests in one fold; its two sites stay together.
      for experiment in ["CNN1 1", "CNN1 2", "CNN3 1", "CNN3 2"] {
        let tested = (1...3).flatMap { Array(folds["\(experiment) \($0)"] ?? []) }
        #expect(tested.count == 6 && Set(tested).count == 6)
      }
      for row in try rows("\(folder)/o/e.csv") where row["part"] == "test" {
        let name = row["experiment"] ?? ""
        let errors = ["1", "2"].map { network -> Double in
          let own = pairs["\(name) \(network)"] ?? []
          return (own.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(own.count)).squareRoot()
        }
        #expect(abs((Double(row["rmse"] ?? "") ?? .nan) - mean(errors)) < 1e-6, "\(row)")
        #expect(abs((Double(row["rmse_sd"] ?? "") ?? .nan) - standardDeviation(errors)) < 1e-6)
        #expect(row["limit"] == "6" && row["diverged"] == "0" && row["units"] == "kg C m-2 yr-1")
      }
      let difference = try #require(try rows("\(folder)/o/e.differences.csv").first { $0["score"] == "rmse" })
      #expect(difference["experiment"] == "CNN3" && difference["other"] == "CNN1" && difference["folds"] == "3")
    }
  }

  /// A network learns what it is shown, a random split too.
  @Test func trainingLowersTheLoss() throws {
    try withTemporaryFolder { folder in
      try TrainFixture.write(to: folder)
      for split in ["site", "iteration"] {
        let done = try train(
          folder, to: "\(folder)/\(split)",
          ["--split", split, "--folds", "2", "--networks", "1", "--iterations", "150", "--learning-rate", "0.01"])
        #expect(done.status == 0, "\(done.standardError)")
        for row in try rows("\(folder)/\(split)/e.csv") where row["part"] == "training" {
          #expect((Double(row["efficiency"] ?? "") ?? .nan) > 0.8, "\(split): \(row)")
        }
      }
    }
  }

  // MARK: Ranks

  @Test func bitsDoNotDependOnRanksNorOnGroups() throws {
    try withTemporaryFolder { folder in
      try TrainFixture.write(to: folder)
      #expect(try train(folder, to: "\(folder)/one").status == 0)
      let expected = try files("\(folder)/one")
      #expect(expected.count == 4 + 12)
      for (ranks, together) in [
        (2, "1"), (3, "1"), (5, "auto"), (2, "2"), (3, "2"), (3, "3"), (5, "2"), (5, "3"), (5, "5"),
      ] {
        let output = "\(folder)/\(ranks)-\(together)"
        let done = try train(
          folder, to: output, TrainFixture.experiments + ["--ranks-per-network", together], ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        #expect(try files(output) == expected, "\(ranks) ranks, \(together) a network")
        #expect(!contents(of: output).contains { $0.contains("checkpoint") })
      }
    }
  }

  /// More ranks than trainings share them without being asked.
  @Test func fewTrainingsAreShared() throws {
    try withTemporaryFolder { folder in
      try TrainFixture.write(to: folder)
      let few = ["--folds", "2", "--networks", "1", "--split", "iteration"]
      #expect(try train(folder, to: "\(folder)/one", few).status == 0)
      let done = try train(folder, to: "\(folder)/five", few, ranks: 5)
      #expect(done.status == 0, "\(done.standardError)")
      #expect(try files("\(folder)/five") == files("\(folder)/one"))
    }
  }

  // MARK: Signals

  @Test func stoppedAndKilledRunsLeaveTheSame() throws {
    try withTemporaryFolder { folder in
      try TrainFixture.write(to: folder)
      let more =
        TrainFixture.experiments + [
          // As wide as makes a training take longer than its files.
          "--filters", "48,48", "--iterations", "600", "--evaluate-every", "7", "--patience", "12", "--tolerance",
          "0.05",
        ]
      #expect(try train(folder, to: "\(folder)/whole", more).status == 0)
      let expected = try files("\(folder)/whole")
      for (signal, count, together) in [(SIGUSR1, 2, "1"), (SIGKILL, 3, "1"), (SIGUSR1, 3, "3")] {
        let output = "\(folder)/\(signal)-\(count)"
        var stopped: ProgramRun?
        // Whether a signal comes in the middle of a training is luck: each attempt sends it a little later.
        for attempt in 0..<20 where stopped == nil {
          try? FileManager.default.removeItem(atPath: output)
          try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
          var isSent = false
          let done = try run(
            TrainFixture.arguments(folder, to: output) + more + ["--ranks-per-network", together], ranks: count
          ) { _ in
            // The folder of the models is made when trainings begin.
            let mark = signal == SIGKILL ? ".result" : "models"
            guard !isSent, contents(of: output).contains(where: { $0.hasSuffix(mark) }) else { return }
            Thread.sleep(forTimeInterval: 0.02 * Double(attempt))
            isSent = true
            let all = processes(in: output, named: "smt-mpi")
            for number in signal == SIGKILL ? Array(all.suffix(1)) : all { kill(number, signal) }
          }
          let hasState = contents(of: output).contains { $0.hasSuffix(".state") }
          if done.status != 0, signal == SIGKILL || hasState { stopped = done }
        }
        let found = try #require(stopped)
        #expect(!contents(of: output).contains("e.csv"))
        if signal == SIGUSR1 {
          #expect(found.status == 75 && found.standardError.contains("the same command resumes"), "\(found)")
        }
        let other = try train(folder, to: output, more + ["--seed", "2"])
        #expect(other.status == 64 && other.standardError.contains("--restart"), "\(other)")
        let plan = try train(folder, to: output, more + ["--dry-run"])
        let kept = try #require(
          plan.standardOutput.firstMatch(of: /e\.csv\.checkpoint holds (\d+) of 12 trainings(.*?) of this job/),
          "\(plan.standardOutput)")
        #expect(kept.output.2.contains("the state of") == contents(of: output).contains { $0.hasSuffix(".state") })
        let resumed = try train(folder, to: output, more, ranks: 5)
        if kept.output.1 != "0" {
          #expect(resumed.standardError.contains("resumed: \(kept.output.1) of 12 trainings were done"), "\(resumed)")
        }
        #expect(resumed.status == 0, "\(resumed.standardError)")
        #expect(try files(output) == expected)
        if signal == SIGKILL {
          #expect((try RunReport.read(from: "\(output)/run.json").results["trainings_resumed"] ?? 0) > 0)
        }
        #expect(!contents(of: output).contains { $0.contains("checkpoint") })
      }
    }
  }

  /// A damaged state or result is computed again, and said.
  @Test func damagedStatesAreComputedAgain() throws {
    try withTemporaryFolder { folder in
      try TrainFixture.write(to: folder)
      #expect(try train(folder, to: "\(folder)/whole").status == 0)
      let states = "\(folder)/o/e.csv.checkpoint"
      try FileManager.default.createDirectory(atPath: states, withIntermediateDirectories: true)
      try writeText("not a state", to: "\(states)/task-3.state")
      try writeText(String(repeating: "x", count: 4000), to: "\(states)/task-4.result")
      let done = try train(folder, to: "\(folder)/o", ranks: 2)
      #expect(done.status == 0 && done.standardError.contains("2 damaged files were dropped"), "\(done)")
      #expect(try files("\(folder)/o") == files("\(folder)/whole"))
    }
  }

  // MARK: Bad input

  @Test(arguments: [nil, 3]) func badInputIsRefused(ranks: Int?) throws {
    try withTemporaryFolder { folder in
      try TrainFixture.write(to: folder)
      try writeText(
        TrainFixture.table { site, year, line in
          site == 4 && year == 2003 ? line.replacing("2003", with: "2002") : line
        }, to: "\(folder)/twice.csv")
      try writeText(
        TrainFixture.table { $0 == 5 ? $2.replacing("S5,-52.1", with: "S5,-89.99") : $2 }, to: "\(folder)/pole.csv")
      try writeText(
        TrainFixture.table { $0 == 1 && $1 == 2004 ? $2.replacing("-52.1", with: "-52.2") : $2 },
        to: "\(folder)/moved.csv")
      let cases: [(status: Int32, arguments: [String], text: String)] = [
        (65, ["--folds", "7"], "6 clusters are fewer than --folds 7"),
        (65, ["--folds", "13", "--split", "site"], "12 sites are fewer than --folds 13"),
        (64, ["--folds", "1"], "--folds 1: expected 2"),
        (65, ["--samples", "\(folder)/twice.csv"], "is there twice"),
        (65, ["--samples", "\(folder)/moved.csv"], "S1"),
        (66, ["--samples", "\(folder)/none.csv"], "none.csv"),
        (65, ["--target", "GPP"], "there is no column 'GPP'"),
        (65, ["--predictor", "same=\(folder)/years.nc:same"], "predictor 'same' is 3.3 in all windows"),
        (65, ["--predictor", "gaps=\(folder)/years.nc:gaps"], "the site 'S2' (-52.1, 89.7): gaps"),
        (64, ["--predictor", "temp=\(folder)/years.nc:lag"], "'temp' is given twice"),
        (64, ["--experiment", "A=basic+none"], "there is no predictor 'none'"),
        (64, ["--experiment", "A=soil+temp+lag", "B=basic"], "all are named"),
        (64, ["--experiment", "A=soil", "A=temp"], "'A' is given twice"),
        (64, ["--experiment", "A=soil"], "'temp' is in none of the experiments"),
        (64, ["--experiment", "../A=soil"], "expected a name and predictors"),
        (64, ["--window", "4"], "--window 4"), (64, ["--filters", "9999999"], "--filters 9999999"),
        (64, ["--ranks-per-network", "0"], "--ranks-per-network '0'"),
        (64, ["--learning-rate", "0"], "--learning-rate 0"),
        (64, ["--tolerance", "1"], "--tolerance 1"), (73, ["--models", "\(folder)/soil.nc"], "is a file"),
      ]
      for (number, bad) in cases.enumerated() where ranks == nil || [0, 3, 7, 8, 20].contains(number) {
        let done = try train(folder, to: "\(folder)/o", bad.arguments, ranks: ranks)
        #expect(done.status == bad.status && done.standardError.contains(bad.text), "\(bad): \(done)")
        #expect(
          done.standardError.split(separator: "\n").count { $0.hasPrefix("error:") } == 1, "\(done.standardError)")
      }
      // Beyond the pole by more than half a cell: on a grid that does not reach it.
      try TestMaps(latitudes: (0..<8).map { -52.5 + 15 * Double($0) }, longitudes: TrainFixture.longitudes).write(
        [.init("soil", (0..<8 * TrainFixture.columns).map { Double($0) })], to: "\(folder)/small.nc")
      let outside = try run(
        [
          "respire", "train", "--samples", "\(folder)/pole.csv", "--predictor", "soil=\(folder)/small.nc:soil@static",
          "--models", "\(folder)/o/m", "--table", "\(folder)/o/e.csv", "--progress", "0",
        ], ranks: ranks)
      #expect(outside.status == 65 && outside.standardError.contains("the site 'S5' at -89.99"), "\(outside)")
    }
  }

  /// Sites beyond the grid, and in cells without data, are left out where the user asks for it, and named.
  @Test func sitesWithoutDataAreSkipped() throws {
    try withTemporaryFolder { folder in
      try TrainFixture.write(to: folder)
      try TestMaps(latitudes: (0..<8).map { -52.5 + 15 * Double($0) }, longitudes: TrainFixture.longitudes).write(
        [.init("soil", (0..<8 * TrainFixture.columns).map { Double($0) })], to: "\(folder)/small.nc")
      try writeText(
        TrainFixture.table { site, year, line in site == 4 ? "S4,-89.99,0,\(year),1,kg C m-2 yr-1" : line },
        to: "\(folder)/sites.csv")
      let done = try run(
        [
          "respire", "train", "--samples", "\(folder)/sites.csv", "--predictor", "soil=\(folder)/small.nc:soil@static",
          "--predictor", "gaps=\(folder)/years.nc:gaps", "--folds", "3", "--networks", "1", "--iterations", "2",
          "--filters", "2", "--models", "\(folder)/models", "--table", "\(folder)/e.csv", "--progress", "0",
          "--skip-sites",
        ], ranks: 3)
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardError.contains("1 site outside the grid is left out: 'S4'"), "\(done.standardError)")
      #expect(done.standardError.contains("1 site is left out, in whose cells a predictor has no value"))
      #expect(done.standardOutput.contains("39 site-years at 10 sites"), "\(done.standardOutput)")
    }
  }

  /// Years without a predictor cost their site-years, and that is said; networks that diverge have a status and no model.
  @Test func whatIsLeftOutIsCounted() throws {
    try withTemporaryFolder { folder in
      try TrainFixture.write(to: folder)
      try writeText(
        TrainFixture.table { site, year, line in site == 2 ? "" : line }.replacing("\n\n", with: "\n"),
        to: "\(folder)/sites.csv")
      let done = try train(folder, to: "\(folder)/o", ["--predictor", "gaps=\(folder)/years.nc:gaps"])
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardError.contains("1 of 44 site-years are left out because predictors are missing: gaps 1"))
      let wild = try train(folder, to: "\(folder)/wild", ["--learning-rate", "1e30", "--iterations", "50"])
      #expect(wild.status == 0, "\(wild.standardError)")
      let trainings = try rows("\(folder)/wild/e.trainings.csv")
      #expect(trainings.count == 6)
      for row in trainings {
        #expect(["diverged", "dead"].contains(row["status"]) && row["test_rmse"] == "", "\(row)")
        #expect((1...50).contains(Int(row["iterations"] ?? "") ?? 0))
      }
      #expect(trainings.contains { $0["status"] == "diverged" })
      #expect(!contents(of: "\(folder)/wild").contains { $0.hasSuffix(".onnx") })
      #expect(wild.standardError.contains("diverged after"))
    }
  }

  @Test func outputsAreNotReplacedUnasked() throws {
    try withTemporaryFolder { folder in
      try TrainFixture.write(to: folder)
      #expect(try train(folder, to: "\(folder)/o").status == 0)
      try FileManager.default.removeItem(atPath: "\(folder)/o/p.csv")
      for name in ["e.csv", "e.differences.csv", "e.trainings.csv"] {
        try FileManager.default.removeItem(atPath: "\(folder)/o/\(name)")
      }
      let again = try train(folder, to: "\(folder)/o")
      #expect(again.status == 73 && again.standardError.contains("CNN1-fold1-network1.onnx exists"), "\(again)")
      #expect(try train(folder, to: "\(folder)/o", TrainFixture.experiments + ["--overwrite"]).status == 0)
    }
  }

  @Test func dryRunTellsTrainingsTimeAndMemory() throws {
    try withTemporaryFolder { folder in
      try TrainFixture.write(to: folder)
      let done = try train(folder, to: "\(folder)/o", TrainFixture.experiments + ["--dry-run", "--ranks", "4"])
      #expect(done.status == 0, "\(done.standardError)")
      for text in [
        "48 site-years of 12 sites", "12: 2 experiments, 3 folds, 2 networks; 4 at a time", "ms an iteration",
      ] {
        #expect(done.standardOutput.contains(text), "\(done.standardOutput)")
      }
      #expect(contents(of: "\(folder)/o").isEmpty)
    }
  }
}
