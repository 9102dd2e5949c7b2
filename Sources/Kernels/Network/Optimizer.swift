/// How a network's weights are found.
public enum Optimizer: String, CaseIterable, Sendable {
  /// Full-batch Adam (Kingma & Ba 2015)
  case adam
  /// Damped Gauss–Newton steps (Levenberg 1944, Marquardt 1963)
  case gaussNewton = "gauss-newton"
  /// Limited-memory BFGS (Liu & Nocedal 1989)
  case lbfgs
}
