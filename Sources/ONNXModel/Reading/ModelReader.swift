/// Reads the message of a file: what is around the graph, then the graph node by node.
enum ModelReader {
  /// Nodes, tensors, inputs and outputs of a file at the most.
  static let largestCount = 1000
  /// Versions of ONNX's operators that mean what is read here.
  static let operatorVersions = Int64(7)...Int64(99)

  /// The network of a file.
  static func read(_ file: Onnx_ModelProto) throws(ONNXError) -> WindowModel {
    let graph = file.graph
    guard file.hasGraph, !graph.node.isEmpty else { throw ONNXError("is no file of ONNX: there is no graph in it") }
    for (count, what) in [
      (graph.node.count, "nodes"), (graph.initializer.count, "tensors"), (graph.input.count, "inputs"),
      (graph.output.count, "outputs"), (file.metadataProps.count, "entries of metadata"),
    ] where count > largestCount {
      throw ONNXError("has \(count) \(what); expected at most \(largestCount)")
    }
    let versions = file.opsetImport.filter { $0.domain.isEmpty || $0.domain == "ai.onnx" }.map(\.version)
    guard versions.count == 1, operatorVersions.contains(versions[0]) else {
      throw ONNXError(
        "has operators of version \(versions.prefix(4)); expected one version from \(operatorVersions.lowerBound)")
    }
    var metadata: [String: String] = [:]
    for entry in file.metadataProps where metadata.updateValue(entry.value, forKey: entry.key) != nil {
      throw ONNXError("has metadata \(quoted(entry.key)) twice")
    }
    var reader = try GraphReader(graph)
    for (number, node) in graph.node.enumerated() { try reader.read(Node(node, number: number)) }
    return try reader.finish(graph, metadata: metadata)
  }
}
