/// Spellings of units that mean the same.
public enum UnitSpelling {
  /// Whether two units are the same, apart from spelling (`gC/m^2/s` and `gC m-2 s-1`, `%` and `percent`).
  public static func areSame(_ first: String, _ second: String) -> Bool { canonical(first) == canonical(second) }

  /// Units of a product: `W m-2` and `s` make `W m-2 s`; factors that cancel vanish, and `1` is left of none.
  public static func product(_ first: String, _ second: String) -> String { combined(first, second, sign: 1) }

  /// Units of a quotient: `kg m-2` by `K` makes `kg m-2 K-1`, equal units make `1`.
  public static func quotient(_ first: String, _ second: String) -> String { combined(first, second, sign: -1) }

  /// The exponent of a factor, by its shortest name, in units: -1 of `s` in `kg m-2 s-1`, 0 where it is none of them.
  public static func exponent(of name: String, in units: String) -> Int {
    factors(of: units).first { $0.name == name }?.exponent ?? 0
  }

  private static func combined(_ first: String, _ second: String, sign: Int) -> String {
    var factors = factors(of: first)
    for factor in self.factors(of: second) { add(factor.name, sign * factor.exponent, to: &factors) }
    let words = factors.filter { $0.exponent != 0 }.map { $0.exponent == 1 ? $0.name : "\($0.name)\($0.exponent)" }
    return words.isEmpty ? "1" : words.joined(separator: " ")
  }

  /// Factors with their exponents in alphabetical order, as `g1 m-2 s-1`; ratios of like units vanish.
  static func canonical(_ units: String) -> String {
    factors(of: units).filter { $0.exponent != 0 }.map { "\(carbon[$0.name] ?? $0.name)\($0.exponent)" }.sorted()
      .joined(separator: " ")
  }

  /// Masses of carbon by the names that UDUNITS knows, which maps have for them.
  private static let carbon = ["gC": "g", "kgC": "kg", "mgC": "mg"]

  /// Factors with their exponents in the order in which they come first, each once.
  private static func factors(of units: String) -> [(name: String, exponent: Int)] {
    var factors: [(name: String, exponent: Int)] = []
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
        if word != "1" { add(String(word), sign, to: &factors) }
      } else {
        // No unit has an exponent of three digits; sums of such ones leave no integer.
        let exponent = Int(word.dropFirst(name.count)).map { min(max($0, -99), 99) } ?? 1
        add(spellings[name.lowercased()] ?? String(name), sign * exponent, to: &factors)
      }
      // As in UDUNITS a quotient takes one factor: `g/m2 s` is grams per square metre times seconds.
      sign = 1
    }
    return factors
  }

  private static func add(_ name: String, _ exponent: Int, to factors: inout [(name: String, exponent: Int)]) {
    guard !name.isEmpty else { return }
    if let index = factors.firstIndex(where: { $0.name == name }) {
      factors[index].exponent += exponent
    } else {
      factors.append((name, exponent))
    }
  }

  private static let spellings = [
    "percent": "%", "kelvin": "K", "degk": "K", "meter": "m", "metre": "m", "meters": "m", "metres": "m",
    "sec": "s", "second": "s", "seconds": "s", "days": "day", "d": "day", "degc": "°C", "celsius": "°C",
    "years": "year", "yr": "year", "months": "month", "mon": "month", "hour": "h", "hours": "h", "hr": "h",
    "minute": "min", "minutes": "min", "fraction": "", "unitless": "", "none": "", "dimensionless": "",
  ]
}
