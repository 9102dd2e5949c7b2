import Foundation
import Kernels
import Testing

/// The numbers of Resources/window_expected.py: from −0.5 to 0.5, exact in single precision.
private struct Numbers {
  private var state: UInt32 = 1

  mutating func draw(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) / 0x1p24 - 0.5
    }
  }
}

@Suite struct WindowReferenceTests {
  /// Losses by PyTorch; version and columns are named in the file's head.
  private static let expected: [[Double]] = {
    guard let url = Bundle.module.url(forResource: "window-expected", withExtension: "txt"),
      let text = try? String(contentsOf: url, encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: " ").map { Double($0) ?? .nan } }
  }()

  @Test(arguments: InstructionLevel.available) func lossesAreThoseOfPyTorch(level: InstructionLevel) throws {
    try #require(Self.expected.count == 12)
    for first in stride(from: 0, to: 12, by: 4) {
      let row = Self.expected[first].map { Int($0) }
      let shape = WindowNetworkShape(channels: row[0], window: row[1], filters: Array(row[4...]))
      var numbers = Numbers()
      var parameters = numbers.draw(shape.parameterCount)
      parameters[parameters.count - 1] += 4
      let windows = numbers.draw(40 * shape.windowLength).map { 4 * $0 }
      let targets = numbers.draw(40).map { 2 + 2 * $0 }
      let training = WindowTraining(shape, windows: windows, targets: targets, settings: AdamSettings(), level: level)
      training.start(parameters: parameters)
      let losses = (0..<100).map { _ in training.step(chosen: Array(0..<40)).loss }
      for row in Self.expected[first..<first + 4] {
        let loss = losses[Int(row[2]) - 1]
        #expect(abs(loss - row[3]) < 1e-3 * row[3], "\(shape), iteration \(row[2]): \(loss)")
      }
      #expect(losses[99] < losses[0])
    }
  }
}
