// How sharp a bend must be to count as a threshold, and how well thresholds are recovered.
//
//   calibrate-threshold [--cells 500] [--noise 1] [--raw] [--networks 1] [--epochs 1000] [--activation relu]
//
// Fits straight lines and curves of two slopes (86 pairs, x = 15 … 100 %, noise in percent) with the given options and
// prints, for a range of tolerances, which share of either has no threshold. A tolerance is good when at least 95 % of
// the lines and fewer than 1 % of the curves have none.

import Kernels

func value(of name: String) -> String? {
  guard let index = CommandLine.arguments.firstIndex(of: name), index + 1 < CommandLine.arguments.count else {
    return nil
  }
  return CommandLine.arguments[index + 1]
}

let cells = value(of: "--cells").flatMap(Int.init) ?? 500
let noise = value(of: "--noise").flatMap(Double.init) ?? 1
var options = ThresholdOptions()
options.derivative = CommandLine.arguments.contains("--raw") ? .raw : .smooth
options.networks = value(of: "--networks").flatMap(Int.init) ?? 1
options.epochs = value(of: "--epochs").flatMap(Int.init) ?? 1000
options.activation = value(of: "--activation").flatMap(Activation.init) ?? .relu
options.curvatureTolerance = -.infinity

let x = (15...100).map(Double.init)
let kernel = ThresholdKernel(options: options, maximumPairs: x.count)

@MainActor
func fit(cell: Int, random: inout RandomSequence, _ truth: (Double) -> Double) -> ThresholdResult {
  let y = x.map { truth($0) + ($0 < 100 ? noise * normal(&random) : 0) }
  return x.withUnsafeBufferPointer { x in
    y.withUnsafeBufferPointer { y in kernel.compute(x: x, y: y, cell: cell) }
  }
}

var lines: [Double] = []
var curves: [(truth: TwoSlopeCurve, result: ThresholdResult)] = []
for cell in 0..<cells {
  var random = RandomSequence(seed: 77, cell: cell, purpose: .resampling)
  // Slopes through (100, 100) from nearly flat to reaching zero at the dry end.
  let slope = 0.05 + 1.1 * Double(random.nextUnit())
  let line = fit(cell: cell, random: &random) { 100 - slope * (100 - $0) }
  lines.append(line.curvature.isNaN ? -.infinity : line.curvature)
  if CommandLine.arguments.contains("--verbose") { print("line", slope, line.curvature, line.smt) }
  let truth = TwoSlopeCurve(&random)
  let curve = fit(cell: cells + cell, random: &random) { truth($0) }
  curves.append((truth, curve))
  if CommandLine.arguments.contains("--verbose") {
    print("curve", truth.threshold, truth.high, truth.low, curve.curvature, curve.smt)
  }
}

func share(_ values: [Double], upTo tolerance: Double) -> Double {
  100 * Double(values.count { !($0 > tolerance) }) / Double(values.count)
}
func rounded(_ value: Double, _ scale: Double = 100) -> Double { (value * scale).rounded() / scale }

let sharpness = curves.map(\.result.curvature)
print("tolerance  lines without, %  curves without, %")
for step in 0...40 {
  let tolerance = Double(step) / 200
  print(tolerance, rounded(share(lines, upTo: tolerance)), rounded(share(sharpness, upTo: tolerance)), separator: "\t")
}
let needed = percentile(lines, 0.95)
let allowed = percentile(sharpness, 0.01)
print("95 % of the lines lie below \(rounded(needed, 1e4)), 1 % of the curves below \(rounded(allowed, 1e4))")

let errors = curves.map { $0.result.smt - $0.truth.threshold }.filter(\.isFinite)
let rates = curves.map { $0.truth.rates }
print("recovery: RMSE \(rounded(mean(errors.map { $0 * $0 }).squareRoot())) %,",
  "within 5 %: \(rounded(100 * Double(errors.count { abs($0) <= 5 }) / Double(curves.count))) %,",
  "bias \(rounded(mean(errors))) %")
print("mean high rate \(rounded(mean(curves.map(\.result.declineRateHigh).filter(\.isFinite)))), true",
  "\(rounded(mean(rates.map(\.high)))); mean low rate",
  "\(rounded(mean(curves.map(\.result.declineRateLow).filter(\.isFinite)))), true \(rounded(mean(rates.map(\.low))))")
