/// The memory of one hidden layer of a ``DenseNetwork``.
///
/// `units` outputs from `inputs` inputs. The bias is one more row of the weights, fed by a column of ones behind the
/// layer's inputs; so `weights`, their moments and their gradient have `inputs + 1` rows of `weightStride` values.
package struct DenseLayer {
  /// Number of inputs, without the constant one.
  package var inputs: Int
  /// Number of units.
  package var units: Int
  /// Distance in values between rows of the layer's input.
  package var inputStride: Int
  /// Distance in values between rows of weights: `units` rounded up to 16.
  package var weightStride: Int
  /// Distance in values between rows of `transposed`: `inputs` rounded up to 16.
  package var transposedStride: Int
  /// Distance in values between samples in `activations`, `slopes` and `deltas`: `units + 1` rounded up to 16.
  package var activationStride: Int
  /// `[inputs + 1][units]`, the last row being the biases; rows are padded with zeros to a multiple of 16.
  package var weights: UnsafeMutablePointer<Float>
  /// Gradient of the loss, shaped as the weights; written only on request.
  package var gradient: UnsafeMutablePointer<Float>
  /// First moment (running mean of the gradient), shaped as the weights.
  package var firstMoment: UnsafeMutablePointer<Float>
  /// Second moment (running mean of the squared gradient), shaped as the weights.
  package var secondMoment: UnsafeMutablePointer<Float>
  /// `[units][inputs]`, the transposed weights without the biases.
  package var transposed: UnsafeMutablePointer<Float>
  /// `[samples][units]`, then a column of ones.
  package var activations: UnsafeMutablePointer<Float>
  /// `[samples][units]`, derivative of the activation function; with ReLU, whose sign says it, place for sums.
  package var slopes: UnsafeMutablePointer<Float>
  /// `[samples][units]`, derivative of the loss with respect to the weighted sums.
  package var deltas: UnsafeMutablePointer<Float>

  /// One bit for each of `activations`, in their order, whether it is positive.
  ///
  /// Written by passes for ReLU.
  package var activeBits: UnsafeMutablePointer<UInt16>

  /// Lays out a layer for so many samples in an arena.
  /// - Parameter inputStride: Distance in values between rows of the layer's input.
  package init(inputs: Int, units: Int, inputStride: Int, samples: Int, in arena: inout Arena) {
    self.inputs = inputs
    self.units = units
    self.inputStride = inputStride
    weightStride = Arena.roundedUp(units)
    transposedStride = Arena.roundedUp(inputs)
    activationStride = Arena.roundedUp(units + 1)
    let weightCount = Arena.roundedUp(inputs + 1) * weightStride
    let activationCount = samples * activationStride
    weights = arena.take(weightCount)
    gradient = arena.take(weightCount)
    firstMoment = arena.take(weightCount)
    secondMoment = arena.take(weightCount)
    transposed = arena.take(weightStride * transposedStride)
    activations = arena.take(activationCount)
    slopes = arena.take(activationCount)
    deltas = arena.take(activationCount)
    // A word of 64 bits may be read from the last bits on.
    activeBits = arena.take(activationCount / 16 + 4, of: UInt16.self)
  }
}
