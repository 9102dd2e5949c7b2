import RealModule

/// Ridge regression of a response on predictors, all of mean 0: the least squares of what is regressed, with λ |β|² added.
///
/// The predictors' singular value decomposition X = U D Vᵀ gives it for any penalty λ (Hoerl and Kennard 1970):
/// β = V diag(d / (d² + λ)) Uᵀ y. In double precision and plain Swift, so that bits depend on the numbers alone.
struct RidgeRegression {
  /// Rows of the design, and its columns.
  let (count, width): (Int, Int)
  /// The singular values d.
  let singularValues: [Double]
  /// The right vectors V, column after column.
  private let vectors: [Double]
  /// Uᵀ y.
  private let projection: [Double]
  /// Σ y² of what no predictor reaches.
  private let unexplained: Double
  /// Σ y².
  private let total: Double

  /// Decomposes a design.
  ///
  /// - Parameter columns: the predictors, column after column, then the response, `rows` numbers each, which are used up.
  init(_ columns: inout [Double], rows: Int, predictors: Int) {
    (count, width) = (rows, predictors)
    let response = predictors * rows..<(predictors + 1) * rows
    total = columns[response].reduce(0) { $0 + $1 * $1 }
    columns.withUnsafeMutableBufferPointer { Self.triangularise($0, rows: rows, columns: predictors) }
    // X = Q R: only R and the first numbers of Qᵀ y matter from here on.
    let known = min(rows, predictors)
    var triangle = [Double](repeating: 0, count: predictors * predictors)
    for column in 0..<predictors {
      for row in 0...min(column, known - 1) { triangle[column * predictors + row] = columns[column * rows + row] }
    }
    let rotated = Array(columns[response].prefix(known)) + [Double](repeating: 0, count: predictors - known)
    unexplained = columns[response].dropFirst(known).reduce(0) { $0 + $1 * $1 }
    let decomposition = JacobiDecomposition(triangle, size: predictors)
    singularValues = decomposition.singularValues
    vectors = decomposition.right
    projection = (0..<predictors).map { column in
      let d = decomposition.singularValues[column]
      guard d > 0 else { return 0 }
      return (0..<predictors).reduce(0) { $0 + decomposition.scaledLeft[column * predictors + $1] * rotated[$1] } / d
    }
  }

  /// Brings the first columns to triangular form by Householder's reflections, which the last column goes through, too.
  private static func triangularise(_ matrix: UnsafeMutableBufferPointer<Double>, rows: Int, columns: Int) {
    for column in 0..<min(columns, rows - 1) {
      let own = column * rows
      var square = 0.0
      for row in column..<rows { square += matrix[own + row] * matrix[own + row] }
      guard square > 0 else { continue }
      let norm = matrix[own + column] > 0 ? -square.squareRoot() : square.squareRoot()
      // The reflection's vector is the column with its head changed; its own square is 2 (square - head · norm).
      let head = matrix[own + column] - norm
      let half = square - matrix[own + column] * norm
      matrix[own + column] = head
      for other in column + 1...columns {
        let start = other * rows
        var product = 0.0
        for row in column..<rows { product += matrix[own + row] * matrix[start + row] }
        let factor = product / half
        for row in column..<rows { matrix[start + row] -= factor * matrix[own + row] }
      }
      matrix[own + column] = norm
    }
  }

  /// Whether some combination of the predictors is the same at all times, so that without a penalty β is not determined.
  var isCollinear: Bool {
    let largest = singularValues.max() ?? 0
    return singularValues.contains { $0 <= 1e-10 * largest }
  }

  /// The coefficients β at a penalty.
  func coefficients(penalty: Double) -> [Double] {
    combined { d, index in d > 0 ? d / (d * d + penalty) * projection[index] : 0 }
  }

  /// V times numbers that belong to the singular values.
  private func combined(_ number: (_ d: Double, _ index: Int) -> Double) -> [Double] {
    var sums = [Double](repeating: 0, count: width)
    for (index, d) in singularValues.enumerated() {
      let factor = number(d, index)
      for row in 0..<width { sums[row] += vectors[index * width + row] * factor }
    }
    return sums
  }

  /// Degrees of freedom that the coefficients take: Σ d² / (d² + λ).
  func degreesOfFreedom(penalty: Double) -> Double {
    singularValues.reduce(0) { $1 > 0 ? $0 + $1 * $1 / ($1 * $1 + penalty) : $0 }
  }

