import Distributed
import Kernels

/// Which index on which scales, checked.
struct DroughtSettings {
  let index: DroughtIndex
  let scales: [Int]
  /// Calendar months, 0 for January, ascending.
  let months: [Int]
  let reference: ClosedRange<Int>?
  /// Infinite for none.
  let limit: Double
  let replicates: Int
  let seed: UInt64
  let terms: [BalanceTerm]
  /// The file that distributions are read from.
  let given: String?
  /// The file that distributions are written to.
  let saved: String?

  init(_ command: Spei) throws {
    let options = command.drought
    index = options.index
    scales = try OptionText.counts(options.scales, option: "scales", example: "3,12,24")
    guard scales.allSatisfy({ $0 <= Self.longestScale }), Set(scales).count == scales.count else {
      throw JobError(
        .usage, "--scales '\(options.scales)': expected different numbers of months, \(Self.longestScale) at most")
    }
    months = try Self.months(options.months)
    reference = try options.reference.map(Self.years)
    limit = try Self.limit(options.limit)
    (given, saved) = (options.parameters, options.saveParameters)
    replicates = options.bootstrap
    seed = UInt64(bitPattern: Int64(options.seed))
    if given != nil, reference != nil || saved != nil || replicates > 0 {
      throw JobError(
        .usage,
        "--parameters takes distributions as they are; leave --reference, --save-parameters and --bootstrap out")
    }
    guard replicates == 0 || (20...Self.mostReplicates).contains(replicates) else {
      throw JobError(
        .usage, "--bootstrap \(replicates): expected 20 to \(Self.mostReplicates), or 0 for none")
    }
    guard replicates == 0 || saved != nil else {
      throw JobError(.usage, "--bootstrap writes standard errors into the file of --save-parameters; name one")
    }
    terms = try Self.terms(command)
  }

  private static let longestScale = 120
  private static let mostReplicates = 100_000

  private static func terms(_ command: Spei) throws -> [BalanceTerm] {
    let (sources, selection) = (command.balance, command.selection)
    let steps = try selection.steps()
    func terms(_ text: String, _ sign: Double, _ option: String) throws -> [BalanceTerm] {
      try BalanceTerm.terms(text, sign: sign, option: option) { expression in
        var request = SourceRequest(
          name: option, expression: expression, steps: steps, allowsGaps: sources.allowGaps,
          words: .options(source: option, allowGaps: true))
        request.regridding = .areaMean
        return request
      }
    }
    let isPrecipitation = command.drought.index == .spi
    switch (sources.balance, sources.precipitation, sources.evapotranspiration) {
    case (let balance?, nil, nil):
      guard !isPrecipitation else {
        throw JobError(.usage, "--index spi is of precipitation alone; give --precipitation in place of --balance")
      }
      return try terms(balance, 1, "balance")
    case (nil, let precipitation?, nil) where isPrecipitation: return try terms(precipitation, 1, "precipitation")
    case (nil, let precipitation?, let evapotranspiration?) where !isPrecipitation:
      return try terms(precipitation, 1, "precipitation") + terms(evapotranspiration, -1, "evapotranspiration")
    default:
      throw JobError(
        .usage,
        isPrecipitation
          ? "--index spi needs --precipitation, and nothing else"
          : "a balance is missing or given twice; expected --balance 'P.nc:Rainf - E.nc:PotEvap', or --precipitation with "
            + "--evapotranspiration")
    }
  }

  private static func months(_ text: String) throws -> [Int] {
    if text == "all" { return Array(0..<12) }
    var months: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      months += try YearMonths(option: String(part)).parts.flatMap { $0.map { $0 - 1 } }
    }
    return Array(Set(months)).sorted()
  }

  private static func years(_ text: String) throws -> ClosedRange<Int> {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let first = parts[0], let last = parts[1], first <= last, first >= 0,
      last <= InputLimit.year
    else {
      throw JobError(
        .usage, "--reference '\(text)': expected first and last year, 0 to \(InputLimit.year), for example 1961-1990")
    }
    return first...last
  }

  private static func limit(_ text: String) throws -> Double {
    if text == "none" { return .infinity }
    guard let limit = Double(text), limit > 0, limit.isFinite else {
      throw JobError(.usage, "--limit '\(text)': expected a number above 0, for example 3.09, or none")
    }
    return limit
  }

  /// The sources.
  var requests: [SourceRequest] { terms.map(\.request) }

  /// The work on a scale.
  ///
  /// - Throws: exit code 64 where the reference is not within the record.
  func work(scale: Int, _ catalogue: Catalogue) throws -> DroughtSeries {
    let all = catalogue.months
    var fitted = 0..<all.count
    if let reference {
      guard let first = all.first, let last = all.last, first.year <= reference.lowerBound,
        last.year >= reference.upperBound
      else {
        throw JobError(
          .usage,
          "--reference \(reference.lowerBound)-\(reference.upperBound) is not within the record, \(catalogue.period)")
      }
      let start = all.firstIndex { $0.year >= reference.lowerBound } ?? 0
      let end = all.lastIndex { $0.year <= reference.upperBound } ?? -1
      fitted = start..<end + 1
    }
    try checkCount(of: fitted, scale: scale, all)
    return DroughtSeries(
      index, scale: scale, count: all.count, firstMonth: all[0].month - 1, reference: fitted, months: months,
      limit: limit)
  }

  /// Checks that some calendar month has as many sums as a distribution is fitted to, unless that is given.
  private func checkCount(of fitted: Range<Int>, scale: Int, _ all: [Month]) throws {
    guard given == nil else { return }
    let counts = months.map { month in
      fitted.count { $0 >= scale - 1 && all[$0].month - 1 == month }
    }
    guard let most = counts.max(), most < DroughtKernel.minimumCount else { return }
    throw JobError(
      .usage,
      "the fit of --scales \(scale) needs \(DroughtKernel.minimumCount) years, and there \(most == 1 ? "is" : "are") "
        + "\(counted(most, "year")) with such a sum; give a longer record, or more years as --reference")
  }

  /// Positions of the months of a catalogue in which wanted sums end.
  func places(_ catalogue: Catalogue) -> [Int] {
    catalogue.months.indices.filter { months.contains(catalogue.months[$0].month - 1) }
  }

  /// The calendar month whose scores are summed up over cells: December, or the last that is wanted.
  var shownMonth: Int { months[months.count - 1] }

  /// The balance as the user writes it.
  var balanceText: String {
    terms.enumerated().map { place, term in
      (term.sign < 0 ? (place == 0 ? "-" : " - ") : place == 0 ? "" : " + ") + term.request.expression.names
    }.joined()
  }

  /// The dimension of the scales.
  var scaleAxis: MapAxis {
    MapAxis("scale", longName: "months of the sums", values: scales.map(Double.init), units: "months")
  }

  /// The dimension of the calendar months.
  var monthAxis: MapAxis {
    MapAxis("month", longName: "calendar month in which sums end", values: months.map { Double($0 + 1) }, units: "1")
  }

  /// What is fitted, in words.
  var text: String {
    let distribution =
      index == .spei
      ? "generalised logistic by unbiased probability-weighted moments"
      : "gamma with a share of zeros by Thom's approximation of maximum likelihood"
    return
      "\(index.rawValue.uppercased()) of \(scales.map(String.init).joined(separator: ", ")) months, \(distribution), "
      + (given.map { "from \($0)" }
        ?? "fitted to \(reference.map { "\($0.lowerBound)-\($0.upperBound)" } ?? "all years")")
      + (limit.isFinite ? ", within \(limit.shortText)" : ", without limit")
  }
}
