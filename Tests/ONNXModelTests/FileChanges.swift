import Foundation
import SwiftProtobuf

@testable import ONNXModel

/// Changes to the message of a file.
extension Onnx_ModelProto {
  /// A network's file, decoded.
  init(of model: WindowModel) throws { try self.init(serializedBytes: ONNXFile.write(model)) }

  /// Changes the node of a name.
  mutating func change(_ node: String, _ change: (inout Onnx_NodeProto) -> Void) {
    for index in graph.node.indices where graph.node[index].name == node { change(&graph.node[index]) }
  }

  /// Changes the tensor of a name.
  mutating func changeTensor(_ tensor: String, _ change: (inout Onnx_TensorProto) -> Void) {
    for index in graph.initializer.indices where graph.initializer[index].name == tensor {
      change(&graph.initializer[index])
    }
  }

  /// Takes a node out; what read it reads what it read.
  mutating func remove(_ node: String) {
    guard let place = graph.node.firstIndex(where: { $0.name == node }) else { return }
    let removed = graph.node.remove(at: place)
    for index in graph.node.indices {
      graph.node[index].input = graph.node[index].input.map { $0 == removed.output[0] ? removed.input[0] : $0 }
    }
    if graph.output[0].name == removed.output[0] { graph.output[0].name = removed.input[0] }
  }

  /// Puts a node behind another one; what read that one reads the new one.
  mutating func insert(
    _ kind: String, after node: String, constants: [String] = [], isConstantFirst: Bool = false,
    _ attributes: [String: [Int64]] = [:]
  ) {
    let name = "new_\(graph.node.count)"
    for index in graph.node.indices {
      graph.node[index].input = graph.node[index].input.map { $0 == node ? name : $0 }
    }
    if graph.output[0].name == node { graph.output[0].name = name }
    var new = Onnx_NodeProto()
    (new.name, new.opType, new.output) = (name, kind, [name])
    new.input = isConstantFirst ? constants + [node] : [node] + constants
    for (key, values) in attributes { new.set(key, values) }
    let place = graph.node.firstIndex { $0.name == node }.map { $0 + 1 } ?? 0
    graph.node.insert(new, at: place)
  }

  /// Adds a tensor of float32.
  mutating func addTensor(_ name: String, _ dimensions: [Int64], _ numbers: [Float]) {
    var tensor = Onnx_TensorProto()
    (tensor.name, tensor.dims, tensor.dataType, tensor.floatData) = (name, dimensions, 1, numbers)
    graph.initializer.append(tensor)
  }

  /// Adds a list of int64.
  mutating func addList(_ name: String, _ numbers: [Int64]) {
    var tensor = Onnx_TensorProto()
    (tensor.name, tensor.dims, tensor.dataType, tensor.int64Data) = (name, [Int64(numbers.count)], 7, numbers)
    graph.initializer.append(tensor)
  }

  /// Makes windows of [row][column][channel] of the input.
  mutating func putChannelsLast() {
    let dimensions = graph.input[0].type.tensorType.shape.dim
    graph.input[0].type.tensorType.shape.dim = [0, 2, 3, 1].map { dimensions[$0] }
    insert("Transpose", after: "windows", ["perm": [0, 3, 1, 2]])
  }
}

extension Onnx_NodeProto {
  /// Sets integers; without any, the attribute is left out.
  mutating func set(_ name: String, _ values: [Int64]) {
    attribute.removeAll { $0.name == name }
    guard !values.isEmpty else { return }
    var one = Onnx_AttributeProto()
    (one.name, one.type, one.ints) = (name, .ints, values)
    attribute.append(one)
  }

  /// Sets one integer.
  mutating func set(_ name: String, _ value: Int64) {
    attribute.removeAll { $0.name == name }
    var one = Onnx_AttributeProto()
    (one.name, one.type, one.i) = (name, .int, value)
    attribute.append(one)
  }

  /// Sets a text.
  mutating func set(_ name: String, _ text: String) {
    attribute.removeAll { $0.name == name }
    var one = Onnx_AttributeProto()
    (one.name, one.type, one.s) = (name, .string, Data(text.utf8))
    attribute.append(one)
  }
}
