/// Two matrices to be multiplied: `C[r][j] = Σ_k A[r · rowStride + k · stepStride] · B[k][j]`.
///
/// The strides of A let one form serve the forward pass (A: activations), the backward pass (A: deltas) and the
/// gradient of the weights (A: transposed activations). Each element of C is summed over k in order.
struct MatrixProduct {
  /// Rows of A and C.
  var rows: Int
  /// Terms of each sum: columns of A, rows of B.
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
}

extension MatrixProduct {
  /// Computes the product; every element goes through the epilogue once.
  @inline(__always)
  func compute(_ epilogue: some Epilogue) {
    var side = NoSideWork()
    compute(epilogue, &side)
  }

  /// Computes the product and does other work meanwhile, all of it by the end.
  @inline(never)
  func compute(_ epilogue: some Epilogue, _ side: inout some SideWork) {
    var done = 0
    // Shapes keep all accumulators, one row of B and one element of A in registers: 32 of them at level 4 and on
    // arm64, 16 below. Three and four vectors cover every number above two.
    #if VECTOR_16 || arch(arm64)
      while columns - done >= 6 || columns - done == 3 {
        strip(ThreeColumns.self, from: done, epilogue, &side, height: 8)
        done += 3
      }
      while columns - done >= 4 {
        strip(FourColumns.self, from: done, epilogue, &side, height: 6)
        done += 4
      }
    #else
      while columns - done >= 4 || columns - done == 2 {
        strip(TwoColumns.self, from: done, epilogue, &side, height: 6)
        done += 2
      }
      if columns - done == 3 {
        strip(ThreeColumns.self, from: done, epilogue, &side, height: 4)
        done += 3
      }
    #endif
    while columns - done >= 2 {
      strip(TwoColumns.self, from: done, epilogue, &side, height: 6)
      done += 2
    }
    if columns - done == 1 { strip(OneColumn.self, from: done, epilogue, &side, height: 8) }
    while side.pieces > 0 { side.advance() }
  }

  /// Computes all rows of some neighbouring columns, in tiles of up to `height` rows.
  @inline(never)
  private func strip<W: Columns>(
    _ width: W.Type, from column: Int, _ epilogue: some Epilogue, _ side: inout some SideWork,
    height: Int
  ) {
    var row = 0
    while row < rows {
      // The last tiles share what is left, so that none is too small to keep the multipliers busy.
      let left = rows - row
      let tile = left >= 2 * height ? height : left > height ? (left + 1) / 2 : left
      switch tile {
      case 8: self.tile(EightRows<W>.self, row, column, epilogue, &side)
      case 7: self.tile(SevenRows<W>.self, row, column, epilogue, &side)
      case 6: self.tile(SixRows<W>.self, row, column, epilogue, &side)
      case 5: self.tile(FiveRows<W>.self, row, column, epilogue, &side)
      case 4: self.tile(FourRows<W>.self, row, column, epilogue, &side)
      case 3: self.tile(ThreeRows<W>.self, row, column, epilogue, &side)
      case 2: self.tile(TwoRows<W>.self, row, column, epilogue, &side)
      default: self.tile(OneRow<W>.self, row, column, epilogue, &side)
      }
      row += tile
    }
  }

  /// A function of its own for each shape: in one function with the others some shapes lose accumulators to memory.
  @inline(never)
  private func tile<R: Rows>(
    _ shape: R.Type, _ row: Int, _ column: Int, _ epilogue: some Epilogue, _ side: inout some SideWork
  ) {
    var sums = R()
    var factors = a + row * rowStride
    var line = b + column * Lanes.scalarCount
    // The pieces of other work are spread evenly over the steps of the sum.
    var left = depth
    let run = side.pieces > 0 ? max(depth / side.pieces, 1) : depth
    while left > 0 {
      for _ in 0..<min(run, left) {
        sums.add(factors, stride: rowStride, times: R.Width(loading: line))
        factors += stepStride
        line += bStride
      }
      left -= run
      side.advance()
    }
    while side.pieces > 0 { side.advance() }
    let offset = row * cStride + column * Lanes.scalarCount
    sums.finish(epilogue, at: offset, stride: cStride)
    side.tileDone(at: offset, rows: R.count, columns: R.Width.count)
  }
}

extension MatrixProduct {
  /// Computes the product, leaving out the columns of A that are zero in every row of a tile.
  ///
  /// `active` tells them for A. Products with zero change no sum, so the result does not depend on the tiles.
  @inline(never)
  func compute(_ epilogue: some Epilogue, active: ActiveBits) {
    var done = 0
    #if VECTOR_16 || arch(arm64)
      while columns - done >= 7 || columns - done == 4 {
        activeStrip(FourColumns.self, from: done, epilogue, active)
        done += 4
      }
      while columns - done >= 3 {
        activeStrip(ThreeColumns.self, from: done, epilogue, active)
        done += 3
      }
    #endif
    while columns - done >= 2 {
      activeStrip(TwoColumns.self, from: done, epilogue, active)
      done += 2
    }
    if columns - done == 1 { activeStrip(OneColumn.self, from: done, epilogue, active) }
  }

  @inline(never)
  private func activeStrip<W: Columns>(
    _ width: W.Type, from column: Int, _ epilogue: some Epilogue, _ active: ActiveBits
  ) {
    var row = 0
    while rows - row >= 6 {
      activeTile(SixRows<W>.self, row, column, epilogue, active)
      row += 6
    }
    while rows - row >= 3 {
      activeTile(ThreeRows<W>.self, row, column, epilogue, active)
      row += 3
    }
    while row < rows {
      activeTile(OneRow<W>.self, row, column, epilogue, active)
      row += 1
    }
  }

  @inline(__always)
  private func activeTile<R: Rows>(
    _ shape: R.Type, _ row: Int, _ column: Int, _ epilogue: some Epilogue, _ active: ActiveBits
  ) {
    var sums = R()
    let factors = a + row * rowStride
    let lines = b + column * Lanes.scalarCount
    for word in 0..<active.words {
      var steps: UInt64 = 0
      for line in row..<(row + R.count) { steps |= active.word(word, of: line) }
      while steps != 0 {
        let step = 64 * word + steps.trailingZeroBitCount
        steps &= steps &- 1
        sums.add(factors + step, stride: rowStride, times: R.Width(loading: lines + step * bStride))
      }
    }
    sums.finish(epilogue, at: row * cStride + column * Lanes.scalarCount, stride: cStride)
  }
}
