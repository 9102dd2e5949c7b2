/// Means of the finite values, added up in order: weighted, and of all alike; NaN where there is none.
package func means(
  _ values: UnsafeBufferPointer<Double>, weights: [Double]
) -> (weighted: Double, plain: Double) {
  var (sum, count, weighted, weight) = (0.0, 0.0, 0.0, 0.0)
  for (value, own) in zip(values, weights) where value.isFinite {
    sum += value
    count += 1
    weighted += own * value
    weight += own
  }
  return (weighted / weight, sum / count)
}
