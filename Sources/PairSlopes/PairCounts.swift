/// Counts pairs (i < j) by their values and by their slopes against three given ones.
///
/// A slope is smaller than a given one where the residual of the later value from a line of that slope is smaller.
///
/// - Parameters:
///   - values: Values in single precision, followed by NaN; differences of at most `margin` are not trusted.
///   - residuals: Three rows of residuals, `stride` apart, each followed by NaN.
///   - counts: Rising pairs, falling pairs, and pairs with a slope smaller than each of the three.
public func countPairs(
  values: UnsafePointer<Float>, margin: Float, residuals: UnsafePointer<Float>, stride: Int, count: Int,
  counts: UnsafeMutablePointer<Int>
) {
  let (first, second, third) = (residuals, residuals + stride, residuals + 2 * stride)
  var rising = Counts(repeating: 0), falling = rising
  var belowFirst = rising, belowSecond = rising, belowThird = rising
  for earlier in 0..<count {
    let above = Lanes(repeating: values[earlier] + margin)
    let below = Lanes(repeating: values[earlier] - margin)
    let (a, b, c) = (
      Lanes(repeating: first[earlier]), Lanes(repeating: second[earlier]), Lanes(repeating: third[earlier])
    )
    var later = earlier + 1
    while later < count {
      let value = values.lanes(later)
      rising &-= (value .> above).minusOnes
      falling &-= (value .< below).minusOnes
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

/// Rising pairs minus falling pairs, and the number of both, in double precision.
///
/// - Parameter values: Followed by NaN.
public func scorePairs(values: UnsafePointer<Double>, count: Int) -> (score: Int, unequal: Int) {
  var rising = DoubleCounts(repeating: 0), falling = rising
  for earlier in 0..<count {
    let value = DoubleLanes(repeating: values[earlier])
    var later = earlier + 1
    while later < count {
      let other = values.lanes(later)
      rising &-= unsafeBitCast(other .> value, to: DoubleCounts.self)
      falling &-= unsafeBitCast(other .< value, to: DoubleCounts.self)
      later += DoubleLanes.scalarCount
    }
  }
  let (up, down) = (Int(rising.wrappedSum()), Int(falling.wrappedSum()))
  return (up - down, up + down)
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
