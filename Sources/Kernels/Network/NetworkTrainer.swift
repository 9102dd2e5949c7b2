import CVectorised
import VectorisedLayout

/// Trains and evaluates one multilayer perceptron after the other in the same memory.
///
/// Full-batch mean squared error, Adam with β₁ = 0.9, β₂ = 0.999, ε = 1e-8 (Kingma & Ba 2015), single precision.
/// Samples in ascending order of x train several times faster with ReLU; the results differ by rounding.
/// Nothing is allocated after the start. Not to be shared between threads; use one trainer for each.
package final class NetworkTrainer {
  /// The network's shape.
  package let shape: NetworkShape
  /// The most samples that ``load(x:y:)`` accepts.
  package let maximumSamples: Int
  /// The level of the instruction set whose code runs.
  package let level: InstructionLevel
  /// The functions of that level.
  let functions: any LevelFunctions.Type
  var memory: NetworkMemory
  /// There for Gauss–Newton alone.
  let gaussNewton: MemoryBlock<GaussNewtonMemory>?
  /// There for L-BFGS alone.
  let lbfgs: MemoryBlock<LBFGSMemory>?

  /// Sets aside the memory for networks of a shape and so many samples, at least one.
  /// - Parameter pairs: Steps that L-BFGS remembers, at least one.
  package init(
    shape: NetworkShape, maximumSamples: Int, optimizer: Optimizer = .adam, pairs: Int = 10,
    level: InstructionLevel = .preferred
  ) {
    precondition(maximumSamples > 0, "a network needs samples")
    precondition(pairs > 0, "L-BFGS has to remember a step")
    precondition(level <= .highest, "this processor does not have the instructions of level \(level)")
    self.shape = shape
    self.maximumSamples = maximumSamples
    self.level = level
    functions = level.functions
    memory = NetworkMemory(shape, samples: maximumSamples)
    gaussNewton =
      optimizer == .gaussNewton
      ? MemoryBlock { GaussNewtonMemory(shape, samples: maximumSamples, in: &$0) } : nil
    lbfgs = optimizer == .lbfgs ? MemoryBlock { LBFGSMemory(shape, pairs: pairs, in: &$0) } : nil
  }

  /// Bytes that a trainer of this shape needs.
  package static func memoryBytes(
    shape: NetworkShape, maximumSamples: Int, optimizer: Optimizer = .adam, pairs: Int = 10
  ) -> Int {
    var count = NetworkMemory.valueCount(shape, samples: maximumSamples)
    switch optimizer {
    case .adam: break
    case .gaussNewton:
      count += Arena.count { GaussNewtonMemory(shape, samples: maximumSamples, in: &$0) }
    case .lbfgs:
      count += Arena.count { LBFGSMemory(shape, pairs: pairs, in: &$0) }
    }
    return count * MemoryLayout<Float>.stride
  }

  /// Gives the network new weights and biases, uniform in ±1/√(inputs of the unit), and forgets the moments.
  ///
  /// The numbers are drawn layer by layer, in each layer input by input and unit by unit, the biases last.
  package func initialize(_ random: inout RandomSequence) {
    for index in 0..<memory.network.layerCount {
      let layer = memory.network.layers[index]
      let bound = 1 / Float(layer.inputs).squareRoot()
      for row in 0...layer.inputs {
        for unit in 0..<layer.units {
          layer.weights[row * layer.weightStride + unit] = (2 * random.nextUnit() - 1) * bound
        }
      }
    }
    let units = shape.hidden[shape.hidden.count - 1]
    let bound = 1 / Float(units).squareRoot()
    for unit in 0...units { memory.network.outputWeights[unit] = (2 * random.nextUnit() - 1) * bound }
    resetMoments()
  }

  /// Sets Adam's moments to zero, as before the first epoch.
  package func resetMoments() {
    for index in 0..<memory.network.layerCount {
      let layer = memory.network.layers[index]
      let count = (layer.inputs + 1) * layer.weightStride
      layer.firstMoment.update(repeating: 0, count: count)
      layer.secondMoment.update(repeating: 0, count: count)
    }
    let count = Arena.roundedUp(shape.hidden[shape.hidden.count - 1] + 1)
    memory.network.outputFirstMoment.update(repeating: 0, count: count)
    memory.network.outputSecondMoment.update(repeating: 0, count: count)
  }

  /// Loads the samples to train on: standardised input and target, as many of the one as of the other.
  package func load(x: some Collection<Float>, y: some Collection<Float>) {
    precondition(x.count == y.count && x.count <= maximumSamples && !x.isEmpty, "samples do not fit the trainer")
    load(x: x)
    for (index, value) in y.enumerated() { memory.network.target[index] = value }
  }

  private func load(x: some Collection<Float>) {
    for (index, value) in x.enumerated() {
      memory.network.input[16 * index] = value
      memory.network.input[16 * index + 1] = 1
    }
    memory.network.samples = x.count
    memory.network.isSorted = zip(x, x.dropFirst()).allSatisfy(<=)
  }

  /// Trains on the loaded samples for some epochs of Adam.
  ///
  /// Adam's moments must be at zero: call ``initialize(_:)`` or ``resetMoments()`` before.
  /// - Parameter targetLoss: Mean squared error at which to stop; negative never to stop before the last epoch.
  /// - Returns: The last epoch's loss, taken before its update, and the number of epochs that were trained.
  @discardableResult
  package func train(epochs: Int, learningRate: Double = 1e-3, targetLoss: Float = -1) -> (loss: Float, epochs: Int) {
    let settings = AdamSettings(learningRate: learningRate, targetLoss: targetLoss)
    return flushingSubnormals { functions.train(memory.network, epochs: epochs, settings) }
  }

  /// Output of the network at any number of inputs.
  ///
  /// The loaded samples are lost.
  package func evaluate(x: [Float]) -> [Float] {
    var output: [Float] = []
    output.reserveCapacity(x.count)
    var start = 0
    while start < x.count {
      let end = min(start + maximumSamples, x.count)
      load(x: x[start..<end])
      functions.forward(memory.network)
      for index in 0..<(end - start) { output.append(memory.network.prediction[index]) }
      start = end
    }
    return output
  }
}

/// Does some work with subnormal numbers taken as zero.
///
/// The moments of weights whose unit has fallen silent shrink from epoch to epoch until they are subnormal, after some 900
/// epochs, and most processors take a hundred times longer over such numbers.
func flushingSubnormals<Result>(_ work: () -> Result) -> Result {
  let control = cpu_floating_point_control()
  cpu_flush_subnormals()
  defer { cpu_restore_floating_point_control(control) }
  return work()
}

/// How a network's weights are found.
package enum Optimizer: String, CaseIterable, Sendable {
  /// Full-batch Adam (Kingma & Ba 2015)
  case adam
  /// Damped Gauss–Newton steps (Levenberg 1944, Marquardt 1963)
  case gaussNewton = "gauss-newton"
  /// Limited-memory BFGS (Liu & Nocedal 1989)
  case lbfgs
}
