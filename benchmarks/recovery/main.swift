// How well each way of training recovers known thresholds, and what a cell costs.
//
//   benchmark-recovery [--cells 200] [--noise 0.2,1,3] [--only TEXT] [--smoke] [--json FILE]
//
// --only: the ways of training whose name contains the text.
//
// Fits curves of two slopes drawn from the published maps, and straight lines, with 86 pairs (x = 15 … 100 %, noise in
// percent). Times are CPU times of a curve's fit, smoothing and evaluation included.

import BenchmarkReport
import Kernels

func training(_ change: (inout ThresholdOptions) -> Void) -> ThresholdOptions {
  var options = ThresholdOptions()
  change(&options)
  return options
}

func gaussNewton(_ hidden: [Int], steps: Int, noiseStop: Double, networks: Int = 1) -> ThresholdOptions {
  training {
    $0.optimizer = .gaussNewton
    $0.hidden = hidden
    $0.epochs = steps
    $0.noiseStop = noiseStop
    $0.networks = networks
  }
}

func lbfgs(_ hidden: [Int], gradients: Int, noiseStop: Double, memory: Int = 10, networks: Int = 1) -> ThresholdOptions
{
  training {
    $0.optimizer = .lbfgs
    $0.hidden = hidden
    $0.epochs = gradients
    $0.noiseStop = noiseStop
    $0.lbfgsMemory = memory
    $0.networks = networks
  }
}

let small = [32, 32, 32]
/// With the constant one a row of such a layer is two vectors of 16 long, that of 32 units three.
let smaller = [31, 31, 31]
let ways: [(name: String, options: ThresholdOptions)] = [
  ("Adam, 1000 epochs (default)", training { _ in }),
  ("Adam, 500 epochs", training { $0.epochs = 500 }),
  ("Adam, 300 epochs", training { $0.epochs = 300 }),
  ("Adam, 100 epochs", training { $0.epochs = 100 }),
  ("Adam to 0.8 of the noise", training { $0.noiseStop = 0.8 }),
  ("Adam, hidden 32,32,32", training { $0.hidden = small }),
  ("Gauss-Newton to 0.8, hidden 100,100,100", gaussNewton([100, 100, 100], steps: 40, noiseStop: 0.8)),
  ("Gauss-Newton to 0.6, hidden 100,100,100", gaussNewton([100, 100, 100], steps: 40, noiseStop: 0.6)),
  ("Gauss-Newton to 0.8, hidden 32,32,32", gaussNewton(small, steps: 40, noiseStop: 0.8)),
  ("Gauss-Newton to 0.6, hidden 32,32,32", gaussNewton(small, steps: 40, noiseStop: 0.6)),
  ("L-BFGS to 0.8, hidden 100,100,100", lbfgs([100, 100, 100], gradients: 120, noiseStop: 0.8)),
  ("L-BFGS to 0.6, hidden 100,100,100", lbfgs([100, 100, 100], gradients: 120, noiseStop: 0.6)),
  ("L-BFGS to 0.6, hidden 32,32,32", lbfgs(small, gradients: 120, noiseStop: 0.6)),
  ("L-BFGS to 0.8, hidden 31,31,31", lbfgs(smaller, gradients: 120, noiseStop: 0.8)),
  ("L-BFGS to 0.6, hidden 31,31,31, 60 gradients", lbfgs(smaller, gradients: 60, noiseStop: 0.6)),
  ("L-BFGS to 0.6, hidden 31,31,31, 200 gradients", lbfgs(smaller, gradients: 200, noiseStop: 0.6)),
  ("L-BFGS to 0.6, hidden 31,31,31, memory 5", lbfgs(smaller, gradients: 120, noiseStop: 0.6, memory: 5)),
  ("L-BFGS to 0.6, hidden 31,31,31, memory 20", lbfgs(smaller, gradients: 120, noiseStop: 0.6, memory: 20)),
  ("L-BFGS to 0.6, hidden 31,31,31 (fast)", lbfgs(smaller, gradients: 120, noiseStop: 0.6)),
  ("the same, 3 networks", lbfgs(smaller, gradients: 120, noiseStop: 0.6, networks: 3)),
]

let isSmoke = CommandLine.arguments.contains("--smoke")
let cells = CommandLine.value(of: "--cells").flatMap(Int.init) ?? (isSmoke ? 2 : 200)
let noises = (CommandLine.value(of: "--noise") ?? "0.2,1,3").split(separator: ",").compactMap { Double($0) }

var report = BenchmarkReport("recovery")
let only = CommandLine.value(of: "--only")
for way in ways where only.map(way.name.contains) ?? true {
  for noise in noises {
    let recovery = Recovery(way.options, cells: cells, noise: noise)
    report.add([
      "training": .text(way.name),
      "noise, %": .number(noise, digits: 1),
      "RMSE of threshold, %": .number(recovery.thresholdError, digits: 2),
      "within 5 %": .number(recovery.within, digits: 1),
      "RMSE of curve, %": .number(recovery.curveError, digits: 2),
      "lines without, %": .number(recovery.linesWithout, digits: 1),
      "curves without, %": .number(recovery.curvesWithout, digits: 1),
      "epochs, steps or gradients": .number(recovery.iterations, digits: 0),
      "ms per cell": .number(recovery.milliseconds, digits: 2),
    ])
  }
}
try report.finish()
