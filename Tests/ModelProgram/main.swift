// Writes networks in files of ONNX and applies what such a file holds, for comparison with other runtimes.
//
//   model-program make MODEL CHANNELS WINDOW FILTERS LOWEST HIGHEST SEED
//   model-program predict MODEL INPUT OUTPUT
//
// FILTERS are numbers with commas. INPUT holds float32 [n][channel][row][column], OUTPUT gets float32 [n], both in the byte
// order of the machine. Exit status: 0 done, 1 where a file is wrong, 64 usage.

import Foundation
import Kernels
import ONNXModel

/// Numbers of no particular regularity from −1 to 1 (SplitMix64).
struct Wiggle {
  var state: UInt64

  mutating func next() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float(Int64(bitPattern: mixed ^ (mixed >> 31)) >> 40) * 0x1p-23
  }
}

func make(_ words: [String]) throws -> Bool {
  let filters = words[3].split(separator: ",").compactMap { Int($0) }
  guard let channels = Int(words[1]), let window = Int(words[2]), let lowest = Float(words[4]),
    let highest = Float(words[5]), let seed = UInt64(words[6]),
    WindowNetworkShape.refusal(channels: channels, window: window, filters: filters) == nil
  else { return false }
  var wiggle = Wiggle(state: seed)
  // As large as a trained network's, so that values stay of one size from layer to layer.
  let shape = WindowNetworkShape(channels: channels, window: window, filters: filters)
  var parameters: [Float] = []
  for (inputs, outputs) in zip([channels] + filters, filters) {
    let size = (6 / Float(9 * inputs)).squareRoot()
    parameters += (0..<9 * inputs * outputs).map { _ in size * wiggle.next() }
    parameters += (0..<outputs).map { _ in 0.1 * wiggle.next() }
  }
  parameters += (parameters.count..<shape.parameterCount).map { _ in 0.03 * wiggle.next() }
  parameters[parameters.count - 1] = 1
  let model = try WindowModel(
    channels: channels, window: window, filters: filters, parameters: parameters,
    offsets: (0..<channels).map { _ in 0.5 * wiggle.next() },
    scales: (0..<channels).map { _ in 1 + 0.3 * wiggle.next() },
    lowest: lowest, highest: highest, metadata: ["seed": "\(seed)"])
  try Data(ONNXFile.write(model)).write(to: URL(fileURLWithPath: words[0]))
  return true
}

func predict(_ words: [String]) throws {
  let model = try ONNXFile.read([UInt8](Data(contentsOf: URL(fileURLWithPath: words[0]))))
  let shape = WindowNetworkShape(channels: model.channels, window: model.window, filters: model.filters)
  let network = WindowNetwork(
    shape: shape, parameters: model.parameters, means: model.offsets, deviations: model.scales, lowest: model.lowest,
    highest: model.highest)
  let windows = try Data(contentsOf: URL(fileURLWithPath: words[1])).withUnsafeBytes {
    Array($0.bindMemory(to: Float.self))
  }
  var outputs = [Float](repeating: .nan, count: windows.count / shape.windowLength)
  windows.withUnsafeBufferPointer { windows in
    outputs.withUnsafeMutableBufferPointer { WindowPredictor(network).predict(windows, into: $0) }
  }
  try outputs.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: words[2])) }
}

let words = Array(CommandLine.arguments.dropFirst())
do {
  switch (words.first, words.count) {
  case ("make", 8) where try make(Array(words.dropFirst())): exit(0)
  case ("predict", 4):
    try predict(Array(words.dropFirst()))
    exit(0)
  default:
    FileHandle.standardError.write(Data("usage: model-program make|predict …; see its source\n".utf8))
    exit(64)
  }
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
}
