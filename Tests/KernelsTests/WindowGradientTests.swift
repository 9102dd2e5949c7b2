import Kernels
import Testing

private let shapes = [
  WindowNetworkShape(channels: 3, filters: [4, 5, 6]), WindowNetworkShape(channels: 1, window: 1, filters: [3]),
  WindowNetworkShape(channels: 2, window: 5, filters: [17, 3]),
  WindowNetworkShape(channels: 2, window: 7, filters: [3, 2]),
  WindowNetworkShape(channels: 5, window: 3, filters: [8]),
]

@Suite struct WindowGradientTests {
  private func start(_ training: WindowTraining) -> [Float] {
    training.start(seed: 5, training: 2, restart: 0, outputBias: 4)
    return training.parameters
  }

  /// The reference itself, by finite differences: only then is it worth comparing with.
  @Test(arguments: shapes) func referenceGradientIsTheSlopeOfTheLoss(shape: WindowNetworkShape) {
    let (windows, targets) = windowSamples(shape, 6)
    let training = WindowTraining(shape, windows: windows, targets: targets, settings: AdamSettings(), level: .baseline)
    var network = ReferenceWindowNetwork(shape: shape, parameters: start(training).map(Double.init))
    let (inputs, outputs) = (windows.pieces(shape.windowLength), targets.map(Double.init))
    let gradient = network.gradient(inputs, outputs)
    let scale = gradient.reduce(0) { max($0, abs($1)) }
    #expect(scale > 0)
    for index in network.parameters.indices {
      let centre = network.parameters[index]
      let step = 1e-6
      network.parameters[index] = centre + step
      let above = network.loss(inputs, outputs)
      network.parameters[index] = centre - step
      let below = network.loss(inputs, outputs)
      network.parameters[index] = centre
      #expect(abs((above - below) / (2 * step) - gradient[index]) < 1e-6 * scale, "\(shape), parameter \(index)")
    }
  }

  /// Moments after one iteration tell the gradient: the first is a tenth of it, the second a thousandth of its square.
  @Test(arguments: shapes, InstructionLevel.available)
  func gradientAgreesWithReference(shape: WindowNetworkShape, level: InstructionLevel) throws {
    for count in [1, 33] {
      let (windows, targets) = windowSamples(shape, count)
      let training = WindowTraining(shape, windows: windows, targets: targets, settings: AdamSettings(), level: level)
      let parameters = start(training)
      let network = ReferenceWindowNetwork(shape: shape, parameters: parameters.map(Double.init))
      let (inputs, outputs) = (windows.pieces(shape.windowLength), targets.map(Double.init))
      let place = "\(shape), \(count) samples at \(level)"

      let predicted = training.predict(Array(0..<count))
      #expect(relativeError(predicted, inputs.map { max(network.evaluate($0), 0) }) < 1e-6, "\(place)")
      let step = training.step(chosen: Array(0..<count))
      let loss = network.loss(inputs, outputs)
      #expect(abs(step.loss - loss) < 1e-6 * loss, "\(place)")
      try #require(!step.isDead && !step.isDiverged, "\(place)")
      let moments = Array(training.state[shape.parameterCount..<2 * shape.parameterCount])
      let gradient = network.gradient(inputs, outputs)
      #expect(relativeError(moments, gradient.map { 0.1 * $0 }) < 2e-6, "\(place)")

      // Adam's first step is of the learning rate.
      for (number, slope) in gradient.enumerated() where abs(slope) > 1e-4 {
        let change = training.parameters[number] - parameters[number]
        #expect(abs(change + (slope > 0 ? 1e-3 : -1e-3)) < 2e-7, "\(place), parameter \(number)")
      }
    }
  }

