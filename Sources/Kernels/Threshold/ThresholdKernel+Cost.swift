extension ThresholdKernel {
  /// Bytes that a kernel of these options needs, for `--dry-run`.
  package static func predictedBytes(options: ThresholdOptions, maximumPairs: Int) -> Int {
    // Besides the network's memory: a few dozen arrays of one value per sample or grid point for each fit.
    let perFit = 16 * max(maximumPairs, 100) * MemoryLayout<Double>.stride
    let network =
      options.model == .network
      ? NetworkTrainer.memoryBytes(
        shape: options.shape, maximumSamples: max(maximumPairs, 1), optimizer: options.optimizer,
        pairs: options.lbfgsMemory) : 0
    return network + perFit * (options.networks + 2)
  }

  /// Epochs of Adam, Gauss–Newton steps or gradients of L-BFGS that a cell takes; 0 for closed forms, which take well under a millisecond.
  ///
  /// - Parameter toNoise: those that a network is expected to take where the noise ends training; the options may allow
  ///   fewer.
  package static func iterationsPerCell(options: ThresholdOptions, toNoise: Int) -> Int {
    guard options.model == .network else { return 0 }
    let iterations = options.noiseStop > 0 ? min(options.epochs, toNoise) : options.epochs
    return iterations * options.networks * (1 + options.bootstrap)
  }
}
