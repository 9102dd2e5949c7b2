/// The columns of a regression, centred and of length 1, in blocks of rows.
///
/// Sums run over blocks in the order of rows; within a block they are in four interleaved parts. So their bits depend on the
/// rows alone.
struct Design {
  /// Four rows.
  typealias Rows = SIMD4<Double>

  /// Mean, and lengths of the column as it is and centred.
  struct Moments {
    var mean: Double
    /// √Σx².
    var length: Double
    /// √Σ(x − mean)².
    var centredLength: Double
  }

  private let data: RegressionData
  /// The columns in use, in the order of terms.
  let columns: [RegressionData.Column]
  /// Of these columns.
  let moments: [Moments]
  let response: Moments

  /// Rows of a block and vectors that hold them: what few columns of a block take stays in the first-level cache.
  private static let blockRows = 256
  static let blockVectors = blockRows / Rows.scalarCount

  /// All columns of the data.
  init(_ data: RegressionData) {
    self.data = data
    columns = data.columns
    let counts = data.categories.map(\.counts)
    moments = columns.map { column in
      switch column {
      case .number(let index): return Self.moments(data.numbers[index])
      case .dummy(let category, let code):
        let (count, all) = (Double(counts[category][code]), Double(data.count))
        return Moments(
          mean: count / all, length: count.squareRoot(), centredLength: (count * (all - count) / all).squareRoot())
      }
    }
    response = Self.moments(data.response)
  }

  private init(_ other: Design, _ kept: [Int]) {
    (data, response) = (other.data, other.response)
    columns = kept.map { other.columns[$0] }
    moments = kept.map { other.moments[$0] }
  }

  /// The design with some of these columns.
  func keeping(_ kept: [Int]) -> Design { Design(self, kept) }

  /// The number of rows.
  var count: Int { data.count }

  // MARK: Moments

  private static func moments(_ values: [Double]) -> Moments {
    let count = Double(values.count)
    var mean = sum(values) { $0 } / count
    // What rounding left of it.
    mean += sum(values) { $0 - mean } / count
    let (centre, square) = (mean, sum(values) { $0 * $0 })
    return Moments(
      mean: mean, length: square.squareRoot(),
      centredLength: sum(values) { ($0 - centre) * ($0 - centre) }.squareRoot())
  }

  @inline(__always)
  private static func sum(_ values: [Double], _ term: (Double) -> Double) -> Double {
    values.withUnsafeBufferPointer { values in
      stride(from: 0, to: values.count, by: blockRows).reduce(0) { sum, start in
        sum + foldedSum(min(blockRows, values.count - start)) { term(values[start + $0]) }
      }
    }
  }

  // MARK: Blocks

  /// Columns of a block of rows, and the response behind them; 0 in rows that are not there.
  struct Block {
    fileprivate let vectors: UnsafeMutablePointer<Rows>
    /// The rows of the block.
    let rows: Range<Int>

    /// A column, or the response, which follows the last one.
    func column(_ index: Int) -> UnsafeMutablePointer<Rows> { vectors + index * Design.blockVectors }

    /// One row of a column.
    func value(_ index: Int, row: Int) -> Double {
      column(index)[row / Rows.scalarCount][row % Rows.scalarCount]
    }
  }

  /// Hands over the blocks of rows, one after the other.
  ///
  /// - Parameter factor: an upper triangular matrix R (column after column); columns X then become XR⁻¹.
  func forEachBlock(dividedBy factor: [Double], _ body: (Block) -> Void) {
    let width = columns.count
    let vectors = UnsafeMutablePointer<Rows>.allocate(capacity: (width + 1) * Self.blockVectors)
    vectors.initialize(repeating: .zero, count: (width + 1) * Self.blockVectors)
    defer { vectors.deallocate() }
    for start in stride(from: 0, to: count, by: Self.blockRows) {
      let block = Block(vectors: vectors, rows: start..<min(start + Self.blockRows, count))
      for index in 0...width { fill(index, of: block) }
      if !factor.isEmpty { divide(block, by: factor) }
      body(block)
    }
  }

