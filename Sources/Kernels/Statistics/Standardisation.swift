/// Shift and scale that bring values to mean 0 and standard deviation 1.
public struct Standardisation: Sendable, Equatable {
  /// Mean of the values.
  public var centre: Double
  /// Their standard deviation (n); 1 where they do not vary.
  public var scale: Double

  /// The standardisation of some values, at least one.
  public init(_ values: [Double]) {
    let centre = mean(values)
    let variance = mean(values.map { ($0 - centre) * ($0 - centre) })
    self.centre = centre
    scale = variance > 0 ? variance.squareRoot() : 1
  }

  /// Values in standard units, in single precision.
  public func standardised(_ values: [Double]) -> [Float] {
    values.map { Float(($0 - centre) / scale) }
  }

  /// Values in their own units.
  public func restored(_ values: [Float]) -> [Double] {
    values.map { Double($0) * scale + centre }
  }
}
