import VectorisedLayout

extension Functions {
  // Sums are added up in four interleaved parts, then the rest one by one: an order that never changes.
  package static func fitLine(_ series: UnsafePointer<SeriesMemory>) -> LineMoments {
    let series = series.pointee
    let (times, values, count) = (UnsafePointer(series.times), UnsafePointer(series.values), series.count)
    let (centredTimes, centredValues, residuals) = (series.centredTimes, series.centredValues, series.residuals)
    var line = LineMoments()
    line.timeMean = sum(times, count) / Double(count)
    line.valueMean = sum(values, count) / Double(count)
    let (timeMean, valueMean) = (line.timeMean, line.valueMean)
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
    line.timeSquares = timeSquares
    line.slope = slope
    line.residualSquares = residualSquares
    line.timeSpread = max(-centredTimes[0], centredTimes[count - 1])
    line.valueSpread = valueSpread
    line.residualSpread = residualSpread
    return line
  }
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
