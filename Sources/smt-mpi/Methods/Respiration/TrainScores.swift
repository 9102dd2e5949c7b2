import Distributed
import Foundation
import Kernels

/// The results of all trainings put together: scores of experiments and differences between them.
struct TrainScores {
  private let settings: TrainSettings
  /// By training, without what is predicted.
  private let results: [TrainProgress]
  private let testShare: Double

  /// Both parts of the samples.
  static var parts: [(name: String, path: KeyPath<TrainProgress.Evaluation, PredictionSums>)] {
    [("training", \.training), ("test", \.test)]
  }

  init(_ settings: TrainSettings, _ results: [TrainProgress], testShare: Double) {
    (self.settings, self.results, self.testShare) = (settings, results, testShare)
  }

  /// Trainings by how they ended, of one experiment or of all.
  func counts(_ experiment: Int? = nil) -> [TrainStatus: Int] {
    let chosen = results.indices.filter {
      experiment ?? settings.parts(of: $0).experiment == settings.parts(of: $0).experiment
    }
    return Dictionary(grouping: chosen.compactMap { results[$0].status }) { $0 }.mapValues(\.count)
  }

  /// How often networks of an experiment were started anew.
  func restarts(_ experiment: Int) -> Int {
    results.indices.reduce(0) { $0 + (settings.parts(of: $1).experiment == experiment ? results[$1].restarts : 0) }
  }

  /// A training's result; nil where the network cannot be used.
  private func usable(_ experiment: Int, fold: Int, network: Int) -> TrainProgress? {
    let result = results[settings.training(experiment, fold: fold, network: network)]
    return result.status?.isUsable == true ? result : nil
  }

  /// The scores of an experiment's networks on a part: of each network those over all folds together, the mean of the
  /// evaluations that all folds have.
  ///
  /// A single fold may have few samples, and few different sites.
  func networkScores(
    _ experiment: Int, _ part: KeyPath<TrainProgress.Evaluation, PredictionSums>
  ) -> [PredictionScores] {
    (0..<settings.networks).compactMap { network in
      let folds = (0..<settings.folds).compactMap { usable(experiment, fold: $0, network: network)?.evaluations }
      guard let common = folds.map(\.count).min() else { return nil }
      return .mean(
        (0..<common).map { evaluation in
          var sums = PredictionSums()
          for fold in folds { sums.add(fold[fold.count - common + evaluation][keyPath: part]) }
          return sums.scores
        })
    }
  }

  /// How the test scores of an experiment differ from those of another: of each fold the mean over the networks that both have.
  ///
  /// Networks of one fold share their samples; as folds of their own they would make the test find differences where there are
  /// none (benchmarks/calibrate-respiration).
  func difference(_ experiment: Int, from other: Int, _ kind: PredictionScores.Kind) -> CorrectedResampledTest {
    let differences = (0..<settings.folds).map { fold in
      let ofNetworks = (0..<settings.networks).compactMap { network -> Double? in
        guard let one = usable(experiment, fold: fold, network: network),
          let two = usable(other, fold: fold, network: network)
        else { return nil }
        return one.scores(\.test)[kind] - two.scores(\.test)[kind]
      }
      return mean(ofNetworks.filter { !$0.isNaN })
    }
    return CorrectedResampledTest(differences.filter { !$0.isNaN }, testShare: testShare)
  }

  // MARK: Tables

  /// The scores of each experiment and part.
  func experimentTable(_ predictors: [Predictor], units: String) -> Table {
    let kinds = PredictionScores.Kind.allCases
    var table = Table(
      columns: ["experiment", "predictors", "split", "part", "networks"] + kinds.flatMap { [$0.name, $0.name + "_sd"] }
        + ["units"] + TrainStatus.allCases.map(\.rawValue) + ["restarts"])
    for (number, experiment) in settings.experiments.enumerated() {
      let counts = counts(number)
      let names = experiment.predictors.map { predictors[$0].name }.joined(separator: "+")
      for part in Self.parts {
        let scores = networkScores(number, part.path)
        var row: [Table.Entry] = [
          .text(experiment.name), .text(names), .text(settings.split.rawValue), .text(part.name), .count(scores.count),
        ]
        for kind in kinds {
          let values = scores.map { $0[kind] }
          row += [.number(mean(values)), .number(standardDeviation(values))]
        }
        row += [.text(units)] + TrainStatus.allCases.map { .count(counts[$0] ?? 0) } + [.count(restarts(number))]
        table.add(row)
      }
    }
    return table
  }

