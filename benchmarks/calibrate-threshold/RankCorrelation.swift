import Kernels

/// Spearman's rank correlation, ties sharing their mean rank; NaN for fewer than two.
func rankCorrelation(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count, a.count >= 2 else { return .nan }
  let (ranksA, ranksB) = (ranks(a), ranks(b))
  let centre = Double(a.count - 1) / 2
  func product(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - centre) * ($1.1 - centre) }
  }
  return product(ranksA, ranksB) / (product(ranksA, ranksA) * product(ranksB, ranksB)).squareRoot()
}

private func ranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var ranks = values
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    for place in order[start..<end] { ranks[place] = Double(start + end - 1) / 2 }
    start = end
  }
  return ranks
}
