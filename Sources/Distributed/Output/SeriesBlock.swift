/// Some cells of a record of maps at some times: what is finished, and kept, at once.
struct SeriesBlock: Codable, Hashable {
  /// Positions in the list of the partition's cells.
  var cells: Range<Int>
  /// Indices of times.
  var times: Range<Int>

  /// Whether another block has all that this one has.
  func isPart(of other: SeriesBlock) -> Bool {
    cells.clamped(to: other.cells) == cells && times.clamped(to: other.times) == times
  }
}

/// Where the values of a block lie among its bytes: variable after variable, each `[outer][time][cell]`.
struct SeriesLayout {
  /// A variable as blocks have it.
  struct Variable {
    /// The number of fields of each time.
    var outer: Int
    /// Whether it has a field for each time; else it comes with the first time.
    var hasTime: Bool
    /// Bytes of a value: 4 of a float, 8 of a double.
    var valueBytes: Int
  }

  let variables: [Variable]

  /// Indices of the times of a variable that a block has.
  func times(of variable: Int, in block: SeriesBlock) -> Range<Int> {
    if variables[variable].hasTime { return block.times }
    return block.times.contains(0) ? 0..<1 : 0..<0
  }

  /// Values of a variable in a block.
  func valueCount(of variable: Int, in block: SeriesBlock) -> Int {
    variables[variable].outer * times(of: variable, in: block).count * block.cells.count
  }

  /// Bytes of the variables before this one, each filled up to whole words.
  func offset(of variable: Int, in block: SeriesBlock) -> Int {
    (0..<variable).reduce(0) { $0 + (variables[$1].valueBytes * valueCount(of: $1, in: block) + 7) / 8 * 8 }
  }

  /// Bytes of a block.
  func byteCount(of block: SeriesBlock) -> Int { offset(of: variables.count, in: block) }

  /// The bytes of a block.
  ///
  /// - Parameter values: by variable, in the order of the bytes.
  func bytes(of block: SeriesBlock, _ values: [[Double]]) -> [UInt8] {
    let count = byteCount(of: block)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      for variable in variables.indices {
        let own = bytes[offset(of: variable, in: block)..<offset(of: variable + 1, in: block)]
        precondition(
          values[variable].count == valueCount(of: variable, in: block), "variable \(variable): values of \(block)")
        let place = UnsafeMutableRawBufferPointer(rebasing: own)
        for byte in place.indices.suffix(8) { place[byte] = 0 }
        if variables[variable].valueBytes == 8 {
          values[variable].withUnsafeBytes { place.copyMemory(from: $0) }
        } else {
          let floats = place.bindMemory(to: Float.self)
          for (index, value) in values[variable].enumerated() { floats[index] = Float(value) }
        }
      }
      filled = count
    }
  }
}

/// The words before the bytes of a block in a log: what it is and of which job, with checksums.
///
/// All are 64-bit words, little-endian: the magic number, the job's fingerprint, the ranges of cells and times, the number
/// of bytes that follow, their checksum with the fingerprint as seed, and the checksum of these words.
struct SeriesBlockHeader {
  var fingerprint: UInt64
  var block: SeriesBlock
  var byteCount: Int
  var checksum: UInt64

  /// Bytes of a header.
  static let size = 72
  private static let magic: UInt64 = 0x736d_742d_7365_7231

  /// The header of a block with these bytes.
  init(_ block: SeriesBlock, _ bytes: UnsafeRawBufferPointer, fingerprint: UInt64) {
    self.fingerprint = fingerprint
    self.block = block
    byteCount = bytes.count
    checksum = Checksum.of(bytes, seed: fingerprint)
  }

  /// The header at the beginning of bytes; nil where it is damaged.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.size else { return nil }
    let words = (0..<9).map { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)) }
    let numbers = words[2...6].map { Int(truncatingIfNeeded: $0) }
    guard words[0] == Self.magic, Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[..<64])) == words[8],
      numbers.allSatisfy({ $0 >= 0 }), numbers[0] <= numbers[1], numbers[2] <= numbers[3]
    else { return nil }
    fingerprint = words[1]
    block = SeriesBlock(cells: numbers[0]..<numbers[1], times: numbers[2]..<numbers[3])
    (byteCount, checksum) = (numbers[4], words[7])
  }

  /// The words.
  var bytes: [UInt8] {
    let numbers = [
      block.cells.lowerBound, block.cells.upperBound, block.times.lowerBound, block.times.upperBound, byteCount,
    ]
    let words = [Self.magic, fingerprint] + numbers.map { UInt64($0) } + [checksum]
    var bytes = words.flatMap { withUnsafeBytes(of: $0.littleEndian) { [UInt8]($0) } }
    let sum = bytes.withUnsafeBytes { Checksum.of($0) }
    bytes += withUnsafeBytes(of: sum.littleEndian) { [UInt8]($0) }
    return bytes
  }
}
