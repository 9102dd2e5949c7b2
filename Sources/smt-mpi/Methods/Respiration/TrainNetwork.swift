import Distributed
import Kernels

/// Does trainings on a group of ranks, one after the other.
final class TrainNetwork {
  private let settings: TrainSettings
  private let data: TrainData
  private let folds: TrainFolds
  private let states: TaskStates
  private let group: RankGroup
  private let dealer: TaskDealer
  /// Iterations of this rank's trainings in this run.
  private(set) var iterations = 0

  /// Evaluations that scores are means of.
  static let keptEvaluations = 10
  /// Starts of a training after the first one.
  private static let mostRestarts = 10

  init(
    _ settings: TrainSettings, _ data: TrainData, _ folds: TrainFolds, _ states: TaskStates, _ group: RankGroup,
    _ dealer: TaskDealer
  ) {
    (self.settings, self.data, self.folds) = (settings, data, folds)
    (self.states, self.group, self.dealer) = (states, group, dealer)
  }

  /// Does a training, or goes on with one, and keeps its result; collective within the group.
  ///
  /// - Returns: whether it is finished.
  func perform(_ task: Int) throws -> Bool {
    let (experiment, fold, network) = settings.parts(of: task)
    // The same for all experiments, whose pairs then share what is random.
    let number = fold * settings.networks + network
    let chosen = settings.experiments[experiment].predictors
    let shape = settings.shape(experiment)
    let cells = settings.window * settings.window
    let windows = data.windows(of: chosen)
    let moments = ChannelMoments(
      windows: windows, channels: chosen.count, cells: cells, samples: folds.samplesOfMoments(fold: fold))
    let targets = data.targets
    let training = WindowTraining(
      shape, windows: moments.standardised(windows, cells: cells), targets: targets, settings: settings.adam)
    var parts = folds.parts(fold: fold, training: number, iteration: 1)
    let bias = Float(mean(parts.training.map { Double(targets[$0]) }))

    var progress = TrainProgress()
    let kept = try dealer.leading { try states.state(of: task) ?? [] }
    if kept.isEmpty {
      training.start(seed: settings.seed, training: number, restart: 0, outputBias: bias)
    } else {
      let (found, state) = try TrainProgress.read(kept)
      progress = found
      training.restore(state: state, iteration: found.iteration)
    }
    var rule = StoppingRule(
      tolerance: settings.tolerance, patience: settings.patience, best: progress.best,
      bestIteration: progress.bestIteration)

    while progress.status == nil {
      if folds.changes { parts = folds.parts(fold: fold, training: number, iteration: training.iteration + 1) }
      let step = try training.step(chosen: parts.training, rank: group.rank, size: group.size, combine: group.add)
      iterations += 1
      if step.isDiverged {
        progress.iteration = training.iteration + 1
        progress.loss = step.loss
        progress.status = .diverged
        break
      }
      if step.isDead {
        guard progress.restarts < Self.mostRestarts else {
          progress.iteration = training.iteration
          progress.status = .dead
          break
        }
        progress = TrainProgress(restarts: progress.restarts + 1)
        rule = StoppingRule(tolerance: settings.tolerance, patience: settings.patience)
        training.start(seed: settings.seed, training: number, restart: progress.restarts, outputBias: bias)
        continue
      }
      (progress.iteration, progress.loss) = (training.iteration, step.loss)
      if rule.isReached(loss: step.loss, iteration: training.iteration) {
        progress.status = .converged
      } else if training.iteration >= settings.iterations {
        progress.status = .limit
      }
      (progress.best, progress.bestIteration) = (rule.best, rule.bestIteration)
      if training.iteration.isMultiple(of: settings.evaluationInterval) || progress.status != nil {
        evaluate(training, parts, targets, &progress)
      }
      guard progress.status == nil else { break }
      switch try dealer.order(share: Double(training.iteration) / Double(settings.iterations)) {
      case .goOn: break
      case .keep: try keep(progress, training, of: task)
      case .stop:
        try keep(progress, training, of: task)
        return false
      }
    }
    _ = try dealer.leading {
      try states.keep(try progress.bytes(training.parameters), resultOf: task)
      return []
    }
    return true
  }

  private func keep(_ progress: TrainProgress, _ training: WindowTraining, of task: Int) throws {
    _ = try dealer.leading {
      try states.keep(try progress.bytes(training.state), stateOf: task)
      return []
    }
  }

  private func evaluate(
    _ training: WindowTraining, _ parts: SampleParts, _ targets: [Float], _ progress: inout TrainProgress
  ) {
    func sums(_ samples: [Int]) -> (PredictionSums, [Float]) {
      let predicted = training.predict(samples)
      return (PredictionSums(observed: samples.map { targets[$0] }, predicted: predicted), predicted)
    }
    let (test, predictions) = sums(parts.test)
    progress.evaluations.append(TrainProgress.Evaluation(training: sums(parts.training).0, test: test))
    progress.evaluations.removeFirst(max(0, progress.evaluations.count - Self.keptEvaluations))
    if progress.status != nil { progress.predictions = predictions }
  }
}
