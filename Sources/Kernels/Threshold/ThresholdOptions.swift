/// The curve that is fitted to a cell's samples of soil moisture and productivity.
public enum ThresholdModel: String, CaseIterable, Sendable {
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
public enum DerivativeMethod: String, CaseIterable, Sendable {
  /// Of the curve convolved with a Gaussian
  case smooth
  /// Of the curve itself
  case raw
}

/// Settings of the threshold method; the defaults are the project's.
public struct ThresholdOptions: Sendable, Equatable {
  /// Curve to fit.
  public var model = ThresholdModel.network
  /// Units of each hidden layer of the network.
  public var hidden = [31, 31, 31]
  /// Function of the hidden units.
  public var activation = Activation.relu
  /// How the network's weights are found.
  public var optimizer = Optimizer.lbfgs
  /// Epochs of training with Adam, or the most Gauss–Newton steps or gradients of L-BFGS; the most of them where
  /// ``noiseStop`` ends training.
  public var epochs = 120
  /// m, steps that L-BFGS remembers.
  public var lbfgsMemory = 10
  /// Training ends where the mean squared error has come down to this part of the noise variance; 0: never.
  ///
  /// The variance is estimated from the samples, see ``noiseVariance(x:y:)``.
  public var noiseStop = 0.6
  /// Learning rate of Adam.
  public var learningRate = 1e-3
  /// Seed of the networks' weights and of the refits.
  public var seed: UInt64 = 1
  /// K, networks with different starting weights; their mean is the curve (1 to 256).
  public var networks = 5
  /// B, refits of each network to its curve with noise like its residuals; 0: no interval.
  public var bootstrap = 0
  /// Step of the evaluation grid, percent of normal soil moisture.
  public var gridStep = 1.0
  /// How the second derivative is taken.
  public var derivative = DerivativeMethod.smooth
  /// Standard deviation of the Gaussian, percent of normal soil moisture; nil: by the samples' noise, see
  /// ``SortedSamples/bandwidth``.
  public var bandwidth: Double?
  /// κ: below the threshold, points whose slope is at most this part of the largest slope count as collapsed and are
  /// left out of the mean decline rate.
  public var activeFraction = 0.25
  /// Fewest finite samples.
  public var minimumPairs = 10
  /// Smallest range of soil moisture, in grid steps.
  public var minimumSpan = 7.0
  /// Departures from their neighbours by more than so many standard deviations are brought back to them; infinite: none.
  public var outlierBound = 5.0
  /// Whether the samples are a time series, whose noise may be autocorrelated, or independent of each other.
  public var isSeries = false
  /// How sharp the bend must be: −min f″ must exceed this times max |f′| (1/percent).
  ///
  /// It only asks for a minimum that is negative beyond rounding; ``significance`` decides.
  public var curvatureTolerance = 0.02
  /// The part of straight lines that may be taken for a bend: the level of ``BendTest``; 1 accepts every bend.
  public var significance = 0.01
  /// Whether the threshold is the minimum of f″ where f′ > 0 and nothing else is asked, as published.
  ///
  /// No test, no tolerance, end points included, no refinement between grid points (Yan et al. 2024).
  public var isPublishedRule = false

  /// The defaults.
  public init() {}

  /// The shape of the network.
  public var shape: NetworkShape { NetworkShape(hidden: hidden, activation: activation) }
}
