import VectorisedLayout

/// Vectors of a block's samples.
let blockVectors = ConvolutionMemory.width / Lanes.scalarCount

extension ConvolutionLayer {
  /// Computes the activations and what pooling leaves of them.
  func forward(_ input: UnsafePointer<Float>, _ memory: ConvolutionMemory) {
    let width = ConvolutionMemory.width
    for cell in 0..<size * size {
      var termCount = 0
      forEachTap(of: cell) { tap, source in
        memory.terms[termCount] = ProductTerm(a: tap * inputs * weightStride, b: source * inputs * width)
        termCount += 1
      }
      let product = TermProduct(
        rows: outputs, depth: inputs, columns: blockVectors, a: memory.parameters + weightStart, rowStride: 1,
        stepStride: weightStride, b: input, bStride: width, cStride: width, terms: memory.terms,
        termCount: termCount)
      product.compute(
        StoreBiasedRectified(
          destination: activations + cell * outputs * width, biases: memory.parameters + biasStart))
    }
    if size > 1 { pool() }
  }

  /// Goes through the taps that connect a cell after the convolution with cells before, and these cells.
  @inline(__always)
  func forEachTap(of cell: Int, _ body: (_ tap: Int, _ source: Int) -> Void) {
    guard size > 1 else { return body(0, 0) }
    let (row, column) = (cell / size, cell % size)
    for y in max(row - 1, 0)...min(row + 1, size - 1) {
      for x in max(column - 1, 0)...min(column + 1, size - 1) {
        body((y - row + 1) * 3 + x - column + 1, y * size + x)
      }
    }
  }

  /// Goes through the cells of which a cell after pooling has the largest value.
  @inline(__always)
  func forEachPooled(_ cell: Int, _ body: (_ source: Int) -> Void) {
    let (row, column) = (2 * (cell / pooledSize), 2 * (cell % pooledSize))
    for y in row...min(row + 1, size - 1) {
      for x in column...min(column + 1, size - 1) { body(y * size + x) }
    }
  }

  private func pool() {
    let length = outputs * ConvolutionMemory.width
    for cell in 0..<pooledSize * pooledSize {
      let target = pooled + cell * length
      for offset in stride(from: 0, to: length, by: Lanes.scalarCount) {
        // No activation is below zero.
        var largest = Lanes()
        forEachPooled(cell) { source in
          let value: Lanes = activations.vector(source * length + offset)
          largest = largest.replacing(with: value, where: value .> largest)
        }
        target.store(largest, at: offset)
      }
    }
  }
}

/// Stores max(sum + bias, 0), the bias that of the row.
private struct StoreBiasedRectified: Epilogue {
  var destination: UnsafeMutablePointer<Float>
  var biases: UnsafePointer<Float>

  @inline(__always) func finish(_ sum: Lanes, at offset: Int) {
    let biased = sum + Lanes(repeating: biases[offset / ConvolutionMemory.width])
    destination.store(biased.replacing(with: Lanes(), where: biased .< Lanes()), at: offset)
  }
}
