/// Constants of the Adam optimiser (Kingma & Ba 2015).
package struct AdamSettings: Sendable {
  /// Step size α.
  package var learningRate: Double
  /// Decay β₁ of the first moment.
  package var firstDecay: Double
  /// Decay β₂ of the second moment.
  package var secondDecay: Double
  /// ε, added to the root of the second moment.
  package var epsilon: Double
  /// Mean squared error at which training ends before its last epoch; negative for never.
  package var targetLoss: Float

  /// The authors' constants, with a learning rate of one's own.
  package init(
    learningRate: Double = 1e-3, firstDecay: Double = 0.9, secondDecay: Double = 0.999, epsilon: Double = 1e-8,
    targetLoss: Float = -1
  ) {
    self.learningRate = learningRate
    self.firstDecay = firstDecay
    self.secondDecay = secondDecay
    self.epsilon = epsilon
    self.targetLoss = targetLoss
  }
}

/// Factors of one Adam update, with the corrections for the moments' start at zero folded in.
package struct AdamStep: Sendable {
  /// α / (1 − β₁ᵗ).
  package var correctedRate: Float
  /// 1 / √(1 − β₂ᵗ).
  package var secondCorrection: Float
  /// 1 − β₁.
  package var firstGain: Float
  /// β₂.
  package var secondDecay: Float
  /// 1 − β₂.
  package var secondGain: Float
  /// ε.
  package var epsilon: Float

  /// The factors of update number t, given β₁ᵗ and β₂ᵗ.
  package init(_ settings: AdamSettings, firstPower: Double, secondPower: Double) {
    correctedRate = Float(settings.learningRate / (1 - firstPower))
    secondCorrection = Float(1 / (1 - secondPower).squareRoot())
    firstGain = Float(1 - settings.firstDecay)
    secondDecay = Float(settings.secondDecay)
    secondGain = Float(1 - settings.secondDecay)
    epsilon = Float(settings.epsilon)
  }
}
