import RealModule

/// How clearly samples bend somewhere from steep to flat, at any scale; prepared for one set of x, for many sets of y.
///
/// In windows of neighbouring samples, from all of them down to nine, a straight line is compared with one that breaks at
/// an inner sample. The largest gain of a break to a flatter slope, over all windows and breaks, is the statistic, with
/// a penalty that makes scales comparable (Dümbgen & Spokoiny 2001). A straight line added to y, or a factor,
/// leaves it as it is. On a curve that bends the other way everywhere it is smaller than on a line: so a level that
/// holds for lines holds for these too.
struct BendStatistic {
  private struct Window {
    var start: Int
    var end: Int
    /// Mean of x and 1 / Σ(x − mean)².
    var centre: Double
    var inverseSpread: Double
    var penalty: Double
    var freedom: Double
    /// The window's breaks.
    var breaks: Range<Int>
  }

  /// A break of the line at a sample; u is max(x − x at the break, 0).
  private struct Break {
    var first: Int
    var x: Double
    /// Mean of u over the window.
    var mean: Double
    /// Slope of u on x.
    var slope: Double
    /// 1 / Σ of the squares that are left of u beside the line.
    var inverse: Double
  }

  /// Fewest samples of a window, and samples on either side of a break.
  private static let fewestPairs = 9
  private static let pairsBeside = 3
  /// Most breaks of a window.
  private static let breakCount = 15
  /// The noise between neighbouring samples counts as so many residuals more in every window.
  private static let commonFreedom = 10.0
  /// Part of the sum of squares that gains are rounding up to.
  private static let rounding = 1e-20

  private let x: [Double]
  private let noise: NoiseWeights
  private var windows: [Window] = []
  private var breaks: [Break] = []

  /// Prepares for moistures in ascending order, at least nine.
  init(x raw: [Double]) {
    let middle = mean(raw)
    x = raw.map { $0 - middle }
    noise = NoiseWeights(x)
    let count = x.count
    let fewest = max(Self.fewestPairs, count / 9)
    var size = Double(count)
    while Int(size.rounded()) >= fewest {
      let length = Int(size.rounded())
      let step = max(1, length / (count < 150 ? 6 : 4))
      for start in stride(from: 0, to: count - length, by: step) { add(start..<start + length) }
      add(count - length..<count)
      size /= 1.5
    }
  }

