/// Numbers of the file that do not depend on the windows: weights, and the shapes and limits of operators.
struct Tensor {
  /// Numbers of the types that ONNX gives these tensors.
  enum Numbers {
    case floats([Float])
    /// nil stands for the number of windows, which no file knows.
    case integers([Int?])
  }

  /// Codes of the types (`TensorProto.DataType`).
  static let (floatType, int32Type, int64Type): (Int32, Int32, Int32) = (1, 6, 7)
  /// Numbers of a tensor at the most.
  static let largestCount = 1 << 24

  /// Lengths of the axes, slowest first; empty for a single number.
  var dimensions: [Int]
  /// As many as the product of the lengths.
  var numbers: Numbers

  /// A tensor of the file; what it holds is as much as its dimensions say.
  init(_ tensor: Onnx_TensorProto, name: String) throws(ONNXError) {
    let title = "tensor \(quoted(name))"
    guard tensor.dataLocation == .default, tensor.externalData.isEmpty else {
      throw ONNXError(
        "\(title): its numbers lie in another file; expected all of them in this one, as PyTorch's "
          + "torch.onnx.export(…, external_data=False) writes them")
    }
    guard let count = Self.count(tensor.dims) else {
      throw ONNXError(
        "\(title): dimensions \(tensor.dims.prefix(8)) are too large or negative; expected at most \(Self.largestCount) "
          + "numbers")
    }
    dimensions = tensor.dims.map { Int($0) }
    let raw = tensor.rawData
    switch tensor.dataType {
    case Self.floatType:
      let floats = raw.isEmpty ? tensor.floatData : Self.numbers(raw) { Float(bitPattern: $0) }
      guard floats.allSatisfy({ !$0.isNaN }) else {
        throw ONNXError("\(title): holds values that are no numbers (NaN)")
      }
      numbers = .floats(floats)
    case Self.int32Type:
      numbers = .integers(
        raw.isEmpty
          ? tensor.int32Data.map { Int($0) } : Self.numbers(raw) { (bits: UInt32) in Int(Int32(bitPattern: bits)) })
    case Self.int64Type:
      numbers = .integers(
        raw.isEmpty
          ? tensor.int64Data.map { Int($0) } : Self.numbers(raw) { (bits: UInt64) in Int(Int64(bitPattern: bits)) })
    default:
      throw ONNXError(
        "\(title): its numbers are of type \(tensor.dataType); expected float32 (1), int32 (6) or int64 (7)")
    }
    let size = tensor.dataType == Self.int64Type ? 8 : 4
    guard self.count == count, raw.isEmpty || raw.count == size * count else {
      throw ONNXError(
        "\(title): dimensions \(dimensions.prefix(8)) stand for \(count) numbers; found "
          + (raw.isEmpty ? "\(self.count)" : "\(raw.count) bytes"))
    }
  }

  init(_ dimensions: [Int], _ numbers: Numbers) { (self.dimensions, self.numbers) = (dimensions, numbers) }

  /// How many numbers there are.
  var count: Int {
    switch numbers {
    case .floats(let floats): floats.count
    case .integers(let integers): integers.count
    }
  }

  /// The tensor in another order: `order[i]` is where its number i comes from.
  func reordered(_ order: [Int], _ dimensions: [Int]) -> Tensor {
    switch numbers {
    case .floats(let floats): Tensor(dimensions, .floats(order.map { floats[$0] }))
    case .integers(let integers): Tensor(dimensions, .integers(order.map { integers[$0] }))
    }
  }

  /// The product of lengths; nil where one is negative or the product is larger than ``largestCount``.
  private static func count(_ dimensions: [Int64]) -> Int? {
    // More than a hundred axes of length 1 have no use.
    guard dimensions.count <= 100 else { return nil }
    var product = 1
    for length in dimensions {
      guard (0...Int64(largestCount)).contains(length) else { return nil }
      product *= Int(length)
      guard product <= largestCount else { return nil }
    }
    return product
  }

  /// Little-endian words.
  private static func numbers<Word: FixedWidthInteger, Number>(
    _ bytes: some Collection<UInt8>, _ number: (Word) -> Number
  ) -> [Number] {
    let size = MemoryLayout<Word>.size
    let bytes = Array(bytes)
    return bytes.withUnsafeBytes { bytes in
      stride(from: 0, through: bytes.count - size, by: size).map {
        number(Word(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Word.self)))
      }
    }
  }
}
