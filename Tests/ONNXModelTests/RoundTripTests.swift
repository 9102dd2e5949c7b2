import SwiftProtobuf
import Testing

@testable import ONNXModel

@Suite struct RoundTripTests {
  @Test(arguments: [1, 3, 5, 7], [[2], [4, 5, 6], [3, 2]])
  func everyBitComesBack(window: Int, filters: [Int]) throws {
    for channels in [1, 3] {
      for (lowest, highest) in [
        (0, .infinity), (-.infinity, .infinity), (-1.5, 2.25), (0.5, .infinity), (-.infinity, 0),
      ] as [(Float, Float)] {
        let model = try makeModel(
          channels: channels, window: window, filters: filters, lowest: lowest, highest: highest,
          metadata: ["b": "line\nof text", "a": "µ", "": ""])
        let bytes = try ONNXFile.write(model)
        #expect(try ONNXFile.read(bytes) == model, "\(channels) channels, window \(window), \(filters), \(lowest)")
        #expect(try ONNXFile.write(model) == bytes)
      }
    }
  }

  /// What other runtimes rely on, and METHODS promises.
  @Test func graphIsOfVersion13AndTakesAnyNumberOfWindows() throws {
    let file = try Onnx_ModelProto(serializedBytes: ONNXFile.write(makeModel(metadata: ["z": "1", "a": "2"])))
    #expect(file.irVersion == 8)
    #expect(file.opsetImport.map(\.version) == [13])
    #expect(file.metadataProps.map(\.key) == ["a", "z"])
    let layer = ["Conv", "Relu", "MaxPool"]
    #expect(file.graph.node.map(\.opType) == ["Sub", "Div"] + layer + layer + layer + ["Flatten", "Gemm", "Relu"])
    let dimensions = file.graph.input[0].type.tensorType.shape.dim
    #expect(dimensions[0].dimParam == "n")
    #expect(dimensions.dropFirst().map(\.dimValue) == [3, 3, 3])
    let pool = try #require(file.graph.node.first { $0.opType == "MaxPool" })
    #expect(pool.attribute.map(\.ints) == [[2, 2], [0, 0, 1, 1], [2, 2]])
    #expect(file.graph.output[0].name == file.graph.node.last?.output[0])
    #expect(file.graph.output[0].type.tensorType.shape.dim.map(\.dimValue) == [0, 1])
  }

  /// Weights of older exporters lie in float_data, and lists of tensors among the inputs.
  @Test func otherSpellingsOfTheSameFileAreRead() throws {
    let model = try makeModel(lowest: -1, highest: 4)
    var file = try Onnx_ModelProto(serializedBytes: ONNXFile.write(model))
    for index in file.graph.initializer.indices {
      let raw = file.graph.initializer[index].rawData
      file.graph.initializer[index].floatData = raw.withUnsafeBytes { raw in
        (0..<raw.count / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      }
      file.graph.initializer[index].clearRawData()
      var input = Onnx_ValueInfoProto()
      input.name = file.graph.initializer[index].name
      file.graph.input.append(input)
    }
    #expect(try ONNXFile.read(file.serializedBytes()) == model)
  }

  @Test func networksThatAreNoneAreNotWritten() throws {
    let model = try makeModel()
    func refusal(_ change: (inout WindowModel) -> Void) -> String {
      var changed = model
      change(&changed)
      do { _ = try ONNXFile.write(changed) } catch { return error.message }
      return ""
    }
    #expect(refusal { $0.window = 2 }.contains("odd window"))
    #expect(refusal { $0.convolutions = [] }.contains("convolution at least"))
    #expect(refusal { $0.convolutions[1].inputs = 3 }.contains("convolution 2"))
    #expect(refusal { $0.convolutions[2].bias.removeLast() }.contains("convolution 3"))
    #expect(refusal { $0.denseWeights.append(0) } == "the dense layer has 7 weights; expected 6")
    #expect(refusal { $0.offsets.removeLast() }.contains("each of 3 channels"))
    #expect(refusal { $0.denseBias = .nan }.contains("not finite"))
    #expect(refusal { $0.scales[1] = 0 }.contains("scale is 0"))
    #expect(refusal { $0.lowest = .nan }.contains("clipped"))
    #expect(refusal { $0.highest = -1 }.contains("clipped"))
  }

  @Test func parametersOfAnotherCountAreRefused() throws {
    let model = try makeModel()
    for parameters in [model.parameters + [0], model.parameters.dropLast(), []] {
      #expect(throws: ONNXError.self) {
        try WindowModel(
          channels: 3, window: 3, filters: [4, 5, 6], parameters: parameters, offsets: model.offsets,
          scales: model.scales)
      }
    }
  }
}
