import VectorisedLayout

/// A sum of matrix products: `C[r][j] = Σ_t Σ_k A_t[r · rowStride + k · stepStride] · B_t[k][j]`.
///
/// One form serves the forward pass (terms: taps), the backward pass (taps) and the gradient of the weights (terms: pairs of
/// cells that a tap connects). Each element of C is summed over the terms and over k in order.
struct TermProduct {
  /// Rows of A and C.
  var rows: Int
  /// Products of each term.
  var depth: Int
  /// Vectors in a row of B and C.
  var columns: Int
  var a: UnsafePointer<Float>
  var rowStride: Int
  var stepStride: Int
  var b: UnsafePointer<Float>
  var bStride: Int
  /// Distance in values between rows of C, the unit of the epilogue's offsets.
  var cStride: Int
  /// The terms, and room for one more.
  var terms: UnsafePointer<ProductTerm>
  var termCount: Int
}

extension TermProduct {
  /// Computes the product; every element goes through the epilogue once.
  @inline(never)
  func compute(_ epilogue: some Epilogue) {
    var done = 0
    // Shapes keep all accumulators, one row of B and one element of A in registers: 32 of them at level 4 and on
    // arm64, 16 below.
    #if VECTOR_16 || arch(arm64)
      while columns - done >= 4 {
        strip(FourColumns.self, from: done, epilogue, height: 6)
        done += 4
      }
      while columns - done >= 2 {
        strip(TwoColumns.self, from: done, epilogue, height: 8)
        done += 2
      }
    #else
      while columns - done >= 2 {
        strip(TwoColumns.self, from: done, epilogue, height: 6)
        done += 2
      }
    #endif
    if columns - done == 1 { strip(OneColumn.self, from: done, epilogue, height: 8) }
  }

  /// Computes all rows of some neighbouring columns, in tiles of up to `height` rows.
  @inline(never)
  private func strip<W: Columns>(_ width: W.Type, from column: Int, _ epilogue: some Epilogue, height: Int) {
    var row = 0
    while row < rows {
      // The last tiles share what is left, so that none is too small to keep the multipliers busy.
      let left = rows - row
      let tile = left >= 2 * height ? height : left > height ? (left + 1) / 2 : left
      switch tile {
      case 8: self.tile(EightRows<W>.self, row, column, epilogue)
      case 7: self.tile(SevenRows<W>.self, row, column, epilogue)
      case 6: self.tile(SixRows<W>.self, row, column, epilogue)
      case 5: self.tile(FiveRows<W>.self, row, column, epilogue)
      case 4: self.tile(FourRows<W>.self, row, column, epilogue)
      case 3: self.tile(ThreeRows<W>.self, row, column, epilogue)
      case 2: self.tile(TwoRows<W>.self, row, column, epilogue)
      default: self.tile(OneRow<W>.self, row, column, epilogue)
      }
      row += tile
    }
  }

  /// A function of its own for each shape, so that none loses accumulators to memory.
  @inline(never)
  private func tile<R: Rows>(_ shape: R.Type, _ row: Int, _ column: Int, _ epilogue: some Epilogue) {
    let (a, b) = (a + row * rowStride, b + column * Lanes.scalarCount)
    var sums = R()
    var term = terms
    var (factors, line, left) = (a + term.pointee.a, b + term.pointee.b, depth)
    // One loop: with one for each term around it, the compiler keeps sums in memory.
    for _ in 0..<termCount * depth {
      sums.add(factors, stride: rowStride, times: R.Width(loading: line))
      factors += stepStride
      line += bStride
      left -= 1
      if left == 0 {
        term += 1
        (factors, line, left) = (a + term.pointee.a, b + term.pointee.b, depth)
      }
    }
    sums.finish(epilogue, at: row * cStride + column * Lanes.scalarCount, stride: cStride)
  }
}
