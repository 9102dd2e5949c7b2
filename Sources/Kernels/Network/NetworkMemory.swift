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
    var arena = Arena(base: nil)
    let layers = UnsafeMutablePointer<DenseLayer>.allocate(capacity: shape.hidden.count)
    defer { layers.deallocate() }
    _ = layOut(shape, samples: samples, in: &arena, layers)
    return arena.used
  }

  init(_ shape: NetworkShape, samples: Int) {
    let count = Self.valueCount(shape, samples: samples)
    base = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
    var arena = Arena(base: base.initializeMemory(as: Float.self, repeating: 0, count: count))
    layers = .allocate(capacity: shape.hidden.count)
    network = Self.layOut(shape, samples: samples, in: &arena, layers)
  }

  deinit {
    layers.deallocate()
    base.deallocate()
  }

  /// A network in the arena; `layers` is initialised.
  private static func layOut(
    _ shape: NetworkShape, samples: Int, in arena: inout Arena, _ layers: UnsafeMutablePointer<DenseLayer>
  ) -> DenseNetwork {
    let input = arena.take(samples * 16)
    var inputStride = 16
    for (index, connection) in shape.connections.dropLast().enumerated() {
      let (inputs, units) = connection
      (layers + index).initialize(
        to: layer(inputs: inputs, units: units, inputStride: inputStride, samples: samples, in: &arena))
      inputStride = roundedUp(units + 1)
    }
    return DenseNetwork(
      layers: layers, layerCount: shape.hidden.count, samples: 0, input: input,
      target: arena.take(roundedUp(samples)), prediction: arena.take(roundedUp(samples)),
      outputWeights: arena.take(inputStride), outputGradient: arena.take(inputStride),
      outputFirstMoment: arena.take(inputStride), outputSecondMoment: arena.take(inputStride),
      activation: shape.activation.function,
      sorted: sortedSamples(
        firstUnits: shape.hidden[0], last: layers[shape.hidden.count - 1], samples: samples, in: &arena))
  }

  private static func layer(
    inputs: Int, units: Int, inputStride: Int, samples: Int, in arena: inout Arena
  ) -> DenseLayer {
    let weightStride = roundedUp(units)
    let activationStride = roundedUp(units + 1)
    let weights = roundedUp(inputs + 1) * weightStride
    let activations = samples * activationStride
    return DenseLayer(
      inputs: inputs, units: units, inputStride: inputStride, weightStride: weightStride,
      transposedStride: roundedUp(inputs), activationStride: activationStride, weights: arena.take(weights),
      gradient: arena.take(weights), firstMoment: arena.take(weights), secondMoment: arena.take(weights),
      transposed: arena.take(weightStride * roundedUp(inputs)), activations: arena.take(activations),
      slopes: arena.take(activations), deltas: arena.take(activations),
      // A word of 64 bits may be read from the last bits on.
      activeBits: arena.take(activations / 16 + 4, of: UInt16.self))
  }

  private static func sortedSamples(
    firstUnits: Int, last: DenseLayer, samples: Int, in arena: inout Arena
  ) -> SortedSamples {
    let stride = roundedUp(last.inputs + 1)
    let weights = roundedUp(last.units) * stride
    return SortedSamples(
      breakpoints: arena.take(firstUnits, of: Int32.self), order: arena.take(firstUnits, of: Int32.self),
      risingCount: arena.take(1, of: Int32.self), counts: arena.take(samples + 2, of: Int32.self),
      partialSums: arena.take(32 * firstUnits), predictionDeltas: arena.take(roundedUp(samples)),
      switches: arena.take(samples * last.units, of: UnitSwitch.self),
      switchEnds: arena.take(samples, of: Int32.self), lastSwitches: arena.take(last.units, of: Int32.self),
      // Moments take as much place either way.
      last: TransposedWeights(
        stride: stride, weights: arena.take(weights), gradient: arena.take(weights), firstMoment: last.firstMoment,
        secondMoment: last.secondMoment))
  }
}
