import Kernels
import Testing

private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
private func sum(_ a: [Double], _ factor: Double, _ b: [Double]) -> [Double] { zip(a, b).map { $0 + factor * $1 } }

/// L-BFGS in double precision, written as plainly as possible.
private struct ReferenceLBFGS {
  let capacity: Int
  private var pairs: [(s: [Double], y: [Double])] = []
  private(set) var gradients = 0
  /// How often a step was too long, and how often too short.
  private(set) var shortened = 0
  private(set) var lengthened = 0

  init(capacity: Int) { self.capacity = capacity }

  /// Nocedal & Wright 2006, algorithm 7.4.
  private func direction(_ gradient: [Double]) -> [Double] {
    var q = gradient
    var alphas: [Double] = []
    for (s, y) in pairs.reversed() {
      alphas.append(dot(s, q) / dot(s, y))
      q = sum(q, -alphas[alphas.count - 1], y)
    }
    if let (s, y) = pairs.last { q = q.map { $0 * dot(s, y) / dot(y, y) } }
    for ((s, y), alpha) in zip(pairs, alphas.reversed()) { q = sum(q, alpha - dot(y, q) / dot(s, y), s) }
    return q.map { -$0 }
  }

  /// Minimises from a point with so many gradients and returns the last point accepted.
  mutating func minimise(
    _ start: [Double], gradients limit: Int, _ function: ([Double]) -> (loss: Double, gradient: [Double])
  ) -> [Double] {
    var point = start
    var (loss, gradient) = function(point)
    gradients = 1
    while gradients < limit {
      let d = direction(gradient)
      let slope = dot(d, gradient)
      var length = pairs.isEmpty ? min(1, 1 / dot(d, d).squareRoot()) : 1
      var (low, high) = (0.0, Double.infinity)
      while true {
        guard gradients < limit else { return point }
        let there = function(sum(point, length, d))
        gradients += 1
        let isShort = dot(there.gradient, d) < 0.9 * slope
        if there.loss > loss + 1e-4 * length * slope {
          shortened += 1
          high = length
          let parabola = -slope * length * length / (2 * (there.loss - loss - slope * length))
          length = low > 0 ? (low + high) / 2 : min(max(parabola, 0.1 * high), 0.5 * high)
          continue
        }
        if isShort && high == .infinity {
          lengthened += 1
          low = length
          length *= 2
          continue
        }
        if pairs.count == capacity { pairs.removeFirst() }
        if !isShort { pairs.append((d.map { $0 * length }, sum(there.gradient, -1, gradient))) }
        (point, loss, gradient) = (sum(point, length, d), there.loss, there.gradient)
        break
      }
    }
    return point
  }
}

@Suite struct LBFGSTests {
  private func trainer(
    _ hidden: [Int], _ activation: Activation, samples: Int, level: InstructionLevel, pairs: Int = 10,
    capacity: Int? = nil
  ) -> NetworkTrainer {
    let trainer = NetworkTrainer(
      shape: NetworkShape(hidden: hidden, activation: activation), maximumSamples: capacity ?? samples,
      optimizer: .lbfgs, pairs: pairs, level: level)
    var random = RandomSequence(seed: 5, cell: 1, purpose: .weights)
    trainer.initialize(&random)
    trainer.load(x: wiggle(samples).x, y: wiggle(samples).y)
    return trainer
  }

