/// A network of windows with all that it takes to apply it.
package struct WindowNetwork: Equatable, Sendable {
  /// Its shape.
  package var shape: WindowNetworkShape
  /// Weights and biases, in the order that ``WindowNetworkShape/parameterCount`` describes.
  package var parameters: [Float]
  /// By channel, what is taken off the values of a window.
  package var means: [Float]
  /// By channel, what they are divided by then.
  package var deviations: [Float]
  /// The output is not below this: 0 for a ReLU, −∞ for a linear output.
  package var lowest: Float
  /// The output is not above this; ∞ for no limit.
  package var highest: Float

  /// A network; there must be as many parameters as the shape has, and a mean and a deviation for each channel.
  package init(
    shape: WindowNetworkShape, parameters: [Float], means: [Float], deviations: [Float], lowest: Float = 0,
    highest: Float = .infinity
  ) {
    precondition(parameters.count == shape.parameterCount, "a network of this shape has other parameters")
    precondition(means.count == shape.channels && deviations.count == shape.channels, "moments by channel")
    precondition(lowest <= highest, "limits of the output in ascending order")
    self.shape = shape
    self.parameters = parameters
    self.means = means
    self.deviations = deviations
    self.lowest = lowest
    self.highest = highest
  }
}
