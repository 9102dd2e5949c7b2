/// Part of the residual sum of squares about the best straight line that a curve does away with, 1 − RSS/RSS(line).
///
/// Near 1 for a curve with a bend that stands out from the noise; for a straight line with noise, what the curve gains
/// by following the noise. Negative where the line is better; NaN where there are no residuals about the line.
public func gainOverLine(_ pairs: SortedPairs, fitted: [Double]) -> Double {
  let ones = pairs.x.map { _ in 1.0 }
  guard let line = LinearFit([ones, pairs.x], pairs.y), line.rss > 0 else { return .nan }
  return 1 - residualSumOfSquares(observed: pairs.y, fitted: fitted) / line.rss
}
