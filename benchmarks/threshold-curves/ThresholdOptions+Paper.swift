import Kernels

extension ThresholdOptions {
  /// What `smt-mpi threshold --preset paper` sets.
  package static var paper: ThresholdOptions {
    var options = ThresholdOptions()
    options.optimizer = .adam
    options.hidden = [100, 100, 100]
    options.epochs = 1000
    options.noiseStop = 0
    options.networks = 1
    options.bandwidth = 3
    options.outlierBound = .infinity
    return options
  }

  /// The defaults with some of them changed.
  package static func defaults(but change: (inout ThresholdOptions) -> Void) -> ThresholdOptions {
    var options = ThresholdOptions()
    change(&options)
    return options
  }
}
