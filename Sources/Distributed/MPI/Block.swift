/// A block of doubles in memory that lives as long as the value is held.
final class Block {
  let pointer: UnsafeMutablePointer<Double>
  let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    pointer = .allocate(capacity: max(1, capacity))
    pointer.initialize(repeating: 0, count: max(1, capacity))
  }

  deinit { pointer.deallocate() }

  func slice(_ start: Int, _ count: Int) -> UnsafeBufferPointer<Double> {
    precondition(start + count <= max(1, capacity))
    return UnsafeBufferPointer(start: pointer + start, count: count)
  }
}
