/// The function that hidden units apply to their weighted sum.
package enum Activation: String, CaseIterable, Sendable {
  /// max(z, 0)
  case relu
  /// Hyperbolic tangent
  case tanh
  /// ln(1 + eᶻ)
  case softplus
  /// z Φ(z), Φ the normal distribution function
  case gelu
}
