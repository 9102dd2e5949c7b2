/// The elements that a slab and a chunk have in common, as runs that are contiguous in both; one chunk of the slab after
/// the other.
///
/// Slabs may cover thousands of small chunks: memory is allocated once for a slab, not for each chunk.
struct ChunkOverlap {
  /// First element of the chunk along each dimension.
  private(set) var chunkStart: [UInt64]
  private let start: [Int]
  private let count: [Int]
  private let chunk: [Int]
  /// Elements between neighbours along a dimension, in the slab and in the chunk.
  private let slabStrides: [Int]
  private let chunkStrides: [Int]
  /// First common element, counted from the chunk's first one, and how many there are.
  private var first: [Int]
  private var common: [Int]
  private var position: [Int]

  /// The first chunk of a slab that is not empty.
  init(start: [Int], count: [Int], chunk: [Int]) {
    func strides(_ lengths: [Int]) -> [Int] {
      var strides = lengths.map { _ in 1 }
      for index in lengths.indices.dropLast().reversed() { strides[index] = strides[index + 1] * lengths[index + 1] }
      return strides
    }
    self.start = start
    self.count = count
    self.chunk = chunk
    slabStrides = strides(count)
    chunkStrides = strides(chunk)
    chunkStart = zip(start, chunk).map { UInt64($0 / $1 * $1) }
    first = start.map { _ in 0 }
    common = first
    position = first
    intersect()
  }

  private mutating func intersect() {
    for index in start.indices {
      let begin = Int(chunkStart[index])
      first[index] = max(start[index] - begin, 0)
      common[index] = min(start[index] + count[index] - begin, chunk[index]) - first[index]
    }
  }

  /// Goes on to the next chunk in file order; false after the last one.
  mutating func advance() -> Bool {
    for index in start.indices.reversed() {
      chunkStart[index] += UInt64(chunk[index])
      if Int(chunkStart[index]) < start[index] + count[index] {
        intersect()
        return true
      }
      chunkStart[index] = UInt64(start[index] / chunk[index] * chunk[index])
    }
    return false
  }

  /// The common elements as a block: where it begins in the dataset and in the slab, and its lengths.
  var block: (start: [UInt64], inSlab: [UInt64], count: [UInt64]) {
    let begin = start.indices.map { chunkStart[$0] + UInt64(first[$0]) }
    return (begin, start.indices.map { begin[$0] - UInt64(start[$0]) }, common.map(UInt64.init))
  }

  /// Hands over all runs: first element in the chunk, first element in the slab, number of elements.
  @inline(__always)
  mutating func forEachRun(_ body: (_ inChunk: Int, _ inSlab: Int, _ count: Int) -> Void) {
    // Dimensions that are whole in chunk and slab make the run longer.
    var outer = start.count - 1
    var length = outer < 0 ? 1 : common[outer]
    while outer > 0, common[outer] == chunk[outer], common[outer] == count[outer] {
      outer -= 1
      length *= common[outer]
    }
    // Chunks may have thousands of short runs: those along the innermost dimension that is not part of a run differ by
    // constant steps and are counted in a plain loop.
    let row = outer - 1
    let (rows, chunkStep, slabStep) = row < 0 ? (1, 0, 0) : (common[row], chunkStrides[row], slabStrides[row])
    var (inChunk, inSlab) = (0, 0)
    for index in start.indices {
      position[index] = 0
      inChunk += first[index] * chunkStrides[index]
      inSlab += (Int(chunkStart[index]) + first[index] - start[index]) * slabStrides[index]
    }
    while true {
      for number in 0..<rows { body(inChunk + number * chunkStep, inSlab + number * slabStep, length) }
      var index = row - 1
      while index >= 0 {
        position[index] += 1
        inChunk += chunkStrides[index]
        inSlab += slabStrides[index]
        if position[index] < common[index] { break }
        inChunk -= common[index] * chunkStrides[index]
        inSlab -= common[index] * slabStrides[index]
        position[index] = 0
        index -= 1
      }
      if index < 0 { return }
    }
  }
}
