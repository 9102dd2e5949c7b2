import Distributed
import Foundation
import Kernels

/// How long an iteration takes, measured on this machine.
struct TrainRate {
  private let settings: TrainSettings
  /// Seconds of an iteration of each experiment on one rank.
  private let seconds: [Double]

  private static let measured = 3

  /// - Parameter samples: of which all but a fold's train.
  init(_ settings: TrainSettings, samples: Int) {
    self.settings = settings
    let test = settings.split == .iteration ? SampleParts.randomTestCount(samples) : samples / settings.folds
    let count = max(1, samples - test)
    var known: [Int: Double] = [:]
    seconds = settings.experiments.indices.map { number in
      let shape = settings.shape(number)
      if let found = known[shape.channels] { return found }
      var random = KeyedGenerator(number)
      let windows = (0..<count * shape.windowLength).map { _ in Float(random.uniform() - 0.5) }
      let training = WindowTraining(
        shape, windows: windows, targets: [Float](repeating: 1, count: count), settings: settings.adam)
      training.start(seed: settings.seed, training: 0, restart: 0, outputBias: 1)
      let chosen = Array(0..<count)
      let times = (0..<Self.measured).map { _ in
        let start = wallSeconds()
        _ = training.step(chosen: chosen, rank: 0, size: 1) { _ in }
        return wallSeconds() - start
      }
      let found = times.min() ?? 0
      known[shape.channels] = found
      return found
    }
  }

  /// The time that all trainings take if none ends early, in words.
  ///
  /// - Parameter ranksOfGroup: ranks that share a training, between which its blocks of samples are taken as divided evenly.
  func text(groups: Int, ranksOfGroup: Int) -> String {
    let iterations = Double(settings.folds * settings.networks) * Double(settings.iterations)
    let all = seconds.reduce(0, +) * iterations / Double(groups * max(1, ranksOfGroup))
    let each = seconds.map { String(format: "%.2f", 1000 * $0) }.joined(separator: ", ")
    return "at most \(durationText(all)): \(each) ms an iteration and rank, measured here; trainings end early where "
      + "the loss no longer falls"
  }
}
