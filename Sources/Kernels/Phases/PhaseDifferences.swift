/// Compares the members of an ensemble below a cell's soil moisture threshold with those above it.
///
/// The phase differences of Yan et al. (2024).
/// A member is below the threshold if its moisture, in percent of the reference's, is less than it, and above if it is more;
/// one that equals it is in no phase. Members whose moisture is missing are in none, and a member that lacks a quantity does
/// not count for that quantity.
///
/// - Parameters:
///   - moisture: Season mean of each member, the reference first, any units; NaN where missing.
///   - threshold: Percent of the reference's moisture; NaN where the cell has none.
///   - interval: Ends of the threshold's interval, percent; NaN or nil where it has none.
///   - quantities: By quantity the season mean of each member, any units; NaN where missing.
/// - Returns: Counts wherever there is a threshold; means only where both phases have members, so that means over cells of
///   low, high and difference are over the same cells.
package func phaseDifferences(
  moisture: [Double], threshold: Double, interval: (lower: Double, upper: Double)? = nil, quantities: [[Double]]
) -> PhaseResult {
  func unavailable(_ status: PhaseStatus) -> PhaseResult { PhaseResult(status: status, quantities: quantities.count) }
  guard !moisture.contains(where: \.isInfinite), !quantities.contains(where: { $0.contains(where: \.isInfinite) })
  else {
    return unavailable(.implausibleRange)
  }
  guard let normal = moisture.first, !normal.isNaN else { return unavailable(.missingMonths) }
  guard normal > 0 else { return unavailable(.referenceBelowFloor) }
  guard threshold.isFinite else { return unavailable(.noThreshold) }

  let x = moisture.map { 100 * $0 / normal }
  var result = unavailable(.computed)
  result.lowCount = x.count { $0 < threshold }
  result.highCount = x.count { $0 > threshold }
  if let interval, interval.lower <= interval.upper {
    result.isUncertain = x.contains { $0 >= interval.lower && $0 <= interval.upper }
  }
  guard result.lowCount > 0 else { return result.with(.nobodyBelow) }
  guard result.highCount > 0 else { return result.with(.nobodyAbove) }
  result.quantities = quantities.map { values in
    var means = PhaseMeans()
    (means.low, means.lowCount) = mean(of: values, where: { x[$0] < threshold })
    (means.high, means.highCount) = mean(of: values, where: { x[$0] > threshold })
    if means.lowCount == 0 || means.highCount == 0 { (means.low, means.high) = (.nan, .nan) }
    return means
  }
  return result.quantities.contains { !$0.difference.isNaN } ? result : result.with(.missingMonths)
}

/// The mean of the members chosen that have a value, and their number.
private func mean(of values: [Double], where isChosen: (Int) -> Bool) -> (mean: Double, count: Int) {
  var (sum, count) = (0.0, 0)
  for member in values.indices where isChosen(member) && !values[member].isNaN {
    sum += values[member]
    count += 1
  }
  return (sum / Double(count), count)
}

extension PhaseResult {
  /// The result with another status.
  fileprivate func with(_ status: PhaseStatus) -> PhaseResult {
    var result = self
    result.status = status
    return result
  }
}
