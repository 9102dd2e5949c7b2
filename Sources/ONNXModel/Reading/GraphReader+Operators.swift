/// What each operator does to the network.
extension GraphReader {
  /// A node that reads windows.
  mutating func apply(_ node: Node) throws(ONNXError) {
    switch node.kind {
    case "Identity": try node.checkInputs(1...1)
    case "Transpose":
      try node.checkInputs(1...1)
      let order = try node.integers("perm") ?? Array((0...network.activation.dimensions.count).reversed())
      try network.activation.transpose(order, node.title)
    case "Reshape":
      try node.checkInputs(2...2)
      let keepsZero = try node.integer("allowzero", default: 0) != 0
      try network.activation.reshape(
        integers(node, 1) ?? [], keepsZero: keepsZero, fileWindows: fileWindows, node.title)
    case "Flatten":
      try node.checkInputs(1...1)
      let axis = try node.integer("axis", default: 1)
      guard axis == 1 || axis == -network.activation.dimensions.count else {
        throw ONNXError("\(node.title): axis \(axis); expected 1")
      }
      network.activation.dimensions = [network.activation.places.count]
    case "Squeeze": try squeeze(node)
    case "Sub", "Div", "Add", "Mul": try transform(node)
    case "Conv": try convolve(node)
    case "MaxPool": try pool(node)
    case "Relu":
      try node.checkInputs(1...1)
      try network.clip(0, .infinity, node.title)
    case "Clip": try clip(node)
    case "Gemm", "MatMul": try dense(node)
    default:
      throw ONNXError(
        "\(node.title): this operator is not read; expected Conv, Relu, MaxPool, Flatten, Gemm, MatMul, Add, Sub, Mul, Div, "
          + "Clip, Reshape, Transpose, Squeeze or Identity")
    }
  }

  private mutating func squeeze(_ node: Node) throws(ONNXError) {
    try node.checkInputs(1...2)
    let rank = network.activation.dimensions.count + 1
    let axes = try axes(of: node).map { axis in axis.map { $0 < 0 ? $0 + rank : $0 } }
    var dimensions = network.activation.dimensions
    for case let axis in axes.sorted(by: { ($0 ?? 0) > ($1 ?? 0) }) {
      guard let axis, (1..<rank).contains(axis), axis <= dimensions.count, dimensions[axis - 1] == 1 else {
        throw ONNXError("\(node.title): expected axes of length 1, and not that of the windows")
      }
      dimensions.remove(at: axis - 1)
    }
    guard !axes.isEmpty else { throw ONNXError("\(node.title): expected the axes to be named") }
    network.activation.dimensions = dimensions
  }

  /// What older files have as an attribute, and newer ones as an input.
  func axes(of node: Node) throws(ONNXError) -> [Int?] {
    if let axes = try integers(node, 1) { return axes }
    return try node.integers("axes") ?? []
  }

  private mutating func transform(_ node: Node) throws(ONNXError) {
    try node.checkInputs(2...2)
    let isFirst = isWindows(node.inputs[0])
    guard let constant = try floats(node, isFirst ? 1 : 0),
      isFirst || node.kind == "Add" || node.kind == "Mul" || node.kind == "Sub"
    else { throw ONNXError("\(node.title): divides a constant by values of the windows; expected the other way round") }
    let numbers = try network.activation.broadcast(constant.numbers, constant.dimensions, node.title)
    let (ones, zeros) = (numbers.map { _ in Float(1) }, numbers.map { _ in Float(0) })
    switch node.kind {
    case "Add": try network.transform(factors: ones, terms: numbers, node.title)
    case "Sub":
      try network.transform(
        factors: isFirst ? ones : ones.map { -$0 }, terms: isFirst ? numbers.map { -$0 } : numbers, node.title)
    case "Mul": try network.transform(factors: numbers, terms: zeros, node.title)
    default: try network.transform(divisors: numbers, node.title)
    }
  }

