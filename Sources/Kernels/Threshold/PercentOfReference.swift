/// Soil moisture and productivity in percent of normal, or the reason why there are none.
package enum PercentPairs: Sendable, Equatable {
  /// Percent of normal; NaN where a value is missing.
  case pairs(x: [Double], y: [Double])
  /// No percentages.
  case unavailable(CellStatus)
}

/// Season means of all members in percent of those of the reference, which is the first.
///
/// - Parameters:
///   - moisture: Season mean of soil moisture of each member, any unit.
///   - productivity: Season mean of GPP of each member, any unit.
///   - moistureFloor: A reference at or below it gives ``CellStatus/referenceBelowFloor``; unit of `moisture`.
///   - productivityFloor: The same for GPP.
/// - Returns: ``CellStatus/missingMonths`` where the reference itself is missing; other missing members become NaN.
package func percentOfReference(
  moisture: UnsafeBufferPointer<Double>, productivity: UnsafeBufferPointer<Double>, moistureFloor: Double,
  productivityFloor: Double
) -> PercentPairs {
  guard let sm = moisture.first, let gpp = productivity.first, sm.isFinite, gpp.isFinite else {
    return .unavailable(.missingMonths)
  }
  guard sm > moistureFloor, gpp > productivityFloor else { return .unavailable(.referenceBelowFloor) }
  return .pairs(x: moisture.map { 100 * $0 / sm }, y: productivity.map { 100 * $0 / gpp })
}

/// Months of one record in percent of their own means, as for observations.
///
/// The means are over months in which both values are finite; other months become NaN.
/// - Returns: ``CellStatus/missingMonths`` where no month has both, ``CellStatus/referenceBelowFloor`` where a mean is
///   at or below its floor.
package func percentOfOwnMean(
  moisture: UnsafeBufferPointer<Double>, productivity: UnsafeBufferPointer<Double>, moistureFloor: Double,
  productivityFloor: Double
) -> PercentPairs {
  let complete = zip(moisture, productivity).map { $0.isFinite && $1.isFinite }
  func ownMean(_ values: UnsafeBufferPointer<Double>) -> Double { mean(zip(values, complete).filter(\.1).map(\.0)) }
  let (sm, gpp) = (ownMean(moisture), ownMean(productivity))
  guard sm.isFinite, gpp.isFinite else { return .unavailable(.missingMonths) }
  guard sm > moistureFloor, gpp > productivityFloor else { return .unavailable(.referenceBelowFloor) }
  func percent(_ values: UnsafeBufferPointer<Double>, of mean: Double) -> [Double] {
    zip(values, complete).map { $1 ? 100 * $0 / mean : .nan }
  }
  return .pairs(x: percent(moisture, of: sm), y: percent(productivity, of: gpp))
}

/// Evaporative fraction LE / (LE + H), or NaN where it means little.
///
/// - Parameters:
///   - latent: Latent heat flux LE, W m⁻².
///   - sensible: Sensible heat flux H, W m⁻².
///   - floor: Least sum of both, W m⁻².
/// - Returns: NaN where either flux is negative or missing, or their sum is below the floor.
package func evaporativeFraction(latent: Double, sensible: Double, floor: Double = 20) -> Double {
  let sum = latent + sensible
  guard latent >= 0, sensible >= 0, sum >= floor, sum > 0, sum.isFinite else { return .nan }
  return latent / sum
}
