/// Working memory for training on samples that are sorted by their one input.
///
/// A unit of the first layer is then on for the samples from its breakpoint on (rising) or up to it (falling).
package struct SortedPathMemory {
  /// For each unit of the first layer: the first sample where a rising unit is on, or where a falling one is off.
  package var breakpoints: UnsafeMutablePointer<Int32>
  /// Units of the first layer by breakpoint: the rising ones, then the falling ones.
  package var order: UnsafeMutablePointer<Int32>
  /// Number of rising units.
  package var risingCount: UnsafeMutablePointer<Int32>
  /// Counters of a sort, one more than samples.
  package var counts: UnsafeMutablePointer<Int32>
  /// `[units][2][16]`: partial sums of the gradient of the first layer's weights and biases.
  package var partialSums: UnsafeMutablePointer<Float>
  /// Derivative of the loss with respect to the predictions.
  package var predictionDeltas: UnsafeMutablePointer<Float>
  /// Where units of the last hidden layer switch, by sample; those that are on from the start come first.
  package var switches: UnsafeMutablePointer<UnitSwitch>
  /// Number of switches up to each sample.
  package var switchEnds: UnsafeMutablePointer<Int32>
  /// For each unit of the last hidden layer: its last switch behind the first sample, −1 if there is none.
  package var lastSwitches: UnsafeMutablePointer<Int32>
  /// The last hidden layer's weights, unit by unit.
  package var last: TransposedWeights

  /// Lays out the memory for a network of at most so many samples in an arena.
  /// - Parameters:
  ///   - firstUnits: Units of the first hidden layer.
  ///   - last: The last hidden layer.
  package init(firstUnits: Int, last: DenseLayer, samples: Int, in arena: inout Arena) {
    breakpoints = arena.take(firstUnits, of: Int32.self)
    order = arena.take(firstUnits, of: Int32.self)
    risingCount = arena.take(1, of: Int32.self)
    counts = arena.take(samples + 2, of: Int32.self)
    partialSums = arena.take(32 * firstUnits)
    predictionDeltas = arena.take(Arena.roundedUp(samples))
    switches = arena.take(samples * last.units, of: UnitSwitch.self)
    switchEnds = arena.take(samples, of: Int32.self)
    lastSwitches = arena.take(last.units, of: Int32.self)
    self.last = TransposedWeights(of: last, in: &arena)
  }
}

/// A unit that is on for a sample and off for the one before, or the other way round.
package struct UnitSwitch: BitwiseCopyable, Sendable {
  /// The unit.
  package var unit: Int32
  /// The sample.
  package var sample: Int32
  /// The same unit's switch before this one, −1 if there is none.
  package var previous: Int32
  /// Whether it is on for the sample.
  package var isOn: Bool

  /// A switch.
  package init(unit: Int32, sample: Int32, previous: Int32, isOn: Bool) {
    self.unit = unit
    self.sample = sample
    self.previous = previous
    self.isOn = isOn
  }
}

/// Weights of a layer with those of one unit in a row, `[units][inputs + 1]`, the bias last in its row.
///
/// Rows and columns are padded with zeros to multiples of 16.
package struct TransposedWeights {
  /// Distance in values between rows.
  package var stride: Int
  /// The weights.
  package var weights: UnsafeMutablePointer<Float>
  /// Gradient of the loss.
  package var gradient: UnsafeMutablePointer<Float>
  /// First moment (running mean of the gradient), in the place of the layer's own.
  package var firstMoment: UnsafeMutablePointer<Float>
  /// Second moment (running mean of the squared gradient), in the place of the layer's own.
  package var secondMoment: UnsafeMutablePointer<Float>

  /// Lays out a layer's weights in an arena; moments take as much place either way.
  init(of layer: DenseLayer, in arena: inout Arena) {
    stride = Arena.roundedUp(layer.inputs + 1)
    let count = Arena.roundedUp(layer.units) * stride
    weights = arena.take(count)
    gradient = arena.take(count)
    firstMoment = layer.firstMoment
    secondMoment = layer.secondMoment
  }
}
