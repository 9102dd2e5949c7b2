import Kernels
import Testing

@Suite struct GaussNewtonTests {
  private func trainer(
    _ hidden: [Int], _ activation: Activation, samples: Int, level: InstructionLevel, capacity: Int? = nil
  ) -> NetworkTrainer {
    let trainer = NetworkTrainer(
      shape: NetworkShape(hidden: hidden, activation: activation), maximumSamples: capacity ?? samples,
      optimizer: .gaussNewton, level: level)
    var random = RandomSequence(seed: 5, cell: 1, purpose: .weights)
    trainer.initialize(&random)
    trainer.load(x: wiggle(samples).x, y: wiggle(samples).y)
    return trainer
  }

  /// J Jᵀ beside the products of the rows of an explicit Jacobian in double precision, itself the gradient of outputs.
  @Test(arguments: Activation.allCases, InstructionLevel.available)
  func gramIsThatOfTheJacobian(activation: Activation, level: InstructionLevel) {
    for hidden in [[1], [7], [33, 65], [16, 31, 48, 5], [100, 100, 100]] {
      for samples in [1, 2, 5, 16, 49, 86] {
        let trainer = trainer(hidden, activation, samples: samples, level: level)
        let reference = ReferenceNetwork(shape: trainer.shape, parameters: trainer.parameters.map(Double.init))
        // The loss of one sample whose target is half a unit below the output has the output's own gradient.
        let jacobian = wiggle(samples).x.map { x in
          reference.gradient(x: [Double(x)], y: [reference.evaluate(Double(x)) - 0.5])
        }
        let gram = trainer.jacobianGram()
        let largest = jacobian.map { row in row.reduce(0) { $0 + $1 * $1 } }.max() ?? 0
        for row in 0..<samples {
          for column in 0..<samples {
            let expected = zip(jacobian[row], jacobian[column]).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(
              abs(Double(gram[row][column]) - expected) < 1e-5 * largest,
              "\(activation) \(hidden) \(samples) \(level): \(row), \(column)")
          }
        }
      }
    }
  }

