import Testing

@testable import smt_mpi

/// What the units of soil moisture say about layers.
@MainActor @Suite struct MoistureUnitTests {
  @Test func unitsTellWhetherLayersAddUp() {
    for units in ["kg m-2", "kg/m^2", "kg m**-2", "mm"] { #expect(SoilMoistureUnits.addUp(units), "\(units)") }
    for units in ["m3 m-3", "mm3/mm3", "%", "", "1"] { #expect(!SoilMoistureUnits.addUp(units), "\(units)") }
  }
}
