import Distributed

/// Units of a flux of carbon, which are converted into one another.
enum CarbonFluxUnits {
  /// Those that results are in unless others are asked for.
  static let standard = "kg C m-2 yr-1"

  /// Days of a mean Gregorian year.
  static let daysPerYear = 365.2425
  /// kg of carbon in a mole.
  private static let molarMass = 12.011e-3

  private static let masses: [(names: [String], kilograms: Double)] = [
    (["kg C", "kgC", "kg"], 1), (["g C", "gC", "g"], 1e-3), (["mg C", "mgC", "mg"], 1e-6),
    (["mol", "mol C", "molC", "mol CO2", "molCO2"], molarMass),
    (["mmol", "mmol C", "mmol CO2", "mmolCO2"], 1e-3 * molarMass),
    (["umol", "µmol", "μmol", "umol C", "umolC", "umol CO2", "umolCO2", "µmol CO2", "μmol CO2"], 1e-6 * molarMass),
  ]
  private static let times: [(names: [String], days: Double)] = [
    (["s-1"], 1.0 / 86400), (["min-1"], 1.0 / 1440), (["h-1", "hr-1", "hour-1"], 1.0 / 24), (["day-1"], 1),
    (["year-1", "a-1", "y-1"], daysPerYear),
  ]

  /// What values in some units are multiplied by to be in others; nil where either is no flux of carbon, unless they are
  /// the same.
  static func factor(from units: String, to target: String) -> Double? {
    if UnitSpelling.areSame(units, target) { return 1 }
    guard let own = kilogramsPerYear(units), let wanted = kilogramsPerYear(target) else { return nil }
    return own / wanted
  }

  /// kg C m⁻² yr⁻¹ of one of these units.
  private static func kilogramsPerYear(_ units: String) -> Double? {
    for mass in masses {
      for time in times
      where mass.names.contains(where: { name in
        time.names.contains { UnitSpelling.areSame(units, "\(name) m-2 \($0)") }
      }) {
        return mass.kilograms * daysPerYear / time.days
      }
    }
    return nil
  }

  /// As UDUNITS reads them, to which C is coulomb.
  static func udunits(_ units: String) -> String {
    units.split(separator: " ").filter { $0 != "C" && $0 != "CO2" }.joined(separator: " ").replacing("gC", with: "g")
  }
}
