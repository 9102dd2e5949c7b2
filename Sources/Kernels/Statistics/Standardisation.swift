/// Shift and scale that bring values to mean 0 and standard deviation 1.
package struct Standardisation: Sendable, Equatable {
  /// Mean of the values.
  package var centre: Double
  /// Their standard deviation (n); 1 where they do not vary.
  package var scale: Double

  /// The standardisation of some values, at least one.
  package init(_ values: [Double]) {
    let centre = mean(values)
    let variance = mean(values.map { ($0 - centre) * ($0 - centre) })
    self.centre = centre
    scale = variance > 0 ? variance.squareRoot() : 1
  }

  /// Values in standard units, in single precision.
  package func standardised(_ values: [Double]) -> [Float] {
    values.map { Float(($0 - centre) / scale) }
  }

  /// Values in their own units.
  package func restored(_ values: [Float]) -> [Double] {
    values.map { Double($0) * scale + centre }
  }
}