  /// Σ (y − X β)² at a penalty.
  func residualSumOfSquares(penalty: Double) -> Double {
    zip(singularValues, projection).reduce(unexplained) { sum, entry in
      let rest = entry.0 > 0 ? penalty / (entry.0 * entry.0 + penalty) * entry.1 : 0
      return sum + rest * rest
    }
  }

  /// The part of Σ y² that is explained at a penalty.
  func determination(penalty: Double) -> Double { 1 - residualSumOfSquares(penalty: penalty) / total }

  /// Generalised cross-validation of a penalty, RSS / (n − Σ d² / (d² + λ))² (Golub, Heath and Wahba 1979).
  func crossValidation(penalty: Double) -> Double {
    let freedom = Double(count) - degreesOfFreedom(penalty: penalty)
    return residualSumOfSquares(penalty: penalty) / (freedom * freedom)
  }

  /// The penalty of `penalties` with the least generalised cross-validation, the first of equal ones.
  func bestPenalty(of penalties: [Double]) -> Double {
    var best = (penalty: penalties[0], value: Double.infinity)
    for penalty in penalties {
      let value = crossValidation(penalty: penalty)
      if value < best.value { best = (penalty, value) }
    }
    return best.penalty
  }

  /// Standard errors of the coefficients, of errors that are independent: the roots of the diagonal of
  /// σ² (XᵀX + λ)⁻¹ XᵀX (XᵀX + λ)⁻¹ with σ² = RSS / (n − means − Σ d² / (d² + λ)).
  ///
  /// - Parameter means: means that were taken off each series.
  func standardErrors(penalty: Double, means: Int) -> [Double] {
    let freedom = Double(count - means) - degreesOfFreedom(penalty: penalty)
    guard freedom > 0 else { return [Double](repeating: .nan, count: width) }
    let variance = residualSumOfSquares(penalty: penalty) / freedom
    return diagonal { d in
      let shrunk = d / (d * d + penalty)
      return variance * shrunk * shrunk
    }.map { $0.squareRoot() }
  }

  /// Variance inflation factors: the diagonal of the inverse of the predictors' correlation matrix; infinite or NaN where
  /// predictors are collinear.
  ///
  /// The predictors must have standard deviation 1 (n − 1).
  var varianceInflation: [Double] { diagonal { Double(count - 1) / ($0 * $0) } }

  /// The diagonal of V diag(f(d)) Vᵀ.
  private func diagonal(_ function: (_ d: Double) -> Double) -> [Double] {
    var sums = [Double](repeating: 0, count: width)
    for (index, d) in singularValues.enumerated() {
      let factor = function(d)
      for row in 0..<width {
        let element = vectors[index * width + row]
        sums[row] += element * element * factor
      }
    }
    return sums
  }
}

/// The singular value decomposition A = U D Vᵀ of a small square matrix, by Hestenes' one-sided Jacobi rotations (1958).
struct JacobiDecomposition {
  /// D, in no order.
  let singularValues: [Double]
  /// U D, column after column.
  let scaledLeft: [Double]
  /// V, column after column.
  let right: [Double]

  /// Decomposes a matrix, column after column.
  init(_ matrix: [Double], size: Int) {
    var (left, right) = (matrix, [Double](repeating: 0, count: size * size))
    for index in 0..<size { right[index * size + index] = 1 }
    func product(_ one: Int, _ two: Int) -> Double {
      (0..<size).reduce(0) { $0 + left[one * size + $1] * left[two * size + $1] }
    }
    func rotate(_ matrix: inout [Double], _ one: Int, _ two: Int, _ cosine: Double, _ sine: Double) {
      for row in 0..<size {
        let (a, b) = (matrix[one * size + row], matrix[two * size + row])
        matrix[one * size + row] = cosine * a - sine * b
        matrix[two * size + row] = sine * a + cosine * b
      }
    }
    // Columns are turned until all are orthogonal; convergence is quadratic, so that few sweeps do.
    for _ in 0..<Self.mostSweeps {
      var isDone = true
      for one in 0..<max(0, size - 1) {
        for two in one + 1..<size {
          let (square, other, mixed) = (product(one, one), product(two, two), product(one, two))
          guard abs(mixed) > 1e-15 * (square * other).squareRoot() else { continue }
          isDone = false
          let ratio = (other - square) / (2 * mixed)
          let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
          let cosine = 1 / (1 + tangent * tangent).squareRoot()
          rotate(&left, one, two, cosine, cosine * tangent)
          rotate(&right, one, two, cosine, cosine * tangent)
        }
      }
      if isDone { break }
    }
    singularValues = (0..<size).map { product($0, $0).squareRoot() }
    scaledLeft = left
    self.right = right
  }

  private static let mostSweeps = 40
}
