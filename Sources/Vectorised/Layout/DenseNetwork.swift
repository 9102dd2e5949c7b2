/// The memory of one fully connected network, as its kernels see it: plain pointers into one aligned workspace.
///
/// The kernels are compiled several times, once for each level of the instruction set (``LevelFunctions``); this module
/// holds what they share, so that one network can be handed to any of them.
///
/// Every matrix is row-major, its rows start on 64-byte boundaries and its padding is zero. The output layer has one
/// unit, so its weights are one vector with the bias as last element.
package struct DenseNetwork {
  /// The hidden layers, first to last.
  package var layers: UnsafeMutablePointer<DenseLayer>
  /// Number of hidden layers, at least one.
  package var layerCount: Int
  /// Number of samples in use, set by who loads them.
  package var samples = 0
  /// Standardised input: rows of `(x, 1)`, padded to 16.
  package var input: UnsafeMutablePointer<Float>
  /// Standardised target, one value per sample.
  package var target: UnsafeMutablePointer<Float>
  /// Output of the network, one value per sample.
  package var prediction: UnsafeMutablePointer<Float>
  /// Weights of the output unit, the bias after the last weight.
  package var outputWeights: UnsafeMutablePointer<Float>
  /// Gradient, first and second moment of the output unit's weights.
  package var outputGradient: UnsafeMutablePointer<Float>
  /// First moment (running mean of the gradient).
  package var outputFirstMoment: UnsafeMutablePointer<Float>
  /// Second moment (running mean of the squared gradient).
  package var outputSecondMoment: UnsafeMutablePointer<Float>
  /// Whether the samples are in ascending order of their input.
  package var isSorted = false
  /// Working memory for sorted samples.
  package var sorted: SortedPathMemory
  /// Which function the hidden units apply.
  package var activation: Activation

  /// Lays out a network for at most so many samples in an arena.
  /// - Parameters:
  ///   - hidden: Units of each hidden layer, at least one layer.
  ///   - layers: Room for as many layers, which are written there.
  package init(
    hidden: [Int], activation: Activation, maximumSamples: Int, layers: UnsafeMutablePointer<DenseLayer>,
    in arena: inout Arena
  ) {
    self.layers = layers
    self.activation = activation
    layerCount = hidden.count
    input = arena.take(maximumSamples * 16)
    var (inputs, inputStride) = (1, 16)
    for (index, units) in hidden.enumerated() {
      let layer = DenseLayer(
        inputs: inputs, units: units, inputStride: inputStride, samples: maximumSamples, in: &arena)
      (layers + index).initialize(to: layer)
      (inputs, inputStride) = (units, layer.activationStride)
    }
    target = arena.take(Arena.roundedUp(maximumSamples))
    prediction = arena.take(Arena.roundedUp(maximumSamples))
    outputWeights = arena.take(inputStride)
    outputGradient = arena.take(inputStride)
    outputFirstMoment = arena.take(inputStride)
    outputSecondMoment = arena.take(inputStride)
    sorted = SortedPathMemory(
      firstUnits: hidden[0], last: layers[hidden.count - 1], samples: maximumSamples, in: &arena)
  }
}
