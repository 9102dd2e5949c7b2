/// Standard errors where the rows of a cluster belong together (CR1).
///
/// V = G/(G − 1) · (n − 1)/(n − k) · (XᵀX)⁻¹ Σ_g (X_gᵀu_g)(X_gᵀu_g)ᵀ (XᵀX)⁻¹ with residuals u, G clusters and k coefficients:
/// Cameron & Miller (2015, J. Human Resources 50, 317–372), equation 11; `cov_type="cluster"` of statsmodels.
struct ClusteredErrors {
  /// The number of clusters.
  let count: Int
  /// Of the kept columns of length 1, for a response of length 1; NaN with fewer than two clusters.
  let errors: [Double]
  let interceptError: Double

  /// - Parameters:
  ///   - clusters: of each row, from 0.
  ///   - meanProducts: the means of the columns of length 1 times R⁻¹.
  ///   - rank: the number of coefficients.
  init(_ clusters: [Int32], _ solution: OrthogonalFactor, meanProducts: [Double], rank: Int) {
    let (width, rows) = (solution.kept.count, clusters.count)
    let number = Int(clusters.max() ?? -1) + 1
    // For each cluster the sum of its residuals, and of their products with the columns of Q.
    var scores = [Double](repeating: 0, count: number * (width + 1))
    solution.design.forEachBlock(dividedBy: solution.factor) { block in
      solution.subtractFit(from: block.column(width), in: block)
      for (place, row) in block.rows.enumerated() {
        let (start, residual) = (Int(clusters[row]) * (width + 1), block.value(width, row: place))
        scores[start] += residual
        for j in 0..<width { scores[start + 1 + j] += block.value(j, row: place) * residual }
      }
    }
    let correction =
      Double(number) / Double(number - 1) * Double(rows - 1) / Double(rows - rank)
    func error(_ weights: (_ score: Int) -> Double) -> Double {
      guard number > 1 else { return .nan }
      let weights = (0...width).map(weights)
      let square = (0..<number).reduce(0.0) { sum, cluster in
        let score = (0...width).reduce(0.0) { $0 + weights[$1] * scores[cluster * (width + 1) + $1] }
        return sum + score * score
      }
      return (correction * square).squareRoot()
    }
    count = number
    errors = (0..<width).map { row in
      error { $0 == 0 || $0 - 1 < row ? 0 : solution.inverse[($0 - 1) * width + row] }
    }
    interceptError = error { $0 == 0 ? 1 / Double(rows) : -meanProducts[$0 - 1] }
  }
}
