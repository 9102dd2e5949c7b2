import Distributed

/// A source of a water balance: what is added to it or taken off, in millimetres.
struct BalanceTerm: Sendable {
  /// 1 for what is added, −1 for what is taken off.
  let sign: Double
  let request: SourceRequest

  /// The terms of a sum of sources.
  ///
  /// - Throws: exit code 64 where a term is a number.
  static func terms(
    _ text: String, sign: Double = 1, option: String, _ request: (SourceExpression) throws -> SourceRequest
  ) throws -> [BalanceTerm] {
    try parts(try SourceExpression(option: text), sign).map { sign, expression in
      if case .number = expression {
        throw JobError(
          .usage, "--\(option) '\(text)': '\(expression.text)' is a number; expected sources with units of their own")
      }
      guard !expression.namesMember else {
        throw JobError(.usage, "--\(option) '\(text)' holds {member}; one record is expected")
      }
      return BalanceTerm(sign: sign, request: try request(expression))
    }
  }

  /// The parts of a sum: they need not have the same units.
  private static func parts(_ expression: SourceExpression, _ sign: Double) -> [(Double, SourceExpression)] {
    guard case .call(let function, let arguments) = expression, ["+", "-"].contains(function.name) else {
      return [(sign, expression)]
    }
    return parts(arguments[0], sign) + parts(arguments[1], function.name == "-" ? -sign : sign)
  }
}

/// Units of water, with what makes millimetres a month of them.
enum WaterUnit: Sendable, Equatable {
  /// So many mm a second
  case perSecond(Double)
  /// So many mm a day
  case perDay(Double)
  /// So many mm a month
  case perMonth(Double)

  /// Energy that a kilogram of water takes to evaporate, J (FAO-56).
  private static let latentHeat = 2.45e6

  private static let known: [(String, WaterUnit)] = [
    ("kg m-2 s-1", .perSecond(1)), ("mm s-1", .perSecond(1)), ("mmh2o s-1", .perSecond(1)),
    ("mm h2o s-1", .perSecond(1)), ("m s-1", .perSecond(1000)), ("w m-2", .perSecond(1 / latentHeat)),
    ("mm day-1", .perDay(1)), ("kg m-2 day-1", .perDay(1)), ("cm day-1", .perDay(10)), ("m day-1", .perDay(1000)),
    ("mm month-1", .perMonth(1)), ("mm mon-1", .perMonth(1)), ("mm months-1", .perMonth(1)),
    ("kg m-2 month-1", .perMonth(1)), ("cm month-1", .perMonth(10)), ("mm", .perMonth(1)), ("kg m-2", .perMonth(1)),
  ]

  /// Amounts, which are those of a month only where steps are months.
  private static let amounts = ["mm", "kg m-2"]

  /// The unit of a source.
  ///
  /// - Throws: exit code 65 where it is none of water.
  init(of source: SourceCatalogue, _ request: SourceRequest) throws {
    let units = source.units.lowercased()
    guard let found = Self.known.first(where: { UnitSpelling.areSame($0.0, units) })?.1 else {
      throw JobError(
        .inputData,
        "\(request.words.source) '\(request.expression.text)' has units '\(source.units)', which make no mm a month; expected "
          + "kg m-2 s-1, mm/day, mm/month, or W m-2 of evaporation; convert it first, for example with cdo "
          + "setunit,mm/month -mulc,FACTOR")
    }
    guard source.cadence == .monthly || !Self.amounts.contains(where: { UnitSpelling.areSame($0, units) }) else {
      throw JobError(
        .inputData,
        "\(request.words.source) '\(request.expression.text)' has units '\(source.units)' and steps that are no months; "
          + "expected a rate such as mm/day")
    }
    self = found
  }

  /// Millimetres of a month of so many days that one unit makes.
  func millimetres(days: Int) -> Double {
    switch self {
    case .perSecond(let factor): factor * 86400 * Double(days)
    case .perDay(let factor): factor * Double(days)
    case .perMonth(let factor): factor
    }
  }
}
