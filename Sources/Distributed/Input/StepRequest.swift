/// Which steps a job takes, and what it makes of them.
public enum StepRequest: Sendable, Equatable {
  /// Months: as they are, or made of finer steps where for this share of a month's length there are values; of a record of
  /// years these, where they are taken too, each in all its months where another source has months.
  case months(minimumShare: Double = 1, statistic: Statistic = .mean, orYears: Bool = false)
  /// The record's own steps, which must be of one of these cadences; any where none is named.
  case native([Cadence] = [])

  /// What a month becomes of finer steps.
  public enum Statistic: String, Codable, Sendable {
    /// The mean of the steps that are there, weighted by their length within the month.
    case mean
    /// That of amounts: the mean of the steps that are there, times the steps that make the month.
    case sum
  }

  /// Whether the job's steps are months where those of the record are of a cadence.
  func makesMonths(of cadence: Cadence) -> Bool {
    if case .months = self { return !(takesYears && cadence == .yearly) }
    return false
  }

  /// Whether records of years are taken as well as months.
  var takesYears: Bool {
    if case .months(_, _, let orYears) = self { return orYears }
    return false
  }

  /// What a month becomes of finer steps.
  var statistic: Statistic {
    if case .months(_, let statistic, _) = self { return statistic }
    return .mean
  }

  /// The share of a month's length for which there must be values.
  var minimumShare: Double {
    if case .months(let share, _, _) = self { return share }
    return 1
  }

  /// Checks that the job takes steps of a cadence.
  ///
  /// - Throws: exit code 65 saying what is expected.
  func check(_ cadence: Cadence, _ request: RecordRequest, path: String) throws {
    let name = request.specification.variables[0]
    switch self {
    case .months:
      if cadence == .static {
        throw JobError(
          .inputData,
          "\(path): variable '\(name)' has no time dimension; expected monthly or finer steps: give a record with times as "
            + request.words.source)
      }
      if cadence == .yearly, makesMonths(of: cadence) {
        throw JobError(
          .inputData,
          request.specification.month.map {
            "\(request.words.source) '\(request.specification.text)' is a record of years; expected monthly steps: leave "
              + "@month=\($0) out"
          }
            ?? "\(path): the steps of '\(name)' are yearly; expected monthly or finer steps: give a record of months or "
            + "days as \(request.words.source)")
      }
    case .native(let accepted):
      guard accepted.isEmpty || accepted.contains(cadence) else {
        throw JobError(
          .inputData,
          "\(path): the steps of '\(name)' are \(cadence); expected "
            + accepted.map(\.description).joined(separator: " or ")
            + " ones: give such a record as \(request.words.source)")
      }
    }
  }
}
