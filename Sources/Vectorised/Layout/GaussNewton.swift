/// What Gauss–Newton steps need beside the memory of the network: matrices of samples by samples.
///
/// Matrices are row-major, their rows start on 64-byte boundaries.
package struct GaussNewtonMemory {
  /// Distance in values between rows of `gram`, `factor`, `product` and `transposed`: the samples rounded up to 16.
  package var stride: Int
  /// `[samples][samples]`, J Jᵀ; complete on and above the diagonal.
  package var gram: UnsafeMutablePointer<Float>
  /// `[samples][samples]`, Cholesky factor of the damped `gram`, on and above the diagonal.
  package var factor: UnsafeMutablePointer<Float>
  /// `[samples][samples]`, scratch.
  package var product: UnsafeMutablePointer<Float>
  /// `[units + 1][samples]`, scratch: a layer's activations or deltas transposed.
  package var transposed: UnsafeMutablePointer<Float>
  /// One value per sample: the residuals, then the coefficients v of the step Jᵀ v.
  package var coefficients: UnsafeMutablePointer<Float>

  /// Lays out the matrices for at most so many samples in an arena.
  /// - Parameter widest: Units of the widest hidden layer.
  package init(samples: Int, widest: Int, in arena: inout Arena) {
    stride = Arena.roundedUp(samples)
    gram = arena.take(samples * stride)
    factor = arena.take(samples * stride)
    product = arena.take(samples * stride)
    coefficients = arena.take(stride)
    transposed = arena.take((widest + 1) * stride)
  }
}

/// When Gauss–Newton ends, and how it keeps its steps within the reach of the linearisation.
package struct GaussNewtonSettings: Sendable {
  /// Most steps.
  package var steps: Int
  /// Mean squared error at which there is nothing left to gain.
  package var targetLoss: Float
  /// Damping of the first step, in parts of the mean diagonal element of J Jᵀ times the number of samples.
  package var damping: Float

  /// Settings; see the properties.
  package init(steps: Int, targetLoss: Float, damping: Float = 0.1) {
    self.steps = steps
    self.targetLoss = targetLoss
    self.damping = damping
  }
}
