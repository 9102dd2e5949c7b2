extension PairStatistics {
  /// Makes values equal that follow each other in size at most a share of the largest magnitude apart.
  ///
  /// The smallest of such a group stands for all of them, so that the order of groups is that of their values.
  mutating func joinTies(within tolerance: Double) {
    guard count > 1 else { return }
    let values = series.pointee.values
    var order = UnsafeMutableBufferPointer(start: series.pointee.scratch, count: count)
    for index in 0..<count { order[index] = index }
    order.sort { values[$0] < values[$1] }
    var (previous, group) = (values[order[0]], values[order[0]])
    let distance = tolerance * max(previous.magnitude, values[order[count - 1]].magnitude)
    for index in order.dropFirst() {
      let value = values[index]
      if value - previous > distance { group = value }
      previous = value
      values[index] = group
    }
  }
}
