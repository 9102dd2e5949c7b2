import VectorisedLayout

/// The function that hidden units apply to their weighted sum.
package typealias Activation = VectorisedLayout.Activation

/// The shape of a multilayer perceptron with one input and one output.
package struct NetworkShape: Sendable, Equatable {
  /// Units of each hidden layer, first to last; at least one layer, at least one unit each.
  package var hidden: [Int]
  /// Function of the hidden units; the output is linear.
  package var activation: Activation

  /// A shape; the default is Yan et al.'s, 1 → 100 → 100 → 100 → 1 with ReLU.
  package init(hidden: [Int] = [100, 100, 100], activation: Activation = .relu) {
    precondition(!hidden.isEmpty && hidden.allSatisfy { $0 > 0 }, "a network needs hidden layers with units")
    self.hidden = hidden
    self.activation = activation
  }

  /// Inputs and outputs of each layer, the output layer included.
  var connections: [(inputs: Int, outputs: Int)] {
    Array(zip([1] + hidden, hidden + [1])).map { (inputs: $0.0, outputs: $0.1) }
  }

  /// Number of weights and biases.
  package var parameterCount: Int { connections.reduce(0) { $0 + ($1.inputs + 1) * $1.outputs } }

  /// Floating-point operations of one epoch over so many samples, counting matrix products alone.
  ///
  /// Forward and weight gradient touch every weight and bias, the backward pass every weight but the first layer's.
  package func operationsPerEpoch(samples: Int) -> Double {
    let weights = connections.reduce(0) { $0 + $1.inputs * $1.outputs }
    return Double(2 * samples) * Double(2 * parameterCount + weights - hidden[0])
  }
}
