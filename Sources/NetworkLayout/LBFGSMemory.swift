/// What L-BFGS needs beside the memory of the network: vectors of all parameters, and the pairs that it remembers.
///
/// A vector holds the layers' weights with their biases, then the output unit's, as the layers do row by row but without
/// the padding behind the last row; it starts on a 64-byte boundary and is padded with zeros.
public struct LBFGSMemory {
  /// Values in a vector, a multiple of 64.
  public var count: Int
  /// Most pairs that are remembered.
  public var capacity: Int
  /// `[capacity][count]`, steps s.
  public var steps: UnsafeMutablePointer<Float>
  /// `[capacity][count]`, the changes y of the gradient over them.
  public var changes: UnsafeMutablePointer<Float>
  /// 1 / sᵀy of each pair.
  public var reciprocals: UnsafeMutablePointer<Float>
  /// Part of each step in the recursion, α.
  public var coefficients: UnsafeMutablePointer<Float>
  /// The parameters at which a line search starts.
  public var point: UnsafeMutablePointer<Float>
  /// Gradient there.
  public var gradient: UnsafeMutablePointer<Float>
  /// The direction of the search.
  public var direction: UnsafeMutablePointer<Float>
  /// Gradient where the search has got to.
  public var trial: UnsafeMutablePointer<Float>

  /// Describes memory that lies at the given addresses.
  public init(
    count: Int, capacity: Int, steps: UnsafeMutablePointer<Float>, changes: UnsafeMutablePointer<Float>,
    reciprocals: UnsafeMutablePointer<Float>, coefficients: UnsafeMutablePointer<Float>,
    point: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    direction: UnsafeMutablePointer<Float>, trial: UnsafeMutablePointer<Float>
  ) {
    self.count = count
    self.capacity = capacity
    self.steps = steps
    self.changes = changes
    self.reciprocals = reciprocals
    self.coefficients = coefficients
    self.point = point
    self.gradient = gradient
    self.direction = direction
    self.trial = trial
  }
}

/// When L-BFGS ends, and what its line search asks for.
public struct LBFGSSettings: Sendable {
  /// Most gradients.
  public var gradients: Int
  /// Mean squared error at which there is nothing left to gain.
  public var targetLoss: Float
  /// Part of the decrease promised by the slope that a step must bring (Armijo).
  public var sufficientDecrease: Float
  /// Part of the slope that a step may leave (Wolfe).
  public var remainingSlope: Float

  /// Settings; see the properties.
  public init(gradients: Int, targetLoss: Float, sufficientDecrease: Float = 1e-4, remainingSlope: Float = 0.9) {
    self.gradients = gradients
    self.targetLoss = targetLoss
    self.sufficientDecrease = sufficientDecrease
    self.remainingSlope = remainingSlope
  }
}
