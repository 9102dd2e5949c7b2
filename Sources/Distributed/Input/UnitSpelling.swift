/// Spellings of units that mean the same.
public enum UnitSpelling {
  /// Whether two units are the same, apart from spelling (`gC/m^2/s` and `gC m-2 s-1`, `%` and `percent`).
  public static func areSame(_ first: String, _ second: String) -> Bool { canonical(first) == canonical(second) }

  /// Factors with their exponents in alphabetical order, as `gC1 m-2 s-1`; ratios of like units vanish.
  static func canonical(_ units: String) -> String {
    var exponents = [String: Int]()
    var sign = 1
    let spaced = units.replacing("**", with: "").replacing("^", with: "").replacing("/", with: " / ")
    for word in spaced.split(whereSeparator: { $0 == " " || $0 == "." || $0 == "*" }) {
      if word == "/" {
        sign = -1
        continue
      }
      let name = word.prefix { !$0.isNumber && $0 != "-" && $0 != "+" }
      if name.isEmpty {
        // A factor; 1 is none.
        if word != "1" { exponents[String(word), default: 0] += sign }
      } else {
        // No unit has an exponent of three digits; sums of such ones leave no integer.
        let exponent = Int(word.dropFirst(name.count)).map { min(max($0, -99), 99) } ?? 1
        exponents[spellings[name.lowercased()] ?? String(name), default: 0] += sign * exponent
      }
      // As in UDUNITS a quotient takes one factor: `g/m2 s` is grams per square metre times seconds.
      sign = 1
    }
    return exponents.filter { $0.value != 0 && !$0.key.isEmpty }.map { "\($0.key)\($0.value)" }.sorted()
      .joined(separator: " ")
  }

  private static let spellings = [
    "percent": "%", "kelvin": "K", "degk": "K", "meter": "m", "metre": "m", "meters": "m", "metres": "m",
    "sec": "s", "second": "s", "seconds": "s", "days": "day", "d": "day", "degc": "°C", "celsius": "°C",
    "years": "year", "yr": "year", "fraction": "", "unitless": "", "none": "", "dimensionless": "",
  ]
}
