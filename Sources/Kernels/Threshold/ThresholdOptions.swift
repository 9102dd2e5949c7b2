/// The curve that is fitted to a cell's samples of soil moisture and productivity.
package enum ThresholdModel: String, CaseIterable, Sendable {
  /// Multilayer perceptron, or the mean of several
  case network
  /// Logistic curve
  case logistic
  /// Negative exponential, rising to an asymptote
  case exponential
  /// Second-degree polynomial
  case quadratic
  /// Straight line up to a plateau
  case plateau
  /// Two straight lines that meet
  case spline
}

/// How the second derivative of a network's curve is taken.
package enum DerivativeMethod: String, CaseIterable, Sendable {
  /// Of the curve convolved with a Gaussian
  case smooth
  /// Of the curve itself
  case raw
}

/// Settings of the threshold method; the defaults are the project's.
package struct ThresholdOptions: Sendable, Equatable {
  /// Curve to fit.
  package var model = ThresholdModel.network
  /// Units of each hidden layer of the network.
  package var hidden = [31, 31, 31]
  /// Function of the hidden units.
  package var activation = Activation.relu
  /// How the network's weights are found.
  package var optimizer = Optimizer.lbfgs
  /// Epochs of training with Adam, or the most Gauss–Newton steps or gradients of L-BFGS; the most of them where
  /// ``noiseStop`` ends training.
  package var epochs = 120
  /// m, steps that L-BFGS remembers.
  package var lbfgsMemory = 10
  /// Training ends where the mean squared error has come down to this part of the noise variance; 0: never.
  ///
  /// The variance is estimated from the samples, see ``noiseVariance(x:y:)``.
  package var noiseStop = 0.6
  /// Learning rate of Adam.
  package var learningRate = 1e-3
  /// Seed of the networks' weights and of the refits.
  package var seed: UInt64 = 1
  /// K, networks with different starting weights; their mean is the curve (1 to 256).
  package var networks = 5
  /// B, refits of each network to its curve with noise like its residuals; 0: no interval.
  package var bootstrap = 0
  /// Step of the evaluation grid, percent of normal soil moisture.
  package var gridStep = 1.0
  /// How the second derivative is taken.
  package var derivative = DerivativeMethod.smooth
  /// Standard deviation of the Gaussian, percent of normal soil moisture; nil: by the samples' noise, see
  /// ``SortedSamples/bandwidth``.
  package var bandwidth: Double?
  /// κ: below the threshold, points whose slope is at most this part of the largest slope count as collapsed and are
  /// left out of the mean decline rate.
  package var activeFraction = 0.25
  /// Fewest finite samples.
  package var minimumPairs = 10
  /// Smallest range of soil moisture, in grid steps.
  package var minimumSpan = 7.0
  /// Departures from their neighbours by more than so many standard deviations are brought back to them; infinite: none.
  package var outlierBound = 5.0
  /// Whether the samples are a time series, whose noise may be autocorrelated, or independent of each other.
  package var isSeries = false
  /// How sharp the bend must be: −min f″ must exceed this times max |f′| (1/percent).
  ///
  /// It only asks for a minimum that is negative beyond rounding; ``significance`` decides.
  package var curvatureTolerance = 0.02
  /// The part of straight lines that may be taken for a bend: the level of ``BendTest``; 1 accepts every bend.
  package var significance = 0.01
  /// Whether the threshold is the minimum of f″ where f′ > 0 and nothing else is asked, as published.
  ///
  /// No test, no tolerance, end points included, no refinement between grid points (Yan et al. 2024).
  package var isPublishedRule = false

  /// The widest range of soil moisture that is plausible, percent of normal: two thousand times the reference, more than
  /// units make, whose mistakes are factors of 1000 at the most and have a warning of their own.
  package static let largestRange = 200_000.0
  /// The most steps that the evaluation grid may have.
  package static let mostGridSteps = 200_000.0

  /// The defaults.
  package init() {}

  /// The widest range of soil moisture that a cell with a result has, percent of normal.
  package var largestSpan: Double { min(Self.largestRange, Self.mostGridSteps * gridStep) }

  /// The shape of the network.
  package var shape: NetworkShape { NetworkShape(hidden: hidden, activation: activation) }
}
