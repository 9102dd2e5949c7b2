import VectorisedLayout

extension DenseNetwork {
  /// Whether the passes for sorted samples apply.
  @inline(__always)
  var takesSortedPath: Bool { isSorted && activation == .relu && layerCount > 1 }

  /// Computes the loss and its gradient, as ``gradient(_:)``, or updates the weights by it, for sorted samples and ReLU.
  ///
  /// Exact up to rounding, for a fraction of the work: of the products of samples, inputs and units there remain the
  /// forward ones behind the second layer, without the inputs that are off, and those of layers between the second and the
  /// last.
  @inline(__always)
  func sortedEpoch(_ step: AdamStep?) -> Float {
    forwardFirstLayers()
    for index in 2..<max(layerCount, 2) { layers[index].forwardActive(from: layers[index - 1], samples: samples) }
    predict()
    let loss: Float
    if layerCount > 2 {
      loss = lossAndPredictionDeltas()
      computeOutputGradient()
      passLastLayer(step)
      for index in (2..<(layerCount - 1)).reversed() { passLayer(index, step) }
    } else {
      loss = lossAndOutputGradient()
    }
    passFirstLayers(step)
    if let step { updateOutput(step) }
    return loss
  }

  @inline(__always)
  private func passLastLayer(_ step: AdamStep?) {
    let last = sorted.last
    guard let step else {
      passLastLayer(StoreSum(destination: last.gradient))
      restoreLastGradient()
      return
    }
    passLastLayer(
      AdamUpdate(weights: last.weights, firstMoment: last.firstMoment, secondMoment: last.secondMoment, step: step))
    restoreLastWeights()
  }

  @inline(__always)
  private func passLayer(_ index: Int, _ step: AdamStep?) {
    let (before, layer) = (layers[index - 1], layers[index])
    layer.backward(to: before, samples: samples, activation)
    if let step {
      layer.update(input: before.activations, samples: samples, step, transposing: true)
    } else {
      layer.computeGradient(input: before.activations, samples: samples)
    }
  }

  @inline(__always)
  private func passFirstLayers(_ step: AdamStep?) {
    guard let step else { return passFirstLayers(StoreSum(destination: layers[1].gradient)) }
    passFirstLayers(layers[1].adamUpdate(step))
    layers[0].update(step)
  }
}
