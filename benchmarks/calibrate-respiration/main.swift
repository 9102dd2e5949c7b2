// Whether the test behind the differences between experiments of `respire train` keeps its level where there is no lag effect,
// and finds one where there is; with a linear learner, so that thousands of studies take seconds.
//
//   calibrate-respiration [--studies N] [--smoke] [--json FILE]
//
// Percent of studies with p < 0.05 (or 0.01): by the corrected test of the folds' means, which is the program's; by the same
// with each learner as a fold of its own; and by a plain paired t test.

import BenchmarkReport
import RespirationTrials

let studies = CommandLine.has("--smoke") ? 40 : CommandLine.value(of: "--studies").flatMap { Int($0) } ?? 2000
var report = BenchmarkReport("calibrate-respiration")
for split in LagTrial.Split.allCases {
  for (clusters, folds) in [(13, 5), (30, 10), (60, 10)] {
    for (effect, seen) in [(0, 1), (0, 0.95), (0, 2.0 / 3), (0.2, 2.0 / 3), (0.5, 2.0 / 3)] {
      var trial = LagTrial()
      (trial.split, trial.clusters, trial.folds) = (split, clusters, folds)
      (trial.lagEffect, trial.seenShare) = (effect, seen)
      let found = (1...studies).map { trial.finding(seed: 1000 * clusters + $0) }
      func share(_ level: Double, _ p: (LagTrial.Finding) -> Double) -> ReportValue {
        .number(100 * Double(found.count { p($0) < level }) / Double(found.count), digits: 1)
      }
      report.add(
        [
          "split": .text(split.rawValue), "clusters": .count(clusters), "folds": .count(folds),
          "lag effect": .number(effect, digits: 1), "seen": .number(seen, digits: 2),
          "corrected %": share(0.05, \.corrected),
          "better %": share(0.05) { $0.difference < 0 ? $0.corrected : 1 },
          "0.01 %": share(0.01, \.corrected), "all learners %": share(0.05, \.pooled),
          "plain t %": share(0.05, \.plain),
        ], to: "studies with p below 0.05, of \(studies)")
    }
  }
}
try report.finish()
