/// A linear least-squares fit.
struct LinearFit {
  /// One coefficient for each column.
  var coefficients: [Double]
  /// What the fit leaves of y.
  var residuals: [Double]
  /// Residual sum of squares.
  var rss: Double

  /// The fit of a few columns to y by modified Gram–Schmidt; nil where the columns depend on each other.
  init?(_ columns: [[Double]], _ y: [Double]) {
    var q = columns
    var residual = y
    var r = [[Double]](repeating: [Double](repeating: 0, count: columns.count), count: columns.count)
    var projection = [Double](repeating: 0, count: columns.count)
    for j in columns.indices {
      let before = dot(columns[j], columns[j])
      // Twice is enough for columns that are nearly parallel.
      for _ in 0..<2 {
        for i in 0..<j {
          let part = dot(q[i], q[j])
          r[i][j] += part
          for n in y.indices { q[j][n] -= part * q[i][n] }
        }
      }
      let square = dot(q[j], q[j])
      guard square > 1e-22 * before, square > 0 else { return nil }
      r[j][j] = square.squareRoot()
      for n in y.indices { q[j][n] /= r[j][j] }
      projection[j] = dot(q[j], residual)
      for n in y.indices { residual[n] -= projection[j] * q[j][n] }
    }
    coefficients = projection
    for i in columns.indices.reversed() {
      for j in (i + 1)..<max(columns.count, i + 1) { coefficients[i] -= r[i][j] * coefficients[j] }
      coefficients[i] /= r[i][i]
    }
    residuals = residual
    rss = dot(residual, residual)
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for n in a.indices { sum += a[n] * b[n] }
  return sum
}
