/// A window network that is put together node by node; each step says where it is another kind of network.
struct NetworkAssembly {
  /// Cells along a side of a window, and its channels, at the most.
  static let largestWindow = 255

  private enum Stage {
    /// Values of the window, standardised or not.
    case input
    /// A convolution, with what came after it.
    case convolution(isRectified: Bool, isPooled: Bool)
    /// The number of the dense layer.
    case dense
    /// That number, clipped.
    case clipped
  }

  /// What the last node left of a window.
  var activation: Activation
  private var stage = Stage.input
  /// Of each value of the input, in its order there.
  private var offsets: [Double]
  private var scales: [Double]
  private let inputDimensions: [Int]
  private var channels = 0
  private var window = 0
  private var channelOffsets: [Float] = []
  private var channelScales: [Float] = []
  private var convolutions: [WindowModel.Convolution] = []
  private var denseWeights: [Float] = []
  private var denseBias: Float = 0
  private var lowest = -Float.infinity
  private var highest = Float.infinity

  /// Begins with an input of these lengths, that of the windows left out.
  init(input dimensions: [Int]) throws(ONNXError) {
    activation = try Activation(dimensions, after: "the input")
    inputDimensions = dimensions
    offsets = Array(repeating: 0, count: activation.places.count)
    scales = Array(repeating: 1, count: activation.places.count)
  }

  /// The network, where it is whole.
  func model(metadata: [String: String]) throws(ONNXError) -> WindowModel {
    switch stage {
    case .dense, .clipped: break
    default: throw ONNXError("the network ends without a dense layer (Gemm or MatMul)")
    }
    let model = WindowModel(
      channels: channels, window: window, convolutions: convolutions, denseWeights: denseWeights, denseBias: denseBias,
      offsets: channelOffsets, scales: channelScales, lowest: lowest, highest: highest, metadata: metadata)
    try model.check()
    return model
  }

  /// factor · value + term, by number of the activation.
  mutating func transform(factors: [Float], terms: [Float], _ title: String) throws(ONNXError) {
    switch stage {
    case .input:
      for (index, place) in activation.places.enumerated() {
        let (factor, term) = (Double(factors[index]), Double(terms[index]))
        offsets[place] -= term * scales[place] / factor
        scales[place] /= factor
        guard factor != 0, offsets[place].isFinite, scales[place].isFinite, scales[place] != 0 else {
          throw ONNXError("\(title): a factor of the input is 0 or not finite")
        }
      }
    case .convolution(isRectified: false, isPooled: false) where factors.allSatisfy { $0 == 1 }:
      let index = convolutions.count - 1
      let size = activation.places.count / convolutions[index].outputs
      var added = [Float](repeating: .nan, count: convolutions[index].outputs)
      for (term, place) in zip(terms, activation.places) {
        guard added[place / size].isNaN || added[place / size] == term else {
          throw ONNXError("\(title): adds other numbers to other cells of a channel; expected one for a channel")
        }
        added[place / size] = term
      }
      for output in added.indices { convolutions[index].bias[output] += added[output] }
    case .dense:
      for index in denseWeights.indices { denseWeights[index] *= factors[0] }
      denseBias = denseBias * factors[0] + terms[0]
    default:
      throw ONNXError("\(title): expected this at the input, as a convolution's bias or behind the dense layer only")
    }
  }

  /// value / divisor, by number of the activation.
  mutating func transform(divisors: [Float], _ title: String) throws(ONNXError) {
    if case .input = stage {
      for (divisor, place) in zip(divisors, activation.places) {
        scales[place] *= Double(divisor)
        guard divisor != 0, divisor.isFinite else { throw ONNXError("\(title): divides by 0 or by what is not finite") }
      }
    } else {
      try transform(factors: divisors.map { 1 / $0 }, terms: divisors.map { _ in 0 }, title)
    }
  }

  /// A convolution of 3 × 3 that keeps the size.
  mutating func convolve(_ weights: [Float], _ dimensions: [Int], bias: [Float]?, _ title: String) throws(ONNXError) {
    if case .input = stage {
      try finishInput(title)
    } else {
      try finishConvolution(title)
    }
    guard case .convolution = stage, let image = activation.image else {
      throw ONNXError("\(title): expected a window or what a convolution left, as [n, channel, row, column]")
    }
    guard dimensions.count == 4, dimensions[1] == image.channels, dimensions[2] == 3, dimensions[3] == 3 else {
      throw ONNXError(
        "\(title): weights of dimensions \(dimensions.prefix(8)); expected [filters, \(image.channels), 3, 3]")
    }
    let filters = dimensions[0]
    let next = try Activation([filters, image.rows, image.columns], after: title)
    guard bias == nil || bias?.count == filters else {
      throw ONNXError("\(title): \(bias?.count ?? 0) biases for \(filters) filters")
    }
    convolutions.append(
      WindowModel.Convolution(
        outputs: filters, inputs: image.channels, weights: weights,
        bias: bias ?? Array(repeating: 0, count: filters)))
    activation = next
    stage = .convolution(isRectified: false, isPooled: false)
  }

