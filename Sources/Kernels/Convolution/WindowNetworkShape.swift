/// The shape of a network that makes one number of a window of a map: of the values of several channels in a square of cells.
///
/// Convolutions of 3 × 3 that keep the size, each followed by ReLU and by the largest of every 2 × 2 values (stride 2, one
/// row and column of padding at the end where the size is odd); then one dense output.
package struct WindowNetworkShape: Hashable, Sendable {
  /// Channels of the window.
  package let channels: Int
  /// Rows and columns of the window, an odd number.
  package let window: Int
  /// Output channels of each convolution, first to last.
  package let filters: [Int]

  /// The most channels of a window or filters of a convolution.
  package static let mostChannels = 4096
  /// The largest window.
  package static let largestWindow = 31
  /// The most convolutions.
  package static let mostConvolutions = 8
  /// The most weights and biases.
  package static let mostParameters = 1 << 26

  /// A shape within the bounds; see ``refusal(channels:window:filters:)`` for numbers from outside.
  package init(channels: Int, window: Int = 3, filters: [Int] = [32, 64, 128]) {
    if let refusal = Self.refusal(channels: channels, window: window, filters: filters) {
      preconditionFailure(refusal)
    }
    self.channels = channels
    self.window = window
    self.filters = filters
  }

  /// Why there is no network of these numbers; nil where there is one.
  package static func refusal(channels: Int, window: Int, filters: [Int]) -> String? {
    guard 1...mostChannels ~= channels else { return "\(channels) channels are not 1 to \(mostChannels)" }
    guard 1...largestWindow ~= window, window % 2 == 1 else {
      return "a window of \(window) is not an odd number from 1 to \(largestWindow)"
    }
    guard 1...mostConvolutions ~= filters.count else {
      return "\(filters.count) convolutions are not 1 to \(mostConvolutions)"
    }
    if let other = filters.first(where: { !(1...mostChannels ~= $0) }) {
      return "\(other) filters are not 1 to \(mostChannels)"
    }
    // At most 8 × 9 × 4096² + …: far from overflow.
    let parameters = zip([channels] + filters, filters).reduce(0) { $0 + 9 * $1.0 * $1.1 }
    return parameters > mostParameters ? "\(parameters) weights are more than \(mostParameters)" : nil
  }

  /// Values of a window: channels · window².
  package var windowLength: Int { channels * window * window }

  /// Number of weights and biases.
  ///
  /// They are kept in this order: of each convolution the weights `[output][input][row][column]`, then the biases; then the
  /// dense weights, one for each feature (channel, row, column), and the dense bias.
  package var parameterCount: Int { denseStart + featureCount + 1 }

  /// One convolution with what follows it.
  struct Convolution: Sendable {
    /// Channels before.
    var inputs: Int
    /// Channels after.
    var outputs: Int
    /// Rows and columns before pooling.
    var size: Int
    /// Place of its first weight among the parameters.
    var weightStart: Int
    /// Rows and columns after pooling.
    var pooledSize: Int { (size + 1) / 2 }
    /// Place of its first bias among the parameters.
    var biasStart: Int { weightStart + 9 * inputs * outputs }
  }

  /// The convolutions, first to last.
  var convolutions: [Convolution] {
    var (inputs, size, start) = (channels, window, 0)
    return filters.map { outputs in
      let convolution = Convolution(inputs: inputs, outputs: outputs, size: size, weightStart: start)
      (inputs, size, start) = (outputs, convolution.pooledSize, convolution.biasStart + outputs)
      return convolution
    }
  }

  /// Rows and columns of the features that the dense output sees.
  var featureSize: Int { filters.reduce(window) { size, _ in (size + 1) / 2 } }

  /// Number of features that the dense output sees.
  var featureCount: Int { filters[filters.count - 1] * featureSize * featureSize }

  /// Place of the first dense weight among the parameters; the dense bias is the last.
  var denseStart: Int { zip([channels] + filters, filters).reduce(0) { $0 + (9 * $1.0 + 1) * $1.1 } }
}
