import VectorisedLayout

/// Applies a network to windows.
///
/// A window's output does not depend on the others. Not to be shared between threads; use one for each.
package final class WindowPredictor {
  /// The network.
  package let network: WindowNetwork
  private let functions: any LevelFunctions.Type
  private let memory: WindowMemory

  /// Sets memory aside and lays out the weights.
  package init(_ network: WindowNetwork, level: InstructionLevel = .preferred) {
    precondition(level <= .highest, "this processor does not have the instructions of level \(level)")
    self.network = network
    functions = level.functions
    memory = WindowMemory(network.shape, isTraining: false)
    memory.scatter(network.parameters[...], to: memory.network.parameters)
    for channel in 0..<network.shape.channels {
      memory.network.means[channel] = network.means[channel]
      memory.network.deviations[channel] = network.deviations[channel]
    }
  }

  /// Bytes that a predictor holds.
  package static func memoryBytes(_ shape: WindowNetworkShape) -> Int {
    WindowMemory.bytes(shape, isTraining: false) + 4 * shape.parameterCount
  }

  /// The network's output for each window.
  /// - Parameters:
  ///   - windows: `[windows][channel][row][column]`, in the units of the network's means and deviations.
  ///   - outputs: One value a window; NaN where any value of the window is NaN.
  package func predict(
    _ windows: UnsafeBufferPointer<Float>, into outputs: UnsafeMutableBufferPointer<Float>
  ) {
    let length = network.shape.windowLength
    let (expected, isTooMany) = outputs.count.multipliedReportingOverflow(by: length)
    precondition(!isTooMany && windows.count == expected, "windows of another length, or not as many as outputs")
    guard let base = windows.baseAddress else { return }
    flushingSubnormals {
      for first in stride(from: 0, to: outputs.count, by: ConvolutionMemory.width) {
        let count = min(ConvolutionMemory.width, outputs.count - first)
        for place in 0..<count { memory.load(base + (first + place) * length, at: place) }
        memory.clear(from: count)
        functions.windowOutputs(memory.network)
        for place in 0..<count { outputs[first + place] = limited(memory.network.outputs[place]) }
      }
    }
  }

  private func limited(_ output: Float) -> Float {
    // A comparison with NaN is false.
    if output < network.lowest { return network.lowest }
    return output > network.highest ? network.highest : output
  }
}
