/// An array of numbers as numpy stores it (`.npy`), after "NEP 1" and numpy's `numpy.lib.format`, versions 1.0 to 3.0.
struct NumpyArray {
  /// The path of the file.
  let path: String
  /// The type of the numbers; booleans are bytes.
  let type: NetCDFType
  /// Lengths of the dimensions, slowest first; empty for a single number.
  let shape: [Int]
  private let isBigEndian: Bool
  private let start: Int
  private let byteCount: Int

  /// Reads the header of a file.
  ///
  /// - Throws: exit code 66 where there is no such file; 65 where it is no array of numbers in the order of C.
  init(_ path: String) throws {
    InputFiles.countOpen(path)
    let source = try ForeignFile(anyFormat: path)
    guard source.signature == .npy else { throw JobError(.inputData, "\(path): is no array of numpy") }
    let header = try NumpyHeader(
      ForeignFile.bytes(of: path, at: 0, count: NumpyHeader.longest), fileBytes: source.byteCount, path)
    self.path = path
    (type, shape, isBigEndian, start) = (header.type, header.shape, header.isBigEndian, header.end)
    byteCount = header.count * header.type.byteCount
  }

  /// All numbers.
  ///
  /// - Throws: exit code 65 where the file ends before, 71 where there is no memory for them.
  func values() throws -> [Double] {
    let (size, count) = (type.byteCount, byteCount / type.byteCount)
    try MemoryLimit.check(8 * count + byteCount, for: "\(path): \(count) values")
    let bytes = try ForeignFile.bytes(of: path, at: start, count: byteCount)
    guard bytes.count == byteCount else { throw JobError(.inputData, "\(path): the file became shorter") }
    var numbers = [Double](repeating: 0, count: count)
    bytes.withUnsafeBufferPointer { buffer in
      guard let first = buffer.baseAddress else { return }
      let elements = ElementBytes(first, count: count, size: size, isShuffled: false, isBigEndian: isBigEndian)
      numbers.withUnsafeMutableBufferPointer { target in
        guard let target = target.baseAddress else { return }
        switch type {
        case .int8: elements.copy(from: 0, count: count, to: target) { (bits: UInt8) in Double(Int8(bitPattern: bits)) }
        case .int16:
          elements.copy(from: 0, count: count, to: target) { (bits: UInt16) in Double(Int16(bitPattern: bits)) }
        case .int32:
          elements.copy(from: 0, count: count, to: target) { (bits: UInt32) in Double(Int32(bitPattern: bits)) }
        case .int64:
          elements.copy(from: 0, count: count, to: target) { (bits: UInt64) in Double(Int64(bitPattern: bits)) }
        case .uint8: elements.copy(from: 0, count: count, to: target) { (bits: UInt8) in Double(bits) }
        case .uint16: elements.copy(from: 0, count: count, to: target) { (bits: UInt16) in Double(bits) }
        case .uint32: elements.copy(from: 0, count: count, to: target) { (bits: UInt32) in Double(bits) }
        case .uint64: elements.copy(from: 0, count: count, to: target) { (bits: UInt64) in Double(bits) }
        case .float:
          elements.copy(from: 0, count: count, to: target) { (bits: UInt32) in Double(Float(bitPattern: bits)) }
        default: elements.copy(from: 0, count: count, to: target) { (bits: UInt64) in Double(bitPattern: bits) }
        }
      }
    }
    return numbers
  }
}

/// The header of a `.npy` file: `{'descr': '<f8', 'fortran_order': False, 'shape': (192, 288), }`.
struct NumpyHeader {
  /// Bytes that a header may have, with what is before it.
  static let longest = 1 << 16

  /// The type of the numbers.
  let type: NetCDFType
  /// Whether the most significant byte comes first.
  let isBigEndian: Bool
  /// Lengths of the dimensions.
  let shape: [Int]
  /// The product of the lengths.
  let count: Int
  /// Where the numbers begin.
  let end: Int

