import VectorisedLayout

extension NetworkTrainer {
  /// Trains on the loaded samples by damped Gauss–Newton steps, from the weights as they are.
  ///
  /// Levenberg's and Marquardt's method in its dual form: the damped system is one of samples, not of weights. It ends
  /// at the target, after so many steps, or where no step helps. The trainer must have been made for it.
  /// - Parameters:
  ///   - steps: Most steps.
  ///   - targetLoss: Mean squared error at which to stop.
  /// - Returns: The mean squared error reached and the number of steps.
  @discardableResult
  package func trainGaussNewton(steps: Int, targetLoss: Float = 0) -> (loss: Float, steps: Int) {
    let memory = gaussNewtonMemory
    let settings = GaussNewtonSettings(steps: steps, targetLoss: targetLoss)
    return flushingSubnormals { functions.trainGaussNewton(self.memory.network, memory, settings) }
  }

  /// J Jᵀ, samples by samples, of the Jacobian of the outputs with respect to ``parameters`` over the loaded samples.
  package func jacobianGram() -> [[Float]] {
    let memory = gaussNewtonMemory
    functions.jacobianGram(self.memory.network, memory)
    let samples = self.memory.network.samples
    return (0..<samples).map { row in
      (0..<samples).map { memory.gram[min(row, $0) * memory.stride + max(row, $0)] }
    }
  }

  private var gaussNewtonMemory: GaussNewtonMemory {
    guard let gaussNewton else { preconditionFailure("the trainer was made for another optimiser") }
    return gaussNewton.layout
  }

  /// Trains on the loaded samples by L-BFGS (Liu & Nocedal 1989), from the weights as they are.
  ///
  /// It ends at the target, after so many gradients, or where no step along the gradient helps. The loss never rises. The
  /// trainer must have been made for it.
  /// - Parameters:
  ///   - gradients: Most gradients, each a pass over the samples as an epoch of Adam is.
  ///   - targetLoss: Mean squared error at which to stop.
  /// - Returns: The mean squared error reached and the number of gradients.
  @discardableResult
  package func trainLBFGS(gradients: Int, targetLoss: Float = 0) -> (loss: Float, gradients: Int) {
    guard let memory = lbfgs?.layout else { preconditionFailure("the trainer was made for another optimiser") }
    let settings = LBFGSSettings(gradients: gradients, targetLoss: targetLoss)
    return flushingSubnormals { functions.trainLBFGS(self.memory.network, memory, settings) }
  }
}
