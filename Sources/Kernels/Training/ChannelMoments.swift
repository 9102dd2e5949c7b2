/// Mean, standard deviation and range of each channel of windows.
package struct ChannelMoments: Sendable, Equatable {
  /// Means by channel, in the channels' units.
  package let means: [Float]
  /// Standard deviations (n) by channel; 0 where a channel is constant.
  package let deviations: [Float]
  /// Smallest values by channel.
  package let lowest: [Float]
  /// Largest values by channel.
  package let highest: [Float]

  /// The moments of some samples, over all cells of their windows.
  ///
  /// - Parameters:
  ///   - windows: [sample][channel][cell] without missing values.
  ///   - samples: those that count, at least one.
  package init(windows: [Float], channels: Int, cells: Int, samples: [Int]) {
    var moments: [(mean: Float, deviation: Float, lowest: Float, highest: Float)] = []
    let count = Double(samples.count * cells)
    for channel in 0..<channels {
      func sum(_ term: (Float) -> Double) -> Double {
        var sum = 0.0
        for sample in samples {
          let start = (sample * channels + channel) * cells
          for cell in start..<start + cells { sum += term(windows[cell]) }
        }
        return sum
      }
      var (lowest, highest) = (Float.infinity, -Float.infinity)
      let mean =
        sum {
          lowest = min(lowest, $0)
          highest = max(highest, $0)
          return Double($0)
        } / count
      let variance = sum { (Double($0) - mean) * (Double($0) - mean) } / count
      // A sum of equal values need not divide into exactly their value.
      moments.append((Float(mean), lowest < highest ? Float(variance.squareRoot()) : 0, lowest, highest))
    }
    means = moments.map(\.mean)
    deviations = moments.map(\.deviation)
    lowest = moments.map(\.lowest)
    highest = moments.map(\.highest)
  }

  /// The first channel that does not vary, or by so little that single precision cannot tell; nil where all do.
  package var constantChannel: Int? {
    means.indices.first { !(deviations[$0] > 1e-6 * max(abs(means[$0]), Float.leastNormalMagnitude)) }
  }

  /// Windows in standard units, as a network sees them: (x − mean) / deviation in single precision.
  package func standardised(_ windows: [Float], cells: Int) -> [Float] {
    windows.indices.map { place in
      let channel = place / cells % means.count
      return (windows[place] - means[channel]) / deviations[channel]
    }
  }
}
