/// The sensitivity of fluxes to soil moisture from two runs, A and B, that differ in it: β = ΔC/Δθ in every step.
///
/// Source: Zhang et al. (2019), equation 7; the floor under |Δθ| is ours.
package struct RunContrast: Sendable {
  /// A flux as a sum of series, each with its sign: NEE = Ra + Rh − GPP.
  package struct Flux: Sendable {
    /// Positions of series with the number that each is multiplied by.
    package var terms: [(series: Int, factor: Double)]

    /// A sum of series.
    package init(_ terms: [(series: Int, factor: Double)]) { self.terms = terms }
  }

  private let fluxes: [Flux]
  private let tolerance: Double

  /// - Parameters:
  ///   - fluxes: what is told of, each made of the series.
  ///   - tolerance: the smallest |Δθ| that has a β, m³ m⁻³; 0 takes all but equal moistures.
  package init(_ fluxes: [Flux], tolerance: Double) {
    self.fluxes = fluxes
    self.tolerance = tolerance
  }

  /// The contrast of a cell.
  ///
  /// Steps count in which both runs have moisture and all series, so that sums of fluxes have the sums of their β.
  ///
  /// - Parameters:
  ///   - moisture: of both runs by step, m³ m⁻³; NaN where it is missing, infinite where it is implausible.
  ///   - series: of both runs by series and step, kg C m⁻² yr⁻¹.
  ///   - error: standard error of Δθ in the cell, m³ m⁻³, common to all steps; NaN where it is not known.
  package func compute(
    moisture: (a: [Double], b: [Double]), series: (a: [[Double]], b: [[Double]]), error: Double
  ) -> ContrastResult {
    let all = moisture.a.indices
    var result = ContrastResult(status: .computed, fluxes: fluxes.count, steps: all.count)
    func holds(_ condition: (Double) -> Bool, at step: Int) -> Bool {
      condition(moisture.a[step]) || condition(moisture.b[step]) || series.a.contains { condition($0[step]) }
        || series.b.contains { condition($0[step]) }
    }
    if all.contains(where: { holds(\.isInfinite, at: $0) }) {
      result.status = .implausibleRange
      return result
    }
    let steps = all.filter { !holds(\.isNaN, at: $0) }
    let differences = all.map { moisture.a[$0] - moisture.b[$0] }
    let sloped = steps.filter { abs(differences[$0]) >= tolerance && differences[$0] != 0 }
    result.stepCount = steps.count
    result.betaCount = sloped.count
    result.status = steps.isEmpty ? .noData : sloped.isEmpty ? .belowTolerance : .computed
    guard !steps.isEmpty else { return result }
    result.moistureA = mean(steps.map { moisture.a[$0] })
    result.moistureB = mean(steps.map { moisture.b[$0] })
    result.moistureDifference = mean(steps.map { differences[$0] })
    for step in steps { result.moistureChanges[step] = differences[step] }
    for (number, flux) in fluxes.enumerated() {
      func sum(_ value: (Int) -> Double) -> Double { flux.terms.reduce(0) { $0 + $1.factor * value($1.series) } }
      var found = result.fluxes[number]
      let (own, others) = (
        steps.map { step in sum { series.a[$0][step] } }, steps.map { step in sum { series.b[$0][step] } }
      )
      found.meanA = mean(own)
      found.meanB = mean(others)
      found.largest = (own + others).reduce(0) { max($0, abs($1)) }
      // Differences before sums, so that those of small differences lose no digits.
      for step in steps { found.changes[step] = sum { series.a[$0][step] - series.b[$0][step] } }
      found.difference = mean(steps.map { found.changes[$0] })
      for step in sloped { found.steps[step] = found.changes[step] / differences[step] }
      let values = sloped.map { found.steps[$0] }
      found.beta = mean(values)
      found.standardDeviation = standardDeviation(values)
      found.median = percentile(values, 0.5)
      found.standardError = error * abs(mean(sloped.map { found.steps[$0] / differences[$0] }))
      result.fluxes[number] = found
    }
    return result
  }
}
