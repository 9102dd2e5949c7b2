/// A function of sources, cell by cell and step by step: `A - B`, `vpd(T; RH)`.
public struct SourceFunction: Sendable {
  /// The name, or the operator's sign.
  public var name: String
  /// What its arguments are, in words.
  public var arguments: [String]
  /// What it makes, in words; nil where that depends on its arguments.
  public var longName: String?
  /// What it makes of arguments in these units.
  ///
  /// - Throws: exit code 65 where the units do not fit.
  public var join: @Sendable (_ arguments: [Argument]) throws -> Joint

  /// An argument as the function's units depend on it.
  public struct Argument: Sendable {
    /// How the user writes it, for messages.
    public var text: String
    /// Its units; nil for a number, which takes any.
    public var units: String?

    /// An argument written so, in these units.
    public init(text: String, units: String?) {
      self.text = text
      self.units = units
    }
  }

  /// What a function makes of arguments in known units.
  public struct Joint: Sendable {
    /// Units of the result; nil for a number.
    public var units: String?
    /// The values of some cells of those of each argument; NaN where one of them is missing or there is no value.
    public var values: Values

    /// A result in these units.
    public init(units: String?, values: @escaping Values) {
      self.units = units
      self.values = values
    }
  }

  /// Calculates a value for each cell; all buffers are equally long.
  public typealias Values =
    @Sendable (_ arguments: [UnsafeBufferPointer<Double>], _ result: UnsafeMutableBufferPointer<Double>) -> Void

  /// A function of so many arguments.
  public init(
    _ name: String, arguments: [String], longName: String? = nil,
    join: @escaping @Sendable (_ arguments: [Argument]) throws -> Joint
  ) {
    self.name = name
    self.longName = longName
    self.arguments = arguments
    self.join = join
  }

  /// How a call is written.
  var usage: String { "\(name)(\(arguments.joined(separator: "; ")))" }
}

extension SourceFunction {
  /// The operators, those that bind more closely first.
  static let operators = [[product, quotient], [sum, difference]]

  private static let sum = SourceFunction("+", arguments: ["a", "b"]) { arguments in
    Joint(units: try commonUnits(arguments, of: "+"), values: cellwise { $0 + $1 })
  }

  private static let difference = SourceFunction("-", arguments: ["a", "b"]) { arguments in
    Joint(units: try commonUnits(arguments, of: "-"), values: cellwise { $0 - $1 })
  }

  private static let product = SourceFunction("*", arguments: ["a", "b"]) { arguments in
    let (first, second) = (arguments[0].units, arguments[1].units)
    let units = first.flatMap { first in second.map { UnitSpelling.product(first, $0) } } ?? first ?? second
    return Joint(units: units, values: cellwise { $0 * $1 })
  }

  private static let quotient = SourceFunction("/", arguments: ["a", "b"]) { arguments in
    let (first, second) = (arguments[0].units, arguments[1].units)
    let units = second.map { UnitSpelling.quotient(first ?? "1", $0) } ?? first
    return Joint(units: units, values: cellwise { $1 == 0 ? .nan : $0 / $1 })
  }

  /// The units that both arguments have; those of the other one where one is a number.
  private static func commonUnits(_ arguments: [Argument], of sign: String) throws -> String? {
    guard let first = arguments[0].units, let second = arguments[1].units else {
      return arguments[0].units ?? arguments[1].units
    }
    guard UnitSpelling.areSame(first, second) else {
      throw JobError(
        .inputData,
        "\(arguments[0].text) \(sign) \(arguments[1].text): '\(first)' and '\(second)' are different units; expected "
          + "equal ones: convert one first, for example with cdo setunit,'\(first)' -mulc,FACTOR")
    }
    return first
  }

  private static func cellwise(_ value: @escaping @Sendable (Double, Double) -> Double) -> Values {
    { arguments, result in
      let (first, second) = (arguments[0], arguments[1])
      for cell in result.indices { result[cell] = value(first[cell], second[cell]) }
    }
  }
}
