import RealModule

/// Two runs on an invented globe that differ in soil moisture, whose fluxes differ by a known β times that.
///
/// A field depends on its step, cell and the seed alone.
package struct SyntheticRunPair: Sendable {
  /// The fluxes, kg C m⁻² yr⁻¹.
  package enum Flux: Int, CaseIterable, Sendable {
    case gpp, ra, rh
  }

  /// The globe.
  package let land: SyntheticLand
  /// By flux and cell, kg C m⁻² yr⁻¹ per m³ m⁻³; NaN in the ocean.
  package let beta: [[Double]]
  /// Mean difference of moisture by cell, run A minus run B, m³ m⁻³; NaN in the ocean.
  private let shift: [Double]

  /// β of each flux over cells: mean and spread.
  private static let slopes = [(4.0, 2.0), (2.0, 1.0), (1.5, 0.6)]
  /// Fluxes of run A over cells: mean.
  private static let levels = [1.8, 0.9, 0.7]
  /// The largest mean difference of moisture.
  private static let largestShift = 0.05

  /// Two runs on a globe.
  package init(land: SyntheticLand, seed: Int) {
    self.land = land
    let columns = land.longitudes.count
    func field(_ number: Int) -> [Double] {
      let field = SmoothRandomField(seed: seed, field: 20 + number, wavenumber: 8)
      return (0..<land.cellCount).map { cell in
        guard land.landFraction[cell] > 0 else { return .nan }
        return field.value(latitude: land.latitudes[cell / columns], longitude: land.longitudes[cell % columns])
      }
    }
    // Run A is the drier one in most cells.
    shift = field(0).map { Self.largestShift * .tanh($0 - 0.6) }
    beta = Self.slopes.enumerated().map { number, slope in field(number + 1).map { slope.0 + slope.1 * $0 } }
  }

  /// Soil moisture of the uppermost metre of a run, 0 for A and 1 for B, m³ m⁻³.
  ///
  /// - Parameter time: years since the start.
  package func moisture(run: Int, time: Double) -> [Double] {
    let season = 1 + 0.15 * Double.sin(2 * .pi * time)
    let differences = differences(time: time)
    return land.normalMoisture.indices.map { cell in
      land.normalMoisture[cell] * season - (run == 0 ? 0 : differences[cell])
    }
  }

  /// A flux of a run, kg C m⁻² yr⁻¹.
  package func flux(_ flux: Flux, run: Int, time: Double) -> [Double] {
    let season = 1 + 0.5 * Double.sin(2 * .pi * time + 0.4 * Double(flux.rawValue))
    let (level, beta) = (Self.levels[flux.rawValue], beta[flux.rawValue])
    let differences = differences(time: time)
    return differences.indices.map { cell in level * season - (run == 0 ? 0 : beta[cell] * differences[cell]) }
  }

  /// θ(A) − θ(B), which changes from step to step.
  private func differences(time: Double) -> [Double] {
    let change = 1 + 0.3 * Double.sin(7 * time)
    return shift.map { $0 * change }
  }
}
