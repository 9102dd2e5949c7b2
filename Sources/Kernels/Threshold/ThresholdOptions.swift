/// The curve that is fitted to a cell's pairs of soil moisture and productivity.
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
  public var hidden = [100, 100, 100]
  /// Function of the hidden units.
  public var activation = Activation.relu
  /// How the network's weights are found.
  public var optimizer = Optimizer.adam
  /// Epochs of training with Adam, or the most Gauss–Newton steps or gradients of L-BFGS; the most of them where
  /// ``noiseStop`` ends training.
  public var epochs = 1000
  /// m, steps that L-BFGS remembers.
  public var lbfgsMemory = 10
  /// Training ends where the mean squared error has come down to this part of the noise variance; 0: never.
  ///
  /// The variance is estimated from the pairs, see ``noiseVariance(x:y:)``.
  public var noiseStop = 0.0
  /// Learning rate of Adam.
  public var learningRate = 1e-3
  /// Seed of all random numbers.
  public var seed: UInt64 = 1
  /// K, networks with different starting weights; their mean is the curve (1 to 256).
  public var networks = 1
  /// B, refits of each network to resampled residuals.
  public var bootstrap = 0
  /// Step of the evaluation grid, percent of normal soil moisture.
  public var gridStep = 1.0
  /// How the second derivative is taken.
  public var derivative = DerivativeMethod.smooth
  /// Standard deviation of the Gaussian, percent of normal soil moisture.
  ///
  /// Where the two slopes differ by half or less, wiggles of a single network can bend as sharply as the threshold; they
  /// fade faster with the bandwidth than the threshold does. Of the reconstruction's 888 cells with a low rate below
  /// twice the high rate (1 % noise), 24 miss the threshold by more than 5 % at a bandwidth of 2 %, and 11 at 3 %.
  public var bandwidth = 3.0
  /// κ: below the threshold, points whose slope is at most this part of the largest slope count as collapsed and are
  /// left out of the mean decline rate.
  public var activeFraction = 0.25
  /// Fewest finite pairs.
  public var minimumPairs = 10
  /// Smallest range of soil moisture, in grid steps.
  public var minimumSpan = 7.0
  /// How sharp the bend must be: −min f″ must exceed this times max |f′| (1/percent).
  ///
  /// This alone cannot tell straight lines from bends: noise of 1 % leaves a flat line a sharpness of 0.3, while 1 % of
  /// the reconstruction's cells lie below 0.054. So it only asks for a minimum that is negative beyond rounding, and
  /// ``noiseParameters`` decides. (`calibrate-threshold`, 500 lines and 500 curves.)
  public var curvatureTolerance = 0.02
  /// The number of parameters with which the network fits pure noise, nearly the most of it.
  ///
  /// Trained on a straight line with noise, it does away with a part of the line's residual sum of squares that is this
  /// number over the number of pairs, whatever the slope and the noise; only a curve that does away with more has a
  /// threshold, see ``requiredGain(pairs:)``. Calibrated: for 43, 86, 132 and 264 pairs 95 % of the lines gain less than
  /// 30, 31, 29 and 28 over the number of pairs.
  public var noiseParameters = 34.0

  /// The part of a straight line's residual sum of squares that the curve must do away with to have a threshold.
  ///
  /// At most 0.95, so that few pairs with little noise can still show a bend.
  public func requiredGain(pairs: Int) -> Double { min(noiseParameters / Double(pairs), 0.95) }

  /// The defaults.
  public init() {}

  /// The shape of the network.
  public var shape: NetworkShape { NetworkShape(hidden: hidden, activation: activation) }
}
