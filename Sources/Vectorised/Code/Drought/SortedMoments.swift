import VectorisedLayout

extension Functions {
  package static func rollingSums(
    _ values: UnsafePointer<Double>, rows: Int, scale: Int, _ sums: UnsafeMutablePointer<Double>
  ) {
    for row in 0..<min(scale - 1, rows) { sums.store(Eight(repeating: .nan), row: row) }
    guard rows >= scale else { return }
    for row in (scale - 1)..<rows {
      var sum = values.eight(row - scale + 1)
      for other in (row - scale + 2)..<(row + 1) { sum += values.eight(other) }
      sums.store(sum, row: row)
    }
  }

  package static func sortedMoments(
    _ columns: UnsafeMutablePointer<Double>, rows: Int, _ moments: UnsafeMutablePointer<Double>
  ) {
    // Missing values go to the end.
    var count = Eight()
    for row in 0..<rows {
      let value = columns.eight(row)
      let isThere = value .== value
      count += Eight().replacing(with: 1, where: isThere)
      columns.store(Eight(repeating: .infinity).replacing(with: value, where: isThere), row: row)
    }
    sort(columns, rows)
    var (first, second, third, largest) = (Eight(), Eight(), Eight(), Eight())
    for row in 0..<rows {
      let value = columns.eight(row)
      let isIn = value .< .infinity
      let own = Eight().replacing(with: value, where: isIn)
      let rank = Double(row)
      first += own
      second += rank * own
      third += (rank * (rank - 1)) * own
      largest = largest.replacing(with: value, where: isIn)
    }
    moments.store(count, row: 0)
    moments.store(first / count, row: 1)
    moments.store(second / (count * (count - 1)), row: 2)
    moments.store(third / (count * (count - 1) * (count - 2)), row: 3)
    moments.store(rows > 0 ? columns.eight(0) : Eight(), row: 4)
    moments.store(largest, row: 5)
  }

  /// Sorts each lane's rows, ascending, by merge exchange (Batcher 1968), which compares the same places whatever is there.
  @inline(__always)
  private static func sort(_ columns: UnsafeMutablePointer<Double>, _ rows: Int) {
    guard rows > 1 else { return }
    let top = 1 << (Int.bitWidth - (rows - 1).leadingZeroBitCount - 1)
    var p = top
    while p > 0 {
      var (q, r, d) = (top, 0, p)
      while true {
        for row in 0..<(rows - d) where row & p == r {
          let low = columns.eight(row), high = columns.eight(row + d)
          let isWrong = high .< low
          columns.store(low.replacing(with: high, where: isWrong), row: row)
          columns.store(high.replacing(with: low, where: isWrong), row: row + d)
        }
        if q == p { break }
        (d, q, r) = (q - p, q / 2, p)
      }
      p /= 2
    }
  }
}
