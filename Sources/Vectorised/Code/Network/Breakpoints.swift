import VectorisedLayout

extension DenseNetwork {
  /// Finds where each unit of the first layer switches on or off, and puts the units in that order.
  ///
  /// The search starts from the breakpoint that is there, which moves little from epoch to epoch; whether a unit is on
  /// changes once along the samples, so the result does not depend on the start.
  @inline(never)
  func locateBreakpoints() {
    let layer = layers[0]
    let weights = layer.weights
    let biases = layer.weights + layer.weightStride
    let counts = sorted.counts
    // Rising and falling units are sorted in one go, the falling ones behind all rising.
    var rising: Int32 = 0
    for position in 0..<(samples + 2) { counts[position] = 0 }
    for unit in 0..<layer.units {
      let isRising = weights[unit] > 0
      var position = min(Int(sorted.breakpoints[unit]), samples)
      // A unit with weight zero counts as falling: on for all samples or for none.
      while position < samples, isOn(weights[unit], biases[unit], position) != isRising { position += 1 }
      while position > 0, isOn(weights[unit], biases[unit], position - 1) == isRising { position -= 1 }
      sorted.breakpoints[unit] = Int32(truncatingIfNeeded: position)
      if isRising {
        rising += 1
        counts[position + 1] += 1
      }
    }
    sorted.risingCount.pointee = rising
    place(from: 0, rising: true)
    for position in 0..<(samples + 2) { counts[position] = 0 }
    for unit in 0..<layer.units where !(weights[unit] > 0) { counts[Int(sorted.breakpoints[unit]) + 1] += 1 }
    place(from: Int(rising), rising: false)
  }

  /// Puts the rising or the falling units in order, given the number at each breakpoint in `counts[position + 1]`.
  @inline(__always)
  private func place(from first: Int, rising: Bool) {
    let layer = layers[0]
    let counts = sorted.counts
    for position in 1..<(samples + 2) { counts[position] += counts[position - 1] }
    for unit in 0..<layer.units where (layer.weights[unit] > 0) == rising {
      let position = Int(sorted.breakpoints[unit])
      sorted.order[first + Int(counts[position])] = Int32(truncatingIfNeeded: unit)
      counts[position] += 1
    }
  }

  @inline(__always)
  private func isOn(_ weight: Float, _ bias: Float, _ sample: Int) -> Bool {
    weight * input[16 * sample] + bias > 0
  }
}
