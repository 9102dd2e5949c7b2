import NetworkLayout

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
      OutputGradient(network: self).run(columns: lastLayer.activationStride / Lanes.scalarCount)
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
      layer.update(input: before.activations, samples: samples, step)
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

  /// Mean squared error, and its derivative with respect to each prediction.
  @inline(__always)
  private func lossAndPredictionDeltas() -> Float {
    let scale = 2 / Float(samples)
    var loss: Float = 0
    for sample in 0..<samples {
      let error = prediction[sample] - target[sample]
      loss += error * error
      sorted.predictionDeltas[sample] = error * scale
    }
    return loss / Float(samples)
  }
}

/// Gradient of the output unit's weights from the deltas of the predictions.
private struct OutputGradient: StripWork {
  var network: DenseNetwork

  @inline(never)
  func run<W: Columns>(_ width: W.Type, from first: Int) {
    let layer = network.lastLayer
    let column = first * Lanes.scalarCount
    var sum = W()
    for sample in 0..<network.samples {
      sum.add(
        Lanes(repeating: network.sorted.predictionDeltas[sample]),
        times: W(loading: layer.activations + sample * layer.activationStride + column))
    }
    sum.finish(StoreSum(destination: network.outputGradient), at: column)
  }
}
