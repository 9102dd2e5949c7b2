/// Constants of the Adam optimiser (Kingma & Ba 2015).
public struct AdamSettings: Sendable {
  /// Step size α.
  public var learningRate: Double
  /// Decay β₁ of the first moment.
  public var firstDecay: Double
  /// Decay β₂ of the second moment.
  public var secondDecay: Double
  /// ε, added to the root of the second moment.
  public var epsilon: Double
  /// Mean squared error at which training ends before its last epoch; negative for never.
  public var targetLoss: Float

  /// The authors' constants, with a learning rate of one's own.
  public init(
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
public struct AdamStep: Sendable {
  /// α / (1 − β₁ᵗ).
  public var correctedRate: Float
  /// 1 / √(1 − β₂ᵗ).
  public var secondCorrection: Float
  /// 1 − β₁.
  public var firstGain: Float
  /// β₂.
  public var secondDecay: Float
  /// 1 − β₂.
  public var secondGain: Float
  /// ε.
  public var epsilon: Float

  /// The factors of update number t, given β₁ᵗ and β₂ᵗ.
  public init(_ settings: AdamSettings, firstPower: Double, secondPower: Double) {
    correctedRate = Float(settings.learningRate / (1 - firstPower))
    secondCorrection = Float(1 / (1 - secondPower).squareRoot())
    firstGain = Float(1 - settings.firstDecay)
    secondDecay = Float(settings.secondDecay)
    secondGain = Float(1 - settings.secondDecay)
    epsilon = Float(settings.epsilon)
  }
}
