import VectorisedLayout

/// Drought indices of eight series at a time in the same memory: k-month sums, a distribution for each calendar month, and
/// the standard normal scores of the sums (Vicente-Serrano 2010, McKee 1993).
///
/// Series do not know of each other, and all levels of the instruction set give the same bits. Not to be shared between
/// threads; use one kernel for each.
package final class DroughtKernel {
  /// Series that are worked on together.
  package static let width = 8
  /// Fewest values that a distribution is fitted to.
  package static let minimumCount = 4

  /// What is to be done.
  package let work: DroughtSeries
  private let functions: any LevelFunctions.Type
  private let values: UnsafeMutablePointer<Double>
  private let sums: UnsafeMutablePointer<Double>
  private let columns: UnsafeMutablePointer<Double>
  private let moments: UnsafeMutablePointer<Double>
  private let parameters: UnsafeMutablePointer<Double>
  /// Places of the sums that are fitted, by calendar month.
  private let fitted: [[Int]]

  /// The outcome of eight series.
  package struct Outcome: Sendable {
    /// By calendar month and series.
    package var fits: [DroughtFit]
    /// By series: scores beyond the limit, infinite ones among them.
    package var clipped: [Int]
    /// By series: infinite scores.
    package var infinite: [Int]

    /// The status of a series from those of its wanted months.
    package func status(_ lane: Int, months: [Int]) -> DroughtStatus {
      let statuses = months.map { fits[$0 * DroughtKernel.width + lane].status }
      guard let first = statuses.first(where: { $0 != .computed }) else { return .computed }
      return statuses.contains(.computed) ? .computedInSomeMonths : first
    }
  }

  /// Sets memory aside.
  package init(_ work: DroughtSeries, level: InstructionLevel = .preferred) {
    precondition(work.scale >= 1 && work.reference.upperBound <= work.count, "sums within the series")
    self.work = work
    functions = level.functions
    fitted = (0..<12).map { work.fitted($0) }
    let rows = work.count
    values = .allocate(capacity: Self.width * max(1, rows))
    sums = .allocate(capacity: Self.width * max(1, rows))
    columns = .allocate(capacity: Self.width * max(1, rows / 12 + 1))
    moments = .allocate(capacity: Self.width * 6)
    parameters = .allocate(capacity: Self.width * 3)
  }

  deinit {
    for memory in [values, sums, columns, moments, parameters] { memory.deallocate() }
  }

  /// Bytes that a kernel holds.
  package static func bytes(months: Int) -> Int { 8 * width * (3 * months + 10) }

  /// The scores of the last series, rows of eight: NaN where there is none.
  package var scores: UnsafePointer<Double> { UnsafePointer(sums) }

  /// Fits the sums of eight series, unless distributions are given, and scores them.
  ///
  /// - Parameters:
  ///   - balance: the first month's value of the first series; series follow each other.
  ///   - stride: numbers between months.
  ///   - series: how many there are, up to eight.
  ///   - given: by calendar month and series; nil fits the reference months.
  package func compute(
    _ balance: UnsafePointer<Double>, stride: Int, series: Int, given: [DroughtFit]? = nil
  ) -> Outcome {
    load(balance, stride: stride, series: series)
    var outcome = Outcome(
      fits: [DroughtFit](repeating: DroughtFit(.noData), count: 12 * Self.width),
      clipped: [Int](repeating: 0, count: Self.width), infinite: [Int](repeating: 0, count: Self.width))
    for month in work.months {
      let places = month * Self.width..<(month + 1) * Self.width
      if let given {
        outcome.fits.replaceSubrange(places, with: given[places])
      } else {
        outcome.fits.replaceSubrange(places, with: fit(fitted[month]))
      }
      score(month, outcome.fits[places])
    }
    let isWanted = (0..<12).map { month in work.months.contains(month) }
    let missing = SIMD8<Double>(repeating: .nan)
    for row in 0..<work.count {
      if isWanted[(work.firstMonth + row) % 12] {
        limit(sums + Self.width * row, to: work.limit, &outcome)
      } else {
        UnsafeMutableRawPointer(sums + Self.width * row).storeBytes(of: missing, as: SIMD8<Double>.self)
      }
    }
    return outcome
  }

  /// Standard errors of the parameters of the last series, by calendar month and series, three each, from refits of years
  /// of the reference that are drawn anew, in blocks of as many as sums span; NaN where fewer than two refits are possible.
  ///
  /// To be called after ``compute(_:stride:series:given:)`` with the same balance.
  /// - Parameter cells: the series' keys of the random numbers.
  package func standardErrors(
    _ balance: UnsafePointer<Double>, stride: Int, cells: [Int], replicates: Int, seed: UInt64
  ) -> [Double] {
    load(balance, stride: stride, series: cells.count)
    var errors = [Double](repeating: .nan, count: 12 * Self.width * 3)
    for month in work.months {
      let places = fitted[month]
      guard !places.isEmpty else { continue }
      for (lane, cell) in cells.enumerated() {
        let found = refits(of: places.map { sums[Self.width * $0 + lane] }, cell, month, replicates, seed)
        for (number, error) in found.enumerated() { errors[(month * Self.width + lane) * 3 + number] = error }
      }
    }
    return errors
  }

  /// Standard deviations of the parameters over refits of values that are drawn anew; eight refits at a time.
  private func refits(
    of own: [Double], _ cell: Int, _ month: Int, _ replicates: Int, _ seed: UInt64
  ) -> [Double] {
    var refits: [[Double]] = [[], [], []]
    let block = min(work.blockYears, own.count)
    for first in stride(from: 0, to: replicates, by: Self.width) {
      let last = min(first + Self.width, replicates)
      for row in 0..<own.count { for lane in 0..<Self.width { columns[Self.width * row + lane] = .nan } }
      for replicate in first..<last {
        var random = RandomSequence(
          seed: seed, cell: cell, network: month, replicate: replicate + 1, purpose: .resampling)
        var start = 0
        for row in 0..<own.count {
          if row % block == 0 { start = random.nextIndex(below: own.count - block + 1) }
          columns[Self.width * row + replicate - first] = own[start + row % block]
        }
      }
      for fit in fitColumns(own.count).prefix(last - first) where fit.status == .computed {
        for (number, value) in fit.parameters.enumerated() { refits[number].append(value) }
      }
    }
    return refits.map(standardDeviation)
  }

  // MARK: Steps

  /// Takes series over and makes their sums.
  private func load(_ balance: UnsafePointer<Double>, stride: Int, series: Int) {
    let (values, width) = (values, Self.width)
    for row in 0..<work.count {
      let source = balance + row * stride, target = values + width * row
      if series == width {
        target.update(from: source, count: width)
      } else {
        for lane in 0..<width { target[lane] = lane < series ? source[lane] : .nan }
      }
    }
    functions.rollingSums(values, rows: work.count, scale: work.scale, sums)
  }

  /// The distributions of the sums at some places.
  private func fit(_ places: [Int]) -> [DroughtFit] {
    for (row, place) in places.enumerated() {
      (columns + Self.width * row).update(from: sums + Self.width * place, count: Self.width)
    }
    return fitColumns(places.count)
  }

  /// The distributions of the first rows of the columns.
  private func fitColumns(_ rows: Int) -> [DroughtFit] {
    switch work.index {
    case .spei:
      functions.sortedMoments(columns, rows: rows, moments)
      return (0..<Self.width).map { lane in
        DroughtFit(logisticMoments: (0..<6).map { moments[Self.width * $0 + lane] })
      }
    case .spi:
      return (0..<Self.width).map { lane in DroughtFit(gammaOf: (0..<rows).map { columns[Self.width * $0 + lane] }) }
    }
  }

  /// Makes scores of the sums that end in a calendar month.
  private func score(_ month: Int, _ fits: ArraySlice<DroughtFit>) {
    switch work.index {
    case .spei:
      for (lane, fit) in fits.enumerated() {
        for (number, value) in fit.parameters.enumerated() { parameters[Self.width * number + lane] = value }
      }
      functions.logisticScores(sums, rows: work.places(of: month), parameters)
    case .spi:
      for (lane, fit) in fits.enumerated() {
        let distribution = fit.distribution
        for row in work.places(of: month) {
          sums[Self.width * row + lane] = distribution?.score(sums[Self.width * row + lane]) ?? .nan
        }
      }
    }
  }

  /// Brings the scores of a month to the limit and counts them.
  private func limit(_ row: UnsafeMutablePointer<Double>, to limit: Double, _ outcome: inout Outcome) {
    // Hardly any is beyond it.
    let scores = UnsafeRawPointer(row).loadUnaligned(as: SIMD8<Double>.self)
    let bound = min(limit, .greatestFiniteMagnitude)
    guard any(scores .> bound .| scores .< -bound) else { return }
    for lane in 0..<Self.width where row[lane].magnitude > bound {
      if row[lane].isInfinite { outcome.infinite[lane] += 1 }
      outcome.clipped[lane] += 1
      row[lane] = row[lane] < 0 ? -limit : limit
    }
  }
}
