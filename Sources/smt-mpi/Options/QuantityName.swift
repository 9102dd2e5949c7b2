import ArgumentParser
import Distributed

/// What titles and long names call the quantity of a job, where the user says it.
struct QuantityNameOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What titles and long names of the output call the quantity (of threshold and correlate the response); e.g. \
      'evaporative fraction'. Default: what files and the source tell.
      """, valueName: "text"))
  var longName: String?

  /// The name, checked; nil where none is given.
  ///
  /// - Throws: exit code 64.
  func checked() throws -> String? {
    guard let longName else { return nil }
    guard (1...200).contains(longName.count), longName.contains(where: \.isLetter),
      !longName.contains(where: \.isNewline), !longName.unicodeScalars.contains(where: { $0.value < 32 })
    else {
      throw JobError(
        .usage,
        "--long-name '\(longName.prefix(40))': expected words, up to 200 characters, for example 'evaporative fraction'"
      )
    }
    return longName
  }
}

/// Names that the field has for what sources make together.
enum QuantityName {
  /// What a source is called: what its records and functions make, or where that has a name, by this.
  static func of(_ expression: SourceExpression, in source: SourceCatalogue) -> String {
    func longName(_ part: SourceExpression) -> String? {
      guard case .record(let record) = part, let place = expression.records.firstIndex(of: record) else { return nil }
      return source.recordNames[place]
    }
    guard case .call(let quotient, let parts) = expression, quotient.name == "/",
      case .call(let sum, let terms) = parts[1], sum.name == "+",
      let numerator = longName(parts[0]), let first = longName(terms[0]), let second = longName(terms[1]),
      let other = first == numerator ? second : second == numerator ? first : nil
    else { return source.longName }
    return isEvaporativeFraction(of: numerator, with: other) ? evaporativeFraction : source.longName
  }

  /// What response / (response + other) is called.
  static func fraction(of response: String, with other: String) -> String {
    isEvaporativeFraction(of: response, with: other)
      ? evaporativeFraction : "\(response) as a fraction of its sum with \(other)"
  }

  private static let evaporativeFraction = "evaporative fraction"

  private static func isEvaporativeFraction(of response: String, with other: String) -> Bool {
    let (response, other) = (response.lowercased(), other.lowercased())
    return response.contains("latent heat") && other.contains("sensible heat")
  }
}

extension Catalogue {
  /// The time from the first month of a job to the last one.
  var span: TimeSpan? {
    guard let first = months.first, let last = months.last else { return nil }
    let calendar = sources[0].calendar
    return TimeSpan(
      [(calendar.start(of: first), calendar.start(of: Month(index: last.index + 1)))], calendar: calendar)
  }

  /// What a source of a job is called in titles and long names.
  func quantity(_ source: Int, _ requests: [SourceRequest]) -> String {
    QuantityName.of(requests[source].expression, in: sources[source])
  }
}
