/// A node of the graph: its name in messages, and its attributes by name.
struct Node {
  /// "node 'conv1' (Conv)".
  let title: String
  /// The operator; with the domain where it is not ONNX's own.
  let kind: String
  /// Names of what it reads, in their order; empty for one that is left out.
  let inputs: [String]
  /// Names of what it makes.
  let outputs: [String]
  private let attributes: [String: Onnx_AttributeProto]

  /// The node of a number in the file.
  ///
  /// - Throws: where it has an attribute twice or makes nothing.
  init(_ node: Onnx_NodeProto, number: Int) throws(ONNXError) {
    let isStandard = node.domain.isEmpty || node.domain == "ai.onnx"
    kind = isStandard ? node.opType : "\(node.domain).\(node.opType)"
    title = "node \(node.name.isEmpty ? "\(number + 1)" : quoted(node.name)) (\(quoted(kind).dropFirst().dropLast()))"
    (inputs, outputs) = (node.input, node.output)
    var attributes: [String: Onnx_AttributeProto] = [:]
    for one in node.attribute where attributes.updateValue(one, forKey: one.name) != nil {
      throw ONNXError("\(title): has attribute \(quoted(one.name)) twice")
    }
    self.attributes = attributes
    guard let first = outputs.first, !first.isEmpty else { throw ONNXError("\(title): makes nothing") }
  }

  /// An integer; the default where it is not given.
  func integer(_ name: String, default value: Int) throws(ONNXError) -> Int {
    guard let attribute = attributes[name] else { return value }
    guard attribute.type == .int else { throw wrong(name, "an integer") }
    return Int(attribute.i)
  }

  /// A number; nil where it is not given.
  func float(_ name: String) throws(ONNXError) -> Float? {
    guard let attribute = attributes[name] else { return nil }
    guard attribute.type == .float, !attribute.f.isNaN else { throw wrong(name, "a number") }
    return attribute.f
  }

  /// Integers; nil where they are not given.
  func integers(_ name: String) throws(ONNXError) -> [Int]? {
    guard let attribute = attributes[name] else { return nil }
    guard attribute.type == .ints else { throw wrong(name, "integers") }
    return attribute.ints.map { Int($0) }
  }

  /// A text; the default where it is not given.
  func text(_ name: String, default value: String) throws(ONNXError) -> String {
    guard let attribute = attributes[name] else { return value }
    guard attribute.type == .string else { throw wrong(name, "a text") }
    return String(decoding: attribute.s, as: UTF8.self)
  }

  /// The tensor of a node "Constant".
  func constant() throws(ONNXError) -> Tensor {
    if let value = attributes["value"], value.type == .tensor { return try Tensor(value.t, name: outputs[0]) }
    if let value = try float("value_float") { return Tensor([], .floats([value])) }
    if let values = attributes["value_floats"], values.type == .floats, !values.floats.contains(where: \.isNaN) {
      return Tensor([values.floats.count], .floats(values.floats))
    }
    if attributes["value_int"] != nil { return Tensor([], .integers([try integer("value_int", default: 0)])) }
    if let values = try integers("value_ints") { return Tensor([values.count], .integers(values)) }
    throw ONNXError("\(title): expected a constant of numbers (attribute 'value')")
  }

  /// Checks how many inputs it has.
  func checkInputs(_ counts: ClosedRange<Int>) throws(ONNXError) {
    guard counts.contains(inputs.count), inputs.prefix(counts.lowerBound).allSatisfy({ !$0.isEmpty }) else {
      let expected = counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
      throw ONNXError("\(title): has \(inputs.count) inputs; expected \(expected)")
    }
  }

  private func wrong(_ name: String, _ expected: String) -> ONNXError {
    ONNXError("\(title): attribute '\(name)' is of another type; expected \(expected)")
  }
}