  /// Where several cells have the largest value, the first alone gets the gradient.
  @Test(arguments: InstructionLevel.available) func equalValuesHandTheGradientToTheFirst(level: InstructionLevel) {
    let shape = WindowNetworkShape(channels: 2, window: 5, filters: [4, 3])
    let windows = (0..<20).flatMap { sample in
      (0..<shape.windowLength).map { Float(sample % 5) + Float($0 / 25) }
    }
    let targets = [Float](repeating: 1, count: 20)
    let training = WindowTraining(shape, windows: windows, targets: targets, settings: AdamSettings(), level: level)
    // Only the centres of the kernels: all cells of a channel are the same.
    var parameters = [Float](repeating: 0.25, count: shape.parameterCount)
    for convolution in [(start: 0, weights: 8), (start: 76, weights: 12)] {
      for weight in 0..<9 * convolution.weights where weight % 9 != 4 { parameters[convolution.start + weight] = 0 }
    }
    training.start(parameters: parameters)
    _ = training.step(chosen: Array(0..<20))
    let network = ReferenceWindowNetwork(shape: shape, parameters: parameters.map(Double.init))
    let gradient = network.gradient(windows.pieces(shape.windowLength), targets.map(Double.init))
    let moments = Array(training.state[shape.parameterCount..<2 * shape.parameterCount])
    #expect(relativeError(moments, gradient.map { 0.1 * $0 }) < 2e-6)
    // The first cell has no neighbours above and to the left.
    #expect(gradient[0] == 0 && gradient[8] > 0)
  }

  /// What is applied equals what was trained, and takes the moments and limits along.
  @Test(arguments: InstructionLevel.available) func predictorIsTheTrainedNetwork(level: InstructionLevel) {
    let shape = WindowNetworkShape(channels: 3, filters: [4, 5, 6])
    let (windows, targets) = windowSamples(shape, 40)
    let training = WindowTraining(shape, windows: windows, targets: targets, settings: AdamSettings(), level: level)
    _ = start(training)
    for _ in 0..<3 { _ = training.step(chosen: Array(0..<40)) }
    let means: [Float] = [1, -2, 0.5], deviations: [Float] = [2, 0.5, 4]
    var network = WindowNetwork(shape: shape, parameters: training.parameters, means: means, deviations: deviations)
    // Powers of two are exact.
    let raw = windows.enumerated().map { place, value in
      let channel = place % 27 / 9
      return value * deviations[channel] + means[channel]
    }
    let standardised = raw.enumerated().map { place, value in
      let channel = place % 27 / 9
      return (value - means[channel]) / deviations[channel]
    }
    let again = WindowTraining(shape, windows: standardised, targets: targets, settings: AdamSettings(), level: level)
    again.start(parameters: training.parameters)
    let expected = again.predict(Array(0..<40))
    #expect(WindowPredictor(network, level: level).predict(raw) == expected)

    let limits = expected.sorted()
    network.lowest = limits[10]
    network.highest = limits[30]
    let limited = WindowPredictor(network, level: level).predict(raw)
    #expect(limited == expected.map { min(max($0, limits[10]), limits[30]) })
    #expect(WindowPredictor(network, level: level).predict([]).isEmpty)
  }

  /// A number that is missing makes its window's output missing, wherever it stands, and no other's.
  @Test(arguments: InstructionLevel.available) func missingNumberMakesTheOutputMissing(level: InstructionLevel) {
    let shape = WindowNetworkShape(channels: 2, filters: [3, 2])
    let training = WindowTraining(shape, windows: [], targets: [], settings: AdamSettings(), level: level)
    let network = WindowNetwork(shape: shape, parameters: start(training), means: [0, 0], deviations: [1, 1])
    let predictor = WindowPredictor(network, level: level)
    let whole = windowSamples(shape, 37).windows
    let expected = predictor.predict(whole)
    #expect(expected.allSatisfy { !$0.isNaN })
    var gaps = whole
    for window in 0..<37 where window % 2 == 0 { gaps[window * 18 + window % 18] = .nan }
    for (window, output) in predictor.predict(gaps).enumerated() {
      #expect(window % 2 == 0 ? output.isNaN : output == expected[window], "window \(window)")
    }
  }
}