  /// The first steps beside the recursion in double precision, with no pair yet, with few and with more than are remembered,
  /// from slopes small and large, so that steps are shortened and lengthened.
  @Test(arguments: Activation.allCases, InstructionLevel.available)
  func firstStepsAreThoseOfTheRecursion(activation: Activation, level: InstructionLevel) {
    var (shortened, lengthened) = (0, 0)
    for hidden in [[6, 4], [20, 17, 9]] {
      for (pairs, scale) in [(1, 1), (3, 0.1), (10, 30)] as [(Int, Float)] {
        for gradients in [2, 3, 5, 9] {
          let trainer = trainer(hidden, activation, samples: 20, level: level, pairs: pairs)
          let (x, y) = (wiggle(20).x, wiggle(20).y.map { scale * $0 })
          trainer.load(x: x, y: y)
          var network = ReferenceNetwork(shape: trainer.shape, parameters: trainer.parameters.map(Double.init))
          let start = network.parameters
          var reference = ReferenceLBFGS(capacity: pairs)
          let (doubleX, doubleY) = (x.map(Double.init), y.map(Double.init))
          let expected = reference.minimise(start, gradients: gradients) {
            network.parameters = $0
            return (network.loss(x: doubleX, y: doubleY), network.gradient(x: doubleX, y: doubleY))
          }
          network.parameters = expected
          let (loss, taken) = trainer.trainLBFGS(gradients: gradients)
          let place = "\(activation) \(hidden) \(pairs) \(scale) \(gradients) \(level)"
          let off = sum(trainer.parameters.map(Double.init), -1, expected)
          let way = sum(expected, -1, start)
          #expect(taken == gradients, "\(place)")
          #expect(dot(off, off).squareRoot() < 1e-3 * dot(way, way).squareRoot() + 1e-6, "\(place)")
          let expectedLoss = network.loss(x: doubleX, y: doubleY)
          #expect(abs(Double(loss) - expectedLoss) < 1e-3 * expectedLoss, "\(place)")
          shortened += reference.shortened
          lengthened += reference.lengthened
        }
      }
    }
    // Otherwise the test would prove less.
    #expect(shortened > 0 && lengthened > 0)
  }

  @Test(arguments: InstructionLevel.available)
  func lossFallsFarBelowAdams(level: InstructionLevel) {
    for activation in Activation.allCases {
      let trainer = trainer([31, 31, 31], activation, samples: 86, level: level)
      let start = trainer.lossAndGradient().loss
      var losses = [start]
      for gradients in [1, 2, 3, 10, 60] {
        var random = RandomSequence(seed: 5, cell: 1, purpose: .weights)
        trainer.initialize(&random)
        let (loss, taken) = trainer.trainLBFGS(gradients: gradients)
        #expect(taken == gradients, "\(activation)")
        // The weights that are left are those with that loss.
        #expect(loss == trainer.lossAndGradient().loss, "\(activation) \(gradients)")
        losses.append(loss)
      }
      #expect(losses[1] == start)
      let neverRises = zip(losses, losses.dropFirst()).allSatisfy { $0 >= $1 }
      #expect(neverRises, "\(activation) \(losses)")
      let adam = self.trainer([31, 31, 31], activation, samples: 86, level: level)
      adam.train(epochs: 100)
      #expect(losses[5] < 0.2 * start && losses[5] < adam.lossAndGradient().loss, "\(activation) \(losses)")
    }
  }

  @Test(arguments: InstructionLevel.available)
  func trainingEndsAtTheTarget(level: InstructionLevel) {
    let trainer = trainer([31, 31], .relu, samples: 86, level: level)
    let start = trainer.lossAndGradient().loss
    let reached = trainer.trainLBFGS(gradients: 500, targetLoss: 0.3 * start)
    #expect(reached.loss <= 0.3 * start && reached.gradients < 30)
    #expect(reached.loss == trainer.lossAndGradient().loss)
    // One gradient fewer does not get there.
    let before = self.trainer([31, 31], .relu, samples: 86, level: level)
    #expect(before.trainLBFGS(gradients: reached.gradients - 1).loss > 0.3 * start)
    // A target that is met already takes one gradient to see and changes nothing.
    let parameters = trainer.parameters
    #expect(trainer.trainLBFGS(gradients: 500, targetLoss: 0.3 * start).gradients == 1)
    #expect(trainer.parameters == parameters)
  }

