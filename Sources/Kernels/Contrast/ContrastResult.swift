/// A flux in two runs that differ in soil moisture, in one cell; numbers that do not exist are NaN.
package struct FluxContrast: Sendable, Equatable {
  /// Mean of run A over the steps that count, kg C m⁻² yr⁻¹.
  package var meanA = Double.nan
  /// Mean of run B over the same steps.
  package var meanB = Double.nan
  /// ΔC, the mean of A − B.
  package var difference = Double.nan
  /// β, the mean over steps of (C(A) − C(B))/(θ(A) − θ(B)), kg C m⁻² yr⁻¹ per m³ m⁻³.
  package var beta = Double.nan
  /// Standard deviation of β over steps (n − 1).
  package var standardDeviation = Double.nan
  /// Median of β over steps.
  package var median = Double.nan
  /// The largest magnitude that the flux has in a step of either run.
  package var largest = Double.nan
  /// Standard error of β by the error of Δθ, to first order.
  package var standardError = Double.nan
  /// β of each step; NaN where |Δθ| is below the tolerance or something is missing.
  package var steps: [Double] = []
  /// ΔC of each step; NaN where something is missing.
  package var changes: [Double] = []

  /// A flux of which nothing is known.
  package init() {}
}

/// What two runs that differ in soil moisture have in a cell; numbers that do not exist are NaN.
package struct ContrastResult: Sendable, Equatable {
  /// Whether there is β, and why not.
  package var status: ContrastStatus
  /// Steps in which both runs have moisture and all fluxes.
  package var stepCount = 0
  /// Steps of these in which moisture differs by the tolerance or more.
  package var betaCount = 0
  /// Mean moisture of run A over the steps that count, m³ m⁻³.
  package var moistureA = Double.nan
  /// Mean moisture of run B over the same steps.
  package var moistureB = Double.nan
  /// Δθ, the mean of A − B.
  package var moistureDifference = Double.nan
  /// Δθ of each step; NaN where something is missing.
  package var moistureChanges: [Double]
  /// The fluxes, in order.
  package var fluxes: [FluxContrast]

  /// A result that has nothing but a status.
  package init(status: ContrastStatus, fluxes: Int, steps: Int) {
    self.status = status
    var flux = FluxContrast()
    moistureChanges = [Double](repeating: .nan, count: steps)
    (flux.steps, flux.changes) = (moistureChanges, moistureChanges)
    self.fluxes = [FluxContrast](repeating: flux, count: fluxes)
  }
}

/// Why a cell has β or has none.
///
/// The raw values and names are the `flag_values` and `flag_meanings` of the CF status variable.
package enum ContrastStatus: UInt8, ResultStatus {
  /// At least one step has β.
  case computed = 0
  /// The cell is not land.
  case notLand = 1
  /// In no step do both runs have moisture and all fluxes.
  case noData = 2
  /// In no step does moisture differ by the tolerance or more.
  case belowTolerance = 3
  /// The cell was left out by the user's selection.
  case outsideSelection = 4
  /// A value is too large to be one.
  case implausibleRange = 5
}
