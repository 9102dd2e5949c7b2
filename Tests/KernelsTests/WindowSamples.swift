import Kernels

/// Windows and targets of no particular regularity, every number exact in single precision.
func windowSamples(_ shape: WindowNetworkShape, _ count: Int) -> (windows: [Float], targets: [Float]) {
  var random = RandomSequence(seed: 12, cell: count, purpose: .resampling)
  let windows = (0..<count * shape.windowLength).map { _ in 4 * random.nextUnit() - 2 }
  return (windows, (0..<count).map { _ in 1 + random.nextUnit() })
}

extension [Float] {
  /// Pieces of a length, in double precision.
  func pieces(_ length: Int) -> [[Double]] {
    stride(from: 0, to: count, by: length).map { self[$0..<$0 + length].map(Double.init) }
  }
}

extension WindowPredictor {
  /// Outputs for windows in one array.
  func predict(_ windows: [Float]) -> [Float] {
    var outputs = [Float](repeating: -1, count: windows.count / network.shape.windowLength)
    windows.withUnsafeBufferPointer { windows in
      outputs.withUnsafeMutableBufferPointer { predict(windows, into: $0) }
    }
    return outputs
  }
}

/// Root of the sum of squared differences, in shares of that of the expected values.
func relativeError(_ values: [Float], _ expected: [Double]) -> Double {
  let squares = zip(values, expected).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
  return (squares / expected.reduce(1e-30) { $0 + $1 * $1 }).squareRoot()
}
