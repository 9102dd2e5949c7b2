import VectorisedLayout

/// Vectors of a block's samples.
var blockVectors: Int { ConvolutionMemory.width / Lanes.scalarCount }

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

  /// The four cells of which a cell after pooling has the largest value, in their order; at the end of an odd number of rows
  /// or columns, cells stand for the missing ones behind them.
  @inline(__always)
  func pooledCells(_ cell: Int) -> (Int, Int, Int, Int) {
    let (row, column) = (2 * (cell / pooledSize), 2 * (cell % pooledSize))
    let (below, right) = (min(row + 1, size - 1) * size, min(column + 1, size - 1))
    return (row * size + column, row * size + right, below + column, below + right)
  }

  private func pool() {
    let length = outputs * ConvolutionMemory.width
    for cell in 0..<pooledSize * pooledSize {
      let cells = pooledCells(cell)
      let first = UnsafePointer(activations + cells.0 * length), second = UnsafePointer(activations + cells.1 * length)
      let third = UnsafePointer(activations + cells.2 * length), fourth = UnsafePointer(activations + cells.3 * length)
      let target = pooled + cell * length
      for offset in stride(from: 0, to: length, by: Lanes.scalarCount) {
        let upper = larger(first.vector(offset), second.vector(offset))
        target.store(larger(upper, larger(third.vector(offset), fourth.vector(offset))), at: offset)
      }
    }
  }
}

/// The larger values of two vectors; NaN where either is.
@inline(__always)
private func larger(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: (b .> a) .| (b .!= b)) }

/// Stores max(sum + bias, 0), the bias that of the row.
private struct StoreBiasedRectified: Epilogue {
  var destination: UnsafeMutablePointer<Float>
  var biases: UnsafePointer<Float>
  /// Bits of a sample's number, behind which an offset has its row: dividing would take longer than the sum.
  var widthBits = ConvolutionMemory.width.trailingZeroBitCount

  @inline(__always) func finish(_ sum: Lanes, at offset: Int) {
    let biased = sum + Lanes(repeating: biases[offset >> widthBits])
    destination.store(biased.replacing(with: Lanes(), where: biased .< Lanes()), at: offset)
  }
}
