import Distributed

/// One predictor of a network: a channel of its windows.
struct Predictor: Codable, Equatable {
  /// What it is called, in the order of channels.
  let name: String
  /// Units of its values.
  let units: String
  /// What a year's steps become, as after `@` in its source: `mean`.
  let statistic: String
}

/// What a predictor's value of a year is.
enum PredictorStatistic: Equatable {
  /// The mean of the year's steps, weighted by their days.
  case mean
  /// The sum of the values of the year's steps.
  case sum
  /// The smallest or the largest of them.
  case minimum, maximum
  /// That of one month of the year, 1 to 12.
  case month(Int)
  /// The same in all years, of a map without times.
  case timeless

  /// The statistics as they stand after `@` but for months.
  private static let words: [(String, PredictorStatistic)] = [
    ("mean", .mean), ("sum", .sum), ("min", .minimum), ("max", .maximum), ("static", .timeless),
  ]

  /// As after `@`: `mean`, `month=12`.
  var text: String {
    if case .month(let month) = self { return "month=\(month)" }
    return Self.words.first { $0.1 == self }?.0 ?? ""
  }

  /// The statistic that stands after the last `@` behind a source's variables, and the source without it; nil where there is
  /// none.
  ///
  /// An `@` in a folder's or a file's name, or within brackets, is part of it. That of a month stays with the source, which is
  /// read by it.
  ///
  /// - Throws: exit code 64 where it is no statistic.
  static func split(_ source: String, option: String) throws -> (source: String, statistic: PredictorStatistic)? {
    guard let colon = source.lastIndexOutsideBrackets(of: ":"),
      let mark = source[colon...].lastIndexOutsideBrackets(of: "@")
    else { return nil }
    let text = source[source.index(after: mark)...]
    if let statistic = words.first(where: { $0.0 == text })?.1 { return (String(source[..<mark]), statistic) }
    if let month = text.wholeMatch(of: /month=([0-9]{1,2})/).flatMap({ Int($0.1) }), (1...12).contains(month) {
      return (source, .month(month))
    }
    throw JobError(
      .usage,
      "\(option): '@\(text)' is no statistic; expected \(words.map { "@" + $0.0 }.joined(separator: ", ")) or @month=1 to "
        + "@month=12")
  }
}
