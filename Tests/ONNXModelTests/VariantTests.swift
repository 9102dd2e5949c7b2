import Testing

@testable import ONNXModel

/// The same network in other operators, as exporters may spell it: what it makes of windows stays what it was.
@Suite struct VariantTests {
  private func outputs(_ model: WindowModel) -> [Double] {
    (0..<20).map { number in
      model.output(
        of: (0..<model.channels * model.window * model.window).map { Double(($0 * 31 + number * 17) % 23) - 11 })
    }
  }

  private func expectSame(
    window: Int = 5, filters: [Int] = [4, 5], _ change: (inout Onnx_ModelProto) -> Void, factor: Double = 1,
    term: Double = 0, location: SourceLocation = #_sourceLocation
  ) throws {
    let model = try makeModel(window: window, filters: filters, lowest: -.infinity)
    var file = try Onnx_ModelProto(of: model)
    change(&file)
    let changed = try ONNXFile.read(file.serializedBytes())
    let (found, expected) = (outputs(changed), outputs(model).map { factor * $0 + term })
    #expect(Set(expected).count > 10, sourceLocation: location)
    for (one, other) in zip(found, expected) {
      #expect(abs(one - other) <= 1e-5 * max(1, abs(other)), sourceLocation: location)
    }
  }

  @Test func channelsMayComeLast() throws {
    try expectSame { $0.putChannelsLast() }
    // With the moments before they are moved.
    try expectSame { file in
      file.putChannelsLast()
      file.changeTensor("offsets") { $0.dims = [1, 1, 1, 3] }
      file.changeTensor("scales") { $0.dims = [3] }
      let transpose = file.graph.node.remove(at: 0)
      file.graph.node[0].input[0] = "windows"
      file.graph.node[2].input[0] = transpose.name
      file.graph.node.insert(transpose, at: 2)
      file.graph.node[2].input[0] = "standardised"
    }
  }

