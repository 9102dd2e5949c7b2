import VectorisedLayout

extension GaussNewtonMemory {
  /// Sum of the diagonal of `gram`.
  func trace(samples: Int) -> Float {
    var sum: Float = 0
    for sample in 0..<samples { sum += gram[sample * (stride + 1)] }
    return sum
  }

  /// Solves (`gram` + damping · identity) v = coefficients in place; false where the matrix is not positive definite in
  /// single precision, and the coefficients are then lost.
  ///
  /// Cholesky factor UᵀU, row by row: every element is reached by the rows above it in order.
  @inline(never)
  func solve(damping: Float, samples: Int) -> Bool {
    for row in 0..<samples {
      var column = row & ~15
      while column < stride {
        factor.store(gram.vector(row * stride + column, as: Block.self), at: row * stride + column)
        column += 16
      }
      factor[row * (stride + 1)] += damping
    }
    for pivot in 0..<samples {
      let row = factor + pivot * stride
      let square = row[pivot]
      guard square > 0, square.isFinite else { return false }
      let inverse = 1 / square.squareRoot()
      var column = pivot & ~15
      while column < stride {
        row.store(row.vector(column, as: Block.self) * inverse, at: column)
        column += 16
      }
      let solved = coefficients[pivot] * inverse
      coefficients[pivot] = solved
      for below in (pivot + 1)..<max(samples, pivot + 1) {
        let factorOfRow = Block(repeating: -row[below])
        let target = factor + below * stride
        var column = below & ~15
        while column < stride {
          target.store(target.vector(column, as: Block.self).plus(factorOfRow, times: row.vector(column)), at: column)
          column += 16
        }
        coefficients[below] -= row[below] * solved
      }
      // The diagonal is not needed any more except to divide by.
      row[pivot] = inverse
    }
    for pivot in (0..<samples).reversed() {
      let row = factor + pivot * stride
      var sum = coefficients[pivot]
      for column in (pivot + 1)..<max(samples, pivot + 1) { sum -= row[column] * coefficients[column] }
      coefficients[pivot] = sum * row[pivot]
    }
    return true
  }
}