  /// The largest of 2 × 2 with stride 2, where this is what `size` makes of a side: (size + 1) / 2.
  mutating func pool(_ title: String, size: (Int) -> Int?) throws(ONNXError) {
    guard case .convolution(let isRectified, isPooled: false) = stage, let image = activation.image,
      !convolutions.isEmpty
    else { throw ONNXError("\(title): expected one pooling behind each convolution") }
    let (rows, columns) = ((image.rows + 1) / 2, (image.columns + 1) / 2)
    guard size(image.rows) == rows, size(image.columns) == columns else {
      throw ONNXError(
        "\(title): expected \(image.rows) × \(image.columns) cells to become \(rows) × \(columns), with padding at the end "
          + "only (pads 0, 0, 1, 1, or ceil_mode, or Keras' padding='same')")
    }
    activation = try Activation([image.channels, rows, columns], after: title)
    stage = .convolution(isRectified: isRectified, isPooled: true)
  }

  /// Limits of what comes out; of a convolution 0 and none (ReLU).
  mutating func clip(_ low: Float, _ high: Float, _ title: String) throws(ONNXError) {
    guard low <= high else { throw ONNXError("\(title): clips to \(low) … \(high), which is nothing") }
    switch stage {
    case .convolution(_, let isPooled) where low == 0 && high == .infinity && !convolutions.isEmpty:
      stage = .convolution(isRectified: true, isPooled: isPooled)
    case .dense, .clipped:
      (lowest, highest) = (min(max(lowest, low), high), min(max(highest, low), high))
      stage = .clipped
    default: throw ONNXError("\(title): expected ReLU behind each convolution, and limits behind the dense layer only")
    }
  }

  /// The dense layer: one weight for each number of the activation.
  mutating func dense(_ weights: [Float], bias: Float, _ title: String) throws(ONNXError) {
    guard case .convolution = stage, !convolutions.isEmpty else {
      throw ONNXError("\(title): expected one dense layer, behind the convolutions")
    }
    try finishConvolution(title)
    denseWeights = Array(repeating: 0, count: weights.count)
    for (weight, place) in zip(weights, activation.places) { denseWeights[place] = weight }
    denseBias = bias
    activation = try Activation([1], after: title)
    stage = .dense
  }

  /// Finds channels and window where the first convolution is met.
  private mutating func finishInput(_ title: String) throws(ONNXError) {
    guard activation.dimensions.count == 3, inputDimensions.count == 3,
      activation.dimensions[1] == activation.dimensions[2]
    else { throw wrongInput(title) }
    (channels, window) = (activation.dimensions[0], activation.dimensions[1])
    let cells = window * window
    let isLast =
      inputDimensions == [window, window, channels]
      && activation.places.enumerated().allSatisfy { $1 == $0 % cells * channels + $0 / cells }
    guard window % 2 == 1, window <= Self.largestWindow, isLast || activation.image != nil else {
      throw wrongInput(title)
    }
    for channel in 0..<channels {
      let places = activation.places[channel * cells..<(channel + 1) * cells]
      let (offset, scale) = (offsets[places[channel * cells]], scales[places[channel * cells]])
      guard places.allSatisfy({ offsets[$0] == offset && scales[$0] == scale }) else {
        throw ONNXError(
          "\(title): cells of channel \(channel + 1) are standardised by other moments; expected one mean and one deviation"
        )
      }
      channelOffsets.append(Float(offset))
      channelScales.append(Float(scale))
    }
    activation.places = Array(activation.places.indices)
    stage = .convolution(isRectified: true, isPooled: true)
  }

  /// Checks that ReLU and pooling came after the last convolution; of 1 × 1 cells pooling changes nothing.
  private mutating func finishConvolution(_ title: String) throws(ONNXError) {
    guard case .convolution(let isRectified, let isPooled) = stage, let last = convolutions.last else { return }
    guard isRectified else { throw ONNXError("\(title): expected Relu behind the convolution before it") }
    guard isPooled || activation.places.count == last.outputs else {
      throw ONNXError("\(title): expected MaxPool behind the convolution before it")
    }
  }

  private func wrongInput(_ title: String) -> ONNXError {
    ONNXError(
      "\(title): the input [n, \(inputDimensions.map(String.init).joined(separator: ", "))] is no square window of an odd "
        + "number of cells; expected [n, channel, row, column] or [n, row, column, channel]")
  }
}
