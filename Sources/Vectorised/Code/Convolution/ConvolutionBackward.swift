import VectorisedLayout

extension ConvolutionLayer {
  /// Adds the gradient of the weights and biases, given `pooledDeltas`, and leaves the deltas of the input.
  /// - Parameter inputDeltas: Derivative of the loss with respect to the input; nil where nobody asks.
  func backward(
    _ input: UnsafePointer<Float>, _ inputDeltas: UnsafeMutablePointer<Float>?, _ memory: ConvolutionMemory
  ) {
    unpool()
    let width = ConvolutionMemory.width
    for cell in 0..<size * size {
      let place = cell * weightStride * width
      copyTransposed(
        deltas + place, stride: width, rows: weightStride, columns: width, to: transposedDeltas + place,
        stride: weightStride)
    }
    if let inputDeltas { passBack(inputDeltas, memory) }
    addWeightGradient(input, memory)
    addBiasGradient(memory)
  }

  /// Hands the deltas behind pooling to the first cell with the largest value, where that is above zero.
  private func unpool() {
    let width = ConvolutionMemory.width
    for cell in 0..<pooledSize * pooledSize {
      for offset in stride(from: 0, to: outputs * width, by: Lanes.scalarCount) {
        let place = cell * outputs * width + offset
        let largest: Lanes = pooled.vector(place)
        var left = Lanes().replacing(with: pooledDeltas.vector(place), where: largest .> Lanes())
        forEachPooled(cell) { source in
          let isLargest = activations.vector(source * outputs * width + offset, as: Lanes.self) .== largest
          deltas.store(Lanes().replacing(with: left, where: isLargest), at: source * weightStride * width + offset)
          left.replace(with: Lanes(), where: isLargest)
        }
      }
    }
  }

  private func passBack(_ inputDeltas: UnsafeMutablePointer<Float>, _ memory: ConvolutionMemory) {
    let width = ConvolutionMemory.width
    for cell in 0..<size * size {
      var termCount = 0
      // What a tap brings to a cell comes back by the tap opposite.
      forEachTap(of: cell) { tap, target in
        memory.terms[termCount] = ProductTerm(
          a: (tapCount - 1 - tap) * inputs * weightStride, b: target * weightStride * width)
        termCount += 1
      }
      let product = TermProduct(
        rows: inputs, depth: outputs, columns: blockVectors, a: memory.parameters + weightStart,
        rowStride: weightStride, stepStride: 1, b: deltas, bStride: width, cStride: width, terms: memory.terms,
        termCount: termCount)
      product.compute(StoreSum(destination: inputDeltas + cell * inputs * width))
    }
  }

  private func addWeightGradient(_ input: UnsafePointer<Float>, _ memory: ConvolutionMemory) {
    let width = ConvolutionMemory.width
    for tap in 0..<tapCount {
      var termCount = 0
      for cell in 0..<size * size {
        forEachTap(of: cell) { other, source in
          guard other == tap else { return }
          memory.terms[termCount] = ProductTerm(a: source * inputs * width, b: cell * weightStride * width)
          termCount += 1
        }
      }
      let product = TermProduct(
        rows: inputs, depth: width, columns: weightStride / Lanes.scalarCount, a: input, rowStride: width,
        stepStride: 1, b: transposedDeltas, bStride: weightStride, cStride: weightStride, terms: memory.terms,
        termCount: termCount)
      product.compute(
        AddFixedPoint(sums: memory.sums + weightStart + tap * inputs * weightStride, largest: memory.largest))
    }
  }

  private func addBiasGradient(_ memory: ConvolutionMemory) {
    let sink = AddFixedPoint(sums: memory.sums + biasStart, largest: memory.largest)
    for offset in stride(from: 0, to: weightStride, by: Lanes.scalarCount) {
      var sum = Lanes()
      for row in 0..<size * size * ConvolutionMemory.width {
        sum += transposedDeltas.vector(row * weightStride + offset)
      }
      sink.finish(sum, at: offset)
    }
  }
}
