/// Volumetric soil moisture with depth, θ(z) = a z² + b z + c, z in metres below the surface.
package struct MoistureProfile: Sendable, Equatable {
  /// Of z².
  package var a: Double
  /// Of z.
  package var b: Double
  /// At the surface.
  package var c: Double

  /// The profile of these coefficients.
  package init(a: Double, b: Double, c: Double) { (self.a, self.b, self.c) = (a, b, c) }

  /// The least-squares profile of values at depths in metres, pairs without a value left out; nil where fewer than three
  /// depths that differ are left.
  package init?(depths: [Double], values: [Double]) {
    let pairs = zip(depths, values).filter { $1.isFinite }
    guard Set(pairs.map(\.0)).count >= 3 else { return nil }
    // Around the middle of the depths the columns are as independent as they can be.
    let centre = Kernels.mean(pairs.map(\.0))
    let z = pairs.map { $0.0 - centre }
    guard let fit = LinearFit([z.map { $0 * $0 }, z, z.map { _ in 1 }], pairs.map(\.1)) else { return nil }
    let (a, b, c) = (fit.coefficients[0], fit.coefficients[1], fit.coefficients[2])
    self.init(a: a, b: b - 2 * a * centre, c: c - b * centre + a * centre * centre)
  }

  /// The same profile of coefficients for depths in a unit of so many metres.
  package func inMetres(unit: Double) -> MoistureProfile { MoistureProfile(a: a / (unit * unit), b: b / unit, c: c) }

  /// The mean between two depths: of z² it is (z₁² + z₁z₂ + z₂²)/3, of z (z₁ + z₂)/2.
  package func mean(from top: Double, to bottom: Double) -> Double {
    a * (top * top + top * bottom + bottom * bottom) / 3 + b * (top + bottom) / 2 + c
  }

  /// The value at a depth.
  package func value(at depth: Double) -> Double { (a * depth + b) * depth + c }

  /// Whether all of the profile from the surface to a depth lies within a range.
  package func lies(within range: ClosedRange<Double>, downTo bottom: Double) -> Bool {
    var values = [value(at: 0), value(at: bottom)]
    let vertex = -b / (2 * a)
    if vertex > 0, vertex < bottom { values.append(value(at: vertex)) }
    return values.allSatisfy { range.contains($0) }
  }
}

/// A layer of soil between two depths in metres.
package struct SoilLayer: Sendable, Equatable, Codable {
  /// The upper depth.
  package var top: Double
  /// The lower depth.
  package var bottom: Double

  /// The layer between two depths.
  package init(top: Double, bottom: Double) { (self.top, self.bottom) = (top, bottom) }

  /// The thickness that two layers share; slivers that rounding of depths leaves do not count.
  package func overlap(_ other: SoilLayer) -> Double {
    let thickness = min(bottom, other.bottom) - max(top, other.top)
    return thickness > 1e-6 ? thickness : 0
  }

  /// The share of each layer in the mean over this one; empty where they do not reach as deep.
  package func weights(of layers: [SoilLayer]) -> [Double] {
    let parts = layers.map(overlap)
    let total = parts.reduce(0, +)
    guard abs(total - (bottom - top)) <= 1e-3 * (bottom - top) else { return [] }
    return parts.map { $0 / total }
  }
}
