import CMPIShim

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads slabs of the arrays of a Zarr store, chunk by chunk.
///
/// Inflated chunks are held up to some bytes: stores are often cut along time, and fields that are read one after the other
/// lie in the same chunks.
final class ZarrChunkReader {
  /// An array, by its number in a store.
  struct Place {
    let store: String
    let number: Int
    let array: ZarrArray
  }

  private struct Key: Hashable {
    let array: Int
    let chunk: [UInt64]
  }

  private let inflater = shim_inflater_create()
  /// Chunks used lately; `old` are those used before them, which go first.
  private var young: [Key: [UInt8]] = [:]
  private var old: [Key: [UInt8]] = [:]
  private var youngBytes = 0

  /// Bytes of chunks that are held, at the most and beside the last one, in two halves.
  private static let heldBytes = 16 << 20
  /// Bytes of a chunk of texts at the most.
  private static let textBytes = 16 << 20

  deinit { shim_inflater_free(inflater) }

  /// Bytes that a reader holds for chunks of this many bytes.
  static func bytes(chunk byteCount: Int) -> Int { heldBytes + 4 * byteCount }

  /// Reads the slab start…start+count, row-major.
  ///
  /// - Throws: exit code 65 where a chunk is damaged, 66 where it cannot be read, 71 where there is no memory for it.
  func read<Number: BinaryFloatingPoint>(
    _ place: Place, start: [Int], count: [Int], into values: UnsafeMutablePointer<Number>
  ) throws {
    let array = place.array
    guard case .number(let number, let isBigEndian) = array.element else { throw place.failure("it holds texts") }
    let isWithin =
      start.count == array.shape.count
      && start.indices.allSatisfy { start[$0] >= 0 && count[$0] >= 0 && start[$0] + count[$0] <= array.shape[$0] }
    guard isWithin else { throw place.failure("its dimensions differ from those that were expected") }
    guard !count.contains(0) else { return }
    let elementCount = array.chunk.reduce(1, *)
    var overlap = ChunkOverlap(start: start, count: count, chunk: array.chunk)
    repeat {
      guard let chunk = try chunk(place, overlap.chunkStart, byteCount: elementCount * number.byteCount) else {
        let fill = Number(array.fill ?? .nan)
        overlap.forEachRun { (values + $1).update(repeating: fill, count: $2) }
        continue
      }
      chunk.withUnsafeBufferPointer { bytes in
        guard let first = bytes.baseAddress else { return }
        let elements = ElementBytes(
          first, count: elementCount, size: number.byteCount, isShuffled: false, isBigEndian: isBigEndian)
        number.copy(elements, &overlap, to: values)
      }
    } while overlap.advance()
  }

  /// The chunk that begins at an element, inflated; nil where it was never written.
  private func chunk(_ place: Place, _ start: [UInt64], byteCount: Int) throws -> [UInt8]? {
    let key = Key(array: place.number, chunk: start)
    if let chunk = young[key] { return chunk }
    let found = old.removeValue(forKey: key)
    guard let chunk = try found ?? fetch(place, start, byteCount: byteCount) else { return nil }
    guard chunk.count == byteCount else {
      throw place.damage(start, "expected \(byteCount) bytes, found \(chunk.count)")
    }
    if youngBytes + byteCount > Self.heldBytes / 2 {
      (old, young, youngBytes) = (young, [:], 0)
    }
    young[key] = chunk
    youngBytes += byteCount
    return chunk
  }

