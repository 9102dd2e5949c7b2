import Foundation
import Kernels

/// Loss and gradient of a multilayer perceptron in double precision, written as plainly as possible.
struct ReferenceNetwork {
  var shape: NetworkShape
  /// In the order of `NetworkTrainer.parameters`.
  var parameters: [Double]

  private func activate(_ z: Double) -> (value: Double, slope: Double) {
    switch shape.activation {
    case .relu: return (max(z, 0), z > 0 ? 1 : 0)
    case .tanh: return (tanh(z), 1 - tanh(z) * tanh(z))
    case .softplus: return (log1p(exp(-abs(z))) + max(z, 0), 1 / (1 + exp(-z)))
    case .gelu:
      let cumulative = 0.5 * erfc(-z / 2.0.squareRoot())
      return (z * cumulative, cumulative + z * exp(-z * z / 2) / (2 * Double.pi).squareRoot())
    }
  }

  private var widths: [Int] { [1] + shape.hidden + [1] }

  /// Output for one input, with the activations and slopes of every layer.
  private func forward(_ x: Double) -> (output: Double, values: [[Double]], slopes: [[Double]]) {
    var values = [[x]]
    var slopes: [[Double]] = [[1]]
    var start = 0
    for layer in 1..<widths.count {
      let (inputs, units) = (widths[layer - 1], widths[layer])
      var z = [Double](repeating: 0, count: units)
      for unit in 0..<units {
        for input in 0..<inputs { z[unit] += values[layer - 1][input] * parameters[start + input * units + unit] }
        z[unit] += parameters[start + inputs * units + unit]
      }
      start += (inputs + 1) * units
      if layer == widths.count - 1 { return (z[0], values, slopes) }
      values.append(z.map { activate($0).value })
      slopes.append(z.map { activate($0).slope })
    }
    return (.nan, values, slopes)
  }

  func evaluate(_ x: Double) -> Double { forward(x).output }

  func loss(x: [Double], y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + (evaluate($1.0) - $1.1) * (evaluate($1.0) - $1.1) } / Double(x.count)
  }

  func gradient(x: [Double], y: [Double]) -> [Double] {
    var gradient = [Double](repeating: 0, count: parameters.count)
    for (input, target) in zip(x, y) {
      let (output, values, slopes) = forward(input)
      var delta = [2 * (output - target) / Double(y.count)]
      var end = parameters.count
      for layer in (1..<widths.count).reversed() {
        let (inputs, units) = (widths[layer - 1], widths[layer])
        let start = end - (inputs + 1) * units
        var before = [Double](repeating: 0, count: inputs)
        for unit in 0..<units {
          for input in 0..<inputs {
            gradient[start + input * units + unit] += values[layer - 1][input] * delta[unit]
            before[input] += parameters[start + input * units + unit] * delta[unit]
          }
          gradient[start + inputs * units + unit] += delta[unit]
        }
        delta = zip(before, slopes[layer - 1]).map { $0 * $1 }
        end = start
      }
    }
    return gradient
  }
}
