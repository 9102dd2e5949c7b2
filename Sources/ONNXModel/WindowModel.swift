/// A convolutional network on square windows of cells, as a file of ONNX holds it.
///
/// A window's values are standardised by channel, go through convolutions of 3 × 3 that keep the size, each with ReLU and
/// the largest of 2 × 2 (stride 2, padding at the end), and then through one dense layer to one number, which is clipped.
public struct WindowModel: Equatable, Sendable {
  /// One convolution of 3 × 3.
  public struct Convolution: Equatable, Sendable {
    /// Channels that it makes.
    public var outputs: Int
    /// Channels that it reads.
    public var inputs: Int
    /// [output][input][3][3].
    public var weights: [Float]
    /// [output].
    public var bias: [Float]

    /// A convolution with its numbers.
    public init(outputs: Int, inputs: Int, weights: [Float], bias: [Float]) {
      (self.outputs, self.inputs, self.weights, self.bias) = (outputs, inputs, weights, bias)
    }
  }

  /// Channels of a window.
  public var channels: Int
  /// Cells along each side of a window; odd.
  public var window: Int
  /// In their order; at least one.
  public var convolutions: [Convolution]
  /// [channel][row][column] of what the last pooling leaves.
  public var denseWeights: [Float]
  /// Added by the dense layer.
  public var denseBias: Float
  /// By channel: the first convolution reads (value − offset) / scale.
  public var offsets: [Float]
  /// By channel; not 0.
  public var scales: [Float]
  /// Outputs are at least this; −∞ where they are not clipped.
  public var lowest: Float
  /// Outputs are at most this; +∞ where they are not clipped.
  public var highest: Float
  /// What else the file says, by key.
  public var metadata: [String: String]

  /// A network with its numbers.
  public init(
    channels: Int, window: Int, convolutions: [Convolution], denseWeights: [Float], denseBias: Float,
    offsets: [Float], scales: [Float], lowest: Float = 0, highest: Float = .infinity, metadata: [String: String] = [:]
  ) {
    (self.channels, self.window, self.convolutions) = (channels, window, convolutions)
    (self.denseWeights, self.denseBias, self.offsets, self.scales) = (denseWeights, denseBias, offsets, scales)
    (self.lowest, self.highest, self.metadata) = (lowest, highest, metadata)
  }
}

extension WindowModel {
  /// Channels that each convolution makes.
  public var filters: [Int] { convolutions.map(\.outputs) }

  /// All weights and biases in one row: those of each convolution in their order, then those of the dense layer.
  public var parameters: [Float] {
    convolutions.flatMap { $0.weights + $0.bias } + denseWeights + [denseBias]
  }

  /// A network of one row of weights and biases.
  ///
  /// - Throws: where there are more or fewer of them than these filters have, or one is not finite.
  public init(
    channels: Int, window: Int, filters: [Int], parameters: [Float], offsets: [Float], scales: [Float],
    lowest: Float = 0, highest: Float = .infinity, metadata: [String: String] = [:]
  ) throws(ONNXError) {
    var rest = parameters[...]
    func next(_ count: Int) -> [Float] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    var convolutions: [Convolution] = []
    for (inputs, outputs) in zip([channels] + filters, filters) {
      convolutions.append(
        Convolution(outputs: outputs, inputs: inputs, weights: next(9 * inputs * outputs), bias: next(outputs)))
    }
    self.init(
      channels: channels, window: window, convolutions: convolutions, denseWeights: next(max(0, rest.count - 1)),
      denseBias: rest.first ?? .nan, offsets: offsets, scales: scales, lowest: lowest, highest: highest,
      metadata: metadata)
    try check()
  }

  /// Cells along a side of what the last pooling leaves.
  var pooledSize: Int { convolutions.reduce(window) { size, _ in (size + 1) / 2 } }

  /// Checks that the numbers are as many as the sizes say, and that a network can have them.
  func check() throws(ONNXError) {
    guard channels > 0, window > 0, window % 2 == 1, !convolutions.isEmpty else {
      throw ONNXError("expected a channel, an odd window and a convolution at least")
    }
    var inputs = channels
    for (number, one) in convolutions.enumerated() {
      guard one.outputs > 0, one.inputs == inputs, one.bias.count == one.outputs,
        one.weights.count == one.outputs * one.inputs * 9
      else { throw ONNXError("the sizes of convolution \(number + 1) do not fit") }
      inputs = one.outputs
    }
    guard denseWeights.count == inputs * pooledSize * pooledSize else {
      throw ONNXError("the dense layer has \(denseWeights.count) weights; expected \(inputs * pooledSize * pooledSize)")
    }
    guard offsets.count == channels, scales.count == channels else {
      throw ONNXError("expected an offset and a scale for each of \(channels) channels")
    }
    let numbers = [denseWeights, [denseBias], offsets, scales] + convolutions.flatMap { [$0.weights, $0.bias] }
    guard numbers.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      throw ONNXError("a weight, a bias, an offset or a scale is not finite")
    }
    guard !scales.contains(0) else { throw ONNXError("a channel's scale is 0") }
    guard lowest <= highest else { throw ONNXError("outputs are clipped to \(lowest) … \(highest), which is nothing") }
  }
}
