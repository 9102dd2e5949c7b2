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
    gradientProduct(input: input, samples: samples).compute(StoreSum(destination: gradient))
  }

  /// Gradient of the weights, and their Adam update.
  @inline(never)
  func update(input: UnsafeMutablePointer<Float>, samples: Int, _ step: AdamStep) {
    let update = AdamUpdate(
      weights: weights, gradient: gradient, firstMoment: firstMoment, secondMoment: secondMoment, step: step)
    var side = UpdateBehind(update, stride: weightStride)
    gradientProduct(input: input, samples: samples).compute(StoreSum(destination: gradient), &side)
  }

  @inline(__always)
  private func gradientProduct(input: UnsafeMutablePointer<Float>, samples: Int) -> MatrixProduct {
    MatrixProduct(
      rows: inputs + 1, depth: samples, columns: vectors, a: input, rowStride: 1, stepStride: inputStride, b: deltas,
      bStride: activationStride, cStride: weightStride)
  }

  /// Copies the weights without the biases to `transposed`, in blocks of 4 × 4.
  @inline(never)
  func transpose() {
    let wholeInputs = inputs & ~3
    let wholeUnits = units & ~3
    for input in stride(from: 0, to: wholeInputs, by: 4) {
      let source = weights + input * weightStride
      for unit in stride(from: 0, to: wholeUnits, by: 4) {
        let a: SIMD4<Float> = source.vector(unit)
        let b: SIMD4<Float> = source.vector(unit + weightStride)
        let c: SIMD4<Float> = source.vector(unit + 2 * weightStride)
        let d: SIMD4<Float> = source.vector(unit + 3 * weightStride)
        let destination = transposed + unit * transposedStride + input
        destination.store(SIMD4(a.x, b.x, c.x, d.x), at: 0)
        destination.store(SIMD4(a.y, b.y, c.y, d.y), at: transposedStride)
        destination.store(SIMD4(a.z, b.z, c.z, d.z), at: 2 * transposedStride)
        destination.store(SIMD4(a.w, b.w, c.w, d.w), at: 3 * transposedStride)
      }
      for unit in wholeUnits..<units {
        for row in input..<(input + 4) { transposeOne(row, unit) }
      }
    }
    for input in wholeInputs..<inputs {
      for unit in 0..<units { transposeOne(input, unit) }
    }
  }

  @inline(__always)
  private func transposeOne(_ input: Int, _ unit: Int) {
    transposed[unit * transposedStride + input] = weights[input * weightStride + unit]
  }
}
