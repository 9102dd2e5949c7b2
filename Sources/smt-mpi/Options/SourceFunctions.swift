import Distributed
import Kernels

extension SourceExpression {
  /// Reads a source as options have it: `PATTERN:VARIABLE`, or several joined, with the functions below.
  ///
  /// - Throws: exit code 64 where the text has no such form.
  init(option text: String) throws { try self.init(text, functions: [.vapourPressureDeficit]) }
}

extension SourceFunction {
  /// `vpd(T; RH)`: the vapour pressure deficit in Pa, of a temperature in K or °C and a relative humidity in percent or
  /// parts of 1.
  static let vapourPressureDeficit = SourceFunction(
    "vpd", arguments: ["temperature", "relative humidity"], longName: "vapour pressure deficit"
  ) { arguments in
    let zero = try factor(of: arguments[0], ["K": 273.15, "°C": 0, "deg_C": 0, "degree_C": 0, "C": 0], "K or degC")
    let percent = try factor(of: arguments[1], ["%": 1, "1": 100], "% or 1")
    return Joint(units: "Pa") { arguments, result in
      let (temperature, humidity) = (arguments[0], arguments[1])
      for cell in result.indices {
        result[cell] = VapourPressure.deficit(
          temperature: temperature[cell] - zero, relativeHumidity: humidity[cell] * percent)
      }
    }
  }

  /// The number that goes with an argument's units.
  private static func factor(of argument: Argument, _ known: [String: Double], _ expected: String) throws -> Double {
    let units = argument.units ?? ""
    guard argument.units != nil, let found = known.first(where: { UnitSpelling.areSame($0.key, units) }) else {
      throw JobError(
        .inputData,
        argument.units == nil
          ? "vpd: \(argument.text) is a number; expected a source in \(expected)"
          : "vpd: '\(argument.text)' has units '\(units)'; expected \(expected)")
    }
    return found.value
  }
}