  @Test func featuresMayBeInAnotherOrder() throws {
    // 2 × 2 cells of 5 channels; Keras flattens [row][column][channel].
    try expectSame { file in
      file.insert("Transpose", after: "pooled_2", ["perm": [0, 2, 3, 1]])
      file.changeTensor("dense_weights") { tensor in
        let raw = tensor.rawData
        let weights = raw.withUnsafeBytes { raw in
          (0..<20).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        tensor.clearRawData()
        tensor.floatData = (0..<20).map { weights[$0 % 5 * 4 + $0 / 5] }
      }
    }
  }

  @Test(arguments: [[0, -1], [-1, 20], [0, 20], [0, 0, -1, 1], [-1, 5, 4]] as [[Int64]])
  func reshapingMayFlatten(shape: [Int64]) throws {
    try expectSame { file in
      file.addList("shape", shape)
      file.insert("Reshape", after: "pooled_2", constants: ["shape"])
    }
  }

  @Test func shapesMayBePutTogether() throws {
    try expectSame { file in
      file.remove("features")
      file.addList("start", [0])
      file.addList("end", [1])
      file.addList("rest", [-1])
      var nodes = [Onnx_NodeProto](repeating: .init(), count: 5)
      for (index, (kind, input)) in [
        ("Shape", ["pooled_2"]), ("Cast", ["s0"]), ("Slice", ["s1", "start", "end", "start"]),
        ("Concat", ["s2", "rest"]),
        ("Reshape", ["pooled_2", "s3"]),
      ].enumerated() {
        (nodes[index].opType, nodes[index].input, nodes[index].output) = (kind, input, ["s\(index)"])
      }
      nodes[1].set("to", 6)
      file.graph.node.insert(contentsOf: nodes, at: file.graph.node.count - 1)
      file.change("dense") { $0.input[0] = "s4" }
    }
  }

  @Test func momentsMayBeFactorsAndTerms() throws {
    try expectSame { file in
      // (x − o) / s = x · (1 / s) + (−o / s), by a constant that comes first.
      let model = try? makeModel(window: 5, filters: [4, 5])
      let (offsets, scales) = (model?.offsets ?? [], model?.scales ?? [])
      file.addTensor("factors", [3, 1, 1], scales.map { 1 / $0 })
      file.addTensor("terms", [3, 1, 1], zip(offsets, scales).map { -$0 / $1 })
      file.change("centred") { ($0.opType, $0.input) = ("Mul", ["factors", "windows"]) }
      file.change("standardised") { ($0.opType, $0.input) = ("Add", ["terms", "centred"]) }
    }
    // A mean for each cell, the same within a channel.
    try expectSame { file in
      let offsets = (try? makeModel(window: 5, filters: [4, 5]))?.offsets ?? []
      file.addTensor("means", [1, 3, 5, 5], (0..<75).map { offsets[$0 / 25] })
      file.change("centred") { $0.input[1] = "means" }
    }
    // c − x twice is x again.
    try expectSame { file in
      file.addTensor("c", [], [4])
      file.insert("Sub", after: "windows", constants: ["c"], isConstantFirst: true)
      file.insert("Sub", after: "windows", constants: ["c"], isConstantFirst: true)
    }
  }

  @Test func biasesMayBeAdded() throws {
    try expectSame { file in
      for layer in 1...2 {
        file.change("convolved_\(layer)") { $0.input.removeLast() }
        file.changeTensor("bias_\(layer)") { $0.dims += [1, 1] }
        file.insert("Add", after: "convolved_\(layer)", constants: ["bias_\(layer)"])
      }
      file.changeTensor("dense_weights") { $0.dims = [20, 1] }
      file.change("dense") { node in
        (node.opType, node.attribute) = ("MatMul", [])
        node.input.removeLast()
      }
      file.insert("Add", after: "dense", constants: ["dense_bias"])
    }
  }

  @Test func outputsMayBeScaled() throws {
    try expectSame(
      { file in
        file.addTensor("factor", [1], [3])
        file.addTensor("divisor", [], [-4])
        file.addTensor("term", [1, 1], [7])
        file.insert("Sub", after: "dense", constants: ["term"])
        file.insert("Div", after: "dense", constants: ["divisor"])
        file.insert("Mul", after: "dense", constants: ["factor"])
      }, factor: -0.75, term: -7)
    try expectSame(
      { file in
        file.change("dense") { node in
          for (name, value) in [("alpha", 2), ("beta", 0.5)] as [(String, Float)] {
            var attribute = Onnx_AttributeProto()
            (attribute.name, attribute.type, attribute.f) = (name, .float, value)
            node.attribute.append(attribute)
          }
        }
      }, factor: 2, term: -1.5 * Double(try makeModel(window: 5, filters: [4, 5]).denseBias))
  }

  @Test func poolingMayBeSpeltOtherwise() throws {
    try expectSame { $0.change("pooled_1") { $0.set("auto_pad", "SAME_UPPER") } }
    try expectSame { file in
      for name in ["pooled_1", "pooled_2"] {
        file.change(name) { node in
          node.set("pads", [])
          node.set("ceil_mode", 1)
        }
      }
    }
    // Of a single cell pooling changes nothing, and the largest may be taken before ReLU.
    try expectSame(window: 3, filters: [4, 5, 6]) { $0.remove("pooled_3") }
    try expectSame { file in
      file.remove("rectified_1")
      file.insert("Relu", after: "pooled_1")
    }
    try expectSame { $0.change("convolved_1") { $0.set("auto_pad", "SAME_LOWER") } }
    // 2 × 2 cells need no padding.
    try expectSame(window: 3, filters: [4, 5]) { $0.change("pooled_2") { $0.set("pads", [0, 0, 0, 0]) } }
  }

  @Test func limitsAreAppliedInTheirOrder() throws {
    var file = try Onnx_ModelProto(of: makeModel())
    file.addTensor("low", [], [-3])
    file.addTensor("high", [], [2])
    file.insert("Clip", after: "output", constants: ["low", "high"])
    let model = try ONNXFile.read(file.serializedBytes())
    #expect((model.lowest, model.highest) == (0, 2))
    // A limit that is left out, and one below both others.
    var other = try Onnx_ModelProto(of: makeModel(lowest: -.infinity))
    other.addTensor("high", [], [-2])
    other.insert("Clip", after: "dense", constants: ["", "high"])
    #expect(try ONNXFile.read(other.serializedBytes()).highest == -2)
    other.insert("Relu", after: other.graph.output[0].name)
    let clipped = try ONNXFile.read(other.serializedBytes())
    #expect((clipped.lowest, clipped.highest) == (0, 0))
  }

  @Test func axesOfOneMayGo() throws {
    try expectSame { file in
      file.addList("axes", [1])
      file.insert("Squeeze", after: "dense", constants: ["axes"])
    }
    try expectSame { $0.insert("Squeeze", after: "dense", ["axes": [-1]]) }
    try expectSame { $0.insert("Identity", after: "dense") }
  }
}
