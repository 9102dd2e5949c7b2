import VectorisedLayout

// The last hidden layer's weights are kept unit by unit while training on sorted samples, since their gradient comes unit
// by unit; the forward product needs them input by input.
extension DenseNetwork {
  /// Copies the last hidden layer's weights to their transposed place.
  func transposeLastLayer() {
    guard layerCount > 2 else { return }
    let (layer, last) = (lastLayer, sorted.last)
    copyTransposed(
      layer.weights, stride: layer.weightStride, rows: layer.inputs + 1, columns: layer.units, to: last.weights,
      stride: last.stride)
  }

  /// Sets the moments of the transposed weights to zero.
  ///
  /// They lie in the place of the layer's own but reach further.
  func resetTransposedMoments() {
    guard layerCount > 2 else { return }
    let count = lastLayer.units * sorted.last.stride
    sorted.last.firstMoment.update(repeating: 0, count: count)
    sorted.last.secondMoment.update(repeating: 0, count: count)
  }

  /// Copies the last hidden layer's transposed weights back.
  @inline(__always)
  func restoreLastWeights() { restore(sorted.last.weights, to: lastLayer.weights) }

  /// Copies the gradient of the last hidden layer's transposed weights to its usual place.
  @inline(__always)
  func restoreLastGradient() { restore(sorted.last.gradient, to: lastLayer.gradient) }

  @inline(__always)
  private func restore(_ transposed: UnsafeMutablePointer<Float>, to values: UnsafeMutablePointer<Float>) {
    copyTransposed(
      transposed, stride: sorted.last.stride, rows: lastLayer.units, columns: lastLayer.inputs + 1, to: values,
      stride: lastLayer.weightStride)
  }
}
