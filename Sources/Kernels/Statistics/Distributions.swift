import CNumerics

/// The standard normal distribution (Boost.Math).
package enum NormalDistribution {
  /// Φ(z), the probability of at most z.
  package static func cumulative(_ z: Double) -> Double { numerics_normal_cumulative(z) }

  /// z of a probability from 0 to 1; infinite at both ends, NaN outside.
  package static func quantile(_ probability: Double) -> Double { numerics_normal_quantile(probability) }

  /// 2(1 − Φ|z|), without the cancellation for large |z|.
  package static func twoSidedP(_ z: Double) -> Double { 2 * cumulative(-z.magnitude) }
}

/// Student's t distribution (Boost.Math).
package enum StudentDistribution {
  /// The t that is at least as far from zero with a probability; infinite where that is 0, NaN without degrees of freedom.
  package static func twoSidedQuantile(_ probability: Double, degreesOfFreedom: Double) -> Double {
    numerics_student_two_sided_quantile(probability, degreesOfFreedom)
  }

  /// Probability of a t at least as far from zero; 0 of an infinite t, NaN without degrees of freedom.
  package static func twoSidedP(_ t: Double, degreesOfFreedom: Double) -> Double {
    numerics_student_two_sided(t, degreesOfFreedom)
  }
}

/// Fisher's F distribution (Boost.Math).
package enum FisherDistribution {
  /// Probability of an F at least as large; NaN of a negative F or without degrees of freedom.
  package static func upperP(_ f: Double, numerator: Double, denominator: Double) -> Double {
    numerics_f_upper(f, numerator, denominator)
  }
}

/// The gamma distribution of scale 1 (Boost.Math).
package enum UnitGammaDistribution {
  /// Probability of at most x; NaN of a negative x or a shape that is not positive.
  package static func cumulative(_ x: Double, shape: Double) -> Double { numerics_gamma_lower(x, shape) }

  /// Probability of more than x; NaN of a negative x or a shape that is not positive.
  package static func upperP(_ x: Double, shape: Double) -> Double { numerics_gamma_upper(x, shape) }
}
