/// The memory of one hidden layer of a ``DenseNetwork``.
///
/// `units` outputs from `inputs` inputs. The bias is one more row of the weights, fed by a column of ones behind the
/// layer's inputs; so `weights`, their moments and their gradient have `inputs + 1` rows of `weightStride` values.
public struct DenseLayer {
  /// Number of inputs, without the constant one.
  public var inputs: Int
  /// Number of units.
  public var units: Int
  /// Distance in values between rows of the layer's input.
  public var inputStride: Int
  /// Distance in values between rows of weights: `units` rounded up to 16.
  public var weightStride: Int
  /// Distance in values between rows of `transposed`: `inputs` rounded up to 16.
  public var transposedStride: Int
  /// Distance in values between samples in `activations`, `slopes` and `deltas`: `units + 1` rounded up to 16.
  public var activationStride: Int
  /// `[inputs + 1][units]`, the last row being the biases; rows are padded with zeros to a multiple of 16.
  public var weights: UnsafeMutablePointer<Float>
  /// Gradient of the loss, shaped as the weights; written only on request.
  public var gradient: UnsafeMutablePointer<Float>
  /// First moment (running mean of the gradient), shaped as the weights.
  public var firstMoment: UnsafeMutablePointer<Float>
  /// Second moment (running mean of the squared gradient), shaped as the weights.
  public var secondMoment: UnsafeMutablePointer<Float>
  /// `[units][inputs]`, the transposed weights without the biases.
  public var transposed: UnsafeMutablePointer<Float>
  /// `[samples][units]`, then a column of ones.
  public var activations: UnsafeMutablePointer<Float>
  /// `[samples][units]`, derivative of the activation function; with ReLU, whose sign says it, place for sums.
  public var slopes: UnsafeMutablePointer<Float>
  /// `[samples][units]`, derivative of the loss with respect to the weighted sums.
  public var deltas: UnsafeMutablePointer<Float>

  /// One bit for each of `activations`, in their order, whether it is positive.
  ///
  /// Written by passes for ReLU.
  public var activeBits: UnsafeMutablePointer<UInt16>

  /// Describes a layer whose memory lies at the given addresses.
  public init(
    inputs: Int, units: Int, inputStride: Int, weightStride: Int, transposedStride: Int, activationStride: Int,
    weights: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>,
    transposed: UnsafeMutablePointer<Float>, activations: UnsafeMutablePointer<Float>,
    slopes: UnsafeMutablePointer<Float>, deltas: UnsafeMutablePointer<Float>,
    activeBits: UnsafeMutablePointer<UInt16>
  ) {
    self.inputs = inputs
    self.units = units
    self.inputStride = inputStride
    self.weightStride = weightStride
    self.transposedStride = transposedStride
    self.activationStride = activationStride
    self.weights = weights
    self.gradient = gradient
    self.firstMoment = firstMoment
    self.secondMoment = secondMoment
    self.transposed = transposed
    self.activations = activations
    self.slopes = slopes
    self.deltas = deltas
    self.activeBits = activeBits
  }
}
