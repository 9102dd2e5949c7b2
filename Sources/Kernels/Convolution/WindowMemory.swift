import VectorisedLayout

/// One aligned block of memory for a network of windows and a block of samples, and where its parameters lie in it.
final class WindowMemory {
  /// Pointers into the block.
  let network: ConvolutionMemory
  private let shape: WindowNetworkShape
  private let block: MemoryBlock<ConvolutionMemory>
  private let layers: UnsafeMutablePointer<ConvolutionLayer>

  /// Bytes of the memory of a network.
  static func bytes(_ shape: WindowNetworkShape, isTraining: Bool) -> Int {
    let layers = UnsafeMutablePointer<ConvolutionLayer>.allocate(capacity: shape.filters.count)
    defer { layers.deallocate() }
    let count = Arena.count { ConvolutionMemory(shape, isTraining: isTraining, layers, in: &$0) }
    return count * MemoryLayout<Float>.stride
  }

  /// Sets the memory aside, all zero but the deviations, which are 1.
  init(_ shape: WindowNetworkShape, isTraining: Bool) {
    let layers = UnsafeMutablePointer<ConvolutionLayer>.allocate(capacity: shape.filters.count)
    block = MemoryBlock { ConvolutionMemory(shape, isTraining: isTraining, layers, in: &$0) }
    network = block.layout
    self.layers = layers
    self.shape = shape
    for channel in 0..<shape.channels { network.deviations[channel] = 1 }
  }

  deinit { layers.deallocate() }

  /// Copies a window to its place in the block of samples.
  func load(_ window: UnsafePointer<Float>, at place: Int) {
    (network.rows + place * network.rowStride).update(from: window, count: shape.windowLength)
  }

  /// Clears the places of samples that are not there.
  func clear(from place: Int) {
    let count = (ConvolutionMemory.width - place) * network.rowStride
    (network.rows + place * network.rowStride).update(repeating: 0, count: count)
  }

  /// Copies numbers in the order of ``WindowNetworkShape/parameterCount`` to one of the arrays of parameters, without those
  /// of weights that never meet a cell.
  func scatter(_ values: ArraySlice<Float>, to array: UnsafeMutablePointer<Float>) {
    forEachParameter { number, place in array[place] = values[values.startIndex + number] }
  }

  /// The other way; numbers without a place there are left as they are.
  func gather(_ array: UnsafePointer<Float>, to values: inout [Float]) {
    forEachParameter { number, place in values[number] = array[place] }
  }

  private func forEachParameter(_ body: (_ number: Int, _ place: Int) -> Void) {
    for (index, convolution) in shape.convolutions.enumerated() {
      let layer = layers[index]
      for output in 0..<layer.outputs {
        for input in 0..<layer.inputs {
          // The one tap that is kept is the centre's.
          let first = convolution.weightStart + (output * layer.inputs + input) * 9 + (layer.tapCount == 1 ? 4 : 0)
          for tap in 0..<layer.tapCount {
            body(first + tap, layer.weightStart + (tap * layer.inputs + input) * layer.weightStride + output)
          }
        }
        body(convolution.biasStart + output, layer.biasStart + output)
      }
    }
    let channels = shape.filters[shape.filters.count - 1]
    let area = shape.featureCount / channels
    for feature in 0..<shape.featureCount {
      let (channel, cell) = feature.quotientAndRemainder(dividingBy: area)
      body(shape.denseStart + feature, network.denseStart + cell * channels + channel)
    }
    body(shape.parameterCount - 1, network.denseBias)
  }
}

extension ConvolutionMemory {
  fileprivate init(
    _ shape: WindowNetworkShape, isTraining: Bool, _ layers: UnsafeMutablePointer<ConvolutionLayer>,
    in arena: inout Arena
  ) {
    self.init(
      channels: shape.channels, window: shape.window, filters: shape.filters, isTraining: isTraining, layers: layers,
      in: &arena)
  }
}
