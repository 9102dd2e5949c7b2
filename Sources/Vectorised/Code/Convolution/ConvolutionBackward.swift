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
    let (length, paddedLength) = (outputs * width, weightStride * width)
    for cell in 0..<pooledSize * pooledSize {
      let cells = pooledCells(cell)
      for offset in stride(from: 0, to: length, by: Lanes.scalarCount) {
        let largest: Lanes = pooled.vector(cell * length + offset)
        let all: Lanes = pooledDeltas.vector(cell * length + offset)
        let isFirst = activations.vector(cells.0 * length + offset, as: Lanes.self) .== largest
        let isSecond = activations.vector(cells.1 * length + offset, as: Lanes.self) .== largest
        let isThird = activations.vector(cells.2 * length + offset, as: Lanes.self) .== largest
        // What the first cell does not take is left to the second, and so on.
        let wanted = Lanes().replacing(with: all, where: largest .> Lanes())
        let first = Lanes().replacing(with: wanted, where: isFirst)
        let afterFirst = wanted.replacing(with: Lanes(), where: isFirst)
        let second = Lanes().replacing(with: afterFirst, where: isSecond)
        let afterSecond = afterFirst.replacing(with: Lanes(), where: isSecond)
        let third = Lanes().replacing(with: afterSecond, where: isThird)
        let fourth = afterSecond.replacing(with: Lanes(), where: isThird)
        // Backwards: of a cell that stands for others, what came first counts.
        deltas.store(fourth, at: cells.3 * paddedLength + offset)
        deltas.store(third, at: cells.2 * paddedLength + offset)
        deltas.store(second, at: cells.1 * paddedLength + offset)
        deltas.store(first, at: cells.0 * paddedLength + offset)
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
