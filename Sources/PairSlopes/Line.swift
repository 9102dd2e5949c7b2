/// Centres times and values and fits the straight line of least squares.
///
/// Sums are added up in four interleaved parts, then the rest one by one: an order that never changes.
///
/// - Parameters:
///   - times: Strictly increasing.
///   - values: Not all equal.
///   - count: At least two.
///   - centredTimes: Receives the times less their mean.
///   - centredValues: Receives the values less their mean.
///   - residuals: Receives the distances of the values from the line.
public func fitLine(
  times: UnsafePointer<Double>, values: UnsafePointer<Double>, count: Int, centredTimes: UnsafeMutablePointer<Double>,
  centredValues: UnsafeMutablePointer<Double>, residuals: UnsafeMutablePointer<Double>
) -> (
  timeMean: Double, valueMean: Double, timeSquares: Double, slope: Double, residualSquares: Double,
  valueSpread: Double, residualSpread: Double
) {
  let timeMean = sum(times, count) / Double(count)
  let valueMean = sum(values, count) / Double(count)
  let whole = count & ~3
  var (squares, products, spread) = (SIMD4<Double>(), SIMD4<Double>(), SIMD4<Double>())
  for index in stride(from: 0, to: whole, by: 4) {
    let t = times.four(index) - timeMean, y = values.four(index) - valueMean
    centredTimes.store(t, index)
    centredValues.store(y, index)
    squares += t * t
    products += t * y
    spread = spread.larger(y)
  }
  var (timeSquares, timeProducts, valueSpread) = (squares.folded, products.folded, spread.largest)
  for index in whole..<count {
    let t = times[index] - timeMean, y = values[index] - valueMean
    centredTimes[index] = t
    centredValues[index] = y
    timeSquares += t * t
    timeProducts += t * y
    valueSpread = max(valueSpread, y.magnitude)
  }
  let slope = timeProducts / timeSquares
  squares = SIMD4<Double>()
  spread = SIMD4<Double>()
  for index in stride(from: 0, to: whole, by: 4) {
    let residual = UnsafePointer(centredValues).four(index) - slope * UnsafePointer(centredTimes).four(index)
    residuals.store(residual, index)
    squares += residual * residual
    spread = spread.larger(residual)
  }
  var (residualSquares, residualSpread) = (squares.folded, spread.largest)
  for index in whole..<count {
    let residual = centredValues[index] - slope * centredTimes[index]
    residuals[index] = residual
    residualSquares += residual * residual
    residualSpread = max(residualSpread, residual.magnitude)
  }
  return (timeMean, valueMean, timeSquares, slope, residualSquares, valueSpread, residualSpread)
}

@inline(__always)
private func sum(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
  var sums = SIMD4<Double>()
  let whole = count & ~3
  for index in stride(from: 0, to: whole, by: 4) { sums += values.four(index) }
  var sum = sums.folded
  for index in whole..<count { sum += values[index] }
  return sum
}

extension SIMD4<Double> {
  @inline(__always)
  fileprivate var folded: Double { (x + y) + (z + w) }

  @inline(__always)
  fileprivate var largest: Double { Swift.max(Swift.max(x, y), Swift.max(z, w)) }

  /// The larger of this and another's magnitude.
  @inline(__always)
  fileprivate func larger(_ other: Self) -> Self {
    let magnitude = other.replacing(with: -other, where: other .< 0)
    return replacing(with: magnitude, where: magnitude .> self)
  }
}
