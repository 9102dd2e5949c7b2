// How clear a bend must be to count as a threshold, and how well thresholds are recovered.
//
//   calibrate-threshold [--cells 500] [--noise 1] [--pairs 86] [--raw] [--networks 1] [--epochs 1000] [--activation relu]
//
// Fits straight lines and curves of two slopes (x = 15 … 100 %, noise in percent) with the given options and
// prints which share of either falls short of a range of values for the two criteria: the sharpness of the bend and
// the gain over a straight line. A criterion is good when at least 95 % of the lines and fewer than 1 % of the curves
// fall short of it.

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
let chosen = options
options.curvatureTolerance = -.infinity
options.noiseParameters = -.infinity

let pairCount = value(of: "--pairs").flatMap(Int.init) ?? 86
let x = (0..<pairCount).map { 15 + 85 * Double($0) / Double(pairCount - 1) }
let kernel = ThresholdKernel(options: options, maximumPairs: x.count)

@MainActor
func fit(cell: Int, random: inout RandomSequence, _ truth: (Double) -> Double) -> ThresholdResult {
  let y = x.map { truth($0) + ($0 < 100 ? noise * normal(&random) : 0) }
  return x.withUnsafeBufferPointer { x in
    y.withUnsafeBufferPointer { y in kernel.compute(x: x, y: y, cell: cell) }
  }
}

var lines: [ThresholdResult] = []
var curves: [(truth: TwoSlopeCurve, result: ThresholdResult)] = []
for cell in 0..<cells {
  var random = RandomSequence(seed: 77, cell: cell, purpose: .resampling)
  // Slopes through (100, 100) from nearly flat to reaching zero at the dry end.
  let slope = 0.05 + 1.1 * Double(random.nextUnit())
  lines.append(fit(cell: cell, random: &random) { 100 - slope * (100 - $0) })
  let truth = TwoSlopeCurve(&random)
  curves.append((truth, fit(cell: cells + cell, random: &random) { truth($0) }))
}

func rounded(_ value: Double, _ scale: Double = 100) -> Double { (value * scale).rounded() / scale }
func percent<T>(_ values: [T], _ condition: (T) -> Bool) -> Double {
  rounded(100 * Double(values.count(where: condition)) / Double(values.count))
}

@MainActor
func table(_ name: String, _ criterion: (ThresholdResult) -> Double, steps: [Double]) {
  print("\(name)\tlines below, %\tcurves below, %")
  for step in steps {
    let below: (ThresholdResult) -> Bool = { !(criterion($0) > step) }
    print(step, percent(lines, below), percent(curves.map(\.result), below), separator: "\t")
  }
  let needed = percentile(lines.map(criterion).filter(\.isFinite), 0.95)
  let allowed = percentile(curves.map { criterion($0.result) }.filter(\.isFinite), 0.01)
  print("95 % of the lines lie below \(rounded(needed, 1e4)), 1 % of the curves below \(rounded(allowed, 1e4))\n")
}
table("sharpness", \.curvature, steps: [0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3])
table("gain", \.gainOverLine, steps: [0, 0.1, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9])
func isClear(_ result: ThresholdResult) -> Bool {
  result.curvature > chosen.curvatureTolerance && result.gainOverLine > chosen.requiredGain(pairs: pairCount)
}
print(
  "defaults (sharpness \(chosen.curvatureTolerance), gain \(rounded(chosen.requiredGain(pairs: pairCount)))):",
  "\(percent(lines) { !isClear($0) }) % of the lines and \(percent(curves) { !isClear($0.result) }) % of the curves",
  "have no threshold")

let errors = curves.map { $0.result.smt - $0.truth.threshold }.filter(\.isFinite)
let rates = curves.map { $0.truth.rates }
print(
  "recovery: RMSE \(rounded(mean(errors.map { $0 * $0 }).squareRoot())) %,",
  "within 5 %: \(percent(curves) { abs($0.result.smt - $0.truth.threshold) <= 5 }) %,",
  "bias \(rounded(mean(errors))) %")
print(
  "mean high rate \(rounded(mean(curves.map(\.result.declineRateHigh).filter(\.isFinite)))), true",
  "\(rounded(mean(rates.map(\.high)))); mean low rate",
  "\(rounded(mean(curves.map(\.result.declineRateLow).filter(\.isFinite)))), true \(rounded(mean(rates.map(\.low))))")
