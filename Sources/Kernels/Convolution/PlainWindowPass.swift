/// One window through a network and back, written as plainly as possible.
struct PlainWindowPass {
  let shape: WindowNetworkShape
  private let convolutions: [WindowNetworkShape.Convolution]
  /// What each convolution reads, and last the features of the dense output: `[channel][row][column]`.
  private var inputs: [[Float]] = []
  /// What each convolution leaves, after ReLU.
  private var activations: [[Float]] = []
  /// For each value after pooling, the place of the value before.
  private var chosen: [[Int]] = []

  init(_ shape: WindowNetworkShape) {
    self.shape = shape
    convolutions = shape.convolutions
  }

  /// The sum of the dense output, before its ReLU.
  mutating func forward(_ window: [Float], _ parameters: [Float]) -> Float {
    inputs = [window]
    activations = []
    chosen = []
    for (index, layer) in convolutions.enumerated() {
      let size = layer.size
      var values = [Float](repeating: 0, count: layer.outputs * size * size)
      for output in 0..<layer.outputs {
        for row in 0..<size {
          for column in 0..<size {
            var sum = parameters[layer.biasStart + output]
            layer.forEachTap(output: output, row: row, column: column) { weight, place in
              sum += parameters[weight] * inputs[index][place]
            }
            values[(output * size + row) * size + column] = max(sum, 0)
          }
        }
      }
      let places = layer.largest(of: values)
      inputs.append(places.map { values[$0] })
      activations.append(values)
      chosen.append(places)
    }
    return zip(inputs[convolutions.count], parameters[shape.denseStart...])
      .reduce(parameters[shape.parameterCount - 1]) { $0 + $1.0 * $1.1 }
  }

  /// Adds to the gradient what the window of the last pass forward contributes.
  /// - Parameter delta: Derivative of the loss with respect to the sum of the dense output.
  func addGradient(_ delta: Float, _ parameters: [Float], to gradient: inout [Float]) {
    let features = inputs[convolutions.count]
    gradient[shape.parameterCount - 1] += delta
    var deltas = features.indices.map { parameters[shape.denseStart + $0] * delta }
    for (feature, value) in features.enumerated() { gradient[shape.denseStart + feature] += value * delta }
    for (index, layer) in convolutions.enumerated().reversed() {
      var before = [Float](repeating: 0, count: inputs[index].count)
      for (pooled, place) in chosen[index].enumerated() where activations[index][place] > 0 {
        let (output, cell) = place.quotientAndRemainder(dividingBy: layer.size * layer.size)
        gradient[layer.biasStart + output] += deltas[pooled]
        layer.forEachTap(output: output, row: cell / layer.size, column: cell % layer.size) { weight, source in
          gradient[weight] += inputs[index][source] * deltas[pooled]
          before[source] += parameters[weight] * deltas[pooled]
        }
      }
      deltas = before
    }
  }
}

extension WindowNetworkShape.Convolution {
  /// Goes through the weights that reach a value, and the places that they are multiplied with.
  fileprivate func forEachTap(output: Int, row: Int, column: Int, _ body: (_ weight: Int, _ place: Int) -> Void) {
    for input in 0..<inputs {
      for y in max(row - 1, 0)...min(row + 1, size - 1) {
        for x in max(column - 1, 0)...min(column + 1, size - 1) {
          let tap = (y - row + 1) * 3 + x - column + 1
          body(weightStart + (output * inputs + input) * 9 + tap, (input * size + y) * size + x)
        }
      }
    }
  }

  /// For each value after pooling, the place of the first largest value before it.
  fileprivate func largest(of values: [Float]) -> [Int] {
    (0..<outputs * pooledSize * pooledSize).map { pooled in
      let (output, cell) = pooled.quotientAndRemainder(dividingBy: pooledSize * pooledSize)
      let (row, column) = (2 * (cell / pooledSize), 2 * (cell % pooledSize))
      var best = (output * size + row) * size + column
      for y in row...min(row + 1, size - 1) {
        for x in column...min(column + 1, size - 1) {
          let place = (output * size + y) * size + x
          if values[place] > values[best] { best = place }
        }
      }
      return best
    }
  }
}
