import NetworkLayout

/// One aligned block of memory for a network's weights, moments, activations and gradients.
struct NetworkMemory: ~Copyable {
  private let base: UnsafeMutableRawPointer
  private let layers: UnsafeMutablePointer<DenseLayer>
  /// Pointers into the block; `samples` is set by the owner.
  var network: DenseNetwork

  static func roundedUp(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  /// Number of values in the block.
  static func valueCount(_ shape: NetworkShape, samples: Int) -> Int {
    var count = samples * 16 + 2 * roundedUp(samples)
    for (inputs, units) in shape.connections.dropLast() {
      count += 4 * (inputs + 1) * roundedUp(units) + units * roundedUp(inputs)
      count += 3 * samples * roundedUp(units + 1)
    }
    return count + 4 * roundedUp((shape.hidden.last ?? 0) + 1)
  }

  init(_ shape: NetworkShape, samples: Int) {
    let count = Self.valueCount(shape, samples: samples)
    base = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
    var next = base.initializeMemory(as: Float.self, repeating: 0, count: count)
    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
      defer { next += count }
      return next
    }
    let input = take(samples * 16)
    let target = take(Self.roundedUp(samples))
    let prediction = take(Self.roundedUp(samples))
    layers = .allocate(capacity: shape.hidden.count)
    var inputStride = 16
    for (index, connection) in shape.connections.dropLast().enumerated() {
      let (inputs, units) = connection
      let weightStride = Self.roundedUp(units)
      let activationStride = Self.roundedUp(units + 1)
      let weights = (inputs + 1) * weightStride
      (layers + index).initialize(
        to: DenseLayer(
          inputs: inputs, units: units, inputStride: inputStride, weightStride: weightStride,
          transposedStride: Self.roundedUp(inputs), activationStride: activationStride, weights: take(weights),
          gradient: take(weights), firstMoment: take(weights), secondMoment: take(weights),
          transposed: take(units * Self.roundedUp(inputs)), activations: take(samples * activationStride),
          slopes: take(samples * activationStride), deltas: take(samples * activationStride)))
      inputStride = activationStride
    }
    network = DenseNetwork(
      layers: layers, layerCount: shape.hidden.count, samples: 0, input: input, target: target,
      prediction: prediction, outputWeights: take(inputStride), outputGradient: take(inputStride),
      outputFirstMoment: take(inputStride), outputSecondMoment: take(inputStride),
      activation: shape.activation.function)
  }

  deinit {
    layers.deallocate()
    base.deallocate()
  }
}
