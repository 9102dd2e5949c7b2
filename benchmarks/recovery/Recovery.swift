import Kernels

/// How well one way of training recovers known thresholds, and how often it finds one where there is none.
struct Recovery {
  /// Root mean square error of the thresholds that are found, percent.
  var thresholdError = Double.nan
  /// Percent of the curves whose threshold is within 5 % of the truth.
  var within = Double.nan
  /// Root mean square error of the fitted curve on the evaluation grid, percent.
  var curveError = Double.nan
  /// Percent of the straight lines, and of the curves, that have no threshold by the options' criteria.
  var linesWithout = Double.nan
  var curvesWithout = Double.nan
  /// Mean epochs or steps, and CPU milliseconds, of a curve.
  var iterations = Double.nan
  var milliseconds = Double.nan

  /// Fits so many curves and straight lines of 86 pairs with noise in percent.
  init(_ options: ThresholdOptions, cells: Int, noise: Double) {
    let x = (0..<86).map { 15 + 85 * Double($0) / 85 }
    let kernel = ThresholdKernel(options: options, maximumPairs: x.count)
    var (errors, squares, clearCurves, clearLines) = ([Double](), [Double](), 0, 0)
    var (steps, seconds) = (0, 0.0)
    for cell in 0..<cells {
      var random = RandomSequence(seed: 77, cell: cell, purpose: .resampling)
      let slope = 0.05 + 1.1 * Double(random.nextUnit())
      func fit(_ cell: Int, _ truth: (Double) -> Double) -> (ThresholdResult, ThresholdCurve) {
        let y = x.map { truth($0) + ($0 < 100 ? noise * normal(&random) : 0) }
        var curve: ThresholdCurve?
        let result = x.withUnsafeBufferPointer { x in
          y.withUnsafeBufferPointer { y in kernel.compute(x: x, y: y, cell: cell, curve: &curve) }
        }
        return (result, curve ?? ThresholdCurve())
      }
      let line = fit(cell) { 100 - slope * (100 - $0) }.0
      if line.status == .computed { clearLines += 1 }
      let truth = TwoSlopeCurve(&random)
      let start = processorSeconds()
      let (result, curve) = fit(cells + cell) { truth($0) }
      seconds += processorSeconds() - start
      steps += result.iterations
      if !result.smt.isNaN { errors.append(result.smt - truth.threshold) }
      squares += zip(curve.x, curve.f).map { ($1 - truth($0)) * ($1 - truth($0)) }
      if result.status == .computed { clearCurves += 1 }
    }
    let count = Double(cells)
    thresholdError = mean(errors.map { $0 * $0 }).squareRoot()
    within = 100 * Double(errors.count { abs($0) <= 5 }) / count
    curveError = mean(squares).squareRoot()
    linesWithout = 100 * (1 - Double(clearLines) / count)
    curvesWithout = 100 * (1 - Double(clearCurves) / count)
    iterations = Double(steps) / count
    milliseconds = 1000 * seconds / count
  }
}