  private func fill(_ index: Int, of block: Block) {
    let isResponse = index == columns.count
    let own = isResponse ? response : moments[index]
    let scale = own.centredLength > 0 ? 1 / own.centredLength : 0
    let target = UnsafeMutableRawPointer(block.column(index)).assumingMemoryBound(to: Double.self)
    func fill(_ values: [Double]) {
      values.withUnsafeBufferPointer { values in
        for (place, row) in block.rows.enumerated() { target[place] = (values[row] - own.mean) * scale }
      }
    }
    if isResponse {
      fill(data.response)
    } else {
      switch columns[index] {
      case .number(let number): fill(data.numbers[number])
      case .dummy(let category, let code):
        let (inside, outside) = ((1 - own.mean) * scale, -own.mean * scale)
        data.categories[category].codes.withUnsafeBufferPointer { codes in
          for (place, row) in block.rows.enumerated() { target[place] = codes[row] == Int32(code) ? inside : outside }
        }
      }
    }
    for place in block.rows.count..<Self.blockRows { target[place] = 0 }
  }

  /// Columns times the inverse of an upper triangular matrix.
  private func divide(_ block: Block, by factor: [Double]) {
    let width = columns.count
    for j in 0..<width {
      let column = block.column(j)
      for k in 0..<j where factor[j * width + k] != 0 {
        let (part, other) = (Rows(repeating: factor[j * width + k]), block.column(k))
        for place in 0..<Self.blockVectors { column[place] -= part * other[place] }
      }
      let reciprocal = Rows(repeating: 1 / factor[j * width + j])
      for place in 0..<Self.blockVectors { column[place] *= reciprocal }
    }
  }

  // MARK: Products

  /// Products of two columns over a block.
  @inline(__always)
  static func product(_ a: UnsafeMutablePointer<Rows>, _ b: UnsafeMutablePointer<Rows>) -> Double {
    var sum = Rows.zero
    for place in 0..<blockVectors { sum += a[place] * b[place] }
    return total(sum)
  }

  @inline(__always)
  private static func total(_ sum: Rows) -> Double { (sum.x + sum.y) + (sum.z + sum.w) }

  /// Products of one column with four that follow each other, over a block.
  @inline(__always)
  private static func products(
    _ a: UnsafeMutablePointer<Rows>, withFourFrom b: UnsafeMutablePointer<Rows>
  ) -> SIMD4<Double> {
    var (sum0, sum1, sum2, sum3) = (Rows.zero, Rows.zero, Rows.zero, Rows.zero)
    for place in 0..<blockVectors {
      let own = a[place]
      sum0 += own * b[place]
      sum1 += own * b[place + blockVectors]
      sum2 += own * b[place + 2 * blockVectors]
      sum3 += own * b[place + 3 * blockVectors]
    }
    return SIMD4(total(sum0), total(sum1), total(sum2), total(sum3))
  }

  /// The products of the columns, after division by a factor, with each other and with the response.
  ///
  /// - Returns: the upper half of the matrix of products (column after column), and the products with the response.
  func products(dividedBy factor: [Double]) -> (columns: [Double], response: [Double]) {
    let width = columns.count
    // The response is the last of the columns here.
    var sums = [Double](repeating: 0, count: (width + 1) * (width + 1))
    sums.withUnsafeMutableBufferPointer { sums in
      forEachBlock(dividedBy: factor) { block in
        for j in 0..<width {
          var k = j
          while k + 4 <= width + 1 {
            let found = Self.products(block.column(j), withFourFrom: block.column(k))
            for next in 0..<4 { sums[(k + next) * (width + 1) + j] += found[next] }
            k += 4
          }
          while k <= width {
            sums[k * (width + 1) + j] += Self.product(block.column(j), block.column(k))
            k += 1
          }
        }
      }
    }
    let matrix = (0..<width).flatMap { k in (0..<width).map { sums[k * (width + 1) + $0] } }
    return (matrix, (0..<width).map { sums[width * (width + 1) + $0] })
  }
}
