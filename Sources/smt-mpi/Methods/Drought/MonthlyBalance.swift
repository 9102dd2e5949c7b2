import Distributed

/// The water balance of the months of a year, mm, and for each source the number of months in which it has a value.
struct BalanceReduction: Reduction {
  private let terms: [(sign: Double, unit: WaterUnit)]

  /// A balance of sources in these units, which are added or taken off.
  init(_ terms: [(sign: Double, unit: WaterUnit)]) { self.terms = terms }

  var width: Int { 12 + terms.count }

  func add(_ step: StepFields, to values: CellBlock) {
    let target = values[step.month.month - 1]
    target.fill(0)
    for (source, term) in terms.enumerated() {
      let field = step.field(0, ofSource: source)
      let factor = term.sign * term.unit.millimetres(days: step.dayCount(ofSource: source))
      let counts = values[12 + source]
      for position in field.indices {
        let value = field[position]
        // What cannot be right stays so, whatever is added.
        if value.isInfinite || target[position].isInfinite {
          target[position] = .infinity
        } else {
          target[position] += factor * value
        }
        if !value.isNaN { counts[position] += 1 }
      }
    }
  }
}

/// The water balance of all months in the cells that a rank owns.
struct MonthlyBalance: Collector {
  private let cells: Int
  /// By year: the range of its months in the job's, and the first month's number, 0…11.
  private let years: [(months: Range<Int>, firstMonth: Int)]
  /// mm, by month and cell.
  private(set) var values: [Double]
  /// Months that have a value, by source and cell.
  private(set) var present: [[Int32]]
  /// Months without a balance, by cell.
  private(set) var gaps: [Int32]
  /// Whether a value cannot be right, by cell.
  private(set) var isSpoilt: [Bool]

  /// Room for the months of a catalogue.
  init(_ catalogue: Catalogue, cells: Int) {
    self.cells = cells
    years = catalogue.years.map { ($0.steps, catalogue.steps[$0.steps.lowerBound].month.month - 1) }
    values = [Double](repeating: .nan, count: cells * catalogue.months.count)
    present = catalogue.sources.map { _ in [Int32](repeating: 0, count: cells) }
    gaps = [Int32](repeating: 0, count: cells)
    isSpoilt = [Bool](repeating: false, count: cells)
  }

  /// Bytes that it takes.
  static func bytes(_ catalogue: Catalogue, cells: Int) -> Int {
    cells * (8 * catalogue.months.count + 4 * catalogue.sources.count + 5)
  }

  mutating func take(member: Int, year: Int, values block: CellBlock) {
    let (range, first) = years[year]
    for (index, month) in range.enumerated() {
      let own = block[first + index]
      for cell in 0..<cells {
        values[month * cells + cell] = own[cell]
        if own[cell].isNaN { gaps[cell] += 1 }
        if own[cell].isInfinite { isSpoilt[cell] = true }
      }
    }
    for source in present.indices {
      let counts = block[12 + source]
      for cell in 0..<cells { present[source][cell] += Int32(counts[cell]) }
    }
  }
}
