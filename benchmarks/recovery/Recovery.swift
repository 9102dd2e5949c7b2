import Kernels
import ThresholdCurves

/// How well one way of finding thresholds recovers known ones, and how often it finds one where there is none.
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
  init(_ options: ThresholdOptions, cells: Int, noise: Double, seed: Int) {
    let kernel = ThresholdKernel(options: options, maximumPairs: 86)
    var (errors, squares, curvesFound, linesFound) = ([Double](), [Double](), 0, 0)
    var (steps, seconds) = (0, 0.0)
    for cell in 0..<cells {
      var random = KeyedGenerator(seed, cell)
      let slope = 0.05 + 1.1 * random.uniform()
      let line = Pairs.ensemble(86, noise: noise, &random) { 100 - slope * (100 - $0) }
      if kernel.compute(line, cell: cell).result.status == .computed { linesFound += 1 }
      let truth = TwoSlopeCurve.ofPublishedMaps(&random)
      let pairs = Pairs.ensemble(86, noise: noise, &random) { truth($0) }
      let start = processorSeconds()
      let (result, curve) = kernel.compute(pairs, cell: cells + cell)
      seconds += processorSeconds() - start
      steps += result.iterations
      if !result.smt.isNaN { errors.append(result.smt - truth.threshold) }
      if let curve { squares += zip(curve.x, curve.f).map { ($1 - truth($0)) * ($1 - truth($0)) } }
      if result.status == .computed { curvesFound += 1 }
    }
    let count = Double(cells)
    thresholdError = mean(errors.map { $0 * $0 }).squareRoot()
    within = 100 * Double(errors.count { abs($0) <= 5 }) / count
    curveError = mean(squares).squareRoot()
    linesWithout = 100 * (1 - Double(linesFound) / count)
    curvesWithout = 100 * (1 - Double(curvesFound) / count)
    iterations = Double(steps) / count
    milliseconds = 1000 * seconds / count
  }
}
