/// What L-BFGS needs beside the memory of the network: vectors of all parameters, and the pairs that it remembers.
///
/// A vector holds the layers' weights with their biases, then the output unit's, as the layers do row by row but without
/// the padding behind the last row; it starts on a 64-byte boundary and is padded with zeros.
package struct LBFGSMemory {
  /// Values in a vector, a multiple of 64.
  package var count: Int
  /// Most pairs that are remembered.
  package var capacity: Int
  /// `[capacity][count]`, steps s.
  package var steps: UnsafeMutablePointer<Float>
  /// `[capacity][count]`, the changes y of the gradient over them.
  package var changes: UnsafeMutablePointer<Float>
  /// 1 / sᵀy of each pair.
  package var reciprocals: UnsafeMutablePointer<Float>
  /// Part of each step in the recursion, α.
  package var coefficients: UnsafeMutablePointer<Float>
  /// The parameters at which a line search starts.
  package var point: UnsafeMutablePointer<Float>
  /// Gradient there.
  package var gradient: UnsafeMutablePointer<Float>
  /// The direction of the search.
  package var direction: UnsafeMutablePointer<Float>
  /// Gradient where the search has got to.
  package var trial: UnsafeMutablePointer<Float>

  /// Lays out the vectors in an arena.
  /// - Parameters:
  ///   - values: Values in the pieces of a vector.
  ///   - capacity: Most pairs that are remembered.
  package init(values: Int, capacity: Int, in arena: inout Arena) {
    count = (values + 63) / 64 * 64
    self.capacity = capacity
    steps = arena.take(capacity * count)
    changes = arena.take(capacity * count)
    reciprocals = arena.take(Arena.roundedUp(capacity))
    coefficients = arena.take(Arena.roundedUp(capacity))
    point = arena.take(count)
    gradient = arena.take(count)
    direction = arena.take(count)
    trial = arena.take(count)
  }
}

/// When L-BFGS ends, and what its line search asks for.
package struct LBFGSSettings: Sendable {
  /// Most gradients.
  package var gradients: Int
  /// Mean squared error at which there is nothing left to gain.
  package var targetLoss: Float
  /// Part of the decrease promised by the slope that a step must bring (Armijo).
  package var sufficientDecrease: Float
  /// Part of the slope that a step may leave (Wolfe).
  package var remainingSlope: Float

  /// Settings; see the properties.
  package init(gradients: Int, targetLoss: Float, sufficientDecrease: Float = 1e-4, remainingSlope: Float = 0.9) {
    self.gradients = gradients
    self.targetLoss = targetLoss
    self.sufficientDecrease = sufficientDecrease
    self.remainingSlope = remainingSlope
  }
}
