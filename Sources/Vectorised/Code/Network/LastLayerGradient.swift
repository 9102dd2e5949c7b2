import VectorisedLayout

/// Gradient of the last hidden layer's weights, and the deltas of the layer before, from sorted samples.
///
/// With ReLU, the delta of unit j is δ[n] v[j] where the unit is on and zero elsewhere; δ is the delta of the prediction
/// and v the weights of the output. Neighbouring samples switch few units on or off. So the sums that go back,
/// M[n] = Σ v[j] W[:, j] over the units that are on, are kept up to date from sample to sample; and a unit's gradient is
/// v[j] times the differences of Q[n] = Σ δ[i] a[i], i < n, over the runs of samples for which it is on.
///
/// Works on the transposed weights. The gradient goes through the epilogue when the weights are no longer needed.
struct LastLayerGradient<Finish: Epilogue>: StripWork {
  var network: DenseNetwork
  var epilogue: Finish

  @inline(never)
  func run<W: Columns>(_ width: W.Type, from first: Int) {
    let (before, layer) = (network.layers[network.layerCount - 2], network.lastLayer)
    let (sorted, last, samples) = (network.sorted, network.sorted.last, network.samples)
    let column = first * Lanes.scalarCount
    let activations = before.activations + column
    let deltas = before.deltas + column
    // ReLU has no use for slopes: their place keeps Q of the samples where a unit switches.
    let kept = before.slopes + column

    var back = W()
    var total = W()
    var next = 0
    for sample in 0..<samples {
      let row = sample * before.activationStride
      let end = Int(sorted.switchEnds[sample])
      if next < end { total.finish(StoreSum(destination: kept), at: row) }
      while next < end {
        let unit = Int(sorted.switches[next].unit)
        let factor = sorted.switches[next].isOn ? network.outputWeights[unit] : -network.outputWeights[unit]
        back.add(Lanes(repeating: factor), times: W(loading: last.weights + unit * last.stride + column))
        next += 1
      }
      let delta = Lanes(repeating: sorted.predictionDeltas[sample])
      back.finish(StoreScaledWhereActive(destination: deltas, activations: activations, scale: delta), at: row)
      total.add(delta, times: W(loading: activations + row))
    }

    let active = layer.active
    for unit in 0..<layer.units {
      var sum = W()
      sum.add(Lanes(repeating: active.isOn(unit, samples - 1) ? 1 : 0), times: total)
      var index = Int(sorted.lastSwitches[unit])
      while index >= 0 {
        let change = sorted.switches[index]
        let row = W(loading: kept + Int(change.sample) * before.activationStride)
        sum.add(Lanes(repeating: change.isOn ? -1 : 1), times: row)
        index = Int(change.previous)
      }
      var gradient = W()
      gradient.add(Lanes(repeating: network.outputWeights[unit]), times: sum)
      gradient.finish(epilogue, at: unit * last.stride + column)
    }
  }
}

extension DenseNetwork {
  /// Gradient of the last hidden layer's weights and deltas of the layer before, for sorted samples and ReLU.
  @inline(never)
  func passLastLayer(_ epilogue: some Epilogue) {
    findSwitches()
    let before = layers[layerCount - 2]
    LastLayerGradient(network: self, epilogue: epilogue).run(columns: before.activationStride / Lanes.scalarCount)
    // The column of ones is no unit of the layer before.
    for sample in 0..<samples { before.deltas[sample * before.activationStride + before.units] = 0 }
  }

  /// Lists where units of the last hidden layer switch on or off along the samples.
  @inline(never)
  private func findSwitches() {
    let layer = lastLayer
    let active = layer.active
    for unit in 0..<layer.units { sorted.lastSwitches[unit] = -1 }
    var count = 0
    for sample in 0..<samples {
      for word in 0..<active.words {
        let now = active.unitWord(word, of: sample)
        var switched = sample > 0 ? now ^ active.unitWord(word, of: sample - 1) : now
        while switched != 0 {
          let bit = switched.trailingZeroBitCount
          switched &= switched &- 1
          let unit = 64 * word + bit
          sorted.switches[count] = UnitSwitch(
            unit: Int32(truncatingIfNeeded: unit), sample: Int32(truncatingIfNeeded: sample),
            previous: sorted.lastSwitches[unit], isOn: now >> UInt64(bit) & 1 == 1)
          // A run from the first sample on has no start to be taken off.
          if sample > 0 { sorted.lastSwitches[unit] = Int32(truncatingIfNeeded: count) }
          count += 1
        }
      }
      sorted.switchEnds[sample] = Int32(truncatingIfNeeded: count)
    }
  }
}
