import Foundation
import Testing

@testable import ONNXModel

/// Files that are no window network, each with what is said of it.
@Suite struct RefusalTests {
  private func refusal(_ change: (inout Onnx_ModelProto) -> Void) throws -> String {
    var file = try Onnx_ModelProto(of: makeModel())
    change(&file)
    do { _ = try ONNXFile.read(file.serializedBytes()) } catch let error as ONNXError { return error.message }
    return ""
  }

  @Test func whatIsNoFileOfONNXIsRefused() throws {
    for bytes in [[], [0], [UInt8](repeating: 0xff, count: 100), Array("CDF\u{1}something else".utf8), [8, 8]] {
      #expect(throws: ONNXError.self) { try ONNXFile.read(bytes) }
    }
    let tooLarge = [UInt8](repeating: 0, count: ONNXFile.largestSize + 1)
    #expect(throws: ONNXError("the file has 67108865 bytes; expected at most 67108864")) { try ONNXFile.read(tooLarge) }
  }

  @Test func cutFilesAreRefused() throws {
    let bytes = try ONNXFile.write(makeModel())
    for length in bytes.indices {
      #expect(throws: ONNXError.self, "\(length) bytes") { try ONNXFile.read(Array(bytes.prefix(length))) }
    }
  }

  @Test func otherOperatorsAreNamedWithTheirNode() throws {
    #expect(
      try refusal { $0.change("rectified_1") { $0.opType = "LSTM" } }.hasPrefix("node 'rectified_1' (LSTM): this op"))
    #expect(
      try refusal { $0.change("rectified_1") { ($0.name, $0.opType) = ("", "Sigmoid") } }.hasPrefix(
        "node 4 (Sigmoid): "))
    #expect(
      try refusal { $0.change("convolved_2") { $0.domain = "com.microsoft" } }
        .hasPrefix("node 'convolved_2' (com.microsoft.Conv): this operator is not read"))
    #expect(try refusal { $0.insert("If", after: "windows") }.contains("(If): this operator is not read"))
    let long = String(repeating: "x\n", count: 500)
    let message = try refusal { $0.change("rectified_1") { ($0.name, $0.opType) = (long, long) } }
    #expect(message.count < 500 && !message.contains("\n"))
  }

  @Test func graphsThatAreNoPathAreRefused() throws {
    #expect(
      try refusal { $0.change("convolved_1") { $0.input[0] = "ghost" } }
        == "node 'convolved_1' (Conv): reads 'ghost', which nothing before it makes")
    #expect(
      try refusal { $0.change("centred") { $0.input[0] = "dense" } }.contains("reads 'dense', which nothing before"))
    #expect(try refusal { $0.graph.node.reverse() }.contains("which nothing before it makes"))
    #expect(
      try refusal { $0.change("rectified_2") { $0.input[0] = "rectified_1" } }.contains("reads 'rectified_1' again"))
    #expect(
      try refusal { $0.change("rectified_1") { $0.output = ["centred"] } }.contains(
        "makes 'centred', which there is already"))
    #expect(try refusal { $0.change("rectified_1") { $0.output = [] } }.contains("makes nothing"))
    #expect(try refusal { $0.change("pooled_1") { $0.output.append("indices") } }.contains("makes 2 tensors"))
    #expect(try refusal { $0.change("rectified_1") { $0.input = [] } }.contains("not read between constants"))
    #expect(try refusal { $0.change("rectified_1") { $0.input.append("bias_1") } }.contains("has 2 inputs; expected 1"))
    #expect(try refusal { $0.change("convolved_1") { $0.input[1] = "" } }.contains("has 3 inputs; expected 2 to 3"))
    #expect(
      try refusal { $0.change("convolved_1") { $0.input.swapAt(0, 1) } }.contains("input 2 depends on the windows"))
    #expect(
      try refusal { $0.graph.initializer.append($0.graph.initializer[0]) }
        == "tensor 'offsets': there are two of this name")
    #expect(try refusal { $0.graph.initializer[0].name = "" } == "a tensor has no name")
    #expect(try refusal { $0.graph.input.append($0.graph.output[0]) }.hasPrefix("has 2 inputs ('windows', 'output')"))
    #expect(try refusal { $0.graph.input = [] }.hasPrefix("has 0 inputs"))
    #expect(try refusal { $0.graph.output.append($0.graph.input[0]) } == "has 2 outputs; expected one")
    #expect(try refusal { $0.graph.output[0].name = "features" }.contains("'features' is not what the last node makes"))
    #expect(try refusal { $0.clearGraph() }.contains("there is no graph"))
    #expect(try refusal { $0.graph.node += Array(repeating: $0.graph.node[0], count: 990) }.contains("1004 nodes"))
    #expect(try refusal { file in for _ in 0..<2 { file.metadataProps.append(.init()) } } == "has metadata '' twice")
    #expect(try refusal { $0.opsetImport = [] }.contains("operators of version []"))
    #expect(try refusal { $0.opsetImport[0].version = 5 }.contains("operators of version [5]"))
  }

  @Test func absurdTensorsAreRefused() throws {
    func weights(_ change: @escaping (inout Onnx_TensorProto) -> Void) throws -> String {
      try refusal { $0.changeTensor("weights_1", change) }
    }
    for dimensions in [[1 << 40, 1 << 40, 3, 3], [.max, .max], [-4, -3, 3, 3], [1 << 12, 1 << 12, 2], [-1]] as [[Int64]]
    {
      #expect(
        try weights { $0.dims = dimensions }.hasPrefix("tensor 'weights_1': dimensions \(dimensions) are too large"))
    }
    #expect(try weights { $0.dims = Array(repeating: 1, count: 101) }.contains("are too large"))
    #expect(try weights { $0.dims[0] = 5 }.contains("stand for 135 numbers; found 432 bytes"))
    #expect(try weights { $0.rawData.removeLast() }.contains("stand for 108 numbers; found 431 bytes"))
    #expect(try weights { $0.rawData += [0, 0, 0] }.contains("found 435 bytes"))
    #expect(try weights { ($0.rawData, $0.floatData) = (Data(), [1, 2]) }.contains("found 2"))
    #expect(try weights { $0.dataType = 10 }.contains("of type 10; expected float32"))
    #expect(try weights { $0.dataType = 7 }.contains("found 432 bytes"))
    #expect(try weights { $0.dataLocation = .external }.contains("lie in another file"))
    #expect(try weights { $0.externalData = [.init()] }.contains("lie in another file"))
    #expect(try weights { $0.rawData.replaceSubrange(2..<4, with: [0xc0, 0x7f]) }.contains("no numbers (NaN)"))
    #expect(try weights { $0.rawData.replaceSubrange(0..<4, with: [0, 0, 0x80, 0x7f]) }.contains("is not finite"))
    #expect(
      try weights { $0.dims = [6, 2, 3, 3] }.contains("weights of dimensions [6, 2, 3, 3]; expected [filters, 3, 3, 3]")
    )
    #expect(try weights { $0.dims = [4, 3, 9, 1] }.contains("expected [filters, 3, 3, 3]"))
    #expect(
      try weights { ($0.dims, $0.rawData) = ([0, 3, 3, 3], Data()) }.contains("a window would have the sizes [0, 3, 3]")
    )
    #expect(
      try refusal { $0.changeTensor("scales") { $0.rawData.replaceSubrange(0..<4, with: [0, 0, 0, 0]) } }.contains(
        "by 0"))
  }

  @Test func otherInputsAreRefused() throws {
    func input(_ change: @escaping (inout [Onnx_TensorShapeProto.Dimension]) -> Void) throws -> String {
      try refusal { change(&$0.graph.input[0].type.tensorType.shape.dim) }
    }
    #expect(try input { $0[3].dimValue = 5 }.contains("[n, 3, 3, 5] is no square window"))
    #expect(try input { ($0[2].dimValue, $0[3].dimValue) = (4, 4) }.contains("of an odd number of cells"))
    #expect(try input { $0[1].dimParam = "channels" }.contains("of known lengths"))
    #expect(try input { $0[1].dimValue = 1 << 40 }.contains("of known lengths"))
    #expect(try input { ($0[1].dimValue, $0[2].dimValue) = (1 << 17, 1 << 17) }.contains("1 to 262144 numbers"))
    #expect(try input { $0[1].dimValue = -3 }.contains("of known lengths"))
    #expect(try input { $0.removeLast() }.contains("of known lengths"))
    #expect(try input { $0[1].dimValue = 4 }.contains("constant of dimensions [1, 3, 1, 1] does not fit"))
    #expect(try refusal { $0.graph.input[0].type.tensorType.elemType = 11 }.contains("type float32 (1), found 11"))
    #expect(try refusal { $0.graph.input[0].clearType() }.contains("found 0"))
  }

  @Test func otherConvolutionsAndPoolingsAreRefused() throws {
    func convolution(_ change: @escaping (inout Onnx_NodeProto) -> Void) throws -> String {
      try refusal { $0.change("convolved_2", change) }
    }
    #expect(
      try convolution { $0.set("strides", [2, 2]) } == "node 'convolved_2' (Conv): strides [2, 2]; expected [1, 1]")
    #expect(try convolution { $0.set("dilations", [2, 2]) }.contains("dilations [2, 2]; expected [1, 1]"))
    #expect(try convolution { $0.set("group", 4) }.contains("group 4; expected 1"))
    #expect(try convolution { $0.set("kernel_shape", [5, 5]) }.contains("kernel_shape [5, 5]"))
    #expect(try convolution { $0.set("pads", []) }.contains("pads [0, 0, 0, 0]; expected [1, 1, 1, 1]"))
    #expect(try convolution { $0.set("auto_pad", "VALID") }.contains("auto_pad 'VALID'"))
    #expect(
      try convolution { $0.set("group", "one") }.contains("attribute 'group' is of another type; expected an integer"))
    #expect(try convolution { $0.set("pads", 1) }.contains("expected integers"))
    #expect(try convolution { $0.attribute.append($0.attribute[0]) }.contains("has attribute 'dilations' twice"))
    #expect(try convolution { $0.input[2] = "bias_1" }.contains("4 biases for 5 filters"))
    #expect(try convolution { $0.input[1] = "weights_1" }.contains("expected [filters, 4, 3, 3]"))

    func pooling(_ change: @escaping (inout Onnx_NodeProto) -> Void) throws -> String {
      try refusal { $0.change("pooled_1", change) }
    }
    for pads in [[0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 1, 0], [0, 0, 2, 2], [1]] as [[Int64]] {
      #expect(try pooling { $0.set("pads", pads) }.contains("expected 3 × 3 cells to become 2 × 2"), "\(pads)")
    }
    #expect(try pooling { $0.set("strides", []) }.contains("strides [1, 1]; expected [2, 2]"))
    #expect(try pooling { $0.set("kernel_shape", [3, 3]) }.contains("kernel_shape [3, 3]"))
    #expect(try pooling { $0.set("auto_pad", "SAME_LOWER") }.contains("expected 3 × 3 cells to become"))
    #expect(try pooling { $0.set("auto_pad", "VALID") }.contains("expected 3 × 3 cells to become"))
    #expect(
      try refusal { $0.insert("MaxPool", after: "pooled_1", ["kernel_shape": [2, 2], "strides": [2, 2]]) }
        .contains("expected one pooling"))
    #expect(try refusal { $0.remove("pooled_1") }.contains("node 'convolved_2' (Conv): expected MaxPool behind"))
    #expect(try refusal { $0.remove("rectified_1") }.contains("node 'convolved_2' (Conv): expected Relu behind"))
    #expect(try refusal { $0.remove("rectified_3") }.contains("node 'dense' (Gemm): expected Relu behind"))
    #expect(try refusal { $0.insert("Relu", after: "windows") }.contains("expected ReLU behind each convolution"))
  }

  @Test func otherEndsAreRefused() throws {
    #expect(try refusal { $0.remove("features") }.contains("expected windows of [n, features]"))
    #expect(
      try refusal { $0.change("dense") { $0.set("transB", 0) } }.contains("expected 6 features to become one number"))
    #expect(try refusal { $0.change("dense") { $0.set("transA", 1) } }.contains("transA 1; expected 0"))
    #expect(try refusal { $0.changeTensor("dense_weights") { $0.dims = [2, 3] } }.contains("dimensions [2, 3]"))
    #expect(try refusal { $0.change("dense") { $0.input[2] = "bias_1" } }.contains("4 biases; expected one"))
    #expect(try refusal { $0.change("dense") { $0.input.swapAt(0, 1) } }.contains("expected windows of"))
    #expect(try refusal { $0.change("features") { $0.set("axis", 2) } }.contains("axis 2; expected 1"))
    #expect(try refusal { $0.insert("MatMul", after: "dense", constants: ["dense_bias"]) }.contains("expected"))
    #expect(
      try refusal { file in for name in ["output", "dense"] { file.remove(name) } }
        == "the network ends without a dense layer (Gemm or MatMul)")
    #expect(
      try refusal {
        $0.addTensor("low", [], [3])
        $0.addTensor("high", [], [2])
        $0.insert("Clip", after: "output", constants: ["low", "high"])
      }.contains("clips to 3.0 … 2.0, which is nothing"))
    #expect(
      try refusal { $0.insert("Add", after: "output", constants: ["dense_bias"]) }.contains(
        "behind the dense layer only"))
    #expect(try refusal { $0.insert("Add", after: "pooled_3", constants: ["dense_bias"]) }.contains("at the input"))
    #expect(try refusal { $0.insert("Mul", after: "convolved_1", constants: ["dense_bias"]) }.contains("at the input"))
    #expect(
      try refusal { $0.insert("Div", after: "dense", constants: ["dense_bias"], isConstantFirst: true) }
        .contains("divides a constant"))
  }

  @Test func numbersThatWouldBeMixedUpAreRefused() throws {
    let perCell = (0..<27).map { Float($0) }
    // ONNX takes three numbers for three columns.
    #expect(
      try refusal { $0.changeTensor("offsets") { $0.dims = [3] } }.contains("cells of channel 1 are standardised"))
    #expect(
      try refusal {
        $0.addTensor("cells", [1, 3, 3, 3], perCell)
        $0.insert("Add", after: "centred", constants: ["cells"])
      }.contains("cells of channel 1 are standardised by other moments"))
    #expect(
      try refusal {
        $0.addTensor("cells", [3, 3], Array(perCell.prefix(9)))
        $0.insert("Add", after: "convolved_1", constants: ["cells"])
      }.contains("adds other numbers to other cells"))
    #expect(
      try refusal { $0.insert("Transpose", after: "windows", ["perm": [0, 1, 3, 2]]) }.contains("is no square window"))
    #expect(
      try refusal { $0.insert("Transpose", after: "windows", ["perm": [1, 0, 2, 3]]) }.contains(
        "leaves the windows first"))
    #expect(
      try refusal { $0.insert("Transpose", after: "windows", ["perm": [0, 1, 1, 2]]) }.contains(
        "leaves the windows first"))
    #expect(
      try refusal { $0.insert("Transpose", after: "windows", ["perm": [0, 1]]) }.contains("leaves the windows first"))
    #expect(
      try refusal { $0.insert("Transpose", after: "pooled_1", ["perm": [0, 1, 3, 2]]) }.contains(
        "[n, channel, row, column]"))
    for shape in [[1, 6], [3, 2], [-1, -1], [2, -1], [-1, 5], [0, 7], [], [0, -2], [0, 0, 6]] as [[Int64]] {
      #expect(
        try refusal {
          $0.addList("shape", shape)
          $0.insert("Reshape", after: "features", constants: ["shape"])
        }.contains("expected one that keeps each window's numbers together"), "\(shape)")
    }
  }
}
