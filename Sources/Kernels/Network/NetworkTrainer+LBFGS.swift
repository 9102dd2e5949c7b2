import VectorisedLayout

extension NetworkTrainer {
  /// Trains on the loaded samples by L-BFGS (Liu & Nocedal 1989), from the weights as they are.
  ///
  /// It ends at the target, after so many gradients, or where no step along the gradient helps. The loss never rises. The
  /// trainer must have been made for it.
  /// - Parameters:
  ///   - gradients: Most gradients, each a pass over the samples as an epoch of Adam is.
  ///   - targetLoss: Mean squared error at which to stop.
  /// - Returns: The mean squared error reached and the number of gradients.
  @discardableResult
  public func trainLBFGS(gradients: Int, targetLoss: Float = 0) -> (loss: Float, gradients: Int) {
    guard let memory = lbfgs?.layout else { preconditionFailure("the trainer was made for another optimiser") }
    let settings = LBFGSSettings(gradients: gradients, targetLoss: targetLoss)
    return flushingSubnormals { functions.trainLBFGS(self.memory.network, memory, settings) }
  }
}
