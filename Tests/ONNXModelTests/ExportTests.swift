import Foundation
import ONNXModel
import Testing

/// Files that PyTorch and Keras wrote, with what they make of some windows themselves: Tests/onnx and the programs there.
enum Exports {
  static let names = [
    "torch-script", "torch-script-view", "torch-dynamo", "torch-dynamo-view", "torch-dynamo-two-windows",
    "keras-export",
    "keras-export-five", "keras-tf2onnx", "keras-tf2onnx-rescaled",
  ]

  static func bytes(_ name: String, _ ending: String) throws -> [UInt8] {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try [UInt8](Data(contentsOf: tests.appendingPathComponent("onnx/\(name).\(ending)")))
  }
}

@Suite struct ExportTests {
  @Test(arguments: Exports.names)
  func exportsMakeWhatTheirMakersMake(name: String) throws {
    let model = try ONNXFile.read(Exports.bytes(name, "onnx"))
    let isLarge =
      name.hasSuffix("view") || name.hasSuffix("windows") || name.hasSuffix("five") || name.hasSuffix("rescaled")
    #expect(model.channels == (isLarge ? 2 : 3))
    #expect(model.window == (isLarge ? 5 : 3))
    #expect(model.filters == (isLarge ? [3, 4] : [4, 5, 6]))
    let limits: (Float, Float) =
      name.hasSuffix("view") ? (0, 2.5) : name.hasSuffix("rescaled") ? (-.infinity, .infinity) : (0, .infinity)
    #expect((model.lowest, model.highest) == limits)

    let rows = String(decoding: try Exports.bytes(name, "csv"), as: UTF8.self).split(separator: "\n")
    #expect(rows.count == 12)
    var different = Set<Double>()
    for row in rows {
      let numbers = row.split(separator: ",").compactMap { Double($0) }
      try #require(numbers.count == model.channels * model.window * model.window + 1)
      let output = model.output(of: numbers.dropLast())
      #expect(abs(output - numbers[numbers.count - 1]) <= 1e-5 * max(1, abs(output)), "\(output) for \(row)")
      different.insert(output)
    }
    #expect(different.count > 5, "outputs that differ")
    // And through a file of our own.
    #expect(try ONNXFile.read(ONNXFile.write(model)) == model)
  }
}
