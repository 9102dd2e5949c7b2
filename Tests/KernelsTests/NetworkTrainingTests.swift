import Kernels
import Testing

@Suite struct NetworkTrainingTests {
  private func trained(
    _ hidden: [Int], _ activation: Activation, samples: Int, epochs: Int, level: InstructionLevel, capacity: Int? = nil
  ) -> [Float] {
    let shape = NetworkShape(hidden: hidden, activation: activation)
    let trainer = NetworkTrainer(shape: shape, maximumSamples: capacity ?? samples, level: level)
    var random = RandomSequence(seed: 5, cell: 1, purpose: .weights)
    trainer.initialize(&random)
    let (x, y) = wiggle(samples)
    trainer.load(x: x, y: y)
    trainer.train(epochs: epochs)
    return trainer.parameters
  }

  /// Ten epochs beside Adam in double precision.
  @Test(arguments: InstructionLevel.available)
  func trainingFollowsAdam(level: InstructionLevel) {
    let shape = NetworkShape(hidden: [9, 4], activation: .tanh)
    let trainer = NetworkTrainer(shape: shape, maximumSamples: 20, level: level)
    var random = RandomSequence(seed: 2, cell: 3, purpose: .weights)
    trainer.initialize(&random)
    let (x, y) = wiggle(20)
    trainer.load(x: x, y: y)
    var reference = ReferenceNetwork(shape: shape, parameters: trainer.parameters.map(Double.init))
    var m = reference.parameters.map { _ in 0.0 }
    var v = m
    var loss = Double.nan
    let (doubleX, doubleY) = (x.map(Double.init), y.map(Double.init))
    var (power1, power2) = (1.0, 1.0)
    for _ in 1...10 {
      loss = reference.loss(x: doubleX, y: doubleY)
      let gradient = reference.gradient(x: doubleX, y: doubleY)
      (power1, power2) = (power1 * 0.9, power2 * 0.999)
      for i in gradient.indices {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i]
        v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i]
        reference.parameters[i] -= 1e-2 * (m[i] / (1 - power1)) / ((v[i] / (1 - power2)).squareRoot() + 1e-8)
      }
    }
    let last = trainer.train(epochs: 10, learningRate: 1e-2).loss
    #expect(abs(Double(last) - loss) < 1e-5 * loss)
    for (a, b) in zip(trainer.parameters, reference.parameters) { #expect(abs(Double(a) - b) < 2e-5) }
  }

  /// Twenty epochs beside Adam in single precision, with this language's root and division: the same to the last bit.
  @Test(arguments: InstructionLevel.available.filter { $0 >= .v3 }, [Activation.relu, .tanh])
  func rootAndDivisionAreExact(level: InstructionLevel, activation: Activation) {
    let trainer = NetworkTrainer(
      shape: NetworkShape(hidden: [40, 50, 30], activation: activation), maximumSamples: 60, level: level)
    var random = RandomSequence(seed: 2, cell: 7, purpose: .weights)
    trainer.initialize(&random)
    let (x, y) = wiggle(60)
    trainer.load(x: x, y: y)
    let start = trainer.parameters
    trainer.train(epochs: 20)
    let trained = trainer.parameters

    var parameters = start
    var first = [Float](repeating: 0, count: start.count)
    var second = first
    var (firstPower, secondPower) = (1.0, 1.0)
    for _ in 0..<20 {
      trainer.parameters = parameters
      let gradient = trainer.lossAndGradient().gradient
      (firstPower, secondPower) = (firstPower * 0.9, secondPower * 0.999)
      let rate = Float(1e-3 / (1 - firstPower))
      let correction = Float(1 / (1 - secondPower).squareRoot())
      for i in gradient.indices {
        let g = gradient[i]
        first[i] = first[i].addingProduct(Float(1 - 0.9), g - first[i])
        second[i] = (second[i] * Float(0.999)).addingProduct(g * Float(1 - 0.999), g)
        let scale = Float(1e-8).addingProduct(second[i].squareRoot(), correction)
        parameters[i] -= first[i] * rate / scale
      }
    }
    let same = parameters == trained
    #expect(same)
  }

  @Test(.enabled(if: InstructionLevel.highest == .v4), arguments: Activation.allCases)
  func levelsThreeAndFourGiveTheSameBits(activation: Activation) {
    for hidden in [[1], [7], [100], [33, 65], [100, 100, 100], [128, 40]] {
      for samples in [2, 11, 86, 250] {
        let narrow = trained(hidden, activation, samples: samples, epochs: 30, level: .v3)
        let wide = trained(hidden, activation, samples: samples, epochs: 30, level: .v4)
        let same = narrow.map(\.bitPattern) == wide.map(\.bitPattern)
        #expect(same, "\(activation) \(hidden) \(samples)")
        let finite = narrow.allSatisfy { $0.isFinite }
        #expect(finite)
      }
    }
  }

  @Test(arguments: InstructionLevel.available)
  func memoryOfOtherSizesOrEarlierCellsLeavesNoTrace(level: InstructionLevel) {
    let fresh = trained([33, 20], .softplus, samples: 17, epochs: 20, level: level)
    #expect(fresh == trained([33, 20], .softplus, samples: 17, epochs: 20, level: level, capacity: 300))

    let trainer = NetworkTrainer(
      shape: NetworkShape(hidden: [33, 20], activation: .softplus), maximumSamples: 300, level: level)
    var random = RandomSequence(seed: 99, cell: 8, purpose: .weights)
    trainer.initialize(&random)
    trainer.load(x: wiggle(300).x, y: wiggle(300).y.map { 100 * $0 })
    trainer.train(epochs: 15, learningRate: 0.1)
    random = RandomSequence(seed: 5, cell: 1, purpose: .weights)
    trainer.initialize(&random)
    trainer.load(x: wiggle(17).x, y: wiggle(17).y)
    trainer.train(epochs: 20)
    #expect(trainer.parameters == fresh)
  }

  @Test(arguments: InstructionLevel.available)
  func manySamplesTrain(level: InstructionLevel) {
    let trainer = NetworkTrainer(shape: NetworkShape(hidden: [50, 20]), maximumSamples: 1000, level: level)
    var random = RandomSequence(seed: 1, cell: 0, purpose: .weights)
    trainer.initialize(&random)
    let (x, y) = wiggle(1000)
    trainer.load(x: x, y: y)
    let before = trainer.train(epochs: 1).loss
    let after = trainer.train(epochs: 300).loss
    #expect(after < 0.1 * before)
  }

  @Test func startingWeightsFillTheirRange() {
    let trainer = NetworkTrainer(shape: NetworkShape(hidden: [64, 100]), maximumSamples: 1)
    var random = RandomSequence(seed: 1, cell: 0, purpose: .weights)
    trainer.initialize(&random)
    let parameters = trainer.parameters
    #expect(parameters.count == trainer.shape.parameterCount)
    let second = parameters[128..<(128 + 65 * 100)].map(Double.init)
    let inside = second.allSatisfy { abs($0) < 0.125 }
    #expect(inside)
    #expect(abs(mean(second)) < 0.004)
    // A uniform distribution's standard deviation is its bound over √3.
    let expected = 0.125 / 3.0.squareRoot()
    #expect(abs(standardDeviation(second) / expected - 1) < 0.03)
  }

  @Test func memoryAndCostArePredicted() {
    let shape = NetworkShape()
    #expect(shape.parameterCount == 200 + 2 * 10_100 + 101)
    let bytes = NetworkTrainer.memoryBytes(shape: shape, maximumSamples: 86)
    #expect((300_000...1_200_000).contains(bytes))
    #expect(abs(shape.operationsPerEpoch(samples: 86) / 10.5e6 - 1) < 0.02)
  }
}
