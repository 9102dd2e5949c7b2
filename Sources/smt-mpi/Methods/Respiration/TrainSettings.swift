import Distributed
import Foundation
import Kernels

/// What is trained and where it goes, checked.
struct TrainSettings {
  let samples: String
  let target: String
  let requests: [PredictorRequest]
  let experiments: [TrainExperiment]
  let split: SampleSplit
  let folds: Int
  let networks: Int
  let iterations: Int
  let tolerance: Double
  let patience: Int
  let evaluationInterval: Int
  let adam: AdamSettings
  let window: Int
  let filters: [Int]
  let edge: WindowEdge
  /// Whether sites without a cell that has all predictors are left out.
  let skipsSites: Bool
  let seed: UInt64
  /// Ranks that share a training; nil for as many as there are.
  let ranksPerNetwork: Int?
  /// The folder of the models.
  let models: String
  /// Options that the results depend on, as text.
  let identity: String

  /// The most trainings of a job.
  private static let mostTrainings = 1_000_000
  /// More ranks than this do not make one training faster.
  private static let mostRanksPerNetwork = 16

  /// - Throws: exit code 64 naming the option.
  init(_ command: RespireTrain) throws {
    func given(_ text: String?, _ option: String, _ example: String) throws -> String {
      guard let text, !text.isEmpty else {
        throw JobError(.usage, "--\(option) is missing; e.g. --\(option) \(example)")
      }
      return text
    }
    func count(_ value: Int, _ option: String, _ range: ClosedRange<Int>) throws -> Int {
      guard range.contains(value) else {
        throw JobError(
          .usage, "--\(option) \(value): expected \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
    samples = try given(command.samples, "samples", "site_years.csv")
    guard TableReader.isTable(samples) else {
      throw JobError(
        .usage, "--samples \(samples): expected a table, .csv, .tsv or .txt, plain or .gz")
    }
    target = try given(command.target, "target", "RECO")
    requests = try command.predictors.requests()
    experiments = try TrainExperiment.read(command.experiment, predictors: requests.map(\.name))
    split = command.split
    folds = try count(command.folds, "folds", (split == .iteration ? 1 : 2)...1000)
    networks = try count(command.networks, "networks", 1...1000)
    iterations = try count(command.iterations, "iterations", 1...1_000_000_000)
    patience = try count(command.patience, "patience", 1...1_000_000_000)
    evaluationInterval = try count(command.evaluateEvery, "evaluate-every", 1...1_000_000_000)
    guard (0..<1).contains(command.tolerance) else {
      throw JobError(
        .usage,
        "--tolerance \(command.tolerance.shortText): expected 0 to less than 1, for example 1e-4")
    }
    tolerance = command.tolerance
    guard command.learningRate > 0 else {
      throw JobError(
        .usage,
        "--learning-rate \(command.learningRate.shortText): expected a positive number, for example 0.001"
      )
    }
    adam = AdamSettings(learningRate: command.learningRate)
    window = command.window
    filters = try OptionText.counts(command.filters, option: "filters", example: "32,64,128")
    for experiment in experiments {
      let channels = experiment.predictors.count
      if let refusal = WindowNetworkShape.refusal(
        channels: channels, window: window, filters: filters)
      {
        throw JobError(
          .usage,
          "--window \(window), --filters \(command.filters), \(channels) predictors: \(refusal)")
      }
    }
    edge = command.edge
    skipsSites = command.skipSites
    seed = command.seed
    if command.ranksPerNetwork == "auto" {
      ranksPerNetwork = nil
    } else {
      guard let number = Int(command.ranksPerNetwork),
        (1...SharedRunOptions.mostRanks).contains(number)
      else {
        throw JobError(
          .usage,
          "--ranks-per-network '\(command.ranksPerNetwork)': expected auto or a number from 1")
      }
      ranksPerNetwork = number
    }
    models = try given(command.models, "models", "models")
    guard experiments.count * folds * networks <= Self.mostTrainings else {
      throw JobError(
        .usage,
        "\(experiments.count) experiments, --folds \(folds), --networks \(networks): more than \(Self.mostTrainings) "
          + "trainings")
    }
    let others = Set(
      command.shared.entries.map(\.key) + ["restart", "samples", "models", "table", "predictions", "ranks-per-network"])
    identity = command.entries.filter { !others.contains($0.key) }.map(\.yaml).joined(separator: "\n").withoutFolders
  }

  /// The number of trainings: experiments × folds × networks.
  var trainingCount: Int { experiments.count * folds * networks }

  /// Which experiment, fold and network a training is of, all from 0.
  func parts(of training: Int) -> (experiment: Int, fold: Int, network: Int) {
    (training / (folds * networks), training / networks % folds, training % networks)
  }

  /// The training of an experiment's fold and network.
  func training(_ experiment: Int, fold: Int, network: Int) -> Int {
    (experiment * folds + fold) * networks + network
  }

  /// A training in words.
  func name(of training: Int) -> String {
    let (experiment, fold, network) = parts(of: training)
    return "\(experiments[experiment].name)-fold\(fold + 1)-network\(network + 1)"
  }

  /// The file of a training's model.
  func modelPath(_ training: Int) -> String { "\(models)/\(name(of: training)).onnx" }

  /// The shape of an experiment's networks.
  func shape(_ experiment: Int) -> WindowNetworkShape {
    WindowNetworkShape(
      channels: experiments[experiment].predictors.count, window: window, filters: filters)
  }

  /// Groups of ranks that each do one training at a time.
  func groups(ofRanks ranks: Int) -> Int {
    let together = ranksPerNetwork ?? min(Self.mostRanksPerNetwork, max(1, ranks / trainingCount))
    return max(1, min(ranks / min(together, ranks), trainingCount))
  }
}