  private mutating func convolve(_ node: Node) throws(ONNXError) {
    try node.checkInputs(2...3)
    guard let weights = try floats(node, 1) else { return }
    try require(node, "group", 1)
    try require(node, "kernel_shape", [3, 3], default: [3, 3])
    try require(node, "strides", [1, 1], default: [1, 1])
    try require(node, "dilations", [1, 1], default: [1, 1])
    switch try node.text("auto_pad", default: "NOTSET") {
    // Both put one row and one column at each end.
    case "SAME_UPPER", "SAME_LOWER": break
    case "NOTSET": try require(node, "pads", [1, 1, 1, 1], default: [0, 0, 0, 0])
    case let other: throw ONNXError("\(node.title): auto_pad \(quoted(other)); expected padding that keeps the size")
    }
    let bias = try floats(node, 2)
    try network.convolve(weights.numbers, weights.dimensions, bias: bias?.numbers, node.title)
  }

  private mutating func pool(_ node: Node) throws(ONNXError) {
    try node.checkInputs(1...1)
    try require(node, "kernel_shape", [2, 2], default: [])
    try require(node, "strides", [2, 2], default: [1, 1])
    try require(node, "dilations", [1, 1], default: [1, 1])
    let padding = try node.text("auto_pad", default: "NOTSET")
    let pads = try node.integers("pads") ?? [0, 0, 0, 0]
    let roundsUp = try node.integer("ceil_mode", default: 0) != 0
    try network.pool(node.title) { size in
      switch padding {
      case "SAME_UPPER": return (size + 1) / 2
      case "SAME_LOWER": return size % 2 == 0 ? size / 2 : nil
      case "NOTSET", "VALID":
        let ends = padding == "VALID" ? [0, 0, 0, 0] : pads
        // Rows and columns are padded alike.
        guard ends.count == 4, ends[0] == 0, ends[1] == 0, (0...1).contains(ends[2]), ends[3] == ends[2] else {
          return nil
        }
        let length = size + ends[2] - 2
        // A window that begins in the padding is left out.
        return length < 0 ? (roundsUp ? 1 : 0) : (length + (roundsUp ? 1 : 0)) / 2 + 1
      default: return nil
      }
    }
  }

  private mutating func clip(_ node: Node) throws(ONNXError) {
    try node.checkInputs(1...3)
    func limit(_ name: String, _ index: Int, default value: Float) throws(ONNXError) -> Float {
      guard let tensor = try floats(node, index) else { return try node.float(name) ?? value }
      guard tensor.numbers.count == 1 else {
        throw ONNXError("\(node.title): a limit of \(tensor.numbers.count) numbers; expected one")
      }
      return tensor.numbers[0]
    }
    try network.clip(
      limit("min", 1, default: -.infinity), limit("max", 2, default: .infinity), node.title)
  }

  private mutating func dense(_ node: Node) throws(ONNXError) {
    let isGemm = node.kind == "Gemm"
    try node.checkInputs(2...(isGemm ? 3 : 2))
    let count = network.activation.places.count
    guard isWindows(node.inputs[0]), network.activation.dimensions == [count], let weights = try floats(node, 1) else {
      throw ONNXError("\(node.title): expected windows of [n, features] times a constant")
    }
    var (factor, biasFactor, isTransposed) = (Float(1), Float(1), false)
    if isGemm {
      try require(node, "transA", 0)
      isTransposed = try node.integer("transB", default: 0) != 0
      factor = try node.float("alpha") ?? 1
      biasFactor = try node.float("beta") ?? 1
    }
    guard weights.dimensions == (isTransposed ? [1, count] : [count, 1]) else {
      throw ONNXError(
        "\(node.title): weights of dimensions \(weights.dimensions.prefix(8)); expected \(count) features to become one number"
      )
    }
    let bias = isGemm ? try floats(node, 2) : nil
    guard bias == nil || bias?.numbers.count == 1 else {
      throw ONNXError("\(node.title): \(bias?.numbers.count ?? 0) biases; expected one")
    }
    try network.dense(
      weights.numbers.map { factor * $0 }, bias: biasFactor * (bias?.numbers[0] ?? 0), node.title)
  }

  private func require(_ node: Node, _ name: String, _ expected: Int) throws(ONNXError) {
    let found = try node.integer(name, default: expected == 1 ? 1 : 0)
    guard found == expected else { throw ONNXError("\(node.title): \(name) \(found); expected \(expected)") }
  }

  private func require(_ node: Node, _ name: String, _ expected: [Int], default value: [Int]) throws(ONNXError) {
    let found = try node.integers(name) ?? value
    guard found == expected else { throw ONNXError("\(node.title): \(name) \(found.prefix(8)); expected \(expected)") }
  }
}
