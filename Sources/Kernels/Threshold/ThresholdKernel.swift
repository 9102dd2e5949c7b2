/// Soil moisture threshold of one cell after the other.
///
/// The method is that of Yan et al. (2024).
///
/// Holds the network's memory for one thread. A cell's result depends on its pairs, its index and the options alone,
/// and is the same to the last bit in any order of cells.
public final class ThresholdKernel {
  /// The settings.
  public let options: ThresholdOptions
  private let trainer: NetworkTrainer?
  private let maximumPairs: Int

  /// Sets aside memory for cells of up to so many pairs.
  public init(options: ThresholdOptions, maximumPairs: Int, level: InstructionLevel = .preferred) {
    precondition((1...256).contains(options.networks), "1 to 256 networks")
    self.options = options
    self.maximumPairs = maximumPairs
    trainer =
      options.model == .network
      ? NetworkTrainer(
        shape: options.shape, maximumSamples: max(maximumPairs, 1), optimizer: options.optimizer, level: level) : nil
  }

  /// The threshold of one cell.
  ///
  /// - Parameters:
  ///   - x: Soil moisture, percent of normal; pairs with a NaN are dropped.
  ///   - y: Productivity, percent of normal.
  ///   - cell: The cell's global index, key of the random numbers.
  public func compute(x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>, cell: Int) -> ThresholdResult {
    var curve: ThresholdCurve?
    return compute(x: x, y: y, cell: cell, curve: &curve)
  }

  /// The threshold of one cell and the curve it was read from; the curve is nil where none was fitted.
  public func compute(
    x: UnsafeBufferPointer<Double>, y: UnsafeBufferPointer<Double>, cell: Int, curve: inout ThresholdCurve?
  ) -> ThresholdResult {
    precondition(x.count <= maximumPairs, "more pairs than the kernel was made for")
    curve = nil
    let pairs = SortedPairs(x: x, y: y)
    var result = ThresholdResult(status: .computed, pairCount: pairs.x.count)
    guard let lowest = pairs.x.first, let highest = pairs.x.last, pairs.x.count >= options.minimumPairs else {
      result.status = .tooFewPairs
      return result
    }
    guard pairs.span >= options.minimumSpan * options.gridStep else {
      result.status = .narrowRange
      return result
    }
    let grid = evaluationGrid(from: lowest, to: highest, step: options.gridStep)
    let fits = (0..<networkCount).map { network in
      fit(pairs, grid, key: RandomKey(cell: cell, network: network, replicate: 0))
    }
    let overall = FittedCurve(meanOf: fits, pairs, options: options)
    curve = overall.curve
    result.r2 = coefficientOfDetermination(observed: pairs.y, fitted: overall.fitted)
    result.aicc = overall.aicc
    result.curvature = overall.sharpness
    result.gainOverLine = overall.gain
    result.iterations = fits.reduce(0) { $0 + $1.iterations }
    summariseReplicates(pairs, grid, fits, cell: cell, into: &result)
    guard let threshold = overall.threshold else {
      result.status = .noThreshold
      return result
    }
    let rates = DeclineRates(
      x: grid, slope: overall.curve.slope, threshold: threshold, activeFraction: options.activeFraction)
    result.smt = threshold
    result.declineRateHigh = rates.high
    result.declineRateLow = rates.low
    result.amplification = rates.amplification
    return result
  }

  private var networkCount: Int { options.model == .network ? options.networks : 1 }

  private struct RandomKey {
    var cell: Int
    var network: Int
    var replicate: Int
  }

  /// One fit of the chosen model.
  private func fit(_ pairs: SortedPairs, _ grid: [Double], key: RandomKey) -> FittedCurve {
    guard let trainer else {
      return FittedCurve(closedForm: ClosedForm.fit(options.model, pairs), pairs, grid: grid, options: options)
    }
    let (scaleX, scaleY) = (Standardisation(pairs.x), Standardisation(pairs.y))
    let x = scaleX.standardised(pairs.x)
    var random = RandomSequence(
      seed: options.seed, cell: key.cell, network: key.network, replicate: key.replicate, purpose: .weights)
    trainer.load(x: x, y: scaleY.standardised(pairs.y))
    let iterations = train(trainer, &random, targetLoss: targetLoss(pairs, scaleY))
    let fitted = scaleY.restored(trainer.evaluate(x: x))
    let f = scaleY.restored(trainer.evaluate(x: scaleX.standardised(grid)))
    var curve = FittedCurve(networkOn: grid, f: f, fitted: fitted, pairs, options: options)
    curve.iterations = iterations
    return curve
  }

  /// The mean squared error, in standard units, at which training ends; negative where it is never to end early.
  private func targetLoss(_ pairs: SortedPairs, _ scale: Standardisation) -> Float {
    guard options.noiseStop > 0 else { return -1 }
    let variance = noiseVariance(x: pairs.x, y: pairs.y) / (scale.scale * scale.scale)
    // Below this R² is 1 in single precision, give or take rounding.
    return Float(max(options.noiseStop * variance, 1e-6))
  }

  /// Trains the network from fresh weights and returns the number of epochs or steps.
  private func train(_ trainer: NetworkTrainer, _ random: inout RandomSequence, targetLoss: Float) -> Int {
    trainer.initialize(&random)
    switch options.optimizer {
    case .adam:
      return trainer.train(epochs: options.epochs, learningRate: options.learningRate, targetLoss: targetLoss).epochs
    case .gaussNewton:
      // One network in some hundred gets stuck where units that would be needed are off for all pairs. That shows only
      // where the noise is known: such a one, far from its target, starts again from other weights.
      let isFar = { (loss: Float) in targetLoss > 0 && loss > max(4 * targetLoss, 1e-3) }
      var (loss, steps) = trainer.trainGaussNewton(steps: options.epochs, targetLoss: targetLoss)
      for _ in 0..<4 where isFar(loss) {
        trainer.initialize(&random)
        let again = trainer.trainGaussNewton(steps: options.epochs, targetLoss: targetLoss)
        loss = again.loss
        steps += again.steps
      }
      return steps
    }
  }

  /// Spread of the threshold over networks, and over refits to resampled residuals.
  ///
  /// Replicates without a threshold are left out.
  private func summariseReplicates(
    _ pairs: SortedPairs, _ grid: [Double], _ fits: [FittedCurve], cell: Int, into result: inout ThresholdResult
  ) {
    guard fits.count > 1 || options.bootstrap > 0 else { return }
    var thresholds = fits.compactMap(\.threshold)
    for (network, original) in fits.enumerated() {
      let residuals = zip(pairs.y, original.fitted).map { $0 - $1 }
      let bias = mean(residuals)
      for replicate in 1..<max(options.bootstrap + 1, 1) {
        var random = RandomSequence(
          seed: options.seed, cell: cell, network: network, replicate: replicate, purpose: .resampling)
        var resampled = pairs
        resampled.y = original.fitted.map { $0 + residuals[random.nextIndex(below: residuals.count)] - bias }
        let key = RandomKey(cell: cell, network: network, replicate: replicate)
        let refit = fit(resampled, grid, key: key)
        result.iterations += refit.iterations
        if let threshold = refit.threshold { thresholds.append(threshold) }
      }
    }
    result.smtStandardDeviation = standardDeviation(thresholds)
    result.smtP05 = percentile(thresholds, 0.05)
    result.smtP95 = percentile(thresholds, 0.95)
  }
}