  /// One step with next to no non-linearity: the damped least-squares solution, by its own equations.
  @Test(arguments: InstructionLevel.available)
  func aStepSolvesTheDampedSystem(level: InstructionLevel) {
    let samples = 20
    let trainer = trainer([6, 4], .tanh, samples: samples, level: level)
    let before = trainer.parameters.map(Double.init)
    let reference = ReferenceNetwork(shape: trainer.shape, parameters: before)
    let (x, y) = (wiggle(samples).x.map(Double.init), wiggle(samples).y.map(Double.init))
    let jacobian = x.map { reference.gradient(x: [$0], y: [reference.evaluate($0) - 0.5]) }
    let residuals = zip(x, y).map { $1 - reference.evaluate($0) }
    let trace = jacobian.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } }
    trainer.trainGaussNewton(steps: 1)
    let step = zip(trainer.parameters, before).map { Double($0) - $1 }
    // (JᵀJ + λ) δ = Jᵀ r, however long the step was made.
    let left = jacobian.map { row in zip(row, step).reduce(0) { $0 + $1.0 * $1.1 } }
    var (product, right) = (before.map { _ in 0.0 }, before.map { _ in 0.0 })
    for (sample, row) in jacobian.enumerated() {
      for index in row.indices {
        product[index] += row[index] * left[sample]
        right[index] += row[index] * residuals[sample]
      }
    }
    for index in step.indices { product[index] += 0.1 * trace * step[index] }
    func length(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let cosine = zip(product, right).reduce(0) { $0 + $1.0 * $1.1 } / length(product) / length(right)
    #expect(cosine > 1 - 1e-6)
    // A whole step, or halved a few times.
    let halvings = length(right) / length(product)
    #expect([1, 2, 4, 8, 16].contains { abs(halvings / $0 - 1) < 1e-3 })
  }

  @Test(arguments: InstructionLevel.available)
  func lossFallsFarBelowAdams(level: InstructionLevel) {
    for activation in Activation.allCases {
      let newton = trainer([32, 32, 32], activation, samples: 86, level: level)
      let start = newton.lossAndGradient().loss
      let (loss, steps) = newton.trainGaussNewton(steps: 30)
      let adam = trainer([32, 32, 32], activation, samples: 86, level: level)
      adam.train(epochs: 60)
      #expect((20...30).contains(steps), "\(activation)")
      #expect(loss < 0.2 * start && loss < adam.lossAndGradient().loss, "\(activation)")
      #expect(loss == newton.lossAndGradient().loss, "\(activation)")
    }
  }

  @Test(arguments: InstructionLevel.available)
  func trainingEndsAtTheTarget(level: InstructionLevel) {
    let start = trainer([32, 32], .relu, samples: 86, level: level).lossAndGradient().loss
    let newton = trainer([32, 32], .relu, samples: 86, level: level)
    let reached = newton.trainGaussNewton(steps: 100, targetLoss: 0.3 * start)
    #expect(reached.loss <= 0.3 * start && reached.steps < 30)
    // A target that is met already costs nothing and changes nothing.
    let parameters = newton.parameters
    #expect(newton.trainGaussNewton(steps: 100, targetLoss: 0.3 * start).steps == 0)
    #expect(newton.parameters == parameters)

    let adam = trainer([32, 32], .relu, samples: 86, level: level)
    let stopped = adam.train(epochs: 1000, targetLoss: 0.3 * start)
    #expect(stopped.loss <= 0.3 * start && stopped.epochs < 1000)
    let same = trainer([32, 32], .relu, samples: 86, level: level)
    let whole = same.train(epochs: stopped.epochs)
    #expect(whole.loss == stopped.loss && whole.epochs == stopped.epochs)
    let before = trainer([32, 32], .relu, samples: 86, level: level)
    #expect(before.train(epochs: stopped.epochs - 1).loss > 0.3 * start)
    #expect(same.parameters == adam.parameters)
  }

  @Test(.enabled(if: InstructionLevel.highest == .v4), arguments: Activation.allCases)
  func levelsThreeAndFourGiveTheSameBits(activation: Activation) {
    for hidden in [[1], [7], [33, 65], [32, 32, 32], [100, 100, 100]] {
      for samples in [1, 2, 11, 48, 86, 250] {
        let runs = [InstructionLevel.v3, .v4].map { level in
          let trainer = trainer(hidden, activation, samples: samples, level: level)
          let steps = trainer.trainGaussNewton(steps: 12).steps
          return (steps, trainer.parameters.map(\.bitPattern))
        }
        #expect(runs[0] == runs[1], "\(activation) \(hidden) \(samples)")
      }
    }
  }

  @Test(arguments: InstructionLevel.available)
  func memoryOfOtherSizesOrEarlierCellsLeavesNoTrace(level: InstructionLevel) {
    let fresh = trainer([33, 20], .softplus, samples: 17, level: level)
    fresh.trainGaussNewton(steps: 15)
    let used = trainer([33, 20], .softplus, samples: 200, level: level, capacity: 300)
    used.trainGaussNewton(steps: 8)
    var random = RandomSequence(seed: 5, cell: 1, purpose: .weights)
    used.initialize(&random)
    used.load(x: wiggle(17).x, y: wiggle(17).y)
    used.trainGaussNewton(steps: 15)
    #expect(used.parameters == fresh.parameters)
  }

  /// Samples at the same place make J Jᵀ singular.
  @Test(arguments: InstructionLevel.available)
  func repeatedSamplesAreFitted(level: InstructionLevel) {
    let trainer = trainer([24, 24], .relu, samples: 60, level: level)
    let x = (0..<60).map { Float($0 / 6) / 5 - 1 }
    trainer.load(x: x, y: x.enumerated().map { max($1, 0) + 0.1 * Float($0 % 6) })
    let loss = trainer.trainGaussNewton(steps: 60).loss
    // What remains is the spread at each place, 0.1² · 35/12.
    #expect(abs(loss / (0.01 * 35 / 12) - 1) < 0.02)
    let finite = trainer.parameters.allSatisfy(\.isFinite)
    #expect(finite)
  }
}

@Suite struct NoiseVarianceTests {
  @Test func straightLinesHaveNone() {
    let x = [0.0, 1, 1, 1, 2.5, 3, 7]
    #expect(noiseVariance(x: x, y: x.map { 4 - 3 * $0 }) < 1e-28)
    #expect(noiseVariance(x: [1, 2], y: [1, 2]).isNaN)
  }

  /// Alternating ±1 about a line departs by 2 everywhere: 4 / (¼ + ¼ + 1).
  @Test func departuresAreCountedInUnitsOfNoise() {
    let x = (0..<10).map(Double.init)
    let y = x.map { 2 * $0 + (Int($0) % 2 == 0 ? 1 : -1) }
    #expect(abs(noiseVariance(x: x, y: y) - 4 / 1.5) < 1e-12)
  }

  /// The mean over many samples of normal noise on a curve is the noise's variance, evenly spaced or not.
  @Test func itIsTheVarianceOfTheNoise() {
    var generator = KeyedGenerator(3)
    var estimates: [Double] = []
    for _ in 0..<400 {
      let x = (0..<86).map { _ in 100 * generator.uniform() }.sorted()
      let y = x.map { 0.01 * $0 * $0 + 2 * generator.normal() }
      estimates.append(noiseVariance(x: x, y: y))
    }
    // The standard error of the mean is about 1 %.
    #expect(abs(mean(estimates) / 4 - 1) < 0.04)
  }
}
