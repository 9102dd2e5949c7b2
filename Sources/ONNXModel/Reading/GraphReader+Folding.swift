/// Nodes that read constants only, as exporters leave them: shapes that are put together, and weights in another order.
extension GraphReader {
  /// What a node makes of constants.
  func fold(_ node: Node) throws(ONNXError) -> Tensor {
    switch node.kind {
    case "Transpose": return try reordered(node)
    case "Identity", "Cast":
      try node.checkInputs(1...1)
      return try cast(node)
    case "Unsqueeze": return try list(node)
    case "Gather": return try entries(node)
    case "Slice": return try part(node)
    case "Concat": return try joined(node)
    default:
      throw ONNXError(
        "\(node.title): this operator is not read between constants; export the model with its constants folded")
    }
  }

  private func reordered(_ node: Node) throws(ONNXError) -> Tensor {
    try node.checkInputs(1...1)
    let tensor = try required(node, 0)
    let order = try node.integers("perm") ?? Array(tensor.dimensions.indices.reversed())
    guard order.sorted() == Array(tensor.dimensions.indices), !tensor.dimensions.contains(0) else {
      throw ONNXError(
        "\(node.title): the order \(order.prefix(8)) of axes; expected one of \(tensor.dimensions.count) axes")
    }
    return tensor.reordered(transposed(tensor.dimensions, order), order.map { tensor.dimensions[$0] })
  }

  /// Integers stay integers, and float32 stays float32.
  private func cast(_ node: Node) throws(ONNXError) -> Tensor {
    let tensor = try required(node, 0)
    guard node.kind == "Cast" else { return tensor }
    let type = try node.integer("to", default: 0)
    let expected =
      switch tensor.numbers {
      case .floats: [Tensor.floatType]
      case .integers: [Tensor.int32Type, Tensor.int64Type]
      }
    guard expected.contains(where: { Int($0) == type }) else {
      throw ONNXError(
        "\(node.title): makes numbers of type \(type); expected \(expected.map(String.init).joined(separator: " or "))")
    }
    return tensor
  }

  /// One number as a list.
  private func list(_ node: Node) throws(ONNXError) -> Tensor {
    let tensor = try required(node, 0)
    guard tensor.dimensions.isEmpty, try axes(of: node) == [0] else {
      throw ONNXError("\(node.title): expected one number and axis 0")
    }
    return Tensor([1], tensor.numbers)
  }

  /// Entries of a list by their places.
  private func entries(_ node: Node) throws(ONNXError) -> Tensor {
    try node.checkInputs(2...2)
    let places = try required(node, 1)
    let (entries, wanted) = try (list(node, 0), integers(node, 1) ?? [])
    guard try node.integer("axis", default: 0) == 0, places.dimensions.count <= 1 else {
      throw ONNXError("\(node.title): expected entries of a list")
    }
    var chosen: [Int?] = []
    for case let place in wanted {
      guard let place, (-entries.count..<entries.count).contains(place) else {
        throw ONNXError("\(node.title): there are \(entries.count) entries, and others are wanted")
      }
      chosen.append(entries[place < 0 ? place + entries.count : place])
    }
    return Tensor(places.dimensions, .integers(chosen))
  }

  /// Entries of a list from one place to another.
  private func part(_ node: Node) throws(ONNXError) -> Tensor {
    try node.checkInputs(3...5)
    let entries = try list(node, 0)
    let (starts, ends) = try (integers(node, 1), integers(node, 2))
    let (axes, steps) = try (integers(node, 3), integers(node, 4))
    guard let first = starts?.first, let first, let last = ends?.first, let last, starts?.count == 1, ends?.count == 1,
      axes == nil || axes == [0], steps == nil || steps == [1]
    else { throw ONNXError("\(node.title): expected one range of a list, entry after entry") }
    func place(_ index: Int) -> Int { max(0, min(entries.count, index < 0 ? index + entries.count : index)) }
    let (start, end) = (place(first), place(last))
    let chosen = Array(entries[start..<max(start, end)])
    return Tensor([chosen.count], .integers(chosen))
  }

  private func joined(_ node: Node) throws(ONNXError) -> Tensor {
    var entries: [Int?] = []
    for index in node.inputs.indices {
      entries += try list(node, index)
      guard entries.count <= 8 else { throw ONNXError("\(node.title): makes a list of more than 8 integers") }
    }
    return Tensor([entries.count], .integers(entries))
  }

  private func list(_ node: Node, _ index: Int) throws(ONNXError) -> [Int?] {
    guard try required(node, index).dimensions.count == 1, let entries = try integers(node, index) else {
      throw ONNXError("\(node.title): input \(index + 1) is no list")
    }
    return entries
  }

  private func required(_ node: Node, _ index: Int) throws(ONNXError) -> Tensor {
    guard let tensor = try tensor(node, index) else { throw ONNXError("\(node.title): input \(index + 1) is missing") }
    return tensor
  }
}
