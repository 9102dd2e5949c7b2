import Distributed
import Kernels

/// A job that makes rows of numbers of the reduced years of one record, cell by cell; made before MPI starts.
protocol RecordJob {
  associatedtype Method: RecordMethod
  /// The subcommand's name.
  static var commandName: String { get }
  var record: RecordSettings { get }
  /// The method on the record, once its files' headers are known.
  ///
  /// - Throws: exit code 64 where options do not fit the record.
  func method(for catalogue: Catalogue) throws -> Method
  /// What files' headers show that may be wrong.
  func concerns(about catalogue: Catalogue) -> [String]
}

extension RecordJob {
  func concerns(about catalogue: Catalogue) -> [String] { [] }

  /// Adds what the headers of the record's files show.
  ///
  /// Collective.
  /// - Throws: with `--strict` exit code 65.
  func add(to warnings: inout Warnings, _ catalogue: Catalogue, _ periods: [ClosedRange<Int>]) throws {
    try warnings.add(catalogue.warnings + concerns(about: catalogue))
    if let remark = productRemark(catalogue, periods) { warnings.note(remark) }
    let gaps = catalogue.sources[0].gapCount()
    if gaps > 0 { warnings.note("\(gaps) months are missing and count as missing data") }
  }
}

/// Writes the row of the cell at a position within the rank's share: the numbers of the fields, period after period, then
/// the value of each year of the record, NaN where it is missing.
typealias RecordComputation = (_ position: Int, _ row: UnsafeMutableBufferPointer<Double>) -> Void

/// How a job reduces, computes and writes a record whose headers are known.
protocol RecordMethod {
  associatedtype YearReduction: Reduction
  associatedtype Status: ResultStatus
  associatedtype Summary: PeriodSummary
  var reduction: YearReduction { get }
  /// First and last year of each period.
  var periods: [ClosedRange<Int>] { get }
  /// The numbers of a cell and period, the status first.
  var fields: [ResultField] { get }
  /// Lines for `--dry-run`.
  var description: [String] { get }
  /// What makes rows of the reduced years of this rank's cells.
  func computation(_ values: YearValues) -> RecordComputation
  /// The maps of the output file.
  func maps(_ rows: RecordRows) -> [MapWriter.MapVariable]
  /// Attributes of the output file.
  var attributes: MapWriter.FileAttributes { get }
  func summary(_ rows: RecordRows, period: Int) -> Summary
}

extension ClosedRange<Int> {
  /// Positions of the years, ascending, that are in the range.
  func positions(in years: [Int]) -> Range<Int> {
    let first = years.firstIndex { $0 >= lowerBound } ?? 0
    let end = years.firstIndex { $0 > upperBound } ?? years.count
    return first..<Swift.max(first, end)
  }
}

extension [ClosedRange<Int>] {
  /// The periods in words: `1948-1999`.
  var names: [String] { map { "\($0.lowerBound)-\($0.upperBound)" } }

  /// The leading dimension of variables where there are several periods.
  var axes: [MapAxis] { count > 1 ? [MapAxis("period", longName: "calendar years", meanings: names)] : [] }
}
