/// Seconds that some work takes.
public func seconds(_ work: () throws -> Void) rethrows -> Double {
  let time = try ContinuousClock().measure(work)
  return Double(time.components.seconds) + 1e-18 * Double(time.components.attoseconds)
}

/// The shortest of some runs, in seconds; the others were disturbed.
public func shortest(of runs: Int, _ work: () throws -> Void) rethrows -> Double {
  try (0..<runs).map { _ in try seconds(work) }.min() ?? .nan
}

/// The median of some values, the mean of the middle two for an even number; NaN for none.
public func median(_ values: [Double]) -> Double {
  guard !values.isEmpty else { return .nan }
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
