import SwiftProtobuf
import Testing

@testable import ONNXModel

/// Damage of all kinds, the same for a seed: a file is refused with a message, or is a network whose numbers fit.
@Suite struct MutationTests {
  /// Pseudo-random numbers (SplitMix64).
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private static let strange: [Int64] = [0, 1, -1, 2, 3, 5, 255, 1 << 16, 1 << 24, 1 << 31, 1 << 62, .max, .min]
  private static let operators = [
    "Sub", "Div", "Add", "Mul", "Conv", "Relu", "MaxPool", "Flatten", "Gemm", "MatMul", "Clip", "Reshape", "Transpose",
    "Squeeze", "Unsqueeze", "Identity", "Constant", "Shape", "Gather", "Cast", "Slice", "Concat", "Loop", "",
  ]

  private func files() throws -> [[UInt8]] {
    try Exports.names.map { try Exports.bytes($0, "onnx") } + [
      ONNXFile.write(makeModel(metadata: ["predictor_names": "[\"a\"]"])),
      ONNXFile.write(makeModel(window: 5, filters: [3], lowest: -1, highest: 1)),
    ]
  }

  /// Refused, or a network.
  private func check(_ bytes: [UInt8], _ description: String) -> Bool {
    do {
      let model = try ONNXFile.read(bytes)
      try model.check()
      #expect(try ONNXFile.read(ONNXFile.write(model)) == model, "\(description)")
      return true
    } catch {
      #expect(!error.message.isEmpty && error.message.count < 1000 && !error.message.contains("\n"), "\(description)")
    }
    return false
  }

  @Test(.timeLimit(.minutes(5))) func damagedBytesEndInARefusalOrANetwork() throws {
    let files = try files()
    var accepted = 0
    for number in 0..<12_000 {
      var random = Generator(state: UInt64(number))
      var bytes = files[number % files.count]
      switch number / files.count % 5 {
      case 0: for _ in 0..<Int.random(in: 1...8, using: &random) { flip(&bytes, &random) }
      case 1: bytes = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
      case 2:
        let (first, second) = (
          Int.random(in: 0..<bytes.count - 64, using: &random), Int.random(in: 0..<bytes.count - 64, using: &random)
        )
        for offset in 0..<64 { bytes.swapAt(first + offset, second + offset) }
      case 3:
        let start = Int.random(in: 0..<bytes.count - 16, using: &random)
        for offset in 0..<16 { bytes[start + offset] = Bool.random(using: &random) ? 0 : 0xff }
      default:
        bytes += (0..<Int.random(in: 1...99, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      }
      if check(bytes, "bytes, number \(number)") { accepted += 1 }
    }
    #expect((500...11_000).contains(accepted), "\(accepted) of both kinds")
  }

  private func flip(_ bytes: inout [UInt8], _ random: inout Generator) {
    // What is not weights makes the difference: names and lengths lie in the first and the last kilobyte.
    let place = Int.random(in: 0..<min(bytes.count, 1000), using: &random)
    bytes[Bool.random(using: &random) ? place : bytes.count - 1 - place] ^= UInt8.random(in: 1...255, using: &random)
  }

  /// Bytes that are damaged are seldom a message; here it is what the message says.
  @Test(.timeLimit(.minutes(5))) func damagedMessagesEndInARefusalOrANetwork() throws {
    let files = try files().map { try Onnx_ModelProto(serializedBytes: $0) }
    var accepted = 0
    for number in 0..<12_000 {
      var random = Generator(state: UInt64(1 << 40 + number))
      var file = files[number % files.count]
      for _ in 0..<Int.random(in: 1...3, using: &random) { change(&file, &random) }
      if check(try file.serializedBytes(), "message, number \(number)") { accepted += 1 }
    }
    #expect((500...11_000).contains(accepted), "\(accepted) of both kinds")
  }

  private func change(_ file: inout Onnx_ModelProto, _ random: inout Generator) {
    guard !file.graph.node.isEmpty else { return }
    let node = Int.random(in: 0..<file.graph.node.count, using: &random)
    let names = file.graph.node.flatMap(\.output) + file.graph.initializer.map(\.name) + ["", "windows"]
    let (name, strange) = (names.randomElement(using: &random) ?? "", Self.strange.randomElement(using: &random) ?? 0)
    let tensor = file.graph.initializer.indices.randomElement(using: &random)
    switch Int.random(in: 0..<14, using: &random) {
    case 0: file.graph.node[node].opType = Self.operators.randomElement(using: &random) ?? ""
    case 1: file.graph.node.remove(at: node)
    case 2: file.graph.node.append(file.graph.node[node])
    case 3:
      guard let input = file.graph.node[node].input.indices.randomElement(using: &random) else { return }
      file.graph.node[node].input[input] = name
    case 4: file.graph.node[node].input.append(name)
    case 5: file.graph.node[node].output = [name]
    case 6:
      guard let one = file.graph.node[node].attribute.indices.randomElement(using: &random) else { return }
      file.graph.node[node].attribute[one].i = strange
      file.graph.node[node].attribute[one].ints = (0..<Int.random(in: 0...9, using: &random)).map { _ in
        Self.strange.randomElement(using: &random) ?? 0
      }
    case 7:
      let attribute =
        ["perm", "axes", "axis", "to", "pads", "ceil_mode", "allowzero"].randomElement(using: &random) ?? ""
      if Bool.random(using: &random) {
        file.graph.node[node].set(attribute, strange)
      } else {
        file.graph.node[node].set(attribute, [0, strange])
      }
    case 8:
      guard let one = tensor else { return }
      file.graph.initializer[one].dims = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        Self.strange.randomElement(using: &random) ?? 0
      }
    case 9:
      guard let one = tensor, let axis = file.graph.initializer[one].dims.indices.randomElement(using: &random) else {
        return
      }
      file.graph.initializer[one].dims[axis] = strange
    case 10:
      guard let one = tensor else { return }
      let list = Int.random(in: 0...9, using: &random)
      file.graph.initializer[one].dims = [Int64(list)]
      file.graph.initializer[one].dataType = 7
      file.graph.initializer[one].clearRawData()
      file.graph.initializer[one].int64Data = (0..<list).map { _ in Self.strange.randomElement(using: &random) ?? 0 }
    case 11:
      guard let axis = file.graph.input[0].type.tensorType.shape.dim.indices.randomElement(using: &random) else {
        return
      }
      file.graph.input[0].type.tensorType.shape.dim[axis].dimValue = strange
    case 12:
      let other = Int.random(in: 0..<file.graph.node.count, using: &random)
      file.graph.node.swapAt(node, other)
    default:
      guard let one = tensor else { return }
      file.graph.initializer[one].rawData.removeAll()
      file.graph.initializer[one].dims = [Int64.random(in: 0...2, using: &random)]
    }
  }
}
