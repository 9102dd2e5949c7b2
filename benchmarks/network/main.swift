// Speed of the network's training against the processor's own ceiling, for each level of the instruction set.
//
//   benchmark-network [--smoke]

import Kernels

let smoke = CommandLine.arguments.contains("--smoke")
let clock = ContinuousClock()

/// The shortest of some runs, in seconds; the others were disturbed.
func shortest(of runs: Int, _ work: () -> Void) -> Double {
  var best = Double.infinity
  for _ in 0..<runs {
    let time = clock.measure(work)
    best = min(best, Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18)
  }
  return best
}

func rounded(_ value: Double, _ digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  return "\((value * scale).rounded() / scale)"
}

func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

let samples = 86
let epochs = smoke ? 50 : 500
let repetitions = smoke ? 2_000 : 20_000
let x = (0..<samples).map { Float($0) / 25 - 1.7 }
let y = x.map { $0 < 0 ? 2 * $0 : 0.3 * $0 }

print(
  row([
    "level", "ceiling GFLOP/s", "layer 86×100×100", "of ceiling", "µs per cell-epoch", "GFLOP/s", "of ceiling",
  ]))
print(row(Array(repeating: "---", count: 7)))
for level in InstructionLevel.available {
  let rounds = smoke ? 2_000_000 : 20_000_000
  var operations = 0.0
  let ceilingTime = shortest(of: 3) { operations = NetworkBenchmark.multiplyAdd(rounds: rounds, level: level) }
  let ceiling = operations / ceilingTime * 1e-9

  let shape = NetworkShape()
  let trainer = NetworkTrainer(shape: shape, maximumSamples: samples, level: level)
  trainer.load(x: x, y: y)
  var random = RandomSequence(seed: 1, cell: 0, purpose: .weights)
  trainer.initialize(&random)
  trainer.train(epochs: 2)
  let layerTime = shortest(of: 5) { NetworkBenchmark.forwardLayer(1, of: trainer, repetitions: repetitions) }
  let layer = 2.0 * Double(samples * 101 * 100) * Double(repetitions) / layerTime * 1e-9

  let trainTime = shortest(of: 5) {
    trainer.initialize(&random)
    trainer.train(epochs: epochs)
  }
  let training = shape.operationsPerEpoch(samples: samples) * Double(epochs) / trainTime * 1e-9
  print(
    row([
      "\(level)", rounded(ceiling, 1), rounded(layer, 1), rounded(100 * layer / ceiling, 0) + " %",
      rounded(trainTime / Double(epochs) * 1e6, 1), rounded(training, 1), rounded(100 * training / ceiling, 0) + " %",
    ]))
}
