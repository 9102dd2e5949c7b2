/// The memory of a network of windows, as its kernels see it, for one block of samples at a time.
package struct ConvolutionMemory {
  /// Samples of a block, side by side.
  package static let width = 32

  /// The convolutions, first to last.
  package var layers: UnsafeMutablePointer<ConvolutionLayer>
  /// Number of convolutions, at least one.
  package var layerCount: Int
  /// Channels of the windows.
  package var channels: Int
  /// Cells of a window.
  package var area: Int
  /// Distance in values between windows in `rows`: their length rounded up to 16.
  package var rowStride: Int
  /// `[sample][channel][cell]`, the windows of the block as they come; zero where there is none.
  package var rows: UnsafeMutablePointer<Float>
  /// The same with rows and columns exchanged.
  package var columns: UnsafeMutablePointer<Float>
  /// By channel, what is taken off the values of the windows.
  package var means: UnsafeMutablePointer<Float>
  /// By channel, what they are divided by then.
  package var deviations: UnsafeMutablePointer<Float>
  /// `[cell][channel][sample]`, the standardised windows.
  package var input: UnsafeMutablePointer<Float>
  /// The sum of the dense output, by sample; NaN where any value of the window is NaN.
  package var outputs: UnsafeMutablePointer<Float>
  /// Derivative of the loss with respect to `outputs`, zero for samples that are not there.
  package var outputDeltas: UnsafeMutablePointer<Float>
  /// Features that the dense output sees.
  package var featureCount: Int
  /// Place of the first dense weight, `[cell][channel]`, in the arrays of parameters.
  package var denseStart: Int
  /// Gradient of the dense weights, padded to a multiple of 16.
  package var denseGradient: UnsafeMutablePointer<Float>
  /// Length of the arrays of parameters, a multiple of 16: the layers' weights and biases, the dense weights, the dense bias.
  package var parameterCount: Int
  /// Weights and biases.
  package var parameters: UnsafeMutablePointer<Float>
  /// First moment (running mean of the gradient); in training only, as what follows.
  package var firstMoments: UnsafeMutablePointer<Float>
  /// Second moment (running mean of the squared gradient).
  package var secondMoments: UnsafeMutablePointer<Float>
  /// The gradient of an iteration.
  package var gradient: UnsafeMutablePointer<Float>
  /// Gradients of blocks in units of 2⁻⁴⁰, added up.
  package var sums: UnsafeMutablePointer<Int64>
  /// 16 values whose largest has the bits of the largest absolute value that was added to `sums`; NaN is above all.
  package var largest: UnsafeMutablePointer<Int32>
  /// Terms of one product, and one more that is read but not followed.
  package var terms: UnsafeMutablePointer<ProductTerm>

  /// Place of the dense bias in the arrays of parameters.
  package var denseBias: Int { denseStart + Arena.roundedUp(featureCount) }
  /// The features that the dense output sees.
  package var features: UnsafeMutablePointer<Float> { layers[layerCount - 1].pooled }

  /// Lays out a network in an arena.
  /// - Parameters:
  ///   - filters: Output channels of each convolution, at least one.
  ///   - layers: Room for as many layers, which are written there.
  package init(
    channels: Int, window: Int, filters: [Int], isTraining: Bool, layers: UnsafeMutablePointer<ConvolutionLayer>,
    in arena: inout Arena
  ) {
    self.layers = layers
    self.channels = channels
    layerCount = filters.count
    area = window * window
    rowStride = Arena.roundedUp(channels * area)
    rows = arena.take(Self.width * rowStride)
    columns = arena.take(Self.width * rowStride)
    means = arena.take(Arena.roundedUp(channels))
    deviations = arena.take(Arena.roundedUp(channels))
    input = arena.take(Self.width * channels * area)
    outputs = arena.take(Self.width)
    outputDeltas = arena.take(Self.width)

    var (inputs, size, start) = (channels, window, 0)
    for (index, count) in filters.enumerated() {
      let layer = ConvolutionLayer(
        inputs: inputs, outputs: count, size: size, weightStart: start, isTraining: isTraining, in: &arena)
      (layers + index).initialize(to: layer)
      (inputs, size, start) = (count, layer.pooledSize, layer.end)
    }
    featureCount = inputs * size * size
    denseStart = start
    denseGradient = arena.take(Arena.roundedUp(featureCount))
    parameterCount = start + Arena.roundedUp(featureCount) + 16
    parameters = arena.take(parameterCount)
    let trained = isTraining ? parameterCount : 0
    firstMoments = arena.take(trained)
    secondMoments = arena.take(trained)
    gradient = arena.take(trained)
    sums = arena.take(trained, of: Int64.self)
    largest = arena.take(16, of: Int32.self)
    terms = arena.take(max(9, area) + 1, of: ProductTerm.self)
  }
}

/// One term of a sum of matrix products: where its factors begin.
package struct ProductTerm: BitwiseCopyable, Sendable {
  /// Values from the start of the left factors on.
  package var a: Int
  /// Values from the start of the right factors on.
  package var b: Int

  /// A term.
  package init(a: Int, b: Int) {
    self.a = a
    self.b = b
  }
}
