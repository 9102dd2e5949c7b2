// Speed of training and applying a network of windows, 13 channels of 3 × 3 cells and 32, 64 and 128 filters, against the
// processor's own ceiling, for each level of the instruction set.
//
//   benchmark-convolution [--smoke] [--json FILE]
//   benchmark-convolution --train ITERATIONS   only the training on 1,000 samples: ms of the shortest iteration
//   benchmark-convolution --apply BATCHES      only the application: windows a second in the fastest batch of 1,000

import BenchmarkReport
import Kernels

let shape = WindowNetworkShape(channels: 13)
let isSmoke = CommandLine.has("--smoke")
let samples = isSmoke ? 100 : 1_000

/// Multiplications of a window with weights that meet a cell of it.
func products(_ shape: WindowNetworkShape) -> (forward: Int, first: Int) {
  var (inputs, size) = (shape.channels, shape.window)
  var layers: [Int] = []
  for outputs in shape.filters {
    // Along a side, a cell meets three cells, at the ends two; a cell alone meets itself.
    let pairs = size == 1 ? 1 : 3 * size - 2
    layers.append(pairs * pairs * inputs * outputs)
    (inputs, size) = (outputs, (size + 1) / 2)
  }
  return (layers.reduce(inputs * size * size, +), layers[0])
}

/// Windows of numbers with mean 0 and variance 1, as standardised predictors are.
func windows(_ count: Int) -> [Float] {
  var random = RandomSequence(seed: 7, cell: 0, purpose: .resampling)
  return (0..<count * shape.windowLength).map { _ in 3.464 * (random.nextUnit() - 0.5) }
}

/// Seconds of the shortest iteration over all samples.
func training(level: InstructionLevel, iterations: Int) -> Double {
  let windows = windows(samples)
  let targets = (0..<samples).map { 1.3 + 0.3 * windows[$0 * shape.windowLength] }
  let training = WindowTraining(shape, windows: windows, targets: targets, settings: AdamSettings(), level: level)
  training.start(seed: 1, training: 0, restart: 0, outputBias: 1.3)
  let chosen = Array(0..<samples)
  return shortest(of: iterations) { _ = training.step(chosen: chosen) }
}

/// Seconds of a window in the fastest batch.
func application(level: InstructionLevel, batches: Int) -> Double {
  let training = WindowTraining(shape, windows: [], targets: [], settings: AdamSettings(), level: level)
  training.start(seed: 1, training: 0, restart: 0, outputBias: 1.3)
  let network = WindowNetwork(
    shape: shape, parameters: training.parameters, means: [Float](repeating: 0.1, count: shape.channels),
    deviations: [Float](repeating: 1.1, count: shape.channels))
  let predictor = WindowPredictor(network, level: level)
  let windows = windows(1_000)
  var outputs = [Float](repeating: 0, count: 1_000)
  return shortest(of: batches) {
    windows.withUnsafeBufferPointer { windows in
      outputs.withUnsafeMutableBufferPointer { predictor.predict(windows, into: $0) }
    }
  } / 1_000
}

func number(behind option: String) -> Int? {
  guard CommandLine.has(option) else { return nil }
  guard let value = CommandLine.value(of: option).flatMap({ Int($0) }), value > 0 else {
    fatalError("usage: benchmark-convolution \(option) NUMBER")
  }
  return value
}

if let iterations = number(behind: "--train") {
  print(1e3 * training(level: .preferred, iterations: iterations))
} else if let batches = number(behind: "--apply") {
  print(1 / application(level: .preferred, batches: batches))
} else {
  try compareLevels()
}

func compareLevels() throws {
  var report = BenchmarkReport("convolution")
  let products = products(shape)
  for level in InstructionLevel.available {
    var operations = 0.0
    let ceilingTime = shortest(of: isSmoke ? 2 : 200) {
      operations = NetworkBenchmark.multiplyAdd(rounds: 500_000, level: level)
    }
    let ceiling = operations / ceilingTime
    // Back, every product is there twice, for the weights and for the cells; but nobody asks for the windows' deltas.
    let iteration = training(level: level, iterations: isSmoke ? 2 : 200)
    let iterationRate = 2 * Double(samples) * Double(3 * products.forward - products.first) / iteration
    let window = application(level: level, batches: isSmoke ? 1 : 200)
    let windowRate = 2 * Double(products.forward) / window
    report.add([
      "level": "\(level)", "ceiling, GFLOP/s": .number(1e-9 * ceiling, digits: 1),
      "ms an iteration, \(samples) samples": .number(1e3 * iteration, digits: 2),
      "training, % of ceiling": .number(100 * iterationRate / ceiling, digits: 0),
      "windows/s": .number(1 / window, digits: 0),
      "applying, % of ceiling": .number(100 * windowRate / ceiling, digits: 0),
    ])
  }
  try report.finish()
}
