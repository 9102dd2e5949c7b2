import VectorisedLayout

/// Activations of the second layer from sorted samples, without those of the first.
///
/// A unit k of the first layer with weight w and bias b adds (w x + b) W[k] to the weighted sums of the samples for which
/// it is on. So the sums are A x + C, where A = Σ w W[k] and C = Σ b W[k] over the units that are on; walking along the
/// samples, every unit joins A and C once: the rising ones on the way up, the falling ones on the way down.
struct FirstLayersForward: StripWork {
  var network: DenseNetwork

  @inline(never)
  func run<W: Columns>(_ width: W.Type, from first: Int) {
    let (layer, sorted, samples) = (network.layers[1], network.sorted, network.samples)
    let column = first * Lanes.scalarCount
    let activations = layer.activations + column
    let weights = layer.weights + column
    let rising = Int(sorted.risingCount.pointee)

    var slope = W()
    var offset = W(loading: weights + layer.inputs * layer.weightStride)
    var next = layer.inputs
    for sample in (0..<samples).reversed() {
      while next > rising, sorted.breakpoints[Int(sorted.order[next - 1])] > sample {
        next -= 1
        join(Int(sorted.order[next]), weights, layer.weightStride, &slope, &offset)
      }
      var sum = offset
      sum.add(Lanes(repeating: network.input[16 * sample]), times: slope)
      sum.finish(StoreSum(destination: activations), at: sample * layer.activationStride)
    }

    let rectify = StoreRectifiedAndNote(destination: layer.activations, active: layer.active)
    slope = W()
    offset = W()
    next = 0
    for sample in 0..<samples {
      while next < rising, sorted.breakpoints[Int(sorted.order[next])] <= sample {
        join(Int(sorted.order[next]), weights, layer.weightStride, &slope, &offset)
        next += 1
      }
      var sum = W(loading: activations + sample * layer.activationStride)
      sum.add(Lanes(repeating: 1), times: offset)
      sum.add(Lanes(repeating: network.input[16 * sample]), times: slope)
      sum.finish(rectify, at: sample * layer.activationStride + column)
    }
  }

  @inline(__always)
  private func join<W: Columns>(
    _ unit: Int, _ weights: UnsafeMutablePointer<Float>, _ stride: Int, _ slope: inout W, _ offset: inout W
  ) {
    let layer = network.layers[0]
    let row = W(loading: weights + unit * stride)
    slope.add(Lanes(repeating: layer.weights[unit]), times: row)
    offset.add(Lanes(repeating: layer.weights[unit + layer.weightStride]), times: row)
  }
}

extension DenseNetwork {
  /// Activations of the second layer, for sorted samples and ReLU.
  @inline(never)
  func forwardFirstLayers() {
    locateBreakpoints()
    let layer = layers[1]
    FirstLayersForward(network: self).run(columns: layer.vectors)
    layer.setActiveOnes(samples: samples)
  }
}