  /// Where a search along a remembered direction fails, as at the kinks of a ReLU network, the gradient alone goes on: training
  /// that ends early ends where that leads nowhere either.
  @Test(arguments: InstructionLevel.available)
  func failedSearchesStartAgain(level: InstructionLevel) {
    for seed in UInt64(1)...40 {
      let trainer = trainer([12, 12], .relu, samples: 24, level: level)
      var random = RandomSequence(seed: seed, cell: 1, purpose: .weights)
      trainer.initialize(&random)
      let (loss, gradients) = trainer.trainLBFGS(gradients: 1500)
      guard gradients < 1500, loss > 0 else { continue }
      #expect(trainer.trainLBFGS(gradients: 50).loss == loss, "seed \(seed), \(gradients) gradients")
    }
  }

  /// A network whose loss has no slope must be left as it is, and not take all gradients for it.
  @Test(arguments: InstructionLevel.available)
  func trainingEndsWhereNothingHelps(level: InstructionLevel) {
    let trainer = trainer([5, 5], .relu, samples: 8, level: level)
    trainer.load(x: wiggle(8).x, y: [1, -1, 1, -1, 1, -1, 1, -1])
    let parameters = trainer.parameters.map { _ in Float(0) }
    trainer.parameters = parameters
    let (loss, gradients) = trainer.trainLBFGS(gradients: 100)
    #expect(loss == 1 && gradients == 1)
    #expect(trainer.parameters == parameters)
  }

  @Test(.enabled(if: InstructionLevel.highest == .v4), arguments: Activation.allCases)
  func levelsThreeAndFourGiveTheSameBits(activation: Activation) {
    for hidden in [[1], [7], [33, 65], [31, 31, 31], [100, 100, 100]] {
      for samples in [1, 2, 11, 48, 86, 250] {
        let runs = [InstructionLevel.v3, .v4].map { level in
          let trainer = trainer(hidden, activation, samples: samples, level: level, pairs: 7)
          let gradients = trainer.trainLBFGS(gradients: 40).gradients
          return (gradients, trainer.parameters.map(\.bitPattern))
        }
        #expect(runs[0] == runs[1], "\(activation) \(hidden) \(samples)")
      }
    }
  }

  @Test(arguments: InstructionLevel.available)
  func memoryOfOtherSizesOrEarlierCellsLeavesNoTrace(level: InstructionLevel) {
    for activation in [Activation.relu, .softplus] {
      let fresh = trainer([33, 20, 9], activation, samples: 17, level: level)
      fresh.trainLBFGS(gradients: 40)
      let used = trainer([33, 20, 9], activation, samples: 200, level: level, capacity: 300)
      used.trainLBFGS(gradients: 50)
      var random = RandomSequence(seed: 5, cell: 1, purpose: .weights)
      used.initialize(&random)
      used.load(x: wiggle(17).x, y: wiggle(17).y)
      used.trainLBFGS(gradients: 40)
      #expect(used.parameters == fresh.parameters)
    }
  }

  /// A minimum that is known: what remains is the spread at each place, 0.1² · 35/12.
  @Test(arguments: InstructionLevel.available)
  func repeatedSamplesAreFitted(level: InstructionLevel) {
    let trainer = trainer([24, 24], .relu, samples: 60, level: level)
    let x = (0..<60).map { Float($0 / 6) / 5 - 1 }
    trainer.load(x: x, y: x.enumerated().map { max($1, 0) + 0.1 * Float($0 % 6) })
    let loss = trainer.trainLBFGS(gradients: 400).loss
    #expect(abs(loss / (0.01 * 35 / 12) - 1) < 0.02)
  }

  @Test func memoryIsThatOfThePairs() {
    let shape = NetworkShape(hidden: [31, 31, 31])
    let bytes = { (pairs: Int) in
      NetworkTrainer.memoryBytes(shape: shape, maximumSamples: 86, optimizer: .lbfgs, pairs: pairs)
    }
    // Two vectors of 64 + 2 · 1024 + 32 values, in whole blocks of 64.
    #expect(bytes(9) - bytes(8) == 2 * 4 * 2176)
    #expect(bytes(1) - NetworkTrainer.memoryBytes(shape: shape, maximumSamples: 86) == 4 * (6 * 2176 + 32))
  }
}