  /// The differences of the test scores of each pair of experiments.
  func differenceTable() -> Table {
    var table = Table(columns: ["experiment", "other", "score", "difference", "sd", "folds", "t", "p"])
    for (one, two) in pairs {
      for kind in PredictionScores.Kind.allCases {
        let test = difference(one, from: two, kind)
        table.add([
          .text(settings.experiments[one].name), .text(settings.experiments[two].name), .text(kind.name),
          .number(test.mean), .number(test.deviation), .count(test.count), .number(test.t), .number(test.p),
        ])
      }
    }
    return table
  }

  /// Each experiment with those before it.
  private var pairs: [(Int, Int)] {
    settings.experiments.indices.flatMap { two in settings.experiments.indices.dropFirst(two + 1).map { ($0, two) } }
  }

  /// Every training.
  func trainingTable(_ folds: TrainFolds) -> Table {
    let kinds = PredictionScores.Kind.allCases
    var table = Table(
      columns: [
        "experiment", "fold", "network", "status", "iterations", "restarts", "loss", "training_samples", "test_samples",
      ] + Self.parts.flatMap { part in kinds.map { "\(part.name)_\($0.name)" } })
    for (number, result) in results.enumerated() {
      let (experiment, fold, network) = settings.parts(of: number)
      let parts = folds.parts(
        fold: fold, training: fold * settings.networks + network, iteration: max(1, result.iteration))
      var row: [Table.Entry] = [
        .text(settings.experiments[experiment].name), .count(fold + 1), .count(network + 1),
        .text(result.status?.rawValue ?? ""), .count(result.iteration), .count(result.restarts), .number(result.loss),
        .count(parts.training.count), .count(parts.test.count),
      ]
      for part in Self.parts {
        let scores = result.scores(part.path)
        row += kinds.map { .number(result.status?.isUsable == true ? scores[$0] : .nan) }
      }
      table.add(row)
    }
    return table
  }

  // MARK: Text

  /// The scores, and the differences from the first experiment, for the terminal.
  func text(units: String) -> String {
    func cell(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(1, width - text.count)) + text
    }
    let kinds = PredictionScores.Kind.allCases
    let width = max(10, settings.experiments.map(\.name.count).max() ?? 0)
    func title(_ text: String) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
    var lines = [
      title("experiment") + "  part    " + kinds.map { cell($0.name, 18) }.joined() + "   rmse, sde: \(units)"
    ]
    for (number, experiment) in settings.experiments.enumerated() {
      for part in Self.parts {
        let scores = networkScores(number, part.path)
        let values = kinds.map { kind -> String in
          let own = scores.map { $0[kind] }
          let spread = standardDeviation(own)
          return cell(Self.digits(mean(own)) + (spread.isNaN ? "" : " ± " + Self.digits(spread)), 18)
        }
        lines.append(
          title(experiment.name) + "  " + part.name.padding(toLength: 8, withPad: " ", startingAt: 0) + values.joined())
      }
    }
    if settings.experiments.count > 1 {
      lines.append("test rmse, differences (p of Nadeau & Bengio's corrected t):")
      for (one, two) in pairs where two == 0 {
        let test = difference(one, from: two, .rootMeanSquareError)
        lines.append(
          "  \(settings.experiments[one].name) - \(settings.experiments[two].name): \(Self.digits(test.mean)), "
            + "p = \(Self.digits(test.p))")
      }
    }
    let counts = counts()
    lines.append(
      "\(results.count) trainings: "
        + TrainStatus.allCases.compactMap { kind in counts[kind].map { "\(kind.rawValue) \($0)" } }.joined(
          separator: ", ")
        + "; \(counted(results.reduce(0) { $0 + $1.restarts }, "restart")) of networks whose output was zero")
    return lines.joined(separator: "\n")
  }

  static func digits(_ value: Double) -> String { numberText(value, "%.4g") }

  /// Numbers for the report.
  var numbers: [String: Double] {
    var numbers: [String: Double] = [:]
    for (number, experiment) in settings.experiments.enumerated() {
      for part in Self.parts {
        let scores = networkScores(number, part.path)
        for kind in PredictionScores.Kind.allCases {
          numbers["\(experiment.name)_\(part.name)_\(kind.name)"] = mean(scores.map { $0[kind] })
        }
      }
    }
    for (one, two) in pairs {
      let test = difference(one, from: two, .rootMeanSquareError)
      let names = "\(settings.experiments[one].name)-\(settings.experiments[two].name)"
      (numbers["\(names)_rmse"], numbers["\(names)_rmse_p"]) = (test.mean, test.p)
    }
    return numbers
  }
}
