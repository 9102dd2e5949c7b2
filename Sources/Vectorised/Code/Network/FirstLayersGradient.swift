import VectorisedLayout

/// Gradient of the first two layers' weights from sorted samples and the deltas D of the second layer.
///
/// A unit k of the first layer with weight w and bias b is on for a run of samples from one end. With the sums
/// S₀ = Σ D[n] and S₁ = Σ x[n] D[n] over these, the gradient of its row W[k] in the second layer is w S₁ + b S₀, that of w
/// is S₁ · W[k] and that of b is S₀ · W[k]. Walking along the samples from either end, each row is done when its run ends.
///
/// The gradient goes through the epilogue when the weights are no longer needed.
struct FirstLayersGradient<Finish: Epilogue>: StripWork {
  var network: DenseNetwork
  var epilogue: Finish

  @inline(never)
  func run<W: Columns>(_ width: W.Type, from first: Int) {
    let (layer, sorted, samples) = (network.layers[1], network.sorted, network.samples)
    let column = first * Lanes.scalarCount
    let deltas = layer.deltas + column
    let rising = Int(sorted.risingCount.pointee)

    var sum = W()
    var moment = W()
    var next = rising
    for sample in 0...samples {
      while next < layer.inputs, sorted.breakpoints[Int(sorted.order[next])] <= sample {
        finish(Int(sorted.order[next]), sum, moment, from: first)
        next += 1
      }
      guard sample < samples else { break }
      let row = W(loading: deltas + sample * layer.activationStride)
      sum.add(Lanes(repeating: 1), times: row)
      moment.add(Lanes(repeating: network.input[16 * sample]), times: row)
    }
    sum.finish(epilogue, at: layer.inputs * layer.weightStride + column)

    sum = W()
    moment = W()
    next = rising
    for sample in (0...samples).reversed() {
      if sample < samples {
        let row = W(loading: deltas + sample * layer.activationStride)
        sum.add(Lanes(repeating: 1), times: row)
        moment.add(Lanes(repeating: network.input[16 * sample]), times: row)
      }
      while next > 0, sorted.breakpoints[Int(sorted.order[next - 1])] >= sample {
        next -= 1
        finish(Int(sorted.order[next]), sum, moment, from: first)
      }
    }
  }

  /// Gradient of one unit's row in the second layer; adds to the partial sums of its own weight's and bias's.
  @inline(__always)
  private func finish<W: Columns>(_ unit: Int, _ sum: W, _ moment: W, from first: Int) {
    let (before, layer) = (network.layers[0], network.layers[1])
    let offset = unit * layer.weightStride + first * Lanes.scalarCount
    var gradient = W()
    gradient.add(Lanes(repeating: before.weights[unit]), times: moment)
    gradient.add(Lanes(repeating: before.weights[unit + before.weightStride]), times: sum)
    let row = W(loading: layer.weights + offset)
    let partial = network.sorted.partialSums + 32 * unit
    row.addProducts(moment, to: partial, from: first)
    row.addProducts(sum, to: partial + 16, from: first)
    gradient.finish(epilogue, at: offset)
  }
}

extension DenseNetwork {
  /// Gradient of the first two layers' weights, for sorted samples and ReLU, from the deltas of the second layer.
  ///
  /// That of the second layer goes through the epilogue, that of the first to its place.
  @inline(never)
  func passFirstLayers(_ epilogue: some Epilogue) {
    let layer = layers[0]
    for index in 0..<(32 * layer.units) { sorted.partialSums[index] = 0 }
    FirstLayersGradient(network: self, epilogue: epilogue).run(columns: layers[1].vectors)
    for unit in 0..<layer.units {
      layer.gradient[unit] = sorted.partialSums.vector(32 * unit, as: Block.self).total
      layer.gradient[unit + layer.weightStride] = sorted.partialSums.vector(32 * unit + 16, as: Block.self).total
    }
  }
}
