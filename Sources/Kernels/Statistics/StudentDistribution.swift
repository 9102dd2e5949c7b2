import CNumerics

/// Student's t distribution (Boost.Math).
public enum StudentDistribution {
  /// Probability of a t at least as far from zero; 0 of an infinite t, NaN without degrees of freedom.
  public static func twoSidedP(_ t: Double, degreesOfFreedom: Double) -> Double {
    numerics_student_two_sided(t, degreesOfFreedom)
  }
}