  /// Reads the beginning of a file of so many bytes.
  ///
  /// - Throws: exit code 65 where it holds something else than numbers in the order of C, or fewer than it says.
  init(_ bytes: [UInt8], fileBytes: Int, _ path: String) throws {
    func failure(_ what: String) -> JobError { JobError(.inputData, "\(path): \(what)") }
    let isLong = bytes.count > 7 && bytes[6] > 1
    let start = isLong ? 12 : 10
    guard bytes.count >= start, (1...3).contains(bytes[6]) else {
      throw failure("the file is truncated, or of a version of numpy's format that is not read; expected 1.0 to 3.0")
    }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard start + length <= bytes.count else {
      throw failure(
        "the file is truncated or damaged: its header has \(length) bytes; expected \(Self.longest - start) at most")
    }
    end = start + length
    var scanner = NumpyHeaderScanner(bytes[start..<end])
    guard let entries = scanner.dictionary(), case .text(let code)? = entries["descr"],
      case .truth(let isFortran)? = entries["fortran_order"], case .lengths(let shape)? = entries["shape"]
    else { throw failure("the header is damaged, or that of a structured array; expected an array of plain numbers") }
    guard let type = Self.type(code) else {
      throw failure(
        "holds numbers of the type '\(code)'; expected real numbers of 4 or 8 bytes or integers ('<f4', '<f8', '<i2', …)"
      )
    }
    guard !isFortran || shape.count < 2 else {
      throw failure("holds an array in the order of Fortran; numpy.ascontiguousarray puts it into that of C")
    }
    guard let count = InputLimit.product(shape, atMost: InputLimit.cells), count > 0 else {
      throw failure("the array has \(NetCDFFile.text(shape)) values; expected 1 to \(InputLimit.cells)")
    }
    guard fileBytes - end >= count * type.byteCount else {
      throw failure(
        "the file is truncated: \(NetCDFFile.text(shape)) numbers take \(count * type.byteCount) bytes, found "
          + "\(max(0, fileBytes - end))")
    }
    (self.type, self.shape, self.count) = (type, shape, count)
    isBigEndian = code.first == ">"
  }

  private static func type(_ code: String) -> NetCDFType? {
    guard let order = code.first, "<>|=".contains(order) else { return nil }
    let types: [String: NetCDFType] = [
      "f4": .float, "f8": .double, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64, "u1": .uint8, "u2": .uint16,
      "u4": .uint32, "u8": .uint64, "b1": .uint8,
    ]
    return types[String(code.dropFirst())]
  }
}

/// Reads the literal of a dictionary in Python that a `.npy` header is.
private struct NumpyHeaderScanner {
  enum Value {
    case text(String)
    case truth(Bool)
    case lengths([Int])
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The entries; nil where something else is found.
  mutating func dictionary() -> [String: Value]? {
    guard take("{") else { return nil }
    var entries: [String: Value] = [:]
    while !take("}") {
      guard let key = text(), take(":"), let value = value() else { return nil }
      entries[key] = value
      if !take(",") { return take("}") ? entries : nil }
    }
    return entries
  }

  private mutating func value() -> Value? {
    if let text = text() { return .text(text) }
    for (word, truth) in [("True", true), ("False", false)] where take(word) { return .truth(truth) }
    guard take("(") else { return nil }
    var lengths: [Int] = []
    while !take(")") {
      guard let length = number() else { return nil }
      lengths.append(length)
      if !take(",") { return take(")") ? .lengths(lengths) : nil }
    }
    return .lengths(lengths)
  }

  /// A text between quotes, without a backslash.
  private mutating func text() -> String? {
    for quote in ["'", "\""] where take(quote) {
      guard let end = rest.firstIndex(of: quote.utf8.first ?? 0) else { return nil }
      defer { rest = rest[(end + 1)...] }
      return String(decoding: rest[..<end], as: UTF8.self)
    }
    return nil
  }

  private mutating func number() -> Int? {
    skipSpaces()
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    rest = rest[digits.endIndex...]
    // Format 1.0 of Python 2 wrote long integers so.
    _ = take("L")
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// Takes a word, if it comes next.
  private mutating func take(_ word: String) -> Bool {
    skipSpaces()
    guard rest.starts(with: word.utf8) else { return false }
    rest = rest.dropFirst(word.utf8.count)
    return true
  }

  private mutating func skipSpaces() { rest = rest.drop { [0x20, 0x09, 0x0a, 0x0d].contains($0) } }
}
