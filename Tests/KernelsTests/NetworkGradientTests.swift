import Kernels
import Testing

private let shapes: [[Int]] = [[1], [7], [100], [33, 65], [100, 100, 100], [16, 31, 48, 5], [112], [96, 128]]

/// Samples of no particular regularity.
func wiggle(_ count: Int) -> (x: [Float], y: [Float]) {
  let x = (0..<count).map { count == 1 ? 0.3 : Float(3.4 * Double($0) / Double(count - 1) - 1.7) }
  return (x, x.enumerated().map { Float($0.offset % 7) * 0.1 + ($0.element < 0.2 ? 1.5 : 0.2) * $0.element })
}

private func relativeDistance(_ a: [Float], _ b: [Double]) -> Double {
  let difference = zip(a, b).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
  return (difference / b.reduce(1e-30) { $0 + $1 * $1 }).squareRoot()
}

@Suite struct NetworkGradientTests {
  /// The reference itself, by finite differences: only then is it worth comparing with.
  @Test(arguments: Activation.allCases)
  func referenceGradientIsTheSlopeOfTheLoss(activation: Activation) {
    let shape = NetworkShape(hidden: [5, 3], activation: activation)
    let trainer = NetworkTrainer(shape: shape, maximumSamples: 9)
    var random = RandomSequence(seed: 3, cell: 7, purpose: .weights)
    trainer.initialize(&random)
    var network = ReferenceNetwork(shape: shape, parameters: trainer.parameters.map(Double.init))
    let (x, y) = (wiggle(9).x.map(Double.init), wiggle(9).y.map(Double.init))
    let gradient = network.gradient(x: x, y: y)
    for index in network.parameters.indices {
      let centre = network.parameters[index]
      let step = 1e-6
      network.parameters[index] = centre + step
      let above = network.loss(x: x, y: y)
      network.parameters[index] = centre - step
      let below = network.loss(x: x, y: y)
      network.parameters[index] = centre
      #expect(abs((above - below) / (2 * step) - gradient[index]) < 1e-7, "\(activation), parameter \(index)")
    }
  }

  @Test(arguments: Activation.allCases, InstructionLevel.available)
  func gradientAgreesWithReference(activation: Activation, level: InstructionLevel) {
    for hidden in shapes {
      for samples in [1, 2, 3, 5, 8, 13, 86, 87] {
        let shape = NetworkShape(hidden: hidden, activation: activation)
        let trainer = NetworkTrainer(shape: shape, maximumSamples: samples, level: level)
        var random = RandomSequence(seed: 11, cell: samples, purpose: .weights)
        trainer.initialize(&random)
        let (x, y) = wiggle(samples)
        trainer.load(x: x, y: y)
        let (loss, gradient) = trainer.lossAndGradient()
        let reference = ReferenceNetwork(shape: shape, parameters: trainer.parameters.map(Double.init))
        let (doubleX, doubleY) = (x.map(Double.init), y.map(Double.init))
        let expected = reference.loss(x: doubleX, y: doubleY)
        let place = "\(activation) \(hidden) \(samples) \(level)"
        #expect(abs(Double(loss) - expected) <= 3e-6 * max(expected, 1e-2), "\(place)")
        #expect(relativeDistance(gradient, reference.gradient(x: doubleX, y: doubleY)) < 1e-5, "\(place)")
        let output = trainer.evaluate(x: x)
        #expect(relativeDistance(output, doubleX.map(reference.evaluate)) < 3e-6, "\(place)")
      }
    }
  }

  /// The passes for sorted samples beside those for any order, also with repeated inputs, units that are never or always
  /// on, units without weight, and after training, when units switch elsewhere than at the start.
  @Test(arguments: InstructionLevel.available)
  func sortedSamplesGiveTheSameGradient(level: InstructionLevel) {
    for hidden in shapes where hidden.count > 1 {
      for samples in [2, 7, 86, 132, 400] {
        let trainer = NetworkTrainer(shape: NetworkShape(hidden: hidden), maximumSamples: samples, level: level)
        var random = RandomSequence(seed: 3, cell: samples, purpose: .weights)
        trainer.initialize(&random)
        let (evenly, y) = wiggle(samples)
        let x = evenly.map { ($0 * 8).rounded() / 8 }
        trainer.load(x: x, y: y)
        trainer.train(epochs: 25, learningRate: 1e-2)
        var parameters = trainer.parameters
        let units = hidden[0]
        for (unit, change) in [(0, (w: 0, b: 1)), (1, (w: 0, b: -1)), (2, (w: 1, b: 9)), (3, (w: -1, b: -9))]
          as [(Int, (w: Float, b: Float))]
        where unit < units {
          parameters[unit] = change.w
          parameters[units + unit] = change.b
        }
        trainer.parameters = parameters
        let sorted = trainer.lossAndGradient()
        trainer.load(x: x.reversed(), y: y.reversed())
        let unsorted = trainer.lossAndGradient()
        let place = "\(hidden) \(samples) \(level)"
        #expect(abs(sorted.loss - unsorted.loss) <= 1e-5 * unsorted.loss, "\(place)")
        #expect(relativeDistance(sorted.gradient, unsorted.gradient.map(Double.init)) < 1e-5, "\(place)")
        let noise = zip(sorted.gradient, unsorted.gradient).allSatisfy { $0 == $1 }
        #expect(samples < 86 || !noise, "both took the same path")
      }
    }
  }

  /// Activations must also be right far from zero, where weights of a fresh network never lead.
  @Test(arguments: Activation.allCases, InstructionLevel.available)
  func activationsAreRightFarFromZero(activation: Activation, level: InstructionLevel) {
    let shape = NetworkShape(hidden: [1], activation: activation)
    let trainer = NetworkTrainer(shape: shape, maximumSamples: 64, level: level)
    trainer.parameters = [1, 0, 1, 0]
    let x = (-400...400).map { Float($0) / 4 }
    let reference = ReferenceNetwork(shape: shape, parameters: [1, 0, 1, 0])
    for (input, output) in zip(x, trainer.evaluate(x: x)) {
      let expected = reference.evaluate(Double(input))
      #expect(abs(Double(output) - expected) < 4e-7 * max(1, abs(expected)), "\(activation)(\(input)) at \(level)")
    }
  }
}
