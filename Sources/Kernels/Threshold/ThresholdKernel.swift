/// Soil moisture threshold of one cell after the other.
///
/// The method is that of Yan et al. (2024).
///
/// Holds the network's memory for one thread. A cell's result depends on its samples, its index and the options alone,
/// and is the same to the last bit in any order of cells.
package final class ThresholdKernel {
  /// The settings.
  package let options: ThresholdOptions
  private let trainer: NetworkTrainer?
  private let maximumPairs: Int
  /// The network's fit to the data that was made last: where there are several parts, each begins with it.
  var lastOriginal: (samples: SortedSamples, key: RandomKey, fit: FittedCurve)?

  /// The samples that were fitted last, as they came and as they are fitted.
  var lastData: (samples: SortedSamples, data: FitData)?

  /// Sets aside memory for cells of up to so many samples.
  package init(options: ThresholdOptions, maximumPairs: Int, level: InstructionLevel = .preferred) {
    precondition((1...256).contains(options.networks), "1 to 256 networks")
    self.options = options
    self.maximumPairs = maximumPairs
    trainer =
      options.model == .network
      ? NetworkTrainer(
        shape: options.shape, maximumSamples: max(maximumPairs, 1), optimizer: options.optimizer,
        pairs: options.lbfgsMemory, level: level) : nil
  }

  /// The threshold of one cell.
  ///
  /// - Parameters:
  ///   - x: Soil moisture, percent of normal; samples with a NaN are dropped.
  ///   - y: Productivity, percent of normal.
  ///   - cell: The cell's global index, key of the random numbers.
  package func compute(x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>, cell: Int) -> ThresholdResult {
    var curve: ThresholdCurve?
    return compute(x: x, y: y, cell: cell, curve: &curve)
  }

  /// The threshold of one cell and the curve it was read from; the curve is nil where none was fitted.
  package func compute(
    x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>, cell: Int, curve: inout ThresholdCurve?
  ) -> ThresholdResult {
    let samples = SortedSamples(x: x, y: y)
    let parts = needsFit(samples) ? (0..<partCount).map { fits(part: $0, of: samples, cell: cell) } : []
    return result(of: samples, parts: parts, curve: &curve)
  }

  /// Which fit it is.
  struct RandomKey: Equatable {
    var cell: Int
    var network: Int
    var replicate: Int
  }

  /// One fit of the chosen model.
  func fit(_ data: FitData, _ grid: [Double], key: RandomKey) -> FittedCurve {
    let samples = data.samples
    precondition(samples.x.count <= maximumPairs, "more samples than the kernel was made for")
    guard let trainer else {
      return FittedCurve(closedForm: ClosedForm.fit(options.model, samples), data, grid: grid, options: options)
    }
    let (scaleX, scaleY) = (Standardisation(samples.x), Standardisation(samples.y))
    let x = scaleX.standardised(samples.x)
    var random = RandomSequence(
      seed: options.seed, cell: key.cell, network: key.network, replicate: key.replicate, purpose: .weights)
    trainer.load(x: x, y: scaleY.standardised(samples.y))
    let iterations = train(trainer, &random, targetLoss: targetLoss(samples, scaleY))
    let fitted = scaleY.restored(trainer.evaluate(x: x))
    let f = scaleY.restored(trainer.evaluate(x: scaleX.standardised(grid)))
    var curve = FittedCurve(networkOn: grid, f: f, fitted: fitted, data, options: options)
    curve.iterations = iterations
    return curve
  }

  /// The mean squared error, in standard units, at which training ends; negative where it is never to end early.
  private func targetLoss(_ samples: SortedSamples, _ scale: Standardisation) -> Float {
    guard options.noiseStop > 0 else { return -1 }
    let variance = noiseVariance(x: samples.x, y: samples.y) / (scale.scale * scale.scale)
    // Below this R² is 1 in single precision, give or take rounding.
    return Float(max(options.noiseStop * variance, 1e-6))
  }

  /// Trains the network from fresh weights and returns the number of epochs, steps or gradients.
  private func train(_ trainer: NetworkTrainer, _ random: inout RandomSequence, targetLoss: Float) -> Int {
    switch options.optimizer {
    case .adam:
      trainer.initialize(&random)
      return trainer.train(epochs: options.epochs, learningRate: options.learningRate, targetLoss: targetLoss).epochs
    case .gaussNewton:
      return trainUnlessStuck(trainer, &random, targetLoss) {
        let (loss, steps) = trainer.trainGaussNewton(steps: options.epochs, targetLoss: targetLoss)
        return (loss, steps)
      }
    case .lbfgs:
      return trainUnlessStuck(trainer, &random, targetLoss) {
        let (loss, gradients) = trainer.trainLBFGS(gradients: options.epochs, targetLoss: targetLoss)
        return (loss, gradients)
      }
    }
  }

  /// Trains from fresh weights, and up to ten times again where that gets stuck; returns the sum of the iterations.
  ///
  /// One network in some hundred gets stuck where units that would be needed are off for all samples. That shows only where
  /// the noise is known: such a one, far from its target, starts again from other weights.
  private func trainUnlessStuck(
    _ trainer: NetworkTrainer, _ random: inout RandomSequence, _ targetLoss: Float,
    _ train: () -> (loss: Float, iterations: Int)
  ) -> Int {
    var total = 0
    for _ in 0...10 {
      trainer.initialize(&random)
      let (loss, iterations) = train()
      total += iterations
      let isFar = targetLoss > 0 && loss > max(4 * targetLoss, 1e-3)
      if !isFar { break }
    }
    return total
  }
}
