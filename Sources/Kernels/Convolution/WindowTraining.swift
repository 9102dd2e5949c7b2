import RealModule
import VectorisedLayout

/// The constants of the Adam optimiser.
package typealias AdamSettings = VectorisedLayout.AdamSettings

/// Trains one network of windows after the other, each by full batches of chosen samples and Adam.
///
/// Gradients are added up over fixed blocks of 32 samples as integers: the blocks can be shared out over any number of ranks,
/// and the weights have the same bits. Nothing but the outputs' ReLU and the mean squared error stands behind the network.
/// Not to be shared between threads; use one for each.
package final class WindowTraining {
  /// Samples of a block; the last one has what is left.
  package static let blockLength = ConvolutionMemory.width

  /// What an iteration found.
  package struct Step: Equatable, Sendable {
    /// Mean squared error before the update; NaN where the training diverged.
    package var loss: Double
    /// Whether a block's gradient or loss was not a number or too large to be added up; then nothing was updated.
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
  private let windows: [Float]
  private let targets: [Float]
  private let settings: AdamSettings
  private let functions: any LevelFunctions.Type
  private let memory: WindowMemory
  /// The parameters that a training started from, where weights that never meet a cell stay.
  private var initial: [Float]
  /// What the ranks add up: the gradient, the loss, the outputs above zero, and the blocks that do not fit.
  private var sums: [Int64]
  /// A power of two not below 1 nor any target: the unit of errors, so that the range of the integers suits them.
  private let unit: Float

  /// Sets memory aside and takes the samples.
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
    functions = level.functions
    memory = WindowMemory(shape, isTraining: true)
    initial = [Float](repeating: 0, count: shape.parameterCount)
    sums = [Int64](repeating: 0, count: memory.network.parameterCount + 3)
    let largest = targets.reduce(1) { max($0, abs($1)) }
    unit = largest.isFinite ? (largest == largest.binade ? largest : 2 * largest.binade) : 1
  }

  /// Bytes that a training holds beside the samples it is given.
  package static func memoryBytes(_ shape: WindowNetworkShape) -> Int {
    let block = WindowMemory.bytes(shape, isTraining: true)
    return block + 4 * shape.parameterCount + 8 * shape.parameterCount
  }

  /// Starts a training: weights uniform in ±√(6 / (inputs + outputs)) (Glorot & Bengio 2010), biases zero, but for that of
  /// the output.
  /// - Parameters:
  ///   - seed: Key of the random numbers, with `training` and `restart`: the numbers of the training and of its restart.
  ///   - outputBias: Initial bias of the output, best the mean of the targets.
  package func start(seed: UInt64, training: Int, restart: Int, outputBias: Float) {
    var random = RandomSequence(seed: seed, cell: training, replicate: restart, purpose: .weights)
    var values: [Float] = []
    values.reserveCapacity(shape.parameterCount)
    func draw(_ count: Int, connections: Int) {
      let bound = (6 / Float(connections)).squareRoot()
      for _ in 0..<count { values.append((2 * random.nextUnit() - 1) * bound) }
    }
    for layer in shape.convolutions {
      draw(9 * layer.inputs * layer.outputs, connections: 9 * (layer.inputs + layer.outputs))
      values.append(contentsOf: repeatElement(0, count: layer.outputs))
    }
    draw(shape.featureCount, connections: shape.featureCount + 1)
    start(parameters: values + [outputBias])
  }

  /// Starts a training from given weights and biases.
  package func start(parameters: [Float]) {
    let rest = [Float](repeating: 0, count: 2 * parameters.count)
    restore(state: parameters + rest, iteration: 0)
  }

  /// Weights and biases, in the order that ``WindowNetworkShape/parameterCount`` describes.
  package var parameters: [Float] {
    var values = initial
    memory.gather(memory.network.parameters, to: &values)
    return values
  }

  /// Weights and biases, then both moments of each, to go on from with ``restore(state:iteration:)``.
  package var state: [Float] {
    var first = [Float](repeating: 0, count: shape.parameterCount)
    var second = first
    memory.gather(memory.network.firstMoments, to: &first)
    memory.gather(memory.network.secondMoments, to: &second)
    return parameters + first + second
  }

  /// Goes on from a state after so many iterations, with the same bits as if it had never stopped.
  package func restore(state: [Float], iteration: Int) {
    let length = shape.parameterCount
    precondition(state.count == 3 * length && iteration >= 0, "a state of another network")
    initial = Array(state[..<length])
    memory.scatter(state[..<length], to: memory.network.parameters)
    memory.scatter(state[length..<2 * length], to: memory.network.firstMoments)
    memory.scatter(state[(2 * length)...], to: memory.network.secondMoments)
    self.iteration = iteration
  }

  /// Outputs of the network for some samples.
  package func predict(_ chosen: [Int]) -> [Float] {
    var outputs: [Float] = []
    outputs.reserveCapacity(chosen.count)
    flushingSubnormals {
      for first in stride(from: 0, to: chosen.count, by: Self.blockLength) {
        let samples = chosen[first..<min(first + Self.blockLength, chosen.count)]
        computeOutputs(samples)
        // Not max: NaN stays.
        for place in samples.indices.map({ $0 - first }) {
          let sum = memory.network.outputs[place]
          outputs.append(sum < 0 ? 0 : sum)
        }
      }
    }
    return outputs
  }

  /// One iteration over the chosen samples.
  ///
  /// A block's gradient is taken in single precision and added in units of 2⁻⁴⁰. It does not fit from 2²² / blocks on, in
  /// the square of the unit of errors: the least power of two not below 1 nor any target.
  /// - Parameters:
  ///   - chosen: Samples in the order in which they make up the blocks, at least one.
  ///   - rank: This rank's number among those that share the training; block b is computed by rank b mod `size`.
  ///   - size: Number of these ranks.
  ///   - combine: Replaces integers by their sums over these ranks; called once, with as many on each.
  package func step(
    chosen: [Int], rank: Int, size: Int, combine: (inout [Int64]) throws -> Void
  ) rethrows -> Step {
    precondition(!chosen.isEmpty && 0..<size ~= rank, "samples, and a rank among its ranks")
    let blocks = (chosen.count + Self.blockLength - 1) / Self.blockLength
    let network = memory.network
    let end = network.parameterCount
    network.sums.update(repeating: 0, count: end)
    var totals = BlockTotals()
    flushingSubnormals {
      for block in stride(from: rank, to: blocks, by: size) {
        let first = block * Self.blockLength
        let samples = chosen[first..<min(first + Self.blockLength, chosen.count)]
        addBlock(samples, of: chosen.count, limit: 0x1p22 / Float(blocks), to: &totals)
      }
    }
    sums.replaceSubrange(..<end, with: UnsafeBufferPointer(start: network.sums, count: end))
    sums.replaceSubrange(end..., with: [totals.loss, totals.positive, totals.unfit])
    try combine(&sums)
    precondition(sums.count == end + 3, "combine keeps the number of integers")
    guard sums[end + 2] == 0 else { return Step(loss: .nan, isDiverged: true, isDead: false) }

    let scale = Double(unit) * Double(unit) * 0x1p-40
    sums.withUnsafeBufferPointer { sums in
      if let base = sums.baseAddress { network.sums.update(from: base, count: end) }
    }
    iteration += 1
    let adam = AdamStep(
      settings, firstPower: Double.pow(settings.firstDecay, iteration),
      secondPower: Double.pow(settings.secondDecay, iteration))
    flushingSubnormals { functions.updateWindowNetwork(network, adam, scale: scale) }
    return Step(loss: Double(sums[end]) * scale, isDiverged: false, isDead: sums[end + 1] == 0)
  }

  /// One iteration over the chosen samples on this rank alone.
  package func step(chosen: [Int]) -> Step { step(chosen: chosen, rank: 0, size: 1) { _ in } }

  /// What blocks add up beside their gradients.
  private struct BlockTotals {
    var loss: Int64 = 0
    var positive: Int64 = 0
    var unfit: Int64 = 0
  }

  private func addBlock(_ samples: ArraySlice<Int>, of all: Int, limit: Float, to totals: inout BlockTotals) {
    computeOutputs(samples)
    let network = memory.network
    let factor = 2 / Float(all) / unit
    var squares = 0.0
    for place in 0..<Self.blockLength { network.outputDeltas[place] = 0 }
    for (place, sample) in samples.enumerated() {
      let sum = network.outputs[place]
      let error = ((sum < 0 ? 0 : sum) - targets[sample]) / unit
      squares += Double(error) * Double(error)
      if !(sum <= 0) {
        totals.positive += 1
        network.outputDeltas[place] = factor * error
      }
    }
    network.largest.update(repeating: 0, count: 16)
    functions.addWindowGradient(network)
    let loss = squares / Double(all)
    let isFit = (0..<16).allSatisfy { network.largest[$0] < Int32(bitPattern: limit.bitPattern) }
    if isFit && loss < Double(limit) {
      totals.loss += Int64((loss * 0x1p40).rounded(.toNearestOrEven))
    } else {
      totals.unfit += 1
    }
  }

  private func computeOutputs(_ samples: ArraySlice<Int>) {
    windows.withUnsafeBufferPointer { windows in
      guard let base = windows.baseAddress else { return }
      for (place, sample) in samples.enumerated() {
        precondition(0..<count ~= sample, "there is no sample \(sample)")
        memory.load(base + sample * shape.windowLength, at: place)
      }
    }
    memory.clear(from: samples.count)
    functions.windowOutputs(memory.network)
  }
}
