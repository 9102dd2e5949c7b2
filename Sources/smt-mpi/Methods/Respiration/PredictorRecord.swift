import Distributed

/// The record of one predictor as its files' headers show it.
struct PredictorRecord {
  /// All steps that the files have.
  let catalogue: Catalogue
  /// What a year's steps become.
  let statistic: PredictorStatistic
  /// What may be wrong with it.
  let warnings: [String]

  /// A record of which some years are wanted.
  ///
  /// - Throws: exit code 65 where the statistic does not fit its steps, or it holds none of the years.
  init(_ request: PredictorRequest, _ catalogue: Catalogue, years: ClosedRange<Int>) throws {
    self.catalogue = catalogue
    let source = "\(request.source.words.source) '\(request.source.expression.text)'"
    if request.statistic == .timeless {
      guard catalogue.steps.count == 1 else {
        throw JobError(
          .inputData,
          "\(source): @static expects a map without times, found \(catalogue.steps.count) \(catalogue.cadence.noun)s, "
            + "\(catalogue.period); give @mean, @sum, @min, @max or @month=1 to @month=12")
      }
      (statistic, warnings) = (.timeless, catalogue.warnings)
      return
    }
    guard catalogue.cadence != .static else {
      guard request.statistic == nil else {
        throw JobError(
          .inputData,
          "\(source): @\(request.statistic?.text ?? "") expects a record with times, found a map without; give @static")
      }
      (statistic, warnings) = (.timeless, catalogue.warnings)
      return
    }
    statistic = request.statistic ?? .mean
    let found = catalogue.years
    guard let first = found.first?.year, let last = found.last?.year, years.overlaps(first...last) else {
      throw JobError(
        .inputData,
        "\(source) holds nothing of the years \(years.lowerBound) to \(years.upperBound); it has \(catalogue.period)")
    }
    let complete = Set(
      found.filter { catalogue.cadence != .monthly || $0.steps.count == 12 }.map(\.year))
    let missing = years.filter { !complete.contains($0) }
    var warnings = catalogue.warnings
    if !missing.isEmpty {
      let shown = missing.prefix(6).map(String.init).joined(separator: ", ") + (missing.count > 6 ? " …" : "")
      warnings.append(
        "\(source) has \(catalogue.period): \(missing.count) of \(counted(years.count, "year")) \(missing.count == 1 ? "is" : "are") missing (\(shown))"
      )
    }
    let gaps = catalogue.years(years)?.sources[0].gapCount() ?? 0
    if gaps > 0 {
      warnings.append("\(source): \(gaps) \(catalogue.cadence.noun)s are missing, and their years with them")
    }
    self.warnings = warnings
  }

  /// Whether it is the same in all years.
  var isTimeless: Bool { statistic == .timeless }

  /// What makes a year of its steps.
  var reduction: PredictorReduction { PredictorReduction(statistic, of: catalogue) }

  /// The record in some years; nil where it has none of them.
  func part(of years: ClosedRange<Int>) -> Catalogue? { isTimeless ? catalogue : catalogue.years(years) }
}
