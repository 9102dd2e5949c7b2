/// Goes through the nodes of a graph in their order, which must be one path from the windows to one number.
struct GraphReader {
  private enum Value {
    /// What does not depend on the windows.
    case constant(Tensor)
    /// What a node of the path left: how many nodes there were before it, and its axes without that of the windows.
    case windows(step: Int, dimensions: [Int])
  }

  private var values: [String: Value] = [:]
  var network: NetworkAssembly
  /// Nodes of the path so far.
  private var step = 0
  /// Windows that the file has been made for; nil for any number.
  let fileWindows: Int?

  /// Begins with the input of a graph and its tensors.
  init(_ graph: Onnx_GraphProto) throws(ONNXError) {
    var tensors: [String: Value] = [:]
    for tensor in graph.initializer {
      guard !tensor.name.isEmpty else { throw ONNXError("a tensor has no name") }
      guard tensors.updateValue(.constant(try Tensor(tensor, name: tensor.name)), forKey: tensor.name) == nil else {
        throw ONNXError("tensor \(quoted(tensor.name)): there are two of this name")
      }
    }
    // Older files list their tensors among the inputs.
    let inputs = graph.input.filter { tensors[$0.name] == nil }
    guard inputs.count == 1 else {
      throw ONNXError(
        "has \(inputs.count) inputs (\(inputs.prefix(4).map { quoted($0.name) }.joined(separator: ", "))); expected one, the windows"
      )
    }
    let input = inputs[0]
    let shape = input.type.tensorType.shape.dim
    let lengths = shape.dropFirst().map(\.dimValue)
    guard input.type.tensorType.elemType == Tensor.floatType else {
      throw ONNXError(
        "input \(quoted(input.name)): expected numbers of type float32 (1), found \(input.type.tensorType.elemType)")
    }
    guard shape.count == 4, lengths.allSatisfy({ (1...Int64(Activation.largestCount)).contains($0) }) else {
      throw ONNXError(
        "input \(quoted(input.name)): expected dimensions [n, channel, row, column] or [n, row, column, channel] of known "
          + "lengths, found \(shape.prefix(8).map { $0.dimValue > 0 ? "\($0.dimValue)" : "?" })")
    }
    fileWindows = shape[0].dimValue > 0 ? Int(exactly: shape[0].dimValue) : nil
    network = try NetworkAssembly(input: lengths.map { Int($0) })
    values = tensors
    values[input.name] = .windows(step: 0, dimensions: network.activation.dimensions)
  }

  /// The network, where the graph's output is what its last node left.
  func finish(_ graph: Onnx_GraphProto, metadata: [String: String]) throws(ONNXError) -> WindowModel {
    guard graph.output.count == 1, let output = graph.output.first else {
      throw ONNXError("has \(graph.output.count) outputs; expected one")
    }
    guard case .windows(step, _) = values[output.name] else {
      throw ONNXError("output \(quoted(output.name)) is not what the last node makes")
    }
    return try network.model(metadata: metadata)
  }

  /// Takes one more node.
  mutating func read(_ node: Node) throws(ONNXError) {
    for name in node.inputs where !name.isEmpty {
      switch values[name] {
      case nil: throw ONNXError("\(node.title): reads \(quoted(name)), which nothing before it makes")
      // An older shape is no branch.
      case .windows(let made, _) where made != step && node.kind != "Shape":
        throw ONNXError("\(node.title): reads \(quoted(name)) again; expected one path without branches")
      default: break
      }
    }
    guard node.outputs.count == 1 else {
      throw ONNXError("\(node.title): makes \(node.outputs.count) tensors; expected one")
    }
    let result: Value
    if node.kind == "Constant" {
      result = .constant(try node.constant())
    } else if node.kind == "Shape" {
      result = .constant(try shape(node))
    } else if node.inputs.allSatisfy({ !isWindows($0) }) {
      result = .constant(try fold(node))
    } else {
      try apply(node)
      step += 1
      result = .windows(step: step, dimensions: network.activation.dimensions)
    }
    guard values.updateValue(result, forKey: node.outputs[0]) == nil else {
      throw ONNXError("\(node.title): makes \(quoted(node.outputs[0])), which there is already")
    }
  }

  func isWindows(_ name: String) -> Bool {
    if case .windows = values[name] { true } else { false }
  }

  private func shape(_ node: Node) throws(ONNXError) -> Tensor {
    try node.checkInputs(1...1)
    guard case .windows(_, let dimensions) = values[node.inputs[0]] else {
      throw ONNXError("\(node.title): expected the shape of windows")
    }
    return Tensor([dimensions.count + 1], .integers([nil] + dimensions.map(Optional.some)))
  }

  /// A constant that a node reads; nil where the input is left out.
  func tensor(_ node: Node, _ index: Int) throws(ONNXError) -> Tensor? {
    guard index < node.inputs.count, !node.inputs[index].isEmpty else { return nil }
    guard case .constant(let tensor) = values[node.inputs[index]] else {
      throw ONNXError("\(node.title): input \(index + 1) depends on the windows; expected a constant")
    }
    return tensor
  }

  func floats(_ node: Node, _ index: Int) throws(ONNXError) -> (numbers: [Float], dimensions: [Int])? {
    guard let tensor = try tensor(node, index) else { return nil }
    guard case .floats(let numbers) = tensor.numbers else {
      throw ONNXError("\(node.title): input \(index + 1) holds integers; expected float32")
    }
    return (numbers, tensor.dimensions)
  }

  func integers(_ node: Node, _ index: Int) throws(ONNXError) -> [Int?]? {
    guard let tensor = try tensor(node, index) else { return nil }
    guard case .integers(let numbers) = tensor.numbers, numbers.count <= 8 else {
      throw ONNXError("\(node.title): input \(index + 1) is no short list of integers")
    }
    return numbers
  }
}
