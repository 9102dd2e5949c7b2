// Speed of the network's training against the processor's own ceiling, for each level of the instruction set.
//
//   benchmark-network [--smoke] [--json FILE]
//   benchmark-network --train CELLS EPOCHS    only the default network on so many cells: µs per cell and epoch

import BenchmarkReport
import Kernels

/// Pairs as a cell has them: a curve of two slopes with some noise, standardised, in ascending order of x.
func samples(_ count: Int, cell: Int) -> (x: [Float], y: [Float]) {
  var random = RandomSequence(seed: 7, cell: cell, purpose: .resampling)
  let x = (0..<count).map { 3.4 * Float($0) / Float(count) - 1.7 }
  return (x, x.map { ($0 < 0 ? 2 * $0 : 0.3 * $0) + 0.2 * (random.nextUnit() - 0.5) })
}

/// Seconds of a number of epochs for a network and so many samples; in descending order of x they go the general way.
func training(
  _ shape: NetworkShape, samples count: Int, ascending: Bool, level: InstructionLevel, epochs: Int, cells: Int = 5
) -> [Double] {
  let trainer = NetworkTrainer(shape: shape, maximumSamples: count, level: level)
  return (0..<cells).map { cell in
    let (x, y) = samples(count, cell: cell)
    trainer.load(x: ascending ? x : x.reversed(), y: ascending ? y : y.reversed())
    var random = RandomSequence(seed: 1, cell: cell, purpose: .weights)
    trainer.initialize(&random)
    return seconds { trainer.train(epochs: epochs) }
  }
}

if let index = CommandLine.arguments.firstIndex(of: "--train") {
  let numbers = CommandLine.arguments.dropFirst(index + 1).prefix(2).compactMap { Int($0) }
  guard numbers.count == 2, let cells = numbers.first, let epochs = numbers.last, cells > 0, epochs > 0 else {
    fatalError("usage: benchmark-network --train CELLS EPOCHS")
  }
  let times = training(
    NetworkShape(), samples: 86, ascending: true, level: .preferred, epochs: epochs, cells: cells)
  print(times.reduce(0, +) / Double(cells * epochs) * 1e6)
} else {
  try compareLevels(smoke: CommandLine.has("--smoke"))
}

/// Ceiling, one layer, and training of several networks at each level.
func compareLevels(smoke: Bool) throws {
  var report = BenchmarkReport("network")
  let epochs = smoke ? 20 : 500
  for level in InstructionLevel.available {
    var operations = 0.0
    let ceilingTime = shortest(of: 3) {
      operations = NetworkBenchmark.multiplyAdd(rounds: smoke ? 500_000 : 20_000_000, level: level)
    }
    let ceiling = operations / ceilingTime * 1e-9

    let trainer = NetworkTrainer(shape: NetworkShape(), maximumSamples: 86, level: level)
    let (x, y) = samples(86, cell: 0)
    trainer.load(x: x.reversed(), y: y.reversed())
    var random = RandomSequence(seed: 1, cell: 0, purpose: .weights)
    trainer.initialize(&random)
    trainer.train(epochs: 2)
    let repetitions = smoke ? 500 : 20_000
    let layerTime = shortest(of: 5) { NetworkBenchmark.forwardLayer(1, of: trainer, repetitions: repetitions) }
    let layer = 2.0 * Double(86 * 101 * 100) * Double(repetitions) / layerTime * 1e-9
    report.add(
      [
        "level": "\(level)", "ceiling, GFLOP/s": .number(ceiling, digits: 1),
        "layer 86 × 100 × 100, GFLOP/s": .number(layer, digits: 1),
        "of ceiling, %": .number(100 * layer / ceiling, digits: 0),
      ], to: "One dense layer")

    let cases: [(name: String, shape: NetworkShape, samples: Int, ascending: Bool)] = [
      ("default", NetworkShape(), 86, true), ("default, general way", NetworkShape(), 86, false),
      ("default, 132 pairs", NetworkShape(), 132, true), ("default, 1000 pairs", NetworkShape(), 1000, true),
      ("1000 pairs, general way", NetworkShape(), 1000, false),
      ("two layers of 100", NetworkShape(hidden: [100, 100]), 86, true),
      ("tanh", NetworkShape(activation: .tanh), 86, true),
    ]
    for item in cases {
      let runs = max(epochs * 86 / item.samples, 2)
      let times = training(
        item.shape, samples: item.samples, ascending: item.ascending, level: level, epochs: runs)
      let time = (times.min() ?? .nan) / Double(runs)
      // What dense matrix products would take; leaving work out can exceed the ceiling.
      let rate = item.shape.operationsPerEpoch(samples: item.samples) / time * 1e-9
      report.add(
        [
          "network": "\(item.name)", "level": "\(level)", "µs per cell-epoch": .number(time * 1e6, digits: 1),
          "dense GFLOP/s": .number(rate, digits: 1), "of ceiling, %": .number(100 * rate / ceiling, digits: 0),
        ], to: "Training")
    }
  }
  try report.finish()
}
