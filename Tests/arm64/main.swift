// Trains networks and counts slopes on fixed data and prints the bits of the results, for scripts/check-arm64.sh.
//
// Compiled for each architecture with the sources of the layers and the slopes; in Embedded Swift, so without Foundation.

import CVectorised
import Vectorised
import VectorisedLayout

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
  report(name, network, loss: Functions.train(network, epochs: epochs, AdamSettings()).loss)
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
  let workspace = MemoryBlock { GaussNewtonMemory(shape, samples: samples, in: &$0) }
  let result = Functions.trainGaussNewton(network, workspace.layout, GaussNewtonSettings(steps: 20, targetLoss: 0))
  report("Gauss-Newton", network, loss: result.loss)
}
trainGaussNewton()

func trainLBFGS() {
  let shape = NetworkShape(hidden: [31, 31, 31])
  let memory = NetworkMemory(shape, samples: samples)
  let network = load(memory, ascending: true)
  let workspace = MemoryBlock { LBFGSMemory(shape, pairs: 10, in: &$0) }
  let result = Functions.trainLBFGS(network, workspace.layout, LBFGSSettings(gradients: 80, targetLoss: 0))
  report("L-BFGS", network, loss: result.loss)
}
trainLBFGS()

/// Pairs of a series counted by their values and their slopes, and its fitted line.
func countSlopes() {
  let count = 77
  let block = MemoryBlock { SeriesMemory(maximumCount: count, in: &$0) }
  var series = block.layout
  series.count = count
  var noise = RandomSequence(seed: 3, cell: 0, purpose: .resampling)
  for index in 0..<count {
    series.times[index] = Double(index)
    series.values[index] = Double(0.01 * Float(index) + noise.nextUnit())
  }
  for index in count..<(count + SeriesMemory.padding) { series.values[index] = .nan }
  let row = SeriesMemory.Row.self
  let line = Functions.fitLine(&series)
  Functions.writeScaled(&series, series.centredTimes, scale: 0.02, filler: 0, row: row.times)
  Functions.writeScaled(&series, series.centredValues, scale: 0.5, filler: .nan, row: row.line)
  Functions.writeScaled(&series, series.centredValues, scale: 0.5, filler: .nan, row: row.values)
  Functions.writeShifted(&series, row: row.values, by: 1e-6, to: row.values + 1)
  Functions.writeShifted(&series, row: row.values, by: -1e-6, to: row.values + 2)
  for (index, slope) in [Float(0.1), 0.2, 0.3].enumerated() {
    Functions.writeResiduals(&series, slope: slope, row: row.pivots + index)
  }
  Functions.countPairs(&series)
  let score = Functions.scorePairs(&series)
  // The values take the place of a list of slopes.
  series.windowSlopes.update(from: series.values, count: count + SeriesMemory.padding)
  let median = Functions.slope(&series, rank: count / 2, list: 0, count: count, from: -10, to: 10) ?? .nan
  var digest = Digest()
  for number in [line.slope, line.residualSquares, line.valueSpread, median] { digest.add(number.bitPattern) }
  for index in 0..<5 { digest.add(UInt64(series.counters[index])) }
  print("slopes \(score.rising) \(score.equal) \(digest.value)")
}
countSlopes()
