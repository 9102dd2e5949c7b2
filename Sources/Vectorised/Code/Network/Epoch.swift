import VectorisedLayout

extension Functions {
  package static func forward(_ network: DenseNetwork) {
    var input = network.input
    for index in 0..<network.layerCount {
      network.layers[index].forward(input: input, samples: network.samples, network.activation)
      input = network.layers[index].activations
    }
    network.predict()
  }

  package static func gradient(_ network: DenseNetwork) -> Float {
    if network.takesSortedPath {
      network.transposeSortedLayers()
      return network.sortedEpoch(nil)
    }
    network.transposeLayers()
    forward(network)
    let loss = network.lossAndOutputGradient()
    for index in (0..<network.layerCount).reversed() {
      let input = network.passBack(from: index)
      network.layers[index].computeGradient(input: input, samples: network.samples)
    }
    return loss
  }

  package static func train(_ network: DenseNetwork, epochs: Int, _ settings: AdamSettings) -> (
    loss: Float, epochs: Int
  ) {
    let isSorted = network.takesSortedPath
    if isSorted {
      network.transposeSortedLayers()
      network.resetTransposedMoments()
    } else {
      network.transposeLayers()
    }
    var loss = Float.nan
    var firstPower = 1.0
    var secondPower = 1.0
    for epoch in 0..<epochs {
      firstPower *= settings.firstDecay
      secondPower *= settings.secondDecay
      let step = AdamStep(settings, firstPower: firstPower, secondPower: secondPower)
      if isSorted {
        loss = network.sortedEpoch(step)
        if loss <= settings.targetLoss { return (loss, epoch + 1) }
        continue
      }
      forward(network)
      loss = network.lossAndOutputGradient()
      network.updateOutput(step)
      for index in (0..<network.layerCount).reversed() {
        let input = network.passBack(from: index)
        network.layers[index].update(input: input, samples: network.samples, step, transposing: index > 0)
      }
      if loss <= settings.targetLoss { return (loss, epoch + 1) }
    }
    return (loss, epochs)
  }
}

extension DenseNetwork {
  /// Copies the weights of all layers but the first to `transposed`, where the passes back need them and updates keep them.
  @inline(__always)
  func transposeLayers() {
    for index in 1..<layerCount { layers[index].transpose() }
  }

  /// Transposes what the sorted path needs so: the layers that it passes by products, and the last one.
  @inline(__always)
  fileprivate func transposeSortedLayers() {
    for index in 2..<max(2, layerCount - 1) { layers[index].transpose() }
    transposeLastLayer()
  }

  /// Deltas of the layer before a layer, if there is one, from its deltas and its weights, which must not have been
  /// updated yet; returns the layer's input.
  @inline(__always)
  fileprivate func passBack(from index: Int) -> UnsafeMutablePointer<Float> {
    guard index > 0 else { return input }
    let before = layers[index - 1]
    layers[index].backward(to: before, samples: samples, activation)
    return before.activations
  }
}
