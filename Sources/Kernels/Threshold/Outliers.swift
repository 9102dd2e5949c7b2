extension SortedSamples {
  /// The samples with outlying values brought back to a bound, so that none of them can bend a curve alone.
  ///
  /// An outlier departs from what its neighbours on the dry side, on the wet side and on both sides tell, by more than
  /// the bound: at a sharp bend or a step one side tells the value well. What the neighbours tell is a robust line
  /// (Theil 1950) through so few samples that the curve is straight there. The bound of the departure acts as Huber's (1964).
  /// - Parameter bound: In standard deviations of the departures, judged by their median; infinite to change nothing.
  func winsorised(bound: Double) -> SortedSamples {
    guard bound.isFinite, x.count >= 2 * Self.neighbours else { return self }
    let expected = x.indices.map(expectedValue)
    let departures = zip(y, expected).map { $0 - $1 }
    let scale = percentile(departures.map(\.magnitude), 0.5) / 0.6745
    let widest = bound * scale
    guard widest > 0 else { return self }
    var samples = self
    for index in x.indices where departures[index].magnitude > widest {
      samples.y[index] = expected[index] + (departures[index] < 0 ? -widest : widest)
    }
    return samples
  }

  /// Samples that tell a value, on each side of it where it is told from one.
  private static let neighbours = 5

  /// What the neighbours of a sample tell of its value: of three or four expectations the one next to it.
  private func expectedValue(at index: Int) -> Double {
    let few = Self.neighbours
    var nearest = Double.infinity
    func consider(_ value: Double?) {
      guard let value, (value - y[index]).magnitude < (nearest - y[index]).magnitude else { return }
      nearest = value
    }
    consider(robustLine(index - few..<index, at: index)?.value)
    consider(robustLine(index + 1..<index + 1 + few, at: index)?.value)
    let start = min(max(index - few / 2 - 1, 0), x.count - few - 2)
    consider(robustLine(start..<start + few + 2, at: index)?.value)
    // Next to the ends one side is missing, and a line from the other side does not tell where a curve gets steeper.
    if index < few { consider(curve(index + 1..<index + 1 + few, index + 1 + few..<index + 1 + 2 * few, at: index)) }
    if index >= x.count - few { consider(curve(index - few..<index, index - 2 * few..<index - few, at: index)) }
    return nearest
  }

  /// The value at a sample's x of the line through the others of a range with the medians of slopes and intercepts; nil
  /// where the range goes beyond the samples.
  private func robustLine(_ range: Range<Int>, at index: Int) -> (value: Double, slope: Double)? {
    guard range.lowerBound >= 0, range.upperBound <= x.count else { return nil }
    let others = range.filter { $0 != index }
    var slopes: [Double] = []
    for (position, i) in others.enumerated() {
      for j in others[(position + 1)...] where x[j] > x[i] { slopes.append((y[j] - y[i]) / (x[j] - x[i])) }
    }
    let slope = slopes.isEmpty ? 0 : percentile(slopes, 0.5)
    return (percentile(others.map { y[$0] + slope * (x[index] - x[$0]) }, 0.5), slope)
  }

  /// The value at a sample's x of the parabola whose slopes are those of the robust lines of a near and a far range.
  private func curve(_ near: Range<Int>, _ far: Range<Int>, at index: Int) -> Double? {
    guard let line = robustLine(near, at: index), let other = robustLine(far, at: index) else { return nil }
    let (centre, otherCentre) = (mean(Array(x[near])), mean(Array(x[far])))
    guard centre != otherCentre else { return line.value }
    let distance = x[index] - centre
    return line.value + 0.5 * (line.slope - other.slope) / (centre - otherCentre) * distance * distance
  }
}