  /// Reads a chunk's file and inflates it to so many bytes at the most.
  private func fetch(_ place: Place, _ start: [UInt64], byteCount: Int) throws -> [UInt8]? {
    let path = place.path(ofChunk: start)
    var information = stat()
    guard stat(path, &information) == 0 else {
      let reason = errno
      if reason == ENOENT {
        // Single chunks need not be there; without the folder a copy of the store is not whole.
        let folder = "\(place.store)/\(place.array.name)"
        guard stat(folder, &information) == 0 else { throw place.damage(start, "the folder \(folder) is not there") }
        if case .number = place.array.element, place.array.fill == nil {
          throw place.damage(start, "it is not there, and the array has no fill value")
        }
        return nil
      }
      throw JobError(.noInput, "\(path): the chunk cannot be read: \(String(cString: strerror(reason)))")
    }
    guard information.st_mode & S_IFMT == S_IFREG else { throw place.damage(start, "it is no file") }
    // What cannot be deflated becomes longer by a little.
    let isDeflated = place.array.isDeflated
    let (stored, most) = (Int(information.st_size), isDeflated ? byteCount + byteCount / 8 + 64 : byteCount)
    guard (1...most).contains(stored) else {
      throw place.damage(start, "expected \(isDeflated ? "1 to \(most)" : "\(most)") bytes, found \(stored)")
    }
    try MemoryLimit.check(
      stored + byteCount, for: "\(place.store): a chunk of variable '\(place.array.name)', \(byteCount) bytes,")
    let bytes = try ForeignFile.bytes(of: path, at: 0, count: stored)
    guard isDeflated else { return bytes }
    guard inflater != nil else { throw JobError(.memory, "\(path): no memory to inflate the chunk") }
    var size = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      let code = Int(shim_inflate(inflater, bytes, bytes.count, buffer.baseAddress, byteCount, &size))
      count = code == SHIM_INFLATE_DONE ? size : 0
      if code == SHIM_INFLATE_TOO_LONG { size = -1 }
    }
    guard size >= 0, !chunk.isEmpty else {
      throw place.damage(start, size < 0 ? "it inflates to more than \(byteCount) bytes" : "it does not inflate")
    }
    return chunk
  }

  // MARK: Texts

  /// All texts of a vector.
  ///
  /// - Throws: exit code 65 where there are none, or where a chunk is damaged.
  func texts(_ place: Place) throws -> [String] {
    let array = place.array
    guard array.shape.count == 1 else { throw place.failure("it has \(array.shape.count) dimensions of texts") }
    var texts: [String] = []
    while texts.count < array.shape[0] {
      let (start, count) = ([UInt64(texts.count)], min(array.chunk[0], array.shape[0] - texts.count))
      let isFixed = array.element != .texts
      let byteCount = isFixed ? array.chunk[0] * array.element.byteCount : Self.textBytes
      guard let bytes = try fetch(place, start, byteCount: byteCount) else {
        texts += [String](repeating: "", count: count)
        continue
      }
      guard !isFixed || bytes.count == byteCount, let found = array.element.texts(bytes, count: count) else {
        throw place.damage(start, "it does not hold \(count) texts")
      }
      texts += found
    }
    return texts
  }
}

extension ZarrChunkReader.Place {
  fileprivate func path(ofChunk start: [UInt64]) -> String {
    let numbers = zip(start, array.chunk).map { String($0 / UInt64($1)) }
    return "\(store)/\(array.name)/" + (numbers.isEmpty ? "0" : numbers.joined(separator: array.separator))
  }

  fileprivate func failure(_ text: String) -> JobError {
    JobError(.inputData, "\(store): variable '\(array.name)' cannot be read: \(text)")
  }

  fileprivate func damage(_ start: [UInt64], _ text: String) -> JobError {
    JobError(
      .inputData,
      "\(store): variable '\(array.name)' cannot be read: the chunk \(path(ofChunk: start)) is truncated or damaged: "
        + text)
  }
}

extension ZarrArray.Element {
  /// The first texts of a chunk; nil where there are not so many.
  fileprivate func texts(_ bytes: [UInt8], count: Int) -> [String]? {
    func integer(_ place: Int, isBigEndian: Bool = false) -> UInt32 {
      let part = bytes[place..<place + 4]
      return (isBigEndian ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | UInt32($1) }
    }
    switch self {
    case .bytes(let size):
      return (0..<count).map { String(decoding: bytes[$0 * size..<($0 + 1) * size].prefix { $0 != 0 }, as: UTF8.self) }
    case .characters(let size, let isBigEndian):
      return (0..<count).map { text in
        let codes = (0..<size).map { integer(4 * (text * size + $0), isBigEndian: isBigEndian) }.prefix { $0 != 0 }
        return String(String.UnicodeScalarView(codes.compactMap(UnicodeScalar.init)))
      }
    case .texts:
      // The number of texts, then each with its length before it.
      var place = 4
      var texts: [String] = []
      for _ in 0..<count {
        guard place + 4 <= bytes.count else { return nil }
        let length = Int(integer(place))
        guard length <= InputLimit.labelBytes, place + 4 + length <= bytes.count else { return nil }
        texts.append(String(decoding: bytes[place + 4..<place + 4 + length], as: UTF8.self))
        place += 4 + length
      }
      return texts
    case .number, .unknown: return nil
    }
  }
}
