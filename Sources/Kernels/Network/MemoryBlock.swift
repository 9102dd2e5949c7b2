import VectorisedLayout

/// Owns one block of memory, zero at first, and what was laid out in it.
final class MemoryBlock<Layout> {
  private let base: UnsafeMutableRawPointer
  /// Pointers into the block; not to be followed when the block is gone.
  let layout: Layout

  /// A block of the size that the layout needs.
  init(_ layOut: (inout Arena) -> Layout) {
    let count = Arena.count(layOut)
    base = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
    var arena = Arena(base: base.initializeMemory(as: Float.self, repeating: 0, count: count))
    layout = layOut(&arena)
  }

  deinit { base.deallocate() }
}
