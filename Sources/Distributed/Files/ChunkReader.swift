import CMPIShim

/// Reads slabs of chunked variables without HDF5's filters.
///
/// Fetches the chunks as stored, inflates them by libdeflate and copies what the slab wants of them. A chunk that was never
/// written or does not inflate is left to the library, which fills it in or says what is wrong. One chunk is in hand at a
/// time, in memory that serves all variables and files of a rank.
final class ChunkReader {
  private let inflater = shim_inflater_create()
  /// Two buffers for the filters of a chunk to read from and write to in turn: `plain` holds the latest result, at last
  /// the inflated chunk.
  private var plain = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private var spare = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// The chunk that `plain` holds, by its first element in the dataset: a read that begins in the chunk that the read
  /// before it ended in does not inflate it again.
  private var held: (storage: ChunkedStorage?, element: Int) = (nil, 0)
  /// Whether the bytes of the elements in `plain` are still shuffled.
  private var isShuffled = false

  deinit {
    shim_inflater_free(inflater)
    plain.deallocate()
    spare.deallocate()
  }

  enum Outcome {
    case read
    /// The slab is not within the variable, or there is no memory: the library must see to it.
    case leftToLibrary
    /// The library could not read a chunk and knows why.
    case failed
    /// The chunk beginning at this element is complete and does not have the size that it should.
    case wrongSize([UInt64])
  }

  /// Bytes that a chunk of so many bytes takes at the most while it goes through its filters: deflate makes what cannot be
  /// compressed longer, by an eighth where it uses its fixed codes.
  private static func capacity(_ byteCount: Int) -> Int { byteCount + byteCount / 8 + 64 }

  /// Bytes that a reader holds for chunks of this many bytes.
  static func bytes(chunk byteCount: Int) -> Int { 2 * capacity(byteCount) }

  /// Reads the slab start…start+count into `buffer`, row-major, as numbers of the storage's element type.
  func read(
    _ storage: ChunkedStorage, start: [Int], count: [Int], into buffer: UnsafeMutableRawPointer
  ) -> Outcome {
    let isWithin =
      start.count == storage.shape.count
      && start.indices.allSatisfy {
        start[$0] + count[$0] <= storage.shape[$0]
      }
    guard isWithin, inflater != nil else { return .leftToLibrary }
    guard !count.contains(0) else { return .read }
    guard reserve(Self.capacity(storage.byteCount)) else { return .leftToLibrary }
    var overlap = ChunkOverlap(start: start, count: count, chunk: storage.chunk)
    repeat {
      switch fetch(storage, at: overlap.chunkStart) {
      case .inHand: storage.copy(UnsafeRawPointer(plain.baseAddress), isShuffled: isShuffled, &overlap, to: buffer)
      case .leftToLibrary:
        storage.copyMissing(&overlap, to: buffer)
        guard storage.readByLibrary(overlap.block, slab: count, to: buffer) else { return .failed }
      case .wrongSize: return .wrongSize(overlap.chunkStart)
      }
    } while overlap.advance()
    return .read
  }

  /// Makes the buffers at least so large; false where there is no memory.
  private func reserve(_ capacity: Int) -> Bool {
    guard plain.count < capacity else { return true }
    guard (try? MemoryLimit.check(2 * capacity, for: "a chunk")) != nil else { return false }
    plain.deallocate()
    spare.deallocate()
    plain = .allocate(byteCount: capacity, alignment: 64)
    spare = .allocate(byteCount: capacity, alignment: 64)
    held.storage = nil
    return true
  }

  private enum Chunk {
    case inHand, leftToLibrary, wrongSize
  }

