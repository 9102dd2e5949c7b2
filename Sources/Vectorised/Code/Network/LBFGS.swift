import VectorisedLayout

extension Functions {
  package static func trainLBFGS(
    _ network: DenseNetwork, _ memory: LBFGSMemory, _ settings: LBFGSSettings
  ) -> (loss: Float, gradients: Int) {
    var recursion = TwoLoopRecursion(memory)
    network.packWeights(into: memory.point)
    var loss = gradient(network)
    network.packGradient(into: memory.gradient)
    var gradients = 1
    while loss > settings.targetLoss, gradients < settings.gradients {
      let slope = recursion.findDirection()
      let search =
        slope < 0 ? network.search(memory, settings, from: loss, slope, isFirst: recursion.isEmpty, &gradients) : nil
      guard let search else {
        // Rounding, or a kink, in the way of what was remembered; with nothing remembered there is no way down.
        network.unpackWeights(from: memory.point)
        if recursion.isEmpty { break }
        recursion.forget()
        continue
      }
      loss = search.loss
      recursion.advance(search.length, isRemembered: search.hasCurvature)
    }
    return (loss, gradients)
  }
}

extension DenseNetwork {
  /// Searches the direction for a length with Armijo's decrease; leaves the weights and the trial gradient there.
  ///
  /// Starts at 1, or with a step of length 1 where there is no curvature yet. Too long a step is shortened to the minimum
  /// of the parabola through what is known, too short a one (Wolfe's condition) doubled until one is too long. Where that
  /// is, the slope may stay: the loss of a ReLU network has kinks, at which no length meets both conditions.
  /// - Returns: nil where no length of ten is good, or no gradients are left.
  fileprivate func search(
    _ memory: LBFGSMemory, _ settings: LBFGSSettings, from loss: Float, _ slope: Float, isFirst: Bool,
    _ gradients: inout Int
  ) -> (length: Float, loss: Float, hasCurvature: Bool)? {
    var length = isFirst ? min(1, 1 / (-slope).squareRoot()) : 1
    var (low, high) = (Float(0), Float.infinity)
    for _ in 0..<10 where gradients < settings.gradients {
      moveWeights(from: memory.point, along: memory.direction, length)
      let reached = Functions.gradient(self)
      gradients += 1
      packGradient(into: memory.trial)
      let slopeThere = dotProduct(memory.trial, memory.direction, count: memory.count)
      let hasCurvature = slopeThere >= settings.remainingSlope * slope
      // Not a number is no decrease.
      if !(reached <= loss + settings.sufficientDecrease * length * slope) {
        high = length
        let parabola = -slope * length * length / (2 * (reached - loss - slope * length))
        // In this order, what is not a number gives the shortest.
        length = low > 0 ? 0.5 * (low + high) : min(0.5 * high, max(0.1 * high, parabola))
      } else if hasCurvature || high < .infinity || reached <= settings.targetLoss {
        return (length, reached, hasCurvature)
      } else {
        low = length
        length *= 2
      }
    }
    return nil
  }
}
