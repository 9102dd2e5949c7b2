import Kernels

/// A network of windows in double precision, written as plainly as possible.
struct ReferenceWindowNetwork {
  let shape: WindowNetworkShape
  /// In the order of `WindowNetworkShape.parameterCount`.
  var parameters: [Double]

  private struct Convolution {
    var inputs: Int
    var outputs: Int
    var size: Int
    var weights: Int
    var biases: Int { weights + 9 * inputs * outputs }
    var pooledSize: Int { (size + 1) / 2 }
  }

  private var convolutions: [Convolution] {
    var result: [Convolution] = []
    for outputs in shape.filters {
      let last = result.last
      result.append(
        Convolution(
          inputs: last?.outputs ?? shape.channels, outputs: outputs, size: last?.pooledSize ?? shape.window,
          weights: last.map { $0.biases + $0.outputs } ?? 0))
    }
    return result
  }

  /// One window on its way through the network.
  private struct Pass {
    /// What each convolution reads, and last the features: `[channel][row][column]`.
    var inputs: [[Double]]
    /// What each convolution leaves, after ReLU.
    var activations: [[Double]] = []
    /// For each value after pooling, the place of the value before.
    var places: [[Int]] = []
    /// The sum of the dense output.
    var output = 0.0
  }

  private func forward(_ window: [Double]) -> Pass {
    var pass = Pass(inputs: [window])
    var denseStart = 0
    for (index, layer) in convolutions.enumerated() {
      var values = [Double](repeating: 0, count: layer.outputs * layer.size * layer.size)
      for place in values.indices {
        let output = place / (layer.size * layer.size)
        var sum = parameters[layer.biases + output]
        forEachTap(layer, of: place) { weight, source in sum += parameters[weight] * pass.inputs[index][source] }
        values[place] = max(sum, 0)
      }
      let places = largest(layer, of: values)
      pass.activations.append(values)
      pass.places.append(places)
      pass.inputs.append(places.map { values[$0] })
      denseStart = layer.biases + layer.outputs
    }
    pass.output = parameters[parameters.count - 1]
    for (feature, value) in pass.inputs[convolutions.count].enumerated() {
      pass.output += parameters[denseStart + feature] * value
    }
    return pass
  }

  /// The sum of the dense output.
  func evaluate(_ window: [Double]) -> Double { forward(window).output }

  /// Mean squared error of the outputs behind their ReLU.
  func loss(_ windows: [[Double]], _ targets: [Double]) -> Double {
    var sum = 0.0
    for (window, target) in zip(windows, targets) {
      let error = max(evaluate(window), 0) - target
      sum += error * error
    }
    return sum / Double(targets.count)
  }

  func gradient(_ windows: [[Double]], _ targets: [Double]) -> [Double] {
    var gradient = [Double](repeating: 0, count: parameters.count)
    for (window, target) in zip(windows, targets) {
      let pass = forward(window)
      guard pass.output > 0 else { continue }
      let delta = 2 * (pass.output - target) / Double(targets.count)
      let features = pass.inputs[convolutions.count]
      let denseStart = parameters.count - 1 - features.count
      gradient[parameters.count - 1] += delta
      for (feature, value) in features.enumerated() { gradient[denseStart + feature] += value * delta }
      var deltas = features.indices.map { parameters[denseStart + $0] * delta }
      for (index, layer) in convolutions.enumerated().reversed() {
        var before = [Double](repeating: 0, count: pass.inputs[index].count)
        for (pooled, place) in pass.places[index].enumerated() where pass.activations[index][place] > 0 {
          gradient[layer.biases + place / (layer.size * layer.size)] += deltas[pooled]
          forEachTap(layer, of: place) { weight, source in
            gradient[weight] += pass.inputs[index][source] * deltas[pooled]
            before[source] += parameters[weight] * deltas[pooled]
          }
        }
        deltas = before
      }
    }
    return gradient
  }

  /// Goes through the weights that reach a value, and the places of what they are multiplied with.
  private func forEachTap(_ layer: Convolution, of place: Int, _ body: (_ weight: Int, _ source: Int) -> Void) {
    let (output, cell) = place.quotientAndRemainder(dividingBy: layer.size * layer.size)
    let (row, column) = cell.quotientAndRemainder(dividingBy: layer.size)
    for input in 0..<layer.inputs {
      for kernelRow in 0..<3 {
        for kernelColumn in 0..<3 {
          let (y, x) = (row + kernelRow - 1, column + kernelColumn - 1)
          guard 0..<layer.size ~= y, 0..<layer.size ~= x else { continue }
          body(
            layer.weights + ((output * layer.inputs + input) * 3 + kernelRow) * 3 + kernelColumn,
            (input * layer.size + y) * layer.size + x)
        }
      }
    }
  }

  /// For each value after pooling, the place of the first largest value before it.
  private func largest(_ layer: Convolution, of values: [Double]) -> [Int] {
    var places: [Int] = []
    for output in 0..<layer.outputs {
      for row in 0..<layer.pooledSize {
        for column in 0..<layer.pooledSize {
          var best: Int?
          for y in [2 * row, 2 * row + 1] where y < layer.size {
            for x in [2 * column, 2 * column + 1] where x < layer.size {
              let place = (output * layer.size + y) * layer.size + x
              if best.map({ values[place] > values[$0] }) ?? true { best = place }
            }
          }
          places.append(best ?? -1)
        }
      }
    }
    return places
  }
}