  /// Makes a chunk the one in hand: fetched and taken through its filters in reverse, but for a last shuffle, which is
  /// undone while the elements are copied.
  private func fetch(_ storage: ChunkedStorage, at start: [UInt64]) -> Chunk {
    var element = 0
    for index in start.indices { element = element * storage.shape[index] + Int(start[index]) }
    if held.storage === storage, held.element == element { return .inHand }
    held.storage = nil
    let rank = Int32(start.count)
    var (stored, skipped): (UInt64, UInt32) = (0, 0)
    // What is longer than any deflated chunk of this size inflates to more than that, too.
    let capacity = UInt64(plain.count)
    let isFetched = storage.source.call(bytes: storage.byteCount) {
      shim_hdf5_chunk_bytes(storage.dataset, rank, start, &stored) >= 0 && (1...capacity).contains(stored)
        && shim_hdf5_read_chunk(storage.dataset, rank, start, &skipped, plain.baseAddress) >= 0
    }
    guard isFetched else { return stored > capacity && storage.inflatesOnce ? .wrongSize : .leftToLibrary }
    var size = Int(stored)
    isShuffled = false
    let first = storage.filters.indices.first { skipped >> $0 & 1 == 0 }
    for index in storage.filters.indices.reversed() where skipped >> index & 1 == 0 {
      switch storage.filters[index] {
      case .deflate:
        switch Int(shim_inflate(inflater, plain.baseAddress, size, spare.baseAddress, spare.count, &size)) {
        case SHIM_INFLATE_DONE: break
        // HDF5 takes as much of it as it needs, without an error.
        case SHIM_INFLATE_TOO_LONG where storage.inflatesOnce: return .wrongSize
        default: return .leftToLibrary
        }
        swap(&plain, &spare)
      case .shuffle(let width):
        if index == first, width == storage.number.byteCount, size == storage.byteCount {
          isShuffled = true
        } else {
          unshuffle(size, width: width)
          swap(&plain, &spare)
        }
      }
    }
    guard size == storage.byteCount else { return .wrongSize }
    held = (storage, element)
    return .inHand
  }

  /// Puts the bytes of elements of `width` bytes together again; what is left over at the end stays as it is.
  private func unshuffle(_ size: Int, width: Int) {
    guard let from = plain.baseAddress, let to = spare.baseAddress else { return }
    let count = width > 1 ? size / width : 0
    for byte in 0..<(count > 0 ? width : 0) {
      for element in 0..<count {
        to.storeBytes(
          of: from.load(fromByteOffset: byte * count + element, as: UInt8.self),
          toByteOffset: element * width + byte, as: UInt8.self)
      }
    }
    to.advanced(by: count * width).copyMemory(from: from + count * width, byteCount: size - count * width)
  }
}

extension ChunkedStorage {
  /// Whether chunks are inflated at most once: what is deflated twice may be longer in between.
  fileprivate var inflatesOnce: Bool { filters.count { $0 == .deflate } <= 1 }

  /// Copies what a slab wants of a chunk, as numbers of the storage's element type.
  fileprivate func copy(
    _ chunk: UnsafeRawPointer?, isShuffled: Bool, _ overlap: inout ChunkOverlap, to buffer: UnsafeMutableRawPointer
  ) {
    guard let chunk = chunk?.assumingMemoryBound(to: UInt8.self) else { return }
    let elements = ElementBytes(
      chunk, count: elementCount, size: number.byteCount, isShuffled: isShuffled, isBigEndian: isBigEndian)
    switch number.elementType {
    case .float: number.copy(elements, &overlap, to: buffer.assumingMemoryBound(to: Float.self))
    case .double: number.copy(elements, &overlap, to: buffer.assumingMemoryBound(to: Double.self))
    }
  }

  /// Sets what a slab wants of a chunk to missing: HDF5 does not touch what was never written and has no fill value.
  fileprivate func copyMissing(_ overlap: inout ChunkOverlap, to buffer: UnsafeMutableRawPointer) {
    switch number.elementType {
    case .float:
      let numbers = buffer.assumingMemoryBound(to: Float.self)
      overlap.forEachRun { (numbers + $1).update(repeating: .nan, count: $2) }
    case .double:
      let numbers = buffer.assumingMemoryBound(to: Double.self)
      overlap.forEachRun { (numbers + $1).update(repeating: .nan, count: $2) }
    }
  }

  /// Reads a block of a slab (`H5Dread`).
  fileprivate func readByLibrary(
    _ block: (start: [UInt64], inSlab: [UInt64], count: [UInt64]), slab: [Int], to buffer: UnsafeMutableRawPointer
  ) -> Bool {
    source.call(bytes: byteCount) {
      shim_hdf5_read(
        dataset, Int32(slab.count), block.start, block.count, number.elementType.code, 0, slab.map(UInt64.init),
        block.inSlab, buffer) >= 0
    }
  }
}
