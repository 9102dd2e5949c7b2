import Distributed
import Kernels

/// The drought indices in the cells that a rank owns.
final class DroughtCells {
  private let settings: DroughtSettings
  private let balance: MonthlyBalance
  private let given: GivenDistributions?
  /// Grid indices of the rank's cells.
  private let cells: ArraySlice<Int>
  /// One for each scale.
  private let kernels: [DroughtKernel]
  /// Months in which wanted sums end.
  private let places: [Int]
  private let rows: DroughtRows
  /// What a cell's row of numbers is, of all cells that were computed.
  private(set) var known: [Double]
  private var isKnown: [Bool]

  init(
    _ settings: DroughtSettings, _ catalogue: Catalogue, _ balance: MonthlyBalance, _ given: GivenDistributions?,
    cells: ArraySlice<Int>, rows: DroughtRows
  ) throws {
    self.settings = settings
    self.balance = balance
    self.given = given
    self.cells = cells
    self.rows = rows
    kernels = try settings.scales.map { DroughtKernel(try settings.work(scale: $0, catalogue)) }
    places = settings.places(catalogue)
    known = [Double](repeating: .nan, count: cells.count * rows.length)
    isKnown = [Bool](repeating: false, count: cells.count)
  }

  /// Computes what is not known yet: the rows of cells whose blocks an earlier run has finished.
  func completeRows() {
    for start in stride(from: 0, to: cells.count, by: DroughtKernel.width) {
      let group = start..<min(start + DroughtKernel.width, cells.count)
      guard group.contains(where: { !isKnown[$0] }) else { continue }
      for scale in kernels.indices { computeRows(scale, compute(scale, group), group) }
    }
  }

  /// The values of the record's variables in some of the cells, as `SeriesOutput` takes them.
  ///
  /// - Parameter block: positions within the rank's share.
  func values(of block: Range<Int>) -> [[Double]] {
    var scores = [Double](repeating: .nan, count: settings.scales.count * places.count * block.count)
    for start in stride(from: block.lowerBound, to: block.upperBound, by: DroughtKernel.width) {
      let group = start..<min(start + DroughtKernel.width, block.upperBound)
      for scale in kernels.indices {
        computeRows(scale, compute(scale, group), group)
        let found = kernels[scale].scores
        for (lane, cell) in group.enumerated() where !isSpoilt(cell) {
          for (time, place) in places.enumerated() {
            scores[(scale * places.count + time) * block.count + cell - block.lowerBound] =
              found[DroughtKernel.width * place + lane]
          }
        }
      }
    }
    func column(_ numbers: [Int]) -> [Double] {
      numbers.flatMap { number in block.map { known[$0 * rows.length + number] } }
    }
    let scales = Array(kernels.indices)
    return [
      scores, column(scales.map(rows.status)), column(scales.map(rows.clipped)), column(scales.map(rows.infinite)),
      column([rows.gaps]),
    ]
  }

  /// The parameters of the distributions in some of the cells: three, the number of values, and where they are wanted the
  /// three standard errors, each by scale, month and cell.
  func parameters(of block: Range<Int>) -> [[Double]] {
    let months = settings.months
    let count = settings.scales.count * months.count * block.count
    let hasErrors = settings.replicates > 0
    var values = [[Double]](
      repeating: [Double](repeating: .nan, count: count), count: hasErrors ? 7 : 4)
    for start in stride(from: block.lowerBound, to: block.upperBound, by: DroughtKernel.width) {
      let group = start..<min(start + DroughtKernel.width, block.upperBound)
      for scale in kernels.indices {
        let outcome = compute(scale, group)
        let errors = hasErrors ? standardErrors(scale, group) : []
        for (lane, cell) in group.enumerated() where !isSpoilt(cell) {
          for (place, month) in months.enumerated() {
            let fit = outcome.fits[month * DroughtKernel.width + lane]
            let target = (scale * months.count + place) * block.count + cell - block.lowerBound
            for (number, value) in fit.parameters.enumerated() { values[number][target] = value }
            values[3][target] = Double(fit.count)
            guard hasErrors else { continue }
            let first = (month * DroughtKernel.width + lane) * 3
            for number in 0..<3 { values[4 + number][target] = errors[first + number] }
          }
        }
      }
    }
    return values
  }

  /// Whether a cell has no index because of a value that cannot be right.
  private func isSpoilt(_ cell: Int) -> Bool { balance.isSpoilt[cell] }

  private func compute(_ scale: Int, _ group: Range<Int>) -> DroughtKernel.Outcome {
    let own = given?.fits(scale: scale, cells: group, months: settings.months)
    return balance.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { preconditionFailure("a group has cells") }
      return kernels[scale].compute(base + group.lowerBound, stride: cells.count, series: group.count, given: own)
    }
  }

  private func standardErrors(_ scale: Int, _ group: Range<Int>) -> [Double] {
    balance.values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { preconditionFailure("a group has cells") }
      return kernels[scale].standardErrors(
        base + group.lowerBound, stride: cells.count, cells: group.map { cells[cells.startIndex + $0] },
        replicates: settings.replicates, seed: settings.seed)
    }
  }

  /// Notes the rows of a group whose scores the kernel of a scale has.
  private func computeRows(_ scale: Int, _ outcome: DroughtKernel.Outcome, _ group: Range<Int>) {
    let scores = kernels[scale].scores
    for (lane, cell) in group.enumerated() {
      let start = cell * rows.length
      let isSpoilt = isSpoilt(cell)
      let status = isSpoilt ? .implausibleRange : outcome.status(lane, months: settings.months)
      known[start + rows.status(scale)] = Double(status.rawValue)
      known[start + rows.clipped(scale)] = isSpoilt ? 0 : Double(outcome.clipped[lane])
      known[start + rows.infinite(scale)] = isSpoilt ? 0 : Double(outcome.infinite[lane])
      known[start + rows.gaps] = Double(balance.gaps[cell])
      for (year, place) in rows.shownPlaces.enumerated() {
        known[start + rows.shown(scale, year)] = isSpoilt ? .nan : scores[DroughtKernel.width * place + lane]
      }
      isKnown[cell] = true
    }
  }
}

/// The numbers of a cell besides its scores at all times: what maps, table and summary are made of.
struct DroughtRows: Sendable {
  private let scales: Int
  /// Months of the record whose scores are summed up: those of one calendar month.
  let shownPlaces: [Int]

  init(_ settings: DroughtSettings, _ catalogue: Catalogue) {
    scales = settings.scales.count
    let shown = settings.shownMonth
    shownPlaces = catalogue.months.indices.filter { catalogue.months[$0].month == shown + 1 }
  }

  var length: Int { 1 + scales * (3 + shownPlaces.count) }
  var gaps: Int { 0 }
  func status(_ scale: Int) -> Int { 1 + scale }
  func clipped(_ scale: Int) -> Int { 1 + scales + scale }
  func infinite(_ scale: Int) -> Int { 1 + 2 * scales + scale }
  func shown(_ scale: Int, _ year: Int) -> Int { 1 + 3 * scales + scale * shownPlaces.count + year }

  /// The row of a cell without results.
  func row(_ status: DroughtStatus) -> [Double] {
    var row = [Double](repeating: .nan, count: length)
    for scale in 0..<scales { row[self.status(scale)] = Double(status.rawValue) }
    return row
  }
}
