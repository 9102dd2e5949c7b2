import Distributed

/// Whether units can be those of soil moisture.
enum SoilMoistureUnits {
  /// Water per area or volume of soil, which no response is likely to have.
  private static let ofWater = ["kg m-2", "kg m-3", "mm", "mmh2o", "mm h2o"]
  /// Ratios and depths, which other quantities have, too; ratios of like units are `1` to `UnitSpelling`.
  private static let others = ["1", "%", "%vol", "vol%", "cm", "m", "g cm-3", "mm m-1"]

  /// Layers as amounts of water: a metre of it weighs 1000 kg m⁻².
  static let amounts = SourceRequest.Layering.amounts(perMetre: 1000, units: "kg m-2")

  /// Whether they are water per area, in kg m⁻² or mm, so that layers add up; water per volume, and any other intensive
  /// quantity, is averaged by thickness.
  static func addUp(_ units: String) -> Bool {
    let compact = units.lowercased().filter { $0 != " " && $0 != "^" && $0 != "*" }
    return ["kgm-2", "kg/m2", "mm", "kgm**-2", "mmh2o", "kg/m-2"].contains(compact)
  }

  /// What moisture in these units, or in none, is multiplied by, so that it is water per volume of soil, m³ m⁻³; nil of others.
  static func volumetricScale(_ units: String) -> Double? {
    let lower = units.lowercased()
    if ["", "-", "none", "n/a", "unitless", "dimensionless", "fraction"].contains(lower) || matches(lower, ["1"]) {
      return 1
    }
    return matches(lower, ["%", "%vol", "vol%", "vol.%"]) ? 0.01 : nil
  }

  /// Whether they can be units of soil moisture; units that a file does not give can.
  static func areMoisture(_ units: String) -> Bool { matches(units, ofWater + others) }

  /// Whether they are hardly those of anything else: `m3 m-3` in any spelling, `kg m-2`, `mm`; but not `1` or `%`.
  static func areMoistureAlone(_ units: String) -> Bool {
    matches(units, ofWater) || (units.contains("3") && matches(units, ["1"]))
  }

  private static func matches(_ units: String, _ known: [String]) -> Bool {
    known.contains { UnitSpelling.areSame($0, units.lowercased()) }
  }

  /// What is wrong with the units of a moisture; nil where nothing is.
  static func concern(about source: SourceCatalogue, _ request: SourceRequest, mend: String) -> String? {
    guard !areMoisture(source.storedUnits) else { return nil }
    return
      "--\(request.name) '\(request.expression.text)' has units '\(source.storedUnits)'; expected those of soil moisture, "
      + "such as m3 m-3 or kg m-2: \(mend)"
  }
}
