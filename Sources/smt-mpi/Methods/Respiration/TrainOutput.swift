import Distributed
import Foundation
import Kernels

/// The models of a job and what its networks predict, made from kept results one after the other.
struct TrainOutput {
  let settings: TrainSettings
  let data: TrainData
  let folds: TrainFolds
  let states: TaskStates

  /// Checks the folder of the models, before hours are spent.
  ///
  /// - Parameter isResumed: whether models that are there may be this job's own.
  /// - Returns: what is odd about the folder.
  /// - Throws: exit code 73 where it cannot be made, or models are there that are not to be replaced.
  func prepare(overwrites: Bool, isResumed: Bool) throws -> [String] {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    let exists = manager.fileExists(atPath: settings.models, isDirectory: &isFolder)
    guard !exists || isFolder.boolValue else {
      throw JobError(.cannotWrite, "--models \(settings.models) is a file; expected a folder")
    }
    if !exists {
      do {
        try manager.createDirectory(atPath: settings.models, withIntermediateDirectories: true)
      } catch {
        throw JobError(
          .cannotWrite, "--models \(settings.models): the folder cannot be made: \(error.localizedDescription)")
      }
    }
    guard manager.isWritableFile(atPath: settings.models) else {
      throw JobError(.cannotWrite, "--models \(settings.models): the folder cannot be written")
    }
    let own = Set((0..<settings.trainingCount).map { settings.name(of: $0) + ".onnx" })
    let found = ((try? manager.contentsOfDirectory(atPath: settings.models)) ?? []).sorted()
    if !overwrites, !isResumed, let first = found.first(where: own.contains) {
      throw JobError(
        .cannotWrite, "\(settings.models)/\(first) exists; give --overwrite to replace it, or another --models")
    }
    let others = found.filter { $0.hasSuffix(".onnx") && !own.contains($0) }
    guard let first = others.first else { return [] }
    return [
      "\(settings.models) holds \(others.count) other models, such as \(first); a pattern may take them for this job's"
    ]
  }

  /// Writes a model for each training whose network can be used, and collects what the tables are made of.
  ///
  /// - Parameter predictions: gets a row for each test sample of each network; nil where they are not wanted.
  func write(predictions: inout Table?) throws -> [TrainProgress] {
    var results: [TrainProgress] = []
    var moments: [SIMD2<Int>: ChannelMoments] = [:]
    for task in 0..<settings.trainingCount {
      var (progress, parameters) = try TrainProgress.read(try states.result(of: task))
      let (experiment, fold, network) = settings.parts(of: task)
      if progress.status?.isUsable == true {
        let key = SIMD2(experiment, fold)
        let own = moments[key] ?? self.moments(experiment, fold: fold)
        moments = [key: own]
        try write(parameters, own, experiment, to: settings.modelPath(task))
        if predictions != nil {
          let test = folds.parts(
            fold: fold, training: fold * settings.networks + network, iteration: progress.iteration
          ).test
          for (sample, predicted) in zip(test, progress.predictions) {
            let row = data.samples.rows[sample]
            predictions?.add([
              .text(settings.experiments[experiment].name), .count(fold + 1), .count(network + 1),
              .text(data.samples.sites[row.site].name), .count(row.year), .number(Double(row.target)),
              .number(Double(predicted)),
            ])
          }
        }
      } else {
        // One of an earlier run would be taken for this one's.
        try? FileManager.default.removeItem(atPath: settings.modelPath(task))
      }
      progress.predictions = []
      results.append(progress)
    }
    return results
  }

  /// The table that `write(predictions:)` fills.
  static let predictionTable = Table(
    columns: ["experiment", "fold", "network", "site", "year", "observed", "predicted"])

  private func moments(_ experiment: Int, fold: Int) -> ChannelMoments {
    let chosen = settings.experiments[experiment].predictors
    return ChannelMoments(
      windows: data.windows(of: chosen), channels: chosen.count, cells: settings.window * settings.window,
      samples: folds.samplesOfMoments(fold: fold))
  }

  private func write(_ parameters: [Float], _ moments: ChannelMoments, _ experiment: Int, to path: String) throws {
    let chosen = settings.experiments[experiment].predictors.map { data.predictors[$0] }
    let network = WindowNetwork(
      shape: settings.shape(experiment), parameters: parameters, means: moments.means, deviations: moments.deviations,
      lowest: 0, highest: .infinity)
    var description = ModelDescription()
    description.predictorNames = chosen.map(\.name)
    description.predictorUnits = chosen.map(\.units)
    description.statistics = chosen.map(\.statistic)
    (description.lowest, description.highest) = (moments.lowest, moments.highest)
    description.target = ModelDescription.Target(name: settings.target, units: data.samples.units)
    description.experiment = settings.experiments[experiment].name
    description.split = settings.split.rawValue
    description.edge = settings.edge.rawValue
    try ModelFile.write(network, description, to: path)
  }

  /// Checks that every predictor varies in every training.
  ///
  /// - Throws: exit code 65 naming predictor, experiment and fold.
  func checkMoments() throws {
    for (number, experiment) in settings.experiments.enumerated() {
      for fold in 0..<(folds.changes ? 1 : settings.folds) {
        let moments = moments(number, fold: fold)
        guard let channel = moments.constantChannel else { continue }
        let predictor = data.predictors[experiment.predictors[channel]]
        throw JobError(
          .inputData,
          "predictor '\(predictor.name)' is \(moments.means[channel]) in all windows that train experiment "
            + "'\(experiment.name)'" + (folds.changes ? "" : ", fold \(fold + 1)")
            + ": expected one that varies; leave it out, or give fewer --folds")
      }
    }
  }
}
