/// Divides one block of memory into arrays, one behind the other, each on a 64-byte boundary.
///
/// A layout is gone through twice by the same requests: with an arena that has no block, which only adds up (``used``), and,
/// once a block of that size exists, with an arena that gives out its addresses.
package struct Arena {
  private let base: UnsafeMutablePointer<Float>
  /// Values in the arrays so far, their padding included.
  package private(set) var used = 0

  /// An arena that only adds up; the addresses that it gives must not be followed.
  package init() {
    base = UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped.assumingMemoryBound(to: Float.self)
  }

  /// An arena that divides the block at an address, which must lie on a 64-byte boundary.
  package init(base: UnsafeMutablePointer<Float>) { self.base = base }

  /// The number of values that a layout needs.
  package static func count<Memory>(_ layOut: (inout Arena) -> Memory) -> Int {
    var arena = Arena()
    _ = layOut(&arena)
    return arena.used
  }

  /// The next multiple of 16 values, 64 bytes.
  package static func roundedUp(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  /// An array of `count` values, a multiple of 16.
  package mutating func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    defer { used += count }
    return base + used
  }

  /// An array of elements of another type, any number of them.
  package mutating func take<Element: BitwiseCopyable>(
    _ count: Int, of _: Element.Type
  ) -> UnsafeMutablePointer<Element> {
    let bytes = count * MemoryLayout<Element>.stride
    let place = take(Arena.roundedUp((bytes + 3) / MemoryLayout<Float>.stride))
    return UnsafeMutableRawPointer(place).assumingMemoryBound(to: Element.self)
  }
}
