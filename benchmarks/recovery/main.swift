// How well each way of finding thresholds recovers known ones, and what a cell costs.
//
//   benchmark-recovery [--cells 200] [--noise 0.2,1,3] [--seed 2101] [--only TEXT] [--smoke] [--json FILE]
//
// --only: the ways whose name contains the text.
//
// Fits curves of two slopes drawn from the published maps, and straight lines, with 86 pairs (x = 15 … 100 %, noise in
// percent). Times are CPU times of a curve's fit, test, smoothing and evaluation included. The defaults were chosen with
// seeds 1, 77 and 1001 to 1003.

import BenchmarkReport
import Kernels
import ThresholdCurves

/// The default with one network in place of five.
func oneNetwork(_ change: (inout ThresholdOptions) -> Void) -> ThresholdOptions {
  .defaults {
    $0.networks = 1
    change(&$0)
  }
}

func gaussNewton(_ hidden: [Int]) -> ThresholdOptions {
  oneNetwork {
    $0.optimizer = .gaussNewton
    $0.hidden = hidden
    $0.epochs = 40
  }
}

var published = ThresholdOptions.paper
published.isPublishedRule = true
let wide = [100, 100, 100]
let ways: [(name: String, options: ThresholdOptions)] = [
  ("default", ThresholdOptions()),
  ("1 network", oneNetwork { _ in }),
  ("10 networks", .defaults { $0.networks = 10 }),
  ("bandwidth 2", .defaults { $0.bandwidth = 2 }),
  ("bandwidth 2.5", .defaults { $0.bandwidth = 2.5 }),
  ("bandwidth 3", .defaults { $0.bandwidth = 3 }),
  ("bandwidth 4", .defaults { $0.bandwidth = 4 }),
  ("raw derivative", .defaults { $0.derivative = .raw }),
  ("preset paper", .paper),
  ("preset paper, published rule", published),
  ("1 network, 60 gradients", oneNetwork { $0.epochs = 60 }),
  ("1 network, 200 gradients", oneNetwork { $0.epochs = 200 }),
  ("1 network to 0.8 of the noise", oneNetwork { $0.noiseStop = 0.8 }),
  ("1 network, memory 5", oneNetwork { $0.lbfgsMemory = 5 }),
  ("1 network, memory 20", oneNetwork { $0.lbfgsMemory = 20 }),
  ("1 network, hidden 100,100,100", oneNetwork { $0.hidden = wide }),
  ("1 network, Gauss-Newton", gaussNewton([31, 31, 31])),
  ("1 network, Gauss-Newton, hidden 100,100,100", gaussNewton(wide)),
  (
    "1 network, Adam, 1000 epochs",
    oneNetwork {
      $0.optimizer = .adam
      $0.epochs = 1000
      $0.noiseStop = 0
    }
  ),
  (
    "1 network, Adam to 0.6 of the noise",
    oneNetwork {
      $0.optimizer = .adam
      $0.epochs = 1000
    }
  ),
]

let cells = CommandLine.value(of: "--cells").flatMap(Int.init) ?? (CommandLine.has("--smoke") ? 2 : 200)
let noises = (CommandLine.value(of: "--noise") ?? "0.2,1,3").split(separator: ",").compactMap { Double($0) }
let seed = CommandLine.value(of: "--seed").flatMap(Int.init) ?? 2101

var report = BenchmarkReport("recovery")
let only = CommandLine.value(of: "--only")
for way in ways where only.map(way.name.contains) ?? true {
  for noise in noises {
    let recovery = Recovery(way.options, cells: cells, noise: noise, seed: seed)
    report.add([
      "way": .text(way.name),
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
