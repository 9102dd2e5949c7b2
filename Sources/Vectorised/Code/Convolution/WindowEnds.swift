import VectorisedLayout

extension ConvolutionMemory {
  /// Puts the windows of the block side by side and standardises them.
  /// - Returns: By sample, NaN where any value of the window is; the place holds until the pass back.
  func standardiseRows() -> UnsafeMutablePointer<Float> {
    let width = ConvolutionMemory.width
    copyTransposed(rows, stride: rowStride, rows: width, columns: rowStride, to: columns, stride: width)
    for offset in stride(from: 0, to: width, by: Lanes.scalarCount) {
      var missing = Lanes()
      for channel in 0..<channels {
        let (mean, deviation) = (Lanes(repeating: means[channel]), Lanes(repeating: deviations[channel]))
        for cell in 0..<area {
          let value: Lanes = columns.vector((channel * area + cell) * width + offset)
          missing.replace(with: value, where: value .!= value)
          input.store((value - mean) / deviation, at: (cell * channels + channel) * width + offset)
        }
      }
      outputDeltas.store(missing, at: offset)
    }
    return outputDeltas
  }

  /// Computes the sums of the dense output.
  func denseOutput() {
    let width = ConvolutionMemory.width
    for offset in stride(from: 0, to: width, by: Lanes.scalarCount) {
      var sum = Lanes(repeating: parameters[denseBias])
      for feature in 0..<featureCount {
        sum = sum.plus(
          features.vector(feature * width + offset), times: Lanes(repeating: parameters[denseStart + feature]))
      }
      outputs.store(sum, at: offset)
    }
  }

  /// Adds the gradient of the dense output's weights and bias, given `outputDeltas`, and leaves the deltas of the features.
  func denseBackward() {
    let width = ConvolutionMemory.width
    let deltas = layers[layerCount - 1].pooledDeltas
    for feature in 0..<featureCount {
      var products = Block()
      for offset in stride(from: 0, to: width, by: Block.scalarCount) {
        let value: Block = features.vector(feature * width + offset)
        products = products.plus(value, times: outputDeltas.vector(offset))
      }
      denseGradient[feature] = total(products)
      for offset in stride(from: 0, to: width, by: Lanes.scalarCount) {
        let delta: Lanes = outputDeltas.vector(offset)
        deltas.store(delta * parameters[denseStart + feature], at: feature * width + offset)
      }
    }
    let sink = AddFixedPoint(sums: sums + denseStart, largest: largest)
    for offset in stride(from: 0, to: Arena.roundedUp(featureCount), by: Lanes.scalarCount) {
      sink.finish(denseGradient.vector(offset), at: offset)
    }
    var bias = Lanes()
    bias[0] = total(outputDeltas.vector(0, as: Block.self) + outputDeltas.vector(Block.scalarCount, as: Block.self))
    sink.finish(bias, at: denseBias - denseStart)
  }
}

/// The sum of a block's values, the same at every level.
@inline(__always)
private func total(_ block: Block) -> Float {
  let eight = block.lowHalf + block.highHalf
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}
