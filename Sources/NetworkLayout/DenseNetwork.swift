/// The memory of one fully connected network, as its kernels see it: plain pointers into one aligned workspace.
///
/// The kernels are compiled several times, once for each level of the instruction set; this module holds what they
/// share, so that one network can be handed to any of them.
///
/// Every matrix is row-major, its rows start on 64-byte boundaries and its padding is zero. The output layer has one
/// unit, so its weights are one vector with the bias as last element.
public struct DenseNetwork {
  /// The hidden layers, first to last.
  public var layers: UnsafeMutablePointer<DenseLayer>
  /// Number of hidden layers, at least one.
  public var layerCount: Int
  /// Number of samples in use.
  public var samples: Int
  /// Standardised input: rows of `(x, 1)`, padded to 16.
  public var input: UnsafeMutablePointer<Float>
  /// Standardised target, one value per sample.
  public var target: UnsafeMutablePointer<Float>
  /// Output of the network, one value per sample.
  public var prediction: UnsafeMutablePointer<Float>
  /// Weights of the output unit, the bias after the last weight.
  public var outputWeights: UnsafeMutablePointer<Float>
  /// Gradient, first and second moment of the output unit's weights.
  public var outputGradient: UnsafeMutablePointer<Float>
  /// First moment (running mean of the gradient).
  public var outputFirstMoment: UnsafeMutablePointer<Float>
  /// Second moment (running mean of the squared gradient).
  public var outputSecondMoment: UnsafeMutablePointer<Float>
  /// Whether the samples are in ascending order of their input.
  public var isSorted = false
  /// Working memory for sorted samples.
  public var sorted: SortedSamples
  /// Which function the hidden units apply.
  public var activation: ActivationFunction

  /// Describes a network whose memory lies at the given addresses.
  public init(
    layers: UnsafeMutablePointer<DenseLayer>, layerCount: Int, samples: Int, input: UnsafeMutablePointer<Float>,
    target: UnsafeMutablePointer<Float>, prediction: UnsafeMutablePointer<Float>,
    outputWeights: UnsafeMutablePointer<Float>, outputGradient: UnsafeMutablePointer<Float>,
    outputFirstMoment: UnsafeMutablePointer<Float>, outputSecondMoment: UnsafeMutablePointer<Float>,
    activation: ActivationFunction, sorted: SortedSamples
  ) {
    self.layers = layers
    self.layerCount = layerCount
    self.samples = samples
    self.input = input
    self.target = target
    self.prediction = prediction
    self.outputWeights = outputWeights
    self.outputGradient = outputGradient
    self.outputFirstMoment = outputFirstMoment
    self.outputSecondMoment = outputSecondMoment
    self.activation = activation
    self.sorted = sorted
  }
}

/// The function that hidden units apply to their weighted sum.
public enum ActivationFunction: UInt8, Sendable {
  /// max(z, 0)
  case relu
  /// Hyperbolic tangent
  case tanh
  /// ln(1 + eᶻ)
  case softplus
  /// z Φ(z), Φ the normal distribution function
  case gelu
}
