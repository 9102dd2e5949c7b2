/// Hands out a block of memory piece by piece, or only counts where there is none yet.
struct Arena {
  private let base: UnsafeMutablePointer<Float>
  private(set) var used = 0

  init(base: UnsafeMutablePointer<Float>?) {
    // An address of no memory, never followed, only moved on.
    self.base = base ?? UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped.assumingMemoryBound(to: Float.self)
  }

  /// The next values, as many as a multiple of 16.
  mutating func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    defer { used += count }
    return base + used
  }

  /// Place for other things than values.
  mutating func take<Element: BitwiseCopyable>(_ count: Int, of _: Element.Type) -> UnsafeMutablePointer<Element> {
    let bytes = count * MemoryLayout<Element>.stride
    let place = take(NetworkMemory.roundedUp((bytes + 3) / MemoryLayout<Float>.stride))
    return UnsafeMutableRawPointer(place).assumingMemoryBound(to: Element.self)
  }
}
