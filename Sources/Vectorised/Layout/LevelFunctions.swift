/// The table of functions that one level of the instruction set exports, and all that it exports.
///
/// Each does the work of a whole pass, training or row of numbers, so that a call through the table costs nothing beside it.
/// No vector may be a parameter or a result: caller and callee are compiled for different processors, and would hand it
/// over in different registers.
package protocol LevelFunctions {
  /// Computes `prediction` from `input` for all samples.
  static func forward(_ network: DenseNetwork)

  /// Computes the loss and leaves its gradient in the layers' `gradient` and in `outputGradient`.
  static func gradient(_ network: DenseNetwork) -> Float

  /// Trains for some epochs of full-batch Adam, with moments starting at zero, or until the settings' target is reached.
  ///
  /// The loss that is returned is the mean squared error before the last epoch's update.
  static func train(_ network: DenseNetwork, epochs: Int, _ settings: AdamSettings) -> (loss: Float, epochs: Int)

  /// J Jᵀ of the Jacobian of the outputs with respect to all weights and biases, in `gram`, on and above the diagonal.
  static func jacobianGram(_ network: DenseNetwork, _ memory: GaussNewtonMemory)

  /// Trains by damped Gauss–Newton steps (Levenberg 1944, Marquardt 1963) and returns the loss and the steps made.
  static func trainGaussNewton(
    _ network: DenseNetwork, _ memory: GaussNewtonMemory, _ settings: GaussNewtonSettings
  ) -> (loss: Float, steps: Int)

  /// Trains by L-BFGS (Liu & Nocedal 1989) and returns the loss and the gradients taken.
  ///
  /// The weights left behind are those with that loss, the lowest that a search has accepted.
  static func trainLBFGS(
    _ network: DenseNetwork, _ memory: LBFGSMemory, _ settings: LBFGSSettings
  ) -> (loss: Float, gradients: Int)

  /// Centres times and values and fits the straight line of least squares; leaves centred numbers and residuals.
  ///
  /// - Parameter series: At least two values, not all equal.
  static func fitLine(_ series: UnsafePointer<SeriesMemory>) -> LineMoments

  /// Writes numbers times a scale to a row in single precision, and two vectors' lengths of a filler behind.
  static func writeScaled(
    _ series: UnsafePointer<SeriesMemory>, _ numbers: UnsafePointer<Double>, scale: Double, filler: Float, row: Int)

  /// Writes the residuals of the row of the line from a line of some slope, and a vector's length of NaN behind.
  ///
  /// With numbers that were rounded to single precision and results within ±1, an error is at most 4 · 2⁻²⁴.
  static func writeResiduals(_ series: UnsafePointer<SeriesMemory>, slope: Float, row: Int)

  /// Writes a row plus a number to another row, as far as the series goes.
  static func writeShifted(_ series: UnsafePointer<SeriesMemory>, row: Int, by shift: Float, to target: Int)

  /// Counts pairs (i < j) by their values and by their slopes against three pivots: into the counters, rising pairs,
  /// falling pairs, and pairs with a slope smaller than each of the three.
  static func countPairs(_ series: UnsafePointer<SeriesMemory>)

  /// Counts pairs (i < j) with a slope smaller than each of three pivots, into the first counters.
  static func countBelow(_ series: UnsafePointer<SeriesMemory>)

  /// Rising and equal pairs in double precision, and Σ u(u − 1)(2u + 5) over groups of u equal values.
  static func scorePairs(_ series: UnsafePointer<SeriesMemory>) -> (rising: Int, equal: Int, tieTerm: Int)

  /// Computes the slopes of the pairs (i < j) that lie in or near some windows, and counts the pairs below each.
  ///
  /// Residuals of the windows' lower and upper ends are in their rows; a pair that is not surely outside is taken to be in the
  /// window. The counters receive the number of pairs that are surely below each window, then the length of each list.
  /// - Parameters:
  ///   - windows: Their number, 1 to 3.
  ///   - bounds: Two slopes, the first at most the second, that part the slopes found into three lists.
  /// - Returns: False where there is not room for so many.
  static func findSlopes(_ series: UnsafePointer<SeriesMemory>, windows: Int, bounds: (Double, Double)) -> Bool

  /// The slope of a 0-based rank among the first so many of a list, if it lies in a range; nil if it does not.
  static func slope(
    _ series: UnsafePointer<SeriesMemory>, rank: Int, list: Int, count: Int, from lowest: Double, to highest: Double
  ) -> Double?

  /// Sums of so many values up to each one, of eight series; NaN where one is missing or there are not as many.
  ///
  /// - Parameters:
  ///   - values: rows of eight values, one of each series.
  ///   - rows: the number of times.
  ///   - scale: values of a sum, from 1.
  ///   - sums: as many rows.
  static func rollingSums(
    _ values: UnsafePointer<Double>, rows: Int, scale: Int, _ sums: UnsafeMutablePointer<Double>)

  /// Sorts the values of eight series and leaves their unbiased probability-weighted moments.
  ///
  /// - Parameters:
  ///   - columns: rows of eight values, NaN where missing; sorted afterwards, what was missing infinite at the end.
  ///   - rows: values of a series.
  ///   - moments: six rows of eight: the number of values, b0, b1, b2, the least and the largest value.
  static func sortedMoments(_ columns: UnsafeMutablePointer<Double>, rows: Int, _ moments: UnsafeMutablePointer<Double>)

  /// Makes standard normal scores of values of eight generalised logistic variables: infinite beyond the ends of a
  /// distribution, NaN where the value is missing.
  ///
  /// - Parameters:
  ///   - values: rows of eight values.
  ///   - rows: those that are replaced.
  ///   - parameters: three rows of eight: ξ, α, k.
  static func logisticScores(
    _ values: UnsafeMutablePointer<Double>, rows: StrideTo<Int>, _ parameters: UnsafePointer<Double>)

  /// Computes `outputs` of a block of windows from `rows`.
  static func windowOutputs(_ memory: ConvolutionMemory)

  /// Adds the gradient of the block whose outputs were computed last to `sums` and `largest`, given `outputDeltas`.
  static func addWindowGradient(_ memory: ConvolutionMemory)

  /// Updates the parameters by Adam with the gradient in `sums`, of which an integer is worth `scale`.
  static func updateWindowNetwork(_ memory: ConvolutionMemory, _ step: AdamStep, scale: Double)

  /// For measuring: the forward product of one hidden layer, repeated.
  static func forwardLayer(_ network: DenseNetwork, _ index: Int, repetitions: Int)

  /// For measuring: floating-point operations in one round of ``multiplyAddRounds(_:)``.
  static var multiplyAddOperationsPerRound: Int { get }

  /// For measuring: multiplies and adds in registers alone, the most that the level can do.
  ///
  /// The result only keeps the work from being left out.
  static func multiplyAddRounds(_ rounds: Int) -> Float
}
