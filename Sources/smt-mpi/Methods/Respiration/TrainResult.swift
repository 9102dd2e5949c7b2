import Foundation
import Kernels

/// How a training ended.
enum TrainStatus: String, Codable, CaseIterable {
  /// The loss no longer fell.
  case converged
  /// All iterations were done.
  case limit
  /// The loss or a gradient was no number, or too large.
  case diverged
  /// All outputs were zero, again and again.
  case dead

  /// Whether the network can be used.
  var isUsable: Bool { self == .converged || self == .limit }
}

/// What a training has come to, at its end or on the way.
struct TrainProgress: Codable {
  /// What an evaluation found.
  struct Evaluation: Codable {
    var training: PredictionSums
    var test: PredictionSums
  }

  /// nil on the way.
  var status: TrainStatus?
  /// Iterations since the last start.
  var iteration = 0
  /// How often it was started anew because all outputs were zero.
  var restarts = 0
  /// Mean squared error of the last iteration.
  var loss = Double.nan
  /// Where the loss last fell.
  var best = Double.infinity
  var bestIteration = 0
  /// The last evaluations, oldest first.
  var evaluations: [Evaluation] = []
  /// What the network predicts for the test samples, at the end.
  var predictions: [Float] = []

  /// The scores: means over the evaluations.
  func scores(_ part: KeyPath<Evaluation, PredictionSums>) -> PredictionScores {
    .mean(evaluations.map { $0[keyPath: part].scores })
  }

  /// The progress, then numbers of the network: its weights, or its whole state.
  func bytes(_ numbers: [Float]) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = Self.encoding
    let head = [UInt8](try encoder.encode(self))
    return withUnsafeBytes(of: Int64(head.count)) { [UInt8]($0) } + head + numbers.withUnsafeBytes { [UInt8]($0) }
  }

  /// Takes apart what `bytes(_:)` made.
  static func read(_ bytes: [UInt8]) throws -> (progress: TrainProgress, numbers: [Float]) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = decoding
    let count = bytes.withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) }
    let progress = try decoder.decode(TrainProgress.self, from: Data(bytes[8..<8 + count]))
    let numbers = bytes[(8 + count)...].withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    return (progress, numbers)
  }

  private static let encoding = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  private static let decoding = JSONDecoder.NonConformingFloatDecodingStrategy.convertFromString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
}
