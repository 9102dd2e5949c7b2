import VectorisedLayout

/// The constants of the Adam optimiser.
package typealias AdamSettings = VectorisedLayout.AdamSettings

/// Trains one network of windows after the other, each by full batches of chosen samples and Adam.
///
/// Gradients are added up over fixed blocks of 32 samples as integers, in units of 2⁻⁴⁰: the blocks can be shared out over
/// any number of ranks, and the weights have the same bits. Not to be shared between threads; use one for each.
package final class WindowTraining {
  /// Samples of a block; the last one has what is left.
  package static let blockLength = 32

  /// What an iteration found.
  package struct Step: Equatable, Sendable {
    /// Mean squared error before the update; NaN where the training diverged.
    package var loss: Double
    /// Whether a block's gradient was not a number or too large to be added up, and nothing was updated.
    package var isDiverged: Bool
    /// Whether the output was zero for all chosen samples, from where a ReLU never comes back.
    package var isDead: Bool
  }

  /// The network's shape.
  package let shape: WindowNetworkShape
  /// Number of samples.
  package let count: Int
  /// Iterations since the start.
  package private(set) var iteration = 0
  /// Weights and biases, in the order that ``WindowNetworkShape/parameterCount`` describes.
  package private(set) var parameters: [Float]
  private var firstMoments: [Float]
  private var secondMoments: [Float]
  private let windows: [Float]
  private let targets: [Float]
  private let settings: AdamSettings
  private var pass: PlainWindowPass
  /// A power of two not below any target nor 1. Errors are taken in its unit, so that the range of the integers suits them.
  private let unit: Float

  /// Sets memory aside and lays out the samples.
  /// - Parameters:
  ///   - windows: `[sample][channel][row][column]`, standardised.
  ///   - targets: One value a sample, in their own unit.
  ///   - settings: Adam's constants; the target loss is not looked at.
  package init(
    _ shape: WindowNetworkShape, windows: [Float], targets: [Float], settings: AdamSettings,
    level: InstructionLevel = .preferred
  ) {
    precondition(windows.count == targets.count * shape.windowLength, "a window and a target for each sample")
    precondition(level <= .highest, "this processor does not have the instructions of level \(level)")
    self.shape = shape
    self.windows = windows
    self.targets = targets
    self.settings = settings
    count = targets.count
    parameters = [Float](repeating: 0, count: shape.parameterCount)
    firstMoments = parameters
    secondMoments = parameters
    pass = PlainWindowPass(shape)
    let largest = targets.reduce(1) { max($0, abs($1)) }
    unit = largest.isFinite ? largest.binade * (largest == largest.binade ? 1 : 2) : 1
  }

  /// Starts a training: weights uniform in ±√(6 / (inputs + outputs)) (Glorot & Bengio 2010), biases zero, but for that of
  /// the output.
  /// - Parameters:
  ///   - seed: Key of the random numbers, with `training` and `restart`: the number of the training and of its restart.
  ///   - outputBias: Initial bias of the output, best the mean of the targets.
  package func start(seed: UInt64, training: Int, restart: Int, outputBias: Float) {
    var random = RandomSequence(seed: seed, cell: training, replicate: restart, purpose: .weights)
    var values: [Float] = []
    values.reserveCapacity(shape.parameterCount)
    for layer in shape.convolutions {
      let bound = (6 / Float(9 * (layer.inputs + layer.outputs))).squareRoot()
      for _ in 0..<9 * layer.inputs * layer.outputs { values.append((2 * random.nextUnit() - 1) * bound) }
      for _ in 0..<layer.outputs { values.append(0) }
    }
    let bound = (6 / Float(shape.featureCount + 1)).squareRoot()
    for _ in 0..<shape.featureCount { values.append((2 * random.nextUnit() - 1) * bound) }
    start(parameters: values + [outputBias])
  }

  /// Starts a training from given weights and biases.
  package func start(parameters: [Float]) {
    precondition(parameters.count == shape.parameterCount, "a network of this shape has other parameters")
    self.parameters = parameters
    firstMoments = [Float](repeating: 0, count: parameters.count)
    secondMoments = firstMoments
    iteration = 0
  }

  /// Weights and biases and both moments, to go on from with ``restore(state:iteration:)``.
  package var state: [Float] { parameters + firstMoments + secondMoments }

  /// Goes on from a state after so many iterations, with the same bits as if it had never stopped.
  package func restore(state: [Float], iteration: Int) {
    precondition(state.count == 3 * shape.parameterCount && iteration >= 0, "a state of another network")
    parameters = Array(state[..<shape.parameterCount])
    firstMoments = Array(state[shape.parameterCount..<2 * shape.parameterCount])
    secondMoments = Array(state[(2 * shape.parameterCount)...])
    self.iteration = iteration
  }

  /// Outputs of the network for some samples.
  package func predict(_ chosen: [Int]) -> [Float] {
    chosen.map { max(pass.forward(window($0), parameters), 0) }
  }

  /// One iteration over the chosen samples.
  ///
  /// - Parameters:
  ///   - chosen: Samples in the order in which they make up the blocks.
  ///   - rank: This rank's number among those that share the training; block b is computed by rank b mod `size`.
  ///   - size: Number of these ranks.
  ///   - combine: Replaces integers by their sums over these ranks; called once, with as many on each.
  package func step(
    chosen: [Int], rank: Int = 0, size: Int = 1, combine: (inout [Int64]) throws -> Void = { _ in }
  ) rethrows -> Step {
    precondition(!chosen.isEmpty && 0..<size ~= rank, "samples, and a rank among its ranks")
    let blocks = (chosen.count + Self.blockLength - 1) / Self.blockLength
    // The gradient, the loss, the outputs above zero, and what does not fit.
    var sums = [Int64](repeating: 0, count: shape.parameterCount + 3)
    for block in stride(from: rank, to: blocks, by: size) {
      let end = min((block + 1) * Self.blockLength, chosen.count)
      addBlock(chosen[block * Self.blockLength..<end], of: chosen.count, limit: 0x1p22 / Float(blocks), to: &sums)
    }
    try combine(&sums)
    let isDead = sums[sums.count - 2] == 0
    guard sums[sums.count - 1] == 0 else { return Step(loss: .nan, isDiverged: true, isDead: false) }
    let scale = Double(unit) * Double(unit) * 0x1p-40
    update(sums.prefix(shape.parameterCount).map { Float(Double($0) * scale) })
    return Step(loss: Double(sums[sums.count - 3]) * scale, isDiverged: false, isDead: isDead)
  }

  private func addBlock(_ samples: ArraySlice<Int>, of all: Int, limit: Float, to sums: inout [Int64]) {
    var gradient = [Float](repeating: 0, count: shape.parameterCount)
    var squares = 0.0
    var positive: Int64 = 0
    for sample in samples {
      let sum = pass.forward(window(sample), parameters)
      let error = (max(sum, 0) - targets[sample]) / unit
      squares += Double(error) * Double(error)
      guard !(sum <= 0) else { continue }
      positive += 1
      pass.addGradient(2 / Float(all) / unit * error, parameters, to: &gradient)
    }
    let loss = Float(squares / Double(all))
    guard (gradient + [loss]).allSatisfy({ abs($0) < limit }) else {
      sums[sums.count - 1] += 1
      return
    }
    for (place, value) in (gradient + [loss]).enumerated() {
      sums[place] += Int64((Double(value) * 0x1p40).rounded(.toNearestOrEven))
    }
    sums[sums.count - 2] += positive
  }

  private func update(_ gradient: [Float]) {
    iteration += 1
    let step = AdamStep(
      settings, firstPower: Double.pow(settings.firstDecay, iteration),
      secondPower: Double.pow(settings.secondDecay, iteration))
    for (place, slope) in gradient.enumerated() {
      firstMoments[place] += step.firstGain * (slope - firstMoments[place])
      secondMoments[place] = step.secondDecay * secondMoments[place] + step.secondGain * slope * slope
      let scale = step.epsilon + step.secondCorrection * secondMoments[place].squareRoot()
      parameters[place] -= step.correctedRate * firstMoments[place] / scale
    }
  }

  private func window(_ sample: Int) -> [Float] {
    Array(windows[sample * shape.windowLength..<(sample + 1) * shape.windowLength])
  }
}
