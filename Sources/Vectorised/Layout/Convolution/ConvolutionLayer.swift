/// The memory of one convolution of 3 × 3 with ReLU and pooling, for a block of samples.
///
/// Values of a block are `[cell][channel][sample]`, the samples side by side. Weights are `[tap][input][output]`, the outputs
/// padded with zeros to a multiple of 16. Only taps that can meet a cell of the window are kept: all nine, or, where there
/// is one cell, the one in the centre.
package struct ConvolutionLayer {
  /// Channels before.
  package var inputs: Int
  /// Channels after.
  package var outputs: Int
  /// Rows and columns before pooling.
  package var size: Int
  /// Place of the first weight in the network's arrays of parameters.
  package var weightStart: Int
  /// `[size²][outputs]`, after ReLU.
  package var activations: UnsafeMutablePointer<Float>
  /// `[pooledSize²][outputs]`, the largest of every 2 × 2; the activations themselves where there is one cell.
  package var pooled: UnsafeMutablePointer<Float>
  /// `[pooledSize²][outputs]`, derivative of the loss with respect to `pooled`; in training only.
  package var pooledDeltas: UnsafeMutablePointer<Float>
  /// `[size²][outputs]`, padded as the weights: derivative with respect to the sums before ReLU; in training only.
  package var deltas: UnsafeMutablePointer<Float>
  /// `[size²][sample][output]`, the same with samples and outputs exchanged; in training only.
  package var transposedDeltas: UnsafeMutablePointer<Float>

  /// Distance in values between rows of weights: `outputs` rounded up to 16.
  package var weightStride: Int { Arena.roundedUp(outputs) }
  /// Rows and columns after pooling.
  package var pooledSize: Int { (size + 1) / 2 }
  /// Taps that are kept.
  package var tapCount: Int { size == 1 ? 1 : 9 }
  /// Place of the first bias in the network's arrays of parameters.
  package var biasStart: Int { weightStart + tapCount * inputs * weightStride }
  /// Place behind the last bias.
  package var end: Int { biasStart + weightStride }

  /// Lays out a convolution in an arena.
  package init(
    inputs: Int, outputs: Int, size: Int, weightStart: Int, isTraining: Bool, in arena: inout Arena
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.size = size
    self.weightStart = weightStart
    let pooledSize = (size + 1) / 2
    let width = ConvolutionMemory.width
    let padded = isTraining ? size * size * Arena.roundedUp(outputs) * width : 0
    activations = arena.take(size * size * outputs * width)
    pooled = size == 1 ? activations : arena.take(pooledSize * pooledSize * outputs * width)
    pooledDeltas = arena.take(isTraining ? pooledSize * pooledSize * outputs * width : 0)
    deltas = arena.take(padded)
    transposedDeltas = arena.take(padded)
  }
}
