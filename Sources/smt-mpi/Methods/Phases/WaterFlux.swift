import Distributed

/// Fluxes of water by soil layer, which phases are compared of as amounts.
enum WaterFlux {
  /// Units of a flux of water with those of its amount.
  private static let units = [("mm s-1", "mm"), ("mmh2o s-1", "mm"), ("mm h2o s-1", "mm"), ("kg m-2 s-1", "kg m-2")]

  /// Units of the amount that a flux in these units makes; nil where they are none of a flux of water.
  static func amount(of units: String) -> String? {
    self.units.first { UnitSpelling.areSame($0.0, units.lowercased()) }?.1
  }
}
