/// Nodes that read constants only, as exporters leave them: shapes that are put together, and weights in another order.
extension GraphReader {
  /// What a node makes of constants.
  func fold(_ node: Node) throws(ONNXError) -> Tensor {
    switch node.kind {
    case "Identity", "Transpose", "Unsqueeze", "Gather":
      guard let tensor = try tensor(node, 0) else { throw ONNXError("\(node.title): reads nothing") }
      return try fold(node, tensor)
    case "Concat": return try joined(node)
    default:
      throw ONNXError(
        "\(node.title): this operator is not read between constants; export the model with constants folded")
    }
  }

  private func fold(_ node: Node, _ tensor: Tensor) throws(ONNXError) -> Tensor {
    switch node.kind {
    case "Identity":
      try node.checkInputs(1...1)
      return tensor
    case "Transpose":
      try node.checkInputs(1...1)
      let order = try node.integers("perm") ?? Array(tensor.dimensions.indices.reversed())
      guard order.sorted() == Array(tensor.dimensions.indices), !tensor.dimensions.contains(0) else {
        throw ONNXError(
          "\(node.title): the order \(order.prefix(8)) of axes; expected one of \(tensor.dimensions.count) axes")
      }
      return tensor.reordered(transposed(tensor.dimensions, order), order.map { tensor.dimensions[$0] })
    case "Unsqueeze":
      // One number becomes a list.
      guard tensor.dimensions.isEmpty, try axes(of: node) == [0] else {
        throw ONNXError("\(node.title): expected one number and axis 0")
      }
      return Tensor([1], tensor.numbers)
    default:
      // One entry of a shape.
      try node.checkInputs(2...2)
      let places = try integers(node, 1) ?? []
      guard try node.integer("axis", default: 0) == 0, case .integers(let entries) = tensor.numbers,
        tensor.dimensions.count == 1, places.count == 1, let place = places[0], entries.indices.contains(place)
      else { throw ONNXError("\(node.title): expected one entry of a list of integers") }
      let isSingle = try self.tensor(node, 1)?.dimensions.isEmpty ?? true
      return Tensor(isSingle ? [] : [1], .integers([entries[place]]))
    }
  }

  private func joined(_ node: Node) throws(ONNXError) -> Tensor {
    var entries: [Int?] = []
    for index in node.inputs.indices {
      guard let tensor = try tensor(node, index), tensor.dimensions.count == 1, let more = try integers(node, index),
        entries.count <= 8
      else { throw ONNXError("\(node.title): expected short lists of integers") }
      entries += more
    }
    return Tensor([entries.count], .integers(entries))
  }
}
