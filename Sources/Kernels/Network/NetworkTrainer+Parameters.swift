import VectorisedLayout

extension NetworkTrainer {
  /// All weights and biases: layer by layer, in each layer input by input and unit by unit, the biases last.
  package var parameters: [Float] {
    get { gather(\.weights, memory.network.outputWeights) }
    set {
      precondition(newValue.count == shape.parameterCount, "a network of this shape has other parameters")
      var next = 0
      for index in 0..<memory.network.layerCount {
        let layer = memory.network.layers[index]
        for row in 0...layer.inputs {
          for unit in 0..<layer.units {
            layer.weights[row * layer.weightStride + unit] = newValue[next]
            next += 1
          }
        }
      }
      for unit in 0..<(newValue.count - next) { memory.network.outputWeights[unit] = newValue[next + unit] }
    }
  }

  /// Mean squared error over the loaded samples, and its derivatives in the order of ``parameters``.
  package func lossAndGradient() -> (loss: Float, gradient: [Float]) {
    let loss = flushingSubnormals { functions.gradient(memory.network) }
    return (loss, gather(\.gradient, memory.network.outputGradient))
  }

  private func gather(
    _ values: KeyPath<DenseLayer, UnsafeMutablePointer<Float>>, _ output: UnsafeMutablePointer<Float>
  ) -> [Float] {
    var all: [Float] = []
    all.reserveCapacity(shape.parameterCount)
    for index in 0..<memory.network.layerCount {
      let layer = memory.network.layers[index]
      for row in 0...layer.inputs {
        for unit in 0..<layer.units { all.append(layer[keyPath: values][row * layer.weightStride + unit]) }
      }
    }
    for unit in 0...shape.hidden[shape.hidden.count - 1] { all.append(output[unit]) }
    return all
  }
}
