import Distributed
import Kernels

/// A network and the windows that it is tried on.
final class WindowTrial {
  private let cells: [Int]
  private let length: Int
  private let predictor: WindowPredictor
  private var windows: [Float]
  private var outputs: [Float]

  /// Windows that are gathered at a time.
  private static let blockSize = 256

  init(channels: Int, cells: [Int]) {
    self.cells = cells
    let shape = WindowNetworkShape(channels: channels)
    length = shape.windowLength
    predictor = WindowPredictor(
      WindowNetwork(
        shape: shape, parameters: (0..<shape.parameterCount).map { Float($0 % 13 - 6) / 40 },
        means: [Float](repeating: 70, count: channels), deviations: [Float](repeating: 40, count: channels)))
    windows = [Float](repeating: 0, count: Self.blockSize * length)
    outputs = [Float](repeating: 0, count: Self.blockSize)
  }

  /// Seconds of the processor in which all windows are gathered, and put into the network where that is wanted.
  func seconds(_ halo: Halo, _ values: [[Float]], _ foreign: [Float], network isWanted: Bool) -> Double {
    let start = cpuSeconds()
    WindowPlaces.withValues(values, foreign: foreign) { values in
      for first in stride(from: 0, to: cells.count, by: Self.blockSize) {
        let own = cells[first..<min(cells.count, first + Self.blockSize)]
        windows.withUnsafeMutableBufferPointer { windows in
          guard let base = windows.baseAddress else { return }
          halo.places.gather(own, values, edge: .centre, into: base)
          guard isWanted else { return }
          outputs.withUnsafeMutableBufferPointer {
            predictor.predict(
              UnsafeBufferPointer(start: base, count: own.count * length),
              into: UnsafeMutableBufferPointer(rebasing: $0[..<own.count]))
          }
        }
      }
    }
    return cpuSeconds() - start
  }
}
