import VectorisedLayout

// The passes of one hidden layer that serve every network. For sorted samples and ReLU there are faster ones, see
// FirstLayersForward, FirstLayersGradient and LastLayerGradient.
extension DenseLayer {
  /// Vectors in a row of units.
  @inline(__always)
  var vectors: Int { (units + Lanes.scalarCount - 1) / Lanes.scalarCount }

  /// Activations of all samples, and slopes where the activation function needs them for the way back.
  @inline(never)
  func forward(input: UnsafeMutablePointer<Float>, samples: Int, _ function: Activation) {
    let product = forwardProduct(input: input, samples: samples)
    if function == .relu {
      product.compute(StoreRectified(destination: activations))
    } else {
      product.compute(StoreSum(destination: activations))
      activate(samples: samples, function)
    }
    for sample in 0..<samples { activations[sample * activationStride + units] = 1 }
  }

  /// Activations of all samples for ReLU, leaving out inputs that are zero, which `before` has noted.
  @inline(never)
  func forwardActive(from before: DenseLayer, samples: Int) {
    forwardProduct(input: before.activations, samples: samples)
      .compute(StoreRectifiedAndNote(destination: activations, active: active), active: before.active)
    setActiveOnes(samples: samples)
  }

  @inline(__always)
  private func forwardProduct(input: UnsafeMutablePointer<Float>, samples: Int) -> MatrixProduct {
    MatrixProduct(
      rows: samples, depth: inputs + 1, columns: vectors, a: input, rowStride: inputStride, stepStride: 1, b: weights,
      bStride: weightStride, cStride: activationStride)
  }

  /// Deltas of the layer before this one, whose activations are this layer's input; `transposed` must hold the weights.
  @inline(never)
  func backward(to before: DenseLayer, samples: Int, _ function: Activation) {
    let product = MatrixProduct(
      rows: samples, depth: units, columns: before.vectors, a: deltas, rowStride: activationStride, stepStride: 1,
      b: transposed, bStride: transposedStride, cStride: before.activationStride)
    if function == .relu {
      product.compute(StoreWhereActive(destination: before.deltas, activations: before.activations))
    } else {
      product.compute(StoreTimes(destination: before.deltas, factors: before.slopes))
    }
    // The column of ones is no unit of the layer before.
    for sample in 0..<samples { before.deltas[sample * before.activationStride + before.units] = 0 }
  }

  /// Gradient of the weights.
  @inline(never)
  func computeGradient(input: UnsafeMutablePointer<Float>, samples: Int) {
    gradientProduct(input: input, samples: samples).compute(StoreSum(destination: gradient))
  }

  /// Gradient of the weights, and their Adam update, on request in `transposed` too.
  @inline(never)
  func update(input: UnsafeMutablePointer<Float>, samples: Int, _ step: AdamStep, transposing: Bool) {
    #if VECTOR_16
      // Beside the product, the update's vectors of this length take more time than after it (measured: 6 µs against 4
      // for 86 samples and 100 × 100 weights).
      computeGradient(input: input, samples: samples)
      if transposing { updateAndTranspose(step) } else { update(step) }
    #else
      var side = UpdateBehind(adamUpdate(step), by: gradient, stride: weightStride)
      gradientProduct(input: input, samples: samples).compute(StoreSum(destination: gradient), &side)
      if transposing { transpose() }
    #endif
  }

  /// Adam update of the weights, whose gradient is complete, and their copy to `transposed`.
  ///
  /// A few rows at a time, which are still in the first-level cache when they are transposed.
  @inline(never)
  private func updateAndTranspose(_ step: AdamStep) {
    let update = adamUpdate(step)
    for row in stride(from: 0, through: inputs, by: Lanes.scalarCount) {
      let end = min(row + Lanes.scalarCount, inputs + 1)
      for offset in stride(from: row * weightStride, to: end * weightStride, by: Lanes.scalarCount) {
        update.finish(gradient.vector(offset), at: offset)
      }
      // The biases alone have no place there.
      guard row < inputs else { break }
      copyTransposed(
        weights + row * weightStride, stride: weightStride, rows: end - row, columns: units, to: transposed + row,
        stride: transposedStride)
    }
  }

  /// Adam update of the weights, whose gradient is complete.
  @inline(never)
  func update(_ step: AdamStep) {
    adamUpdate(step).update(count: (inputs + 1) * weightStride, by: gradient)
  }

  @inline(__always)
  func adamUpdate(_ step: AdamStep) -> AdamUpdate {
    AdamUpdate(weights: weights, firstMoment: firstMoment, secondMoment: secondMoment, step: step)
  }

  @inline(__always)
  private func gradientProduct(input: UnsafeMutablePointer<Float>, samples: Int) -> MatrixProduct {
    MatrixProduct(
      rows: inputs + 1, depth: samples, columns: vectors, a: input, rowStride: 1, stepStride: inputStride, b: deltas,
      bStride: activationStride, cStride: weightStride)
  }

  /// Copies the weights to `transposed`; where there is padding the biases get there too, as one more column.
  @inline(never)
  func transpose() {
    copyTransposed(
      weights, stride: weightStride, rows: inputs, columns: units, to: transposed, stride: transposedStride)
  }
}
