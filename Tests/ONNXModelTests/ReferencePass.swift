import ONNXModel

extension WindowModel {
  /// What the network makes of a window [channel][row][column]: each formula as it is written down, in double.
  func output(of window: [Double]) -> Double {
    let cells = self.window * self.window
    var (size, channels) = (self.window, self.channels)
    var values = window.enumerated().map { index, value in
      (value - Double(offsets[index / cells])) / Double(scales[index / cells])
    }
    for layer in convolutions {
      func value(_ channel: Int, _ row: Int, _ column: Int) -> Double {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return 0 }
        return values[(channel * size + row) * size + column]
      }
      let pooled = (size + 1) / 2
      var next = [Double](repeating: 0, count: layer.outputs * pooled * pooled)
      for output in 0..<layer.outputs {
        for row in 0..<size {
          for column in 0..<size {
            var sum = Double(layer.bias[output])
            for input in 0..<channels {
              for (tap, weight) in layer.weights[(output * channels + input) * 9..<(output * channels + input) * 9 + 9]
                .enumerated()
              {
                sum += Double(weight) * value(input, row + tap / 3 - 1, column + tap % 3 - 1)
              }
            }
            let place = (output * pooled + row / 2) * pooled + column / 2
            next[place] = max(next[place], sum)
          }
        }
      }
      (values, size, channels) = (next, pooled, layer.outputs)
    }
    let sum = zip(values, denseWeights).reduce(Double(denseBias)) { $0 + $1.0 * Double($1.1) }
    return min(max(sum, Double(lowest)), Double(highest))
  }
}

/// A small network of no particular regularity.
func makeModel(
  channels: Int = 3, window: Int = 3, filters: [Int] = [4, 5, 6], lowest: Float = 0, highest: Float = .infinity,
  metadata: [String: String] = [:]
) throws -> WindowModel {
  let size = filters.reduce(window) { size, _ in (size + 1) / 2 }
  let count =
    zip([channels] + filters, filters).reduce(0) { $0 + (9 * $1.0 + 1) * $1.1 } + (filters.last ?? 0) * size * size + 1
  func wiggle(_ index: Int) -> Float { Float((index * 7919 + 13) % 997) / 997 - 0.47 }
  return try WindowModel(
    channels: channels, window: window, filters: filters, parameters: (0..<count).map(wiggle),
    offsets: (0..<channels).map { 3 * wiggle($0 + 5) }, scales: (0..<channels).map { 1 + wiggle($0 + 77) },
    lowest: lowest, highest: highest, metadata: metadata)
}
