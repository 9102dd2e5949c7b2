import VectorisedLayout

/// One aligned block of memory for a network's weights, moments, activations and gradients.
struct NetworkMemory: ~Copyable {
  private let block: MemoryBlock<DenseNetwork>
  private let layers: UnsafeMutablePointer<DenseLayer>
  /// Pointers into the block; `samples` is set by the owner.
  var network: DenseNetwork

  /// Number of values in the block.
  static func valueCount(_ shape: NetworkShape, samples: Int) -> Int {
    let layers = UnsafeMutablePointer<DenseLayer>.allocate(capacity: shape.hidden.count)
    defer { layers.deallocate() }
    return Arena.count { DenseNetwork(shape, samples: samples, layers, in: &$0) }
  }

  init(_ shape: NetworkShape, samples: Int) {
    let layers = UnsafeMutablePointer<DenseLayer>.allocate(capacity: shape.hidden.count)
    block = MemoryBlock { DenseNetwork(shape, samples: samples, layers, in: &$0) }
    network = block.layout
    self.layers = layers
  }

  deinit { layers.deallocate() }
}

extension DenseNetwork {
  fileprivate init(
    _ shape: NetworkShape, samples: Int, _ layers: UnsafeMutablePointer<DenseLayer>, in arena: inout Arena
  ) {
    self.init(
      hidden: shape.hidden, activation: shape.activation, maximumSamples: samples, layers: layers, in: &arena)
  }
}

extension GaussNewtonMemory {
  /// The matrices of Gauss–Newton steps for a network of a shape.
  init(_ shape: NetworkShape, samples: Int, in arena: inout Arena) {
    self.init(samples: samples, widest: shape.hidden.max() ?? 0, in: &arena)
  }
}

extension LBFGSMemory {
  /// The vectors of L-BFGS for a network of a shape.
  /// - Parameter pairs: Steps that are remembered, with the changes of the gradient over them.
  init(_ shape: NetworkShape, pairs: Int, in arena: inout Arena) {
    let layers = shape.connections.dropLast().reduce(0) { $0 + ($1.inputs + 1) * Arena.roundedUp($1.outputs) }
    let output = Arena.roundedUp(shape.hidden[shape.hidden.count - 1] + 1)
    self.init(values: layers + output, capacity: pairs, in: &arena)
  }
}
