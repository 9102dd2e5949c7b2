import CNumerics

/// The triangular factor of a design X = QR, by Cholesky factors of its Gram matrix, twice or more.
///
/// The Gram matrix of X squares its condition; that of XR⁻¹, whose columns are nearly orthogonal, does not. After the second
/// round the factor is as good as that of Householder's reflections: Yamamoto et al. (2015, ETNA 44, 306–326); the shift that
/// makes the first round safe is that of Fukaya et al. (2020, SIAM J. Sci. Comput. 42, A477–A503).
struct OrthogonalFactor {
  /// The design without columns that depend on those before them.
  let design: Design
  /// The columns of the design given that this one keeps.
  let kept: [Int]
  /// R of the kept columns, column after column.
  let factor: [Double]
  /// R⁻¹.
  let inverse: [Double]
  /// Qᵀy of the centred response of length 1.
  private(set) var effects: [Double]
  /// Σ(y − QQᵀy)² of the same.
  private(set) var residualSquare: Double

  /// A column is dropped where those before it leave less of its length than this, as in `lm` of R.
  static let tolerance = 1e-7
  /// A number without any variation beyond rounding.
  private static let rounding = 1e-13

  /// - Parameter standardises: whether the length of a number is that of its z-scores.
  init(_ full: Design, standardises: Bool) {
    // What a column must keep of its length 1 (centred), for each of the columns.
    let least = zip(full.columns, full.moments).map { column, moments -> Double in
      if case .number = column, standardises { return Self.tolerance }
      return Self.tolerance * moments.length / moments.centredLength
    }
    var kept = full.columns.indices.filter {
      let moments = full.moments[$0]
      return moments.centredLength > Self.rounding * moments.length && least[$0] < 1
    }
    while true {
      let design = full.keeping(kept)
      let found = Self.factor(design, least: kept.map { least[$0] })
      guard let (factor, inverse, effects) = found.solution else {
        kept = kept.indices.filter { !found.dependent.contains($0) }.map { kept[$0] }
        continue
      }
      (self.design, self.kept, self.factor, self.inverse) = (design, kept, factor, inverse)
      (self.effects, residualSquare) = (effects, 0)
      takeResiduals()
      return
    }
  }

  /// The residual sum of squares, and what the rounding of Q has left of the effects.
  private mutating func takeResiduals() {
    let width = kept.count
    var (square, left) = (0.0, [Double](repeating: 0, count: width))
    design.forEachBlock(dividedBy: factor) { block in
      let residual = block.column(width)
      subtractFit(from: residual, in: block)
      square += Design.product(residual, residual)
      for j in 0..<width { left[j] += Design.product(block.column(j), residual) }
    }
    for j in 0..<width { effects[j] += left[j] }
    residualSquare = max(0, square - left.reduce(0) { $0 + $1 * $1 })
  }

  /// Turns the response of a block of Q into residuals.
  func subtractFit(from residual: UnsafeMutablePointer<Design.Rows>, in block: Design.Block) {
    for j in kept.indices { block.subtract(column: j, times: effects[j], from: residual) }
  }

  private typealias Solution = (factor: [Double], inverse: [Double], effects: [Double])

  /// R, R⁻¹ and Qᵀy; or the columns that depend on those before them.
  private static func factor(
    _ design: Design, least: [Double]
  ) -> (solution: Solution?, dependent: Set<Int>) {
    let width = design.columns.count
    guard width > 0 else { return (([], [], []), []) }
    var factor: [Double] = []
    // Each round brings the condition down by seven orders of magnitude at least.
    for _ in 0..<6 {
      let (products, response) = design.products(dividedBy: factor)
      let length = { (j: Int) in products[j * width + j].squareRoot() * (factor.isEmpty ? 1 : factor[j * width + j]) }
      if !factor.isEmpty {
        // What is left of a column is no longer than this: the earlier ones were removed up to rounding.
        let dependent = Set((0..<width).filter { length($0) < least[$0] })
        guard dependent.isEmpty else { return (nil, dependent) }
      }
      let next = cholesky(products, width, shift: factor.isEmpty ? 1e-13 : 0)
      let isFirst = factor.isEmpty
      factor = isFirst ? next : product(next, factor, width)
      if !isFirst {
        let dependent = Set((0..<width).filter { factor[$0 * width + $0] < least[$0] })
        guard dependent.isEmpty else { return (nil, dependent) }
      }
      guard !isFirst, isNearlyOrthogonal(products, width) else { continue }
      var inverse = factor
      _ = numerics_triangular_inverse(Int32(width), &inverse)
      return ((factor, inverse, forwardSolution(next, response, width)), [])
    }
    // Columns that no round makes independent: the last of them is given up.
    return (nil, [width - 1])
  }

  /// The upper triangular factor of the matrix, to whose diagonal as much is added as makes that possible.
  private static func cholesky(_ matrix: [Double], _ width: Int, shift: Double) -> [Double] {
    var shift = shift
    while true {
      var factor = matrix
      for j in 0..<width { factor[j * width + j] += shift }
      if numerics_cholesky(Int32(width), &factor) == 0 { return factor }
      shift = max(1e-13, 10 * shift)
    }
  }

  private static func isNearlyOrthogonal(_ products: [Double], _ width: Int) -> Bool {
    (0..<width).allSatisfy { k in
      (0...k).allSatisfy { abs(products[k * width + $0] - ($0 == k ? 1 : 0)) < 0.01 }
    }
  }

  /// The product of two upper triangular matrices.
  private static func product(_ a: [Double], _ b: [Double], _ width: Int) -> [Double] {
    var product = [Double](repeating: 0, count: width * width)
    for column in 0..<width {
      for row in 0...column {
        product[column * width + row] = (row...column).reduce(0) { $0 + a[$1 * width + row] * b[column * width + $1] }
      }
    }
    return product
  }

  /// The solution x of Rᵀx = b.
  private static func forwardSolution(_ factor: [Double], _ right: [Double], _ width: Int) -> [Double] {
    var solution = right
    for j in 0..<width {
      for k in 0..<j { solution[j] -= factor[j * width + k] * solution[k] }
      solution[j] /= factor[j * width + j]
    }
    return solution
  }

  /// R⁻¹ times a vector.
  func inverseProduct(_ vector: [Double]) -> [Double] {
    let width = kept.count
    return (0..<width).map { row in (row..<width).reduce(0) { $0 + inverse[$1 * width + row] * vector[$1] } }
  }

  /// A vector times R⁻¹.
  func product(_ vector: [Double]) -> [Double] {
    let width = kept.count
    return (0..<width).map { column in (0...column).reduce(0) { $0 + vector[$1] * inverse[column * width + $1] } }
  }
}

extension Design.Block {
  /// Takes a multiple of a column away from another one.
  @inline(__always)
  func subtract(column index: Int, times factor: Double, from target: UnsafeMutablePointer<Design.Rows>) {
    let (own, factor) = (column(index), Design.Rows(repeating: factor))
    for place in 0..<Design.blockVectors { target[place] -= factor * own[place] }
  }
}
