import Distributed

/// Reduced years of the cells that this rank owns: `values[(cell * years + year) * width + slot]`.
struct YearValues: Collector {
  let cells: Int
  let years: Int
  let width: Int
  private var values: [Double]

  init(cells: Int, years: Int, width: Int) {
    self.cells = cells
    self.years = years
    self.width = width
    values = [Double](repeating: .nan, count: cells * years * width)
  }

  mutating func take(member: Int, year: Int, values block: CellBlock) {
    // Cell after cell, so that what is written lies together.
    values.withUnsafeMutableBufferPointer { values in
      for cell in 0..<cells {
        let start = (cell * years + year) * width
        for slot in 0..<width { values[start + slot] = block[slot][cell] }
      }
    }
  }

  /// Whether a value of a cell in a range of years is infinite: something there was implausible.
  func hasInfinity(_ range: Range<Int>, ofCell cell: Int) -> Bool {
    withYears(range, ofCell: cell) { $0.contains(where: \.isInfinite) }
  }

  /// The years of a cell in a range of years, year after year.
  func withYears<Result>(
    _ range: Range<Int>, ofCell cell: Int, _ body: (UnsafeBufferPointer<Double>) -> Result
  ) -> Result {
    values.withUnsafeBufferPointer {
      let start = (cell * years + range.lowerBound) * width
      return body(UnsafeBufferPointer(rebasing: $0[start..<start + range.count * width]))
    }
  }
}
