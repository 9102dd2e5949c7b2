import Distributed
import Kernels

/// A method on the years of a record: it leaves one result for each of several periods.
protocol YearlyMethod: Method where Data == YearValues, Cells: YearlyCells, Result == [PeriodResult] {
  associatedtype PeriodResult
  var catalogue: Catalogue { get }
  /// Fewest complete years of a cell with a result.
  var minimumYears: Int { get }
  /// Values that a year leaves in a cell.
  var width: Int { get }
  /// Columns of one period's result; `n_years` is among them.
  var periodColumns: [Column<PeriodResult>] { get }
  /// The result of a period of a cell that has nothing but a status.
  func periodResult(_ status: Status) -> PeriodResult
}

/// What a method does in the cells of a rank where it has a value a year.
protocol YearlyCells: MethodCells {
  /// The value of each year of the record in the cell at a position within the rank's share; NaN where it is missing.
  func yearlyValues(_ position: Int) -> [Double]
}

extension YearlyMethod {
  var columns: [Column<Result>] { periodColumns.map { $0.perPeriod(periods) } }
  func result(_ status: Status) -> Result { periods.map { _ in periodResult(status) } }
  func data(cells: Int) -> YearValues { YearValues(cells: cells, years: catalogue.years.count, width: width) }
  func dataBytes(cells: Int) -> Int { 8 * cells * catalogue.years.count * width }

  var notes: [String] { sourceNotes }

  /// What is to know of the sources: several products, and steps that are missing.
  var sourceNotes: [String] {
    var notes: [String] = []
    if let remark = productRemark(catalogue, periods) { notes.append(remark) }
    for source in catalogue.sources where source.gapCount() > 0 {
      let owner = catalogue.sources.count > 1 ? " of --\(source.name)" : ""
      let gaps = source.gapCount()
      notes.append(
        counted(gaps, catalogue.cadence.noun) + owner
          + (gaps == 1 ? " is missing and counts" : " are missing and count") + " as missing data")
    }
    return notes
  }

  /// The means over the globe of each period's years; the columns have to hold `mean`, whose units they have.
  func globalSeries(_ results: MethodResults<Self>) throws -> [GlobalSeries] {
    try periods.indices.map { try GlobalSeries(results, of: self, period: $0) }
  }
}

extension ClosedRange<Int> {
  /// Positions of the years, ascending, that are in the range.
  func positions(in years: [Int]) -> Range<Int> {
    let first = years.firstIndex { $0 >= lowerBound } ?? 0
    let end = years.firstIndex { $0 > upperBound } ?? years.count
    return first..<Swift.max(first, end)
  }
}
