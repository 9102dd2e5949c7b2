import VectorisedLayout

extension DenseNetwork {
  @inline(__always)
  var lastLayer: DenseLayer { layers[layerCount - 1] }

  /// Output of the network for all samples: the weighted sum of the last hidden layer.
  @inline(never)
  func predict() {
    let layer = lastLayer
    let stride = layer.activationStride
    for sample in 0..<samples {
      let activations = layer.activations + sample * stride
      var sum = Block()
      var column = 0
      while column < stride {
        // Columns behind the ones may hold the activation function's value at zero; their weights are zero.
        sum = sum.plus(activations.vector(column), times: outputWeights.vector(column))
        column += 16
      }
      prediction[sample] = sum.total
    }
  }

  /// Mean squared error; leaves the deltas of the last hidden layer and the gradient of the output weights.
  @inline(never)
  func lossAndOutputGradient() -> Float {
    let loss = lossAndPredictionDeltas()
    computeOutputGradient()
    passBackPredictionDeltas()
    return loss
  }

  /// Mean squared error, and its derivative with respect to each prediction.
  @inline(__always)
  func lossAndPredictionDeltas() -> Float {
    let scale = 2 / Float(samples)
    var loss: Float = 0
    for sample in 0..<samples {
      let error = prediction[sample] - target[sample]
      loss += error * error
      sorted.predictionDeltas[sample] = error * scale
    }
    return loss / Float(samples)
  }

  /// Gradient of the output unit's weights from the deltas of the predictions.
  @inline(__always)
  func computeOutputGradient() {
    let stride = lastLayer.activationStride
    OutputGradient(network: self).run(columns: stride / Lanes.scalarCount)
    // What lies behind the column of ones is no input, and an activation function may not be zero there.
    for column in (lastLayer.units + 1)..<max(stride, lastLayer.units + 1) { outputGradient[column] = 0 }
  }

  /// Deltas of the last hidden layer from those of the predictions.
  @inline(__always)
  func passBackPredictionDeltas() {
    let layer = lastLayer
    let vectors = layer.activationStride / Lanes.scalarCount
    if activation == .relu {
      let epilogue = StoreWhereActive(destination: layer.deltas, activations: layer.activations)
      LastDeltas(network: self, epilogue: epilogue).run(columns: vectors)
    } else {
      let epilogue = StoreTimes(destination: layer.deltas, factors: layer.slopes)
      LastDeltas(network: self, epilogue: epilogue).run(columns: vectors)
    }
    // The column of ones is no unit of this layer.
    for sample in 0..<samples { layer.deltas[sample * layer.activationStride + layer.units] = 0 }
  }

  /// Adam update of the output unit's weights.
  @inline(__always)
  func updateOutput(_ step: AdamStep) {
    AdamUpdate(
      weights: outputWeights, firstMoment: outputFirstMoment, secondMoment: outputSecondMoment, step: step
    ).update(count: lastLayer.activationStride, by: outputGradient)
  }
}

/// Gradient of the output unit's weights: the sum of the activations times the deltas of the predictions.
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

/// The output unit's weights times the deltas of the predictions, through an epilogue with the derivative.
private struct LastDeltas<Finish: Epilogue>: StripWork {
  var network: DenseNetwork
  var epilogue: Finish

  @inline(never)
  func run<W: Columns>(_ width: W.Type, from first: Int) {
    let column = first * Lanes.scalarCount
    let weights = W(loading: network.outputWeights + column)
    for sample in 0..<network.samples {
      var back = W()
      back.add(Lanes(repeating: network.sorted.predictionDeltas[sample]), times: weights)
      back.finish(epilogue, at: sample * network.lastLayer.activationStride + column)
    }
  }
}

extension SIMD16<Float> {
  /// Sum of all lanes, always in the same order.
  @inline(__always)
  var total: Float {
    let eight = lowHalf + highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}