  private mutating func add(_ range: Range<Int>) {
    let length = Double(range.count)
    let centre = x[range].reduce(0, +) / length
    let spread = x[range].reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    guard spread > 0 else { return }
    let before = breaks.count
    let inner = range.count - 2 * Self.pairsBeside
    for first in stride(
      from: range.lowerBound + Self.pairsBeside, to: range.upperBound - Self.pairsBeside,
      by: max(1, inner / Self.breakCount))
    {
      let bend = x[range].map { max($0 - x[first], 0) }
      let mean = bend.reduce(0, +) / length
      let square = bend.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let slope = zip(bend, x[range]).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - centre) } / spread
      let rest = square - slope * slope * spread
      // Repeated moistures can leave a break no samples of its own.
      if rest > 1e-9 * square {
        breaks.append(Break(first: first, x: x[first], mean: mean, slope: slope, inverse: 1 / rest))
      }
    }
    windows.append(
      Window(
        start: range.lowerBound, end: range.upperBound, centre: centre, inverseSpread: 1 / spread,
        penalty: 0.7 * (2 * Double.log(Double(x.count) / length * 2.718281828459045)).squareRoot(),
        freedom: length - 3 + Self.commonFreedom, breaks: before..<breaks.count))
  }

  /// The statistic of values at the x, in the order of x; `sums` is memory for 3 (n + 1) numbers.
  func callAsFunction(_ y: UnsafeBufferPointer<Double>, sums: UnsafeMutableBufferPointer<Double>) -> Double {
    var largest = -Double.infinity
    forEachWindow(y, sums: sums) { window, evaluation in
      var gain = 0.0
      for index in window.breaks { gain = max(gain, evaluation.gain(breaks[index])) }
      largest = max(largest, evaluation.deviate(gain))
    }
    return largest
  }

  /// How clearly the values bend at each sample, at the scale where it is clearest; −∞ where nothing bends.
  func profile(_ y: [Double]) -> [Double] {
    var profile = [Double](repeating: -.infinity, count: x.count)
    var sums = [Double](repeating: 0, count: 3 * (x.count + 1))
    sums.withUnsafeMutableBufferPointer { sums in
      y.withUnsafeBufferPointer { y in
        forEachWindow(y, sums: sums) { window, evaluation in
          for index in window.breaks {
            let place = breaks[index].first
            profile[place] = max(profile[place], evaluation.deviate(evaluation.gain(breaks[index])))
          }
        }
      }
    }
    return profile
  }

  /// What the values give in a window.
  private struct Evaluation {
    var window: Window
    var sumY: UnsafeMutableBufferPointer<Double>
    var sumXY: UnsafeMutableBufferPointer<Double>
    /// Σ y, Σ (x − mean) y, and the residual sum of squares about the line.
    var total: Double
    var product: Double
    var residual: Double
    /// Sum of squares that the noise between neighbours counts as.
    var common: Double
    /// Gains up to this are rounding, all that is left of exact lines.
    var rounding: Double

    /// What a break to a flatter slope does away with of the residual sum of squares; 0 where the slope gets steeper.
    @inline(__always)
    func gain(_ bend: Break) -> Double {
      let right = sumY[window.end] - sumY[bend.first]
      let part =
        sumXY[window.end] - sumXY[bend.first] - bend.x * right - bend.mean * total - bend.slope * product
      let gain = part * part * bend.inverse
      return part < 0 && gain > rounding ? gain : 0
    }

    /// Student's t of a break of so much gain as a normal deviate, but for a constant, less the scale's penalty.
    @inline(__always)
    func deviate(_ gain: Double) -> Double {
      guard gain > 0 else { return -.infinity }
      let variance = max(residual - gain, 0) + common
      let ratio = variance > 1e-12 * gain ? gain / variance : 1e12
      return (window.freedom * Double.log(1 + ratio)).squareRoot() * (1 - 0.75 / window.freedom) - window.penalty
    }
  }

  @inline(__always)
  private func forEachWindow(
    _ y: UnsafeBufferPointer<Double>, sums: UnsafeMutableBufferPointer<Double>, _ take: (Window, Evaluation) -> Void
  ) {
    let count = x.count
    precondition(y.count == count && sums.count >= 3 * (count + 1), "values that fit the statistic")
    let sumY = UnsafeMutableBufferPointer(rebasing: sums[..<(count + 1)])
    let sumXY = UnsafeMutableBufferPointer(rebasing: sums[(count + 1)..<(2 * (count + 1))])
    let sumYY = UnsafeMutableBufferPointer(rebasing: sums[(2 * (count + 1))...])
    var middle = 0.0
    for value in y { middle += value }
    middle /= Double(count)
    (sumY[0], sumXY[0], sumYY[0]) = (0, 0, 0)
    for index in 0..<count {
      let value = y[index] - middle
      sumY[index + 1] = sumY[index] + value
      sumXY[index + 1] = sumXY[index] + x[index] * value
      sumYY[index + 1] = sumYY[index] + value * value
    }
    let common = Self.commonFreedom * noise.variance(y)
    let rounding = Self.rounding * sumYY[count]
    for window in windows {
      let (start, end) = (window.start, window.end)
      let total = sumY[end] - sumY[start]
      let product = sumXY[end] - sumXY[start] - window.centre * total
      let residual =
        sumYY[end] - sumYY[start] - total * total / Double(end - start) - product * product * window.inverseSpread
      take(
        window,
        Evaluation(
          window: window, sumY: sumY, sumXY: sumXY, total: total, product: product, residual: residual, common: common,
          rounding: rounding))
    }
  }
}
