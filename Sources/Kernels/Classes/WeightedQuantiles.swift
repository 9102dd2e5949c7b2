/// Quantiles of values that count for more or less; type 7 of Hyndman & Fan (1996) where all weights are equal.
///
/// Sorted, the value k lies at Mₖ = Cₖ − wₖ/2 with the running sum of weights Cₖ, which is the probability
/// (Mₖ − M₁)/(Mₙ − M₁); between values it is linear.
package struct WeightedQuantiles: Sendable {
  private let values: [Double]
  /// Mₖ − M₁.
  private let places: [Double]

  /// Quantiles of some values with positive weights, in any order.
  package init(_ samples: [(value: Double, weight: Double)]) {
    // The weights of equal values are in an order of their own, so that nothing depends on that of the cells.
    let sorted = samples.sorted { ($0.value, $0.weight) < ($1.value, $1.weight) }
    values = sorted.map(\.value)
    var places = [Double]()
    places.reserveCapacity(sorted.count)
    for (index, sample) in sorted.enumerated() {
      guard let last = places.last else {
        places.append(0)
        continue
      }
      places.append(last + (sorted[index - 1].weight + sample.weight) / 2)
    }
    self.places = places
  }

  /// The value of a probability from 0 to 1; NaN of nothing.
  package func value(_ probability: Double) -> Double {
    guard let end = places.last, let largest = values.last else { return .nan }
    let place = probability * end
    // The last value at or before the place.
    var (lower, upper) = (0, places.count)
    while upper - lower > 1 {
      let middle = (lower + upper) / 2
      if places[middle] <= place { lower = middle } else { upper = middle }
    }
    guard lower + 1 < values.count else { return largest }
    let part = (place - places[lower]) / (places[lower + 1] - places[lower])
    return values[lower] + part * (values[lower + 1] - values[lower])
  }
}
