/// Applies a network to windows.
///
/// Not to be shared between threads; use one for each.
package final class WindowPredictor {
  /// The network.
  package let network: WindowNetwork
  private var pass: PlainWindowPass

  /// Sets memory aside and lays out the weights.
  package init(_ network: WindowNetwork, level: InstructionLevel = .preferred) {
    precondition(level <= .highest, "this processor does not have the instructions of level \(level)")
    self.network = network
    pass = PlainWindowPass(network.shape)
  }

  /// The network's output for each window.
  /// - Parameters:
  ///   - windows: `[windows][channel][row][column]`, in the units of the network's means and deviations.
  ///   - outputs: One value a window; NaN where any value of the window is NaN.
  package func predict(
    _ windows: UnsafeBufferPointer<Float>, into outputs: UnsafeMutableBufferPointer<Float>
  ) {
    let length = network.shape.windowLength
    precondition(windows.count == outputs.count * length, "windows of another length, or not as many as outputs")
    let area = network.shape.window * network.shape.window
    for number in outputs.indices {
      let raw = windows[number * length..<(number + 1) * length]
      guard !raw.contains(where: \.isNaN) else {
        outputs[number] = .nan
        continue
      }
      let values = raw.enumerated().map { place, value in
        (value - network.means[place / area]) / network.deviations[place / area]
      }
      outputs[number] = min(max(pass.forward(values, network.parameters), network.lowest), network.highest)
    }
  }
}
