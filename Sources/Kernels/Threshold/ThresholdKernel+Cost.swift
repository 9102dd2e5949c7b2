extension ThresholdKernel {
  /// Bytes that a kernel of these options needs, for `--dry-run`.
  public static func predictedBytes(options: ThresholdOptions, maximumPairs: Int) -> Int {
    // Besides the network's memory: a few dozen arrays of one value per pair or grid point for each fit.
    let perFit = 16 * max(maximumPairs, 100) * MemoryLayout<Double>.stride
    let network =
      options.model == .network
      ? NetworkTrainer.memoryBytes(
        shape: options.shape, maximumSamples: max(maximumPairs, 1), optimizer: options.optimizer,
        pairs: options.lbfgsMemory) : 0
    return network + perFit * (options.networks + 2)
  }

  /// Floating-point operations that a cell of so many pairs takes, matrix products alone; a cell's expected cost.
  ///
  /// 0 for closed forms, which take well under a millisecond. Where the noise ends training, about 400 epochs, 20
  /// steps or 80 gradients are expected (86 pairs, noise of 0.2 to 3 %), fewer than which the options may allow.
  public static func operationsPerCell(options: ThresholdOptions, pairs: Int) -> Double {
    guard options.model == .network else { return 0 }
    let fits = Double(options.networks * (1 + options.bootstrap))
    switch options.optimizer {
    case .adam:
      let epochs = options.noiseStop > 0 ? min(options.epochs, 400) : options.epochs
      return options.shape.operationsPerEpoch(samples: pairs) * Double(epochs) * fits
    case .gaussNewton:
      let steps = options.noiseStop > 0 ? min(options.epochs, 20) : options.epochs
      return options.shape.operationsPerGaussNewtonStep(samples: pairs) * Double(steps) * fits
    case .lbfgs:
      let gradients = options.noiseStop > 0 ? min(options.epochs, 80) : options.epochs
      let perGradient = options.shape.operationsPerLBFGSIteration(samples: pairs, pairs: options.lbfgsMemory)
      return perGradient * Double(gradients) * fits
    }
  }
}
