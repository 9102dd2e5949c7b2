import Foundation

extension ColourScale {
  /// The scale that fits a quantity: diverging about 0 for values of both signs and for what tells differences, trends or
  /// correlations, else sequential, between round numbers around the 2nd and 98th percentile.
  ///
  /// - Parameters:
  ///   - name: of the variable: `trend_p` holds probabilities, `mk_z` both signs.
  ///   - validRange: of the file, where it has one; the limits stay within it.
  ///   - sorted: the finite values, ascending.
  static func fitting(name: String, validRange: ClosedRange<Double>?, sorted: [Double]) -> ColourScale {
    func quantile(_ part: Double) -> Double { sorted[Int((part * Double(sorted.count - 1)).rounded())] }
    guard !sorted.isEmpty else { return sequential(0...1) }
    let (low, high) = (quantile(0.02), quantile(0.98))
    let words = VariableWords(name)

    if words.isProbability, sorted[0] >= 0, high <= 1 {
      // What matters of p values lies below 0.1; what is above is the last colour.
      return sequential(words.isSignificance ? 0...0.1 : 0...1)
    }
    if words.isMonth, sorted[0] >= 1, quantile(1) <= 12 { return sequential(1...12) }
    let isSigned = (validRange?.lowerBound ?? -.infinity) < 0
    let isSymmetric = validRange.map { $0.lowerBound == -$0.upperBound && $0.upperBound.isFinite } ?? false
    if isSigned && (isSymmetric || words.isDifference || quantile(0.05) < 0 && quantile(0.95) > 0) {
      var limit = max(abs(low), abs(high))
      // Most cells may be 0 exactly.
      if limit == 0 { limit = max(abs(sorted[0]), abs(quantile(1))) }
      limit = limit == 0 ? 1 : roundRange(0...limit).upperBound
      if isSymmetric, let validRange { limit = min(limit, validRange.upperBound) }
      return ColourScale(kind: .diverging, colours: divergingColours, low: -limit, high: limit)
    }
    return sequential(limits(low, high, least: sorted[0], largest: quantile(1), validRange))
  }

  private static func sequential(_ range: ClosedRange<Double>) -> ColourScale {
    ColourScale(
      kind: .sequential, colours: sequentialColours, low: range.lowerBound, high: range.upperBound)
  }

  /// Round numbers around the bulk of the values, from 0 where that is near.
  private static func limits(
    _ low: Double, _ high: Double, least: Double, largest: Double, _ validRange: ClosedRange<Double>?
  ) -> ClosedRange<Double> {
    if validRange == 0...1, low < 0.5, high > 0.5 { return 0...1 }
    // The bulk may be one value; then the whole range counts, or some room about a single value.
    var range = low < high ? low...high : least...largest
    if range.lowerBound == range.upperBound {
      let room = low == 0 ? 1 : abs(low) / 10
      range = low - room...low + room
    }
    if least >= 0, range.lowerBound < 0.2 * range.upperBound { range = 0...range.upperBound }
    let rounded = roundRange(range)
    guard let validRange else { return rounded }
    let (low, high) = (max(rounded.lowerBound, validRange.lowerBound), min(rounded.upperBound, validRange.upperBound))
    return low < high ? low...high : rounded
  }

  /// The range, widened to multiples of 1, 2, 2.5 or 5 of a power of 10, of which five to twelve lie in it.
  static func roundRange(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let span = range.upperBound - range.lowerBound
    guard span > 0, span.isFinite else { return range }
    let power = log10(span).rounded(.down) - 1
    // Divided by a whole power of 10, which rounds to the shortest decimal number.
    func multiple(_ number: Double, _ factor: Double) -> Double {
      power < 0 ? number * factor / pow(10, -power) : number * factor * pow(10, power)
    }
    let factor = [1, 2, 2.5, 5, 10].first { span / multiple(1, $0) <= 10.001 } ?? 10
    let step = multiple(1, factor)
    // Not to the next multiple where the value is one already but for rounding.
    let low = (range.lowerBound / step + 1e-6).rounded(.down)
    let high = (range.upperBound / step - 1e-6).rounded(.up)
    let rounded = (multiple(low, factor), multiple(high, factor))
    guard rounded.0 < rounded.1, rounded.0.isFinite, rounded.1.isFinite else { return range }
    // Without the sign of -0.
    return rounded.0 + 0...rounded.1 + 0
  }
}

/// What the name of a variable tells of its values.
private struct VariableWords {
  private let words: [String]

  /// Words are parted by `_` and other signs; what is selected, as in `p[season=wet]`, is none.
  init(_ name: String) {
    let base = name.prefix { $0 != "[" }
    words = base.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  private func ends(in names: Set<String>) -> Bool { words.last.map(names.contains) ?? false }

  /// p or q of a test.
  var isSignificance: Bool { ends(in: ["p", "q", "pvalue", "pval"]) || words.suffix(2) == ["p", "value"] }
  var isProbability: Bool { isSignificance || ends(in: ["probability"]) }
  var isMonth: Bool { ends(in: ["month"]) }
  /// What is a difference, a rate of change or a correlation, and no measure of how sure one is of it.
  var isDifference: Bool {
    let signed: Set = [
      "trend", "slope", "change", "difference", "diff", "anomaly", "departure", "bias", "correlation", "delta", "r",
      "rho",
      "z", "spei", "spi",
    ]
    let unsigned: Set = [
      "p", "q", "n", "stddev", "std", "stderr", "error", "uncertainty", "width", "r2", "probability", "significant",
    ]
    return !signed.isDisjoint(with: words) && unsigned.isDisjoint(with: words)
  }
}
