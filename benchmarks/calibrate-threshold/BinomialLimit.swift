import RealModule

/// The upper 95 % confidence limit of a share of which so many of so many were seen, percent (Clopper & Pearson 1934, one-sided).
///
/// The share of which as few or fewer are seen with a probability of 5 %.
func upperLimit(_ seen: Int, of count: Int) -> Double {
  guard seen < count else { return 100 }
  var (low, high) = (Double(seen) / Double(count), 1.0)
  for _ in 0..<60 {
    let middle = (low + high) / 2
    if probability(ofAtMost: seen, of: count, share: middle) > 0.05 { low = middle } else { high = middle }
  }
  return 100 * high
}

private func probability(ofAtMost seen: Int, of count: Int, share: Double) -> Double {
  (0...seen).reduce(0) { sum, k in
    let ways = Double.logGamma(Double(count + 1)) - .logGamma(Double(k + 1)) - .logGamma(Double(count - k + 1))
    return sum + .exp(ways + Double(k) * .log(share) + Double(count - k) * .log(onePlus: -share))
  }
}
