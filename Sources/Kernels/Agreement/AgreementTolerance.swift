/// The largest difference of two values that counts as agreement.
public enum AgreementTolerance: Sendable, Equatable {
  /// |a − b| at most this, in the values' units
  case absolute(Double)
  /// |a − b| at most this share of |b|
  case relative(Double)

  /// Whether two values agree.
  public func allows(_ a: Double, _ b: Double) -> Bool {
    switch self {
    case .absolute(let difference): abs(a - b) <= difference
    case .relative(let share): abs(a - b) <= share * abs(b)
    }
  }
}
