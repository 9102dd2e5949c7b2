import Foundation

/// Makes the graph of a network: the moments of the input lie in it, so that any runtime takes values in their own units.
struct ModelWriter {
  /// The versions of the format and of its operators.
  static let (formatVersion, operatorVersion): (Int64, Int64) = (8, 13)

  private let model: WindowModel
  private var graph = Onnx_GraphProto()
  /// The name of what the last node made.
  private var head = "windows"

  init(_ model: WindowModel) {
    self.model = model
    makeGraph()
  }

  /// The message that is written.
  var file: Onnx_ModelProto {
    var file = Onnx_ModelProto()
    file.irVersion = Self.formatVersion
    file.producerName = "smt-mpi"
    var operators = Onnx_OperatorSetIdProto()
    (operators.domain, operators.version) = ("", Self.operatorVersion)
    file.opsetImport = [operators]
    file.graph = graph
    // Dictionaries have no order of their own.
    file.metadataProps = model.metadata.sorted { $0.key < $1.key }.map { key, value in
      var entry = Onnx_StringStringEntryProto()
      (entry.key, entry.value) = (key, value)
      return entry
    }
    return file
  }

  private mutating func makeGraph() {
    graph.name = "window network"
    let (channels, window) = (model.channels, model.window)
    graph.input = [values(head, dimensions: [channels, window, window])]
    add("Sub", "centred", operands: [constant("offsets", [1, channels, 1, 1], model.offsets)])
    add("Div", "standardised", operands: [constant("scales", [1, channels, 1, 1], model.scales)])
    for (index, layer) in model.convolutions.enumerated() {
      let number = index + 1
      add(
        "Conv", "convolved_\(number)",
        operands: [
          constant("weights_\(number)", [layer.outputs, layer.inputs, 3, 3], layer.weights),
          constant("bias_\(number)", [layer.outputs], layer.bias),
        ],
        attributes: [
          integers("dilations", [1, 1]), integer("group", 1), integers("kernel_shape", [3, 3]),
          integers("pads", [1, 1, 1, 1]), integers("strides", [1, 1]),
        ])
      add("Relu", "rectified_\(number)")
      add(
        "MaxPool", "pooled_\(number)",
        attributes: [
          integers("kernel_shape", [2, 2]), integers("pads", [0, 0, 1, 1]), integers("strides", [2, 2]),
        ])
    }
    add("Flatten", "features", attributes: [integer("axis", 1)])
    add(
      "Gemm", "dense",
      operands: [
        constant("dense_weights", [1, model.denseWeights.count], model.denseWeights),
        constant("dense_bias", [1], [model.denseBias]),
      ], attributes: [integer("transB", 1)])
    switch (model.lowest, model.highest) {
    case (-.infinity, .infinity): break
    case (0, .infinity): add("Relu", "output")
    default:
      add(
        "Clip", "output", operands: [constant("lowest", [], [model.lowest]), constant("highest", [], [model.highest])])
    }
    graph.output = [values(head, dimensions: [1])]
  }

  /// A node that takes what the last one made.
  private mutating func add(
    _ kind: String, _ name: String, operands: [String] = [], attributes: [Onnx_AttributeProto] = []
  ) {
    var node = Onnx_NodeProto()
    (node.name, node.opType, node.input, node.output) = (name, kind, [head] + operands, [name])
    node.attribute = attributes
    graph.node.append(node)
    head = name
  }

  /// A tensor beside the nodes; its name.
  private mutating func constant(_ name: String, _ dimensions: [Int], _ numbers: [Float]) -> String {
    var tensor = Onnx_TensorProto()
    (tensor.name, tensor.dims, tensor.dataType) = (name, dimensions.map(Int64.init), Tensor.floatType)
    // All at once: each change of a message's bytes copies them.
    tensor.rawData = numbers.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
    graph.initializer.append(tensor)
    return name
  }

  /// What goes in or comes out, for any number of windows.
  private func values(_ name: String, dimensions: [Int]) -> Onnx_ValueInfoProto {
    var windows = Onnx_TensorShapeProto.Dimension()
    windows.dimParam = "n"
    var info = Onnx_ValueInfoProto()
    info.name = name
    info.type.tensorType.elemType = Tensor.floatType
    info.type.tensorType.shape.dim =
      [windows]
      + dimensions.map { length in
        var dimension = Onnx_TensorShapeProto.Dimension()
        dimension.dimValue = Int64(length)
        return dimension
      }
    return info
  }

  private func integer(_ name: String, _ value: Int64) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    (attribute.name, attribute.type, attribute.i) = (name, .int, value)
    return attribute
  }

  private func integers(_ name: String, _ values: [Int64]) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    (attribute.name, attribute.type, attribute.ints) = (name, .ints, values)
    return attribute
  }
}
