/// Counts pairs (i < j) by their values and by their slopes against three given ones.
///
/// A slope is smaller than a given one where the residual of the later value from a line of that slope is smaller.
///
/// - Parameters:
///   - values: Three rows, `stride` apart: values in single precision, followed by NaN, and those values plus and minus
///     the difference up to which they are not trusted.
///   - residuals: Three rows of residuals, `stride` apart, each followed by NaN.
///   - counts: Rising pairs, falling pairs, and pairs with a slope smaller than each of the three.
public func countPairs(
  values: UnsafePointer<Float>, residuals: UnsafePointer<Float>, stride: Int, count: Int,
  counts: UnsafeMutablePointer<Int>
) {
  let (above, below) = (values + stride, values + 2 * stride)
  let (first, second, third) = (residuals, residuals + stride, residuals + 2 * stride)
  var rising = Counts(repeating: 0), falling = rising
  var belowFirst = rising, belowSecond = rising, belowThird = rising
  for earlier in 0..<count {
    let (high, low) = (Lanes(repeating: above[earlier]), Lanes(repeating: below[earlier]))
    let (a, b, c) = (
      Lanes(repeating: first[earlier]), Lanes(repeating: second[earlier]), Lanes(repeating: third[earlier])
    )
    var later = earlier + 1
    while later < count {
      let value = values.lanes(later)
      rising &-= (value .> high).minusOnes
      falling &-= (value .< low).minusOnes
      belowFirst &-= (first.lanes(later) .< a).minusOnes
      belowSecond &-= (second.lanes(later) .< b).minusOnes
      belowThird &-= (third.lanes(later) .< c).minusOnes
      later += Lanes.scalarCount
    }
  }
  counts[0] = Int(rising.wrappedSum())
  counts[1] = Int(falling.wrappedSum())
  counts[2] = Int(belowFirst.wrappedSum())
  counts[3] = Int(belowSecond.wrappedSum())
  counts[4] = Int(belowThird.wrappedSum())
}

/// Rising and equal pairs in double precision, and Σ u(u − 1)(2u + 5) over groups of u equal values.
///
/// A value with c equal ones behind it makes a group of c + 1, which adds 6c(c + 2) to the sum over the group of c.
///
/// - Parameter values: Followed by NaN.
public func scorePairs(values: UnsafePointer<Double>, count: Int) -> (rising: Int, equal: Int, tieTerm: Int) {
  var rising = DoubleCounts(repeating: 0)
  var (equal, tieTerm) = (0, 0)
  for earlier in 0..<count {
    let value = DoubleLanes(repeating: values[earlier])
    var same = DoubleCounts(repeating: 0)
    var later = earlier + 1
    while later < count {
      let other = values.lanes(later)
      rising &-= unsafeBitCast(other .> value, to: DoubleCounts.self)
      same &-= unsafeBitCast(other .== value, to: DoubleCounts.self)
      later += DoubleLanes.scalarCount
    }
    let behind = Int(same.wrappedSum())
    equal += behind
    tieTerm += 6 * behind * (behind + 2)
  }
  return (Int(rising.wrappedSum()), equal, tieTerm)
}

/// Counts pairs (i < j) with a slope smaller than each of three, as ``countPairs`` does.
public func countBelow(
  residuals: UnsafePointer<Float>, stride: Int, count: Int, counts: UnsafeMutablePointer<Int>
) {
  let (first, second, third) = (residuals, residuals + stride, residuals + 2 * stride)
  var belowFirst = Counts(repeating: 0), belowSecond = belowFirst, belowThird = belowFirst
  for earlier in 0..<count {
    let a = Lanes(repeating: first[earlier]), b = Lanes(repeating: second[earlier])
    let c = Lanes(repeating: third[earlier])
    var later = earlier + 1
    while later < count {
      belowFirst &-= (first.lanes(later) .< a).minusOnes
      belowSecond &-= (second.lanes(later) .< b).minusOnes
      belowThird &-= (third.lanes(later) .< c).minusOnes
      later += Lanes.scalarCount
    }
  }
  counts[0] = Int(belowFirst.wrappedSum())
  counts[1] = Int(belowSecond.wrappedSum())
  counts[2] = Int(belowThird.wrappedSum())
}
