/// Working memory for training on samples that are sorted by their one input.
///
/// A unit of the first layer is then on for the samples from its breakpoint on (rising) or up to it (falling).
public struct SortedSamples {
  /// For each unit of the first layer: the first sample where a rising unit is on, or where a falling one is off.
  public var breakpoints: UnsafeMutablePointer<Int32>
  /// Units of the first layer by breakpoint: the rising ones, then the falling ones.
  public var order: UnsafeMutablePointer<Int32>
  /// Number of rising units.
  public var risingCount: UnsafeMutablePointer<Int32>
  /// Counters of a sort, one more than samples.
  public var counts: UnsafeMutablePointer<Int32>
  /// `[units][2][16]`: partial sums of the gradient of the first layer's weights and biases.
  public var partialSums: UnsafeMutablePointer<Float>
  /// Derivative of the loss with respect to the predictions.
  public var predictionDeltas: UnsafeMutablePointer<Float>
  /// Where units of the last hidden layer switch, by sample; those that are on from the start come first.
  public var switches: UnsafeMutablePointer<UnitSwitch>
  /// Number of switches up to each sample.
  public var switchEnds: UnsafeMutablePointer<Int32>
  /// For each unit of the last hidden layer: its last switch behind the first sample, −1 if there is none.
  public var lastSwitches: UnsafeMutablePointer<Int32>
  /// The last hidden layer's weights, unit by unit.
  public var last: TransposedWeights

  /// Describes memory at the given addresses.
  public init(
    breakpoints: UnsafeMutablePointer<Int32>, order: UnsafeMutablePointer<Int32>,
    risingCount: UnsafeMutablePointer<Int32>, counts: UnsafeMutablePointer<Int32>,
    partialSums: UnsafeMutablePointer<Float>, predictionDeltas: UnsafeMutablePointer<Float>,
    switches: UnsafeMutablePointer<UnitSwitch>, switchEnds: UnsafeMutablePointer<Int32>,
    lastSwitches: UnsafeMutablePointer<Int32>, last: TransposedWeights
  ) {
    self.breakpoints = breakpoints
    self.order = order
    self.risingCount = risingCount
    self.counts = counts
    self.partialSums = partialSums
    self.predictionDeltas = predictionDeltas
    self.switches = switches
    self.switchEnds = switchEnds
    self.lastSwitches = lastSwitches
    self.last = last
  }
}

/// A unit that is on for a sample and off for the one before, or the other way round.
public struct UnitSwitch: BitwiseCopyable, Sendable {
  /// The unit.
  public var unit: Int32
  /// The sample.
  public var sample: Int32
  /// The same unit's switch before this one, −1 if there is none.
  public var previous: Int32
  /// Whether it is on for the sample.
  public var isOn: Bool

  /// A switch.
  public init(unit: Int32, sample: Int32, previous: Int32, isOn: Bool) {
    self.unit = unit
    self.sample = sample
    self.previous = previous
    self.isOn = isOn
  }
}

/// Weights of a layer with those of one unit in a row, `[units][inputs + 1]`, the bias last in its row.
///
/// Rows and columns are padded with zeros to multiples of 16.
public struct TransposedWeights {
  /// Distance in values between rows.
  public var stride: Int
  /// The weights.
  public var weights: UnsafeMutablePointer<Float>
  /// Gradient of the loss.
  public var gradient: UnsafeMutablePointer<Float>
  /// First moment (running mean of the gradient), in the place of the layer's own.
  public var firstMoment: UnsafeMutablePointer<Float>
  /// Second moment (running mean of the squared gradient), in the place of the layer's own.
  public var secondMoment: UnsafeMutablePointer<Float>

  /// Describes memory at the given addresses.
  public init(
    stride: Int, weights: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>
  ) {
    self.stride = stride
    self.weights = weights
    self.gradient = gradient
    self.firstMoment = firstMoment
    self.secondMoment = secondMoment
  }
}
