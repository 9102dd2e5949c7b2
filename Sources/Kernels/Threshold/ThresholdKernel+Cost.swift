extension ThresholdKernel {
  /// Bytes that a kernel of these options needs, for `--dry-run`.
  public static func predictedBytes(options: ThresholdOptions, maximumPairs: Int) -> Int {
    // Besides the network's memory: a few dozen arrays of one value per pair or grid point for each fit.
    let perFit = 16 * max(maximumPairs, 100) * MemoryLayout<Double>.stride
    let network =
      options.model == .network
      ? NetworkTrainer.memoryBytes(shape: options.shape, maximumSamples: max(maximumPairs, 1)) : 0
    return network + perFit * (options.networks + 2)
  }

  /// Floating-point operations that a cell of so many pairs takes, matrix products alone; a cell's expected cost.
  ///
  /// 0 for closed forms, which take well under a millisecond.
  public static func operationsPerCell(options: ThresholdOptions, pairs: Int) -> Double {
    guard options.model == .network else { return 0 }
    let fits = Double(options.networks * (1 + options.bootstrap))
    return options.shape.operationsPerEpoch(samples: pairs) * Double(options.epochs) * fits
  }
}
