import NetworkLayout

// The passes of one hidden layer. A faster exact algorithm for a layer (prefix sums for the first two of a network
// with one sorted input, leaving out units that are off) replaces these functions for that layer; nothing else knows
// how a pass is computed.
extension DenseLayer {
  /// Vectors in a row of units.
  @inline(__always)
  var vectors: Int { (units + Lanes.scalarCount - 1) / Lanes.scalarCount }

  /// Activations of all samples, and slopes where the activation function needs them for the way back.
  @inline(never)
  func forward(input: UnsafeMutablePointer<Float>, samples: Int, _ function: ActivationFunction) {
    let product = MatrixProduct(
      rows: samples, depth: inputs + 1, columns: vectors, a: input, rowStride: inputStride, stepStride: 1, b: weights,
      bStride: weightStride, cStride: activationStride)
    if function == .relu {
      product.compute(StoreRectified(destination: activations))
    } else {
      product.compute(StoreSum(destination: activations))
      activate(samples: samples, function)
    }
    for sample in 0..<samples { activations[sample * activationStride + units] = 1 }
  }

  /// Deltas of the layer before this one, whose activations are this layer's input.
  @inline(never)
  func backward(to before: DenseLayer, samples: Int, _ function: ActivationFunction) {
    transpose()
    let product = MatrixProduct(
      rows: samples, depth: units, columns: before.vectors, a: deltas, rowStride: activationStride, stepStride: 1,
      b: transposed, bStride: transposedStride, cStride: before.activationStride)
    if function == .relu {
      product.compute(StoreWhereActive(destination: before.deltas, activations: before.activations))
    } else {
      product.compute(StoreSum(destination: before.deltas))
      before.multiplyDeltasBySlopes(samples: samples)
    }
  }

  /// Gradient of the weights.
  @inline(never)
  func computeGradient(input: UnsafeMutablePointer<Float>, samples: Int) {
    let product = MatrixProduct(
      rows: inputs + 1, depth: samples, columns: vectors, a: input, rowStride: 1, stepStride: inputStride, b: deltas,
      bStride: activationStride, cStride: weightStride)
    product.compute(StoreSum(destination: gradient))
  }

  /// Adam update of the weights by their gradient.
  @inline(never)
  func update(_ step: AdamStep) {
    AdamUpdate(
      weights: weights, gradient: gradient, firstMoment: firstMoment, secondMoment: secondMoment, step: step
    ).update(count: (inputs + 1) * weightStride)
  }

  /// Copies the weights without the biases to `transposed`.
  @inline(never)
  func transpose() {
    var row = 0
    while row < inputs {
      let rowEnd = min(row + 16, inputs)
      for unit in 0..<units {
        let destination = transposed + unit * transposedStride
        for input in row..<rowEnd { destination[input] = weights[input * weightStride + unit] }
      }
      row = rowEnd
    }
  }
}
