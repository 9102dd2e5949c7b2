/// First derivative of values on a uniform grid: central differences inside, one-sided ones at the ends.
///
/// Fewer than two values have no derivative: NaN.
public func centralDifferences(_ f: [Double], step: Double) -> [Double] {
  guard f.count >= 2 else { return f.map { _ in .nan } }
  let last = f.count - 1
  return f.indices.map { i in
    switch i {
    case 0: (f[1] - f[0]) / step
    case last: (f[last] - f[last - 1]) / step
    default: (f[i + 1] - f[i - 1]) / (2 * step)
    }
  }
}

/// Second derivative of values on a uniform grid: central differences of the central differences.
public func secondDifferences(_ f: [Double], step: Double) -> [Double] {
  centralDifferences(centralDifferences(f, step: step), step: step)
}
