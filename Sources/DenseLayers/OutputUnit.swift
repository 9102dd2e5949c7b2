import NetworkLayout

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
    let layer = lastLayer
    let stride = layer.activationStride
    let scale = 2 / Float(samples)
    var loss: Float = 0
    for column in 0..<stride { outputGradient[column] = 0 }
    for sample in 0..<samples {
      let error = prediction[sample] - target[sample]
      loss += error * error
      let delta = Block(repeating: error * scale)
      let activations = layer.activations + sample * stride
      let slopes = layer.slopes + sample * stride
      let deltas = layer.deltas + sample * stride
      var column = 0
      while column < stride {
        let values: Block = activations.vector(column)
        let gradient: Block = outputGradient.vector(column)
        outputGradient.store(gradient.plus(delta, times: values), at: column)
        let back = delta * outputWeights.vector(column)
        if activation == .relu {
          deltas.store(Block().replacing(with: back, where: values .> Block()), at: column)
        } else {
          deltas.store(back * slopes.vector(column), at: column)
        }
        column += 16
      }
      // The column of ones is no unit of this layer.
      deltas[layer.units] = 0
    }
    // Nor is what lies behind it, where an activation function may not be zero.
    for column in (layer.units + 1)..<max(stride, layer.units + 1) { outputGradient[column] = 0 }
    return loss / Float(samples)
  }

  /// Adam update of the output unit's weights.
  @inline(__always)
  func updateOutput(_ step: AdamStep) {
    AdamUpdate(
      weights: outputWeights, firstMoment: outputFirstMoment, secondMoment: outputSecondMoment, step: step
    ).update(count: lastLayer.activationStride, by: outputGradient)
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
