// Trains networks and counts slopes on fixed data and prints the bits of the results, for scripts/check-arm64.sh.
//
// Compiled for each architecture with the sources of the layers and the slopes; in Embedded Swift, so without Foundation.

import CCPUFeatures
import DenseLayers
import NetworkLayout
import PairSlopes

/// FNV-1a over bit patterns.
struct Digest {
  private(set) var value: UInt64 = 14_695_981_039_346_656_037

  mutating func add(_ bits: UInt64) { value = (value ^ bits) &* 1_099_511_628_211 }
  mutating func add(_ values: UnsafePointer<Float>, count: Int) {
    for index in 0..<count { add(UInt64(values[index].bitPattern)) }
  }
}

let samples = 86

/// A network with its samples, a curve of two slopes and some noise, and with fixed weights.
func load(_ memory: borrowing NetworkMemory, ascending: Bool) -> DenseNetwork {
  var network = memory.network
  var noise = RandomSequence(seed: 7, cell: 0, purpose: .resampling)
  for sample in 0..<samples {
    let x = 3.4 * Float(ascending ? sample : samples - 1 - sample) / Float(samples) - 1.7
    network.input[16 * sample] = x
    network.input[16 * sample + 1] = 1
    network.target[sample] = (x < 0 ? 2 * x : 0.3 * x) + 0.2 * (noise.nextUnit() - 0.5)
  }
  var random = RandomSequence(seed: 1, cell: 0, purpose: .weights)
  for index in 0..<network.layerCount {
    let layer = network.layers[index]
    let bound = 1 / Float(layer.inputs).squareRoot()
    for row in 0...layer.inputs {
      for unit in 0..<layer.units {
        layer.weights[row * layer.weightStride + unit] = (2 * random.nextUnit() - 1) * bound
      }
    }
  }
  let last = network.layers[network.layerCount - 1]
  for unit in 0...last.units { network.outputWeights[unit] = (2 * random.nextUnit() - 1) * 0.1 }
  network.samples = samples
  network.isSorted = ascending
  return network
}

func report(_ name: String, _ network: DenseNetwork, loss: Float) {
  var digest = Digest()
  for index in 0..<network.layerCount {
    let layer = network.layers[index]
    for row in 0...layer.inputs { digest.add(layer.weights + row * layer.weightStride, count: layer.units) }
  }
  digest.add(network.outputWeights, count: network.layers[network.layerCount - 1].units + 1)
  // A loss in millionths too, for those who compare levels that round differently.
  print("\(name) \(loss.bitPattern) \(digest.value) \(Int(loss * 1e6))")
}

func train(_ name: String, _ shape: NetworkShape, ascending: Bool, epochs: Int) {
  let memory = NetworkMemory(shape, samples: samples)
  let network = load(memory, ascending: ascending)
  report(name, network, loss: DenseLayers.train(network, epochs: epochs, AdamSettings()).loss)
}

cpu_flush_subnormals()
// Moments of silent units are subnormal from some 900 epochs on.
train("default", NetworkShape(), ascending: true, epochs: 1000)
train("products", NetworkShape(), ascending: false, epochs: 50)
train("two layers", NetworkShape(hidden: [100, 100]), ascending: true, epochs: 50)
train("uneven layers", NetworkShape(hidden: [17, 50, 33]), ascending: true, epochs: 50)
train("tanh", NetworkShape(activation: .tanh), ascending: true, epochs: 50)
train("softplus", NetworkShape(activation: .softplus), ascending: true, epochs: 50)
train("gelu", NetworkShape(activation: .gelu), ascending: true, epochs: 50)

func trainGaussNewton() {
  let shape = NetworkShape(hidden: [32, 32])
  let memory = NetworkMemory(shape, samples: samples)
  let network = load(memory, ascending: true)
  let workspace = GaussNewtonWorkspace(shape, samples: samples)
  let result = DenseLayers.trainGaussNewton(network, workspace.memory, GaussNewtonSettings(steps: 20, targetLoss: 0))
  report("Gauss-Newton", network, loss: result.loss)
}
trainGaussNewton()

func trainLBFGS() {
  let shape = NetworkShape(hidden: [31, 31, 31])
  let memory = NetworkMemory(shape, samples: samples)
  let network = load(memory, ascending: true)
  let workspace = LBFGSWorkspace(shape, pairs: 10)
  let result = DenseLayers.trainLBFGS(network, workspace.memory, LBFGSSettings(gradients: 80, targetLoss: 0))
  report("L-BFGS", network, loss: result.loss)
}
trainLBFGS()

/// Pairs of a series counted by their values and their slopes, and its fitted line.
func countSlopes() {
  let count = 77
  // Filled up with NaN to whole vectors.
  let rows = UnsafeMutablePointer<Double>.allocate(capacity: 5 * 128)
  let singles = UnsafeMutablePointer<Float>.allocate(capacity: 8 * 128)
  rows.initialize(repeating: .nan, count: 5 * 128)
  singles.initialize(repeating: .nan, count: 8 * 128)
  let (times, values) = (rows, rows + 128)
  var noise = RandomSequence(seed: 3, cell: 0, purpose: .resampling)
  for index in 0..<count {
    times[index] = Double(index)
    values[index] = Double(0.01 * Float(index) + noise.nextUnit())
  }
  let line = fitLine(
    times: times, values: values, count: count, centredTimes: rows + 256, centredValues: rows + 384,
    residuals: rows + 512)
  writeScaled(rows + 256, count: count, scale: 0.02, filler: 0, into: singles)
  writeScaled(rows + 384, count: count, scale: 0.5, filler: .nan, into: singles + 128)
  for (index, slope) in [Float(0.1), 0.2, 0.3].enumerated() {
    let shift: Float = index == 1 ? 1e-6 : -1e-6
    if index > 0 { writeShifted(singles + 128, by: shift, count: count, into: singles + 128 + 128 * index) }
    writeResiduals(
      times: singles, values: singles + 128, count: count, slope: slope, into: singles + 512 + 128 * index)
  }
  let counts = UnsafeMutablePointer<Int>.allocate(capacity: 8)
  counts.initialize(repeating: 0, count: 8)
  countPairs(values: singles + 128, residuals: singles + 512, stride: 128, count: count, counts: counts)
  let score = scorePairs(values: values, count: count)
  let median = valueOfRank(count / 2, in: values, count: count, from: -10, to: 10) ?? .nan
  var digest = Digest()
  for number in [line.slope, line.residualSquares, line.valueSpread, median] { digest.add(number.bitPattern) }
  for index in 0..<5 { digest.add(UInt64(counts[index])) }
  print("slopes \(score.rising) \(score.equal) \(digest.value)")
}
countSlopes()
