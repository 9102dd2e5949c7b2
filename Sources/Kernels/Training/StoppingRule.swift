/// When a training ends: the loss has not fallen by a share of its best value for a number of iterations.
package struct StoppingRule: Sendable, Equatable {
  /// Relative improvement that counts.
  package let tolerance: Double
  /// Iterations without one after which a training ends.
  package let patience: Int
  /// The loss that the last improvement reached.
  package private(set) var best: Double
  /// Its iteration.
  package private(set) var bestIteration: Int

  /// A rule before the first iteration, or with what earlier ones have reached.
  package init(tolerance: Double, patience: Int, best: Double = .infinity, bestIteration: Int = 0) {
    self.tolerance = tolerance
    self.patience = patience
    self.best = best
    self.bestIteration = bestIteration
  }

  /// Takes note of an iteration's loss.
  ///
  /// - Returns: whether training ends.
  package mutating func isReached(loss: Double, iteration: Int) -> Bool {
    if loss < best * (1 - tolerance) || best == .infinity {
      (best, bestIteration) = (loss, iteration)
      return false
    }
    return iteration - bestIteration >= patience
  }
}
