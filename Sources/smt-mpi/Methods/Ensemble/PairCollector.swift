import Distributed
import Kernels

/// Soil moisture and response of the cells that this rank owns, as they come in.
///
/// For an ensemble season sums of every member, else the months themselves.
struct PairCollector: Collector {
  private let cells: Int
  private let isEnsemble: Bool
  private let sources: Int
  private let members: Int
  private let monthCount: Int
  /// By year: the range of its months in the job's, and the first month's number, 0…11.
  private let years: [(months: Range<Int>, firstMonth: Int)]
  /// Sums by source, member and cell; for observations values by source, month and cell.
  private var sums: [Double]
  /// Days in the sums.
  private var days: [Double]

  /// Room for the sources, members and months of a catalogue.
  init(_ catalogue: Catalogue, isEnsemble: Bool, cells: Int) {
    self.cells = cells
    self.isEnsemble = isEnsemble
    sources = catalogue.sources.count
    members = catalogue.members.count
    monthCount = catalogue.months.count
    years = catalogue.years.map { ($0.steps, catalogue.steps[$0.steps.lowerBound].month.month - 1) }
    let rows = sources * (isEnsemble ? members : monthCount)
    sums = [Double](repeating: 0, count: rows * cells)
    days = [Double](repeating: 0, count: isEnsemble ? rows * cells : 0)
  }

  /// Bytes that a collector of this size holds.
  static func bytes(sources: Int, members: Int, months: Int, isEnsemble: Bool, cells: Int) -> Int {
    8 * sources * cells * (isEnsemble ? 2 * members : months)
  }

  mutating func take(member: Int, year: Int, values: CellBlock) {
    let slots = values.slotCount / sources
    for source in 0..<sources {
      if isEnsemble {
        let start = (source * members + member) * cells
        let (yearSums, yearDays) = (values[source * slots], values[source * slots + 1])
        for position in 0..<cells {
          sums[start + position] += yearSums[position]
          days[start + position] += yearDays[position]
        }
      } else {
        let (months, first) = years[year]
        for (index, month) in months.enumerated() {
          let start = (source * monthCount + month) * cells
          let monthValues = values[source * slots + first + index]
          for position in 0..<cells { sums[start + position] = monthValues[position] }
        }
      }
    }
  }

  /// The samples of a source in a cell: season means of the members, or months; NaN where anything is missing.
  ///
  /// - Parameter seasonDays: days of a complete season over all years.
  func samples(source: Int, position: Int, seasonDays: Double) -> [Double] {
    guard isEnsemble else {
      return (0..<monthCount).map { sums[(source * monthCount + $0) * cells + position] }
    }
    return (0..<members).map { member in
      let index = (source * members + member) * cells + position
      return days[index] == seasonDays && seasonDays > 0 ? sums[index] / seasonDays : .nan
    }
  }
}
