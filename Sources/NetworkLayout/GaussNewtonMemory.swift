/// What Gauss–Newton steps need beside the memory of the network: matrices of samples by samples.
///
/// Matrices are row-major, their rows start on 64-byte boundaries.
public struct GaussNewtonMemory {
  /// Distance in values between rows of `gram`, `factor`, `product` and `transposed`: the samples rounded up to 16.
  public var stride: Int
  /// `[samples][samples]`, J Jᵀ; complete on and above the diagonal.
  public var gram: UnsafeMutablePointer<Float>
  /// `[samples][samples]`, Cholesky factor of the damped `gram`, on and above the diagonal.
  public var factor: UnsafeMutablePointer<Float>
  /// `[samples][samples]`, scratch.
  public var product: UnsafeMutablePointer<Float>
  /// `[units + 1][samples]`, scratch: a layer's activations or deltas transposed.
  public var transposed: UnsafeMutablePointer<Float>
  /// One value per sample: the residuals, then the coefficients v of the step Jᵀ v.
  public var coefficients: UnsafeMutablePointer<Float>

  /// Describes memory that lies at the given addresses.
  public init(
    stride: Int, gram: UnsafeMutablePointer<Float>, factor: UnsafeMutablePointer<Float>,
    product: UnsafeMutablePointer<Float>, transposed: UnsafeMutablePointer<Float>,
    coefficients: UnsafeMutablePointer<Float>
  ) {
    self.stride = stride
    self.gram = gram
    self.factor = factor
    self.product = product
    self.transposed = transposed
    self.coefficients = coefficients
  }
}

/// When Gauss–Newton ends, and how it keeps its steps within the reach of the linearisation.
public struct GaussNewtonSettings: Sendable {
  /// Most steps.
  public var steps: Int
  /// Mean squared error at which there is nothing left to gain.
  public var targetLoss: Float
  /// Damping of the first step, in parts of the mean diagonal element of J Jᵀ times the number of samples.
  public var damping: Float

  /// Settings; see the properties.
  public init(steps: Int, targetLoss: Float, damping: Float = 0.1) {
    self.steps = steps
    self.targetLoss = targetLoss
    self.damping = damping
  }
}
