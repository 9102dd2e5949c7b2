/// Pseudo-random numbers of a seed (SplitMix64), the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64, number: Int) { state = seed &* 0xD129_0B26_89E1_A9C5 &+ UInt64(number) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// One way of damaging a file.
enum Mutation: CaseIterable {
  case flips, zeros, ones, truncation, swap, appended

  /// The damaged bytes of a file, and what was done to them.
  func applied(to bytes: [UInt8], _ random: inout SeededGenerator) -> (bytes: [UInt8], description: String) {
    var result = bytes
    // Half of the damage lies where headers begin.
    func place(_ length: Int = 1) -> Int {
      let end = max(1, bytes.count - length)
      return Int.random(in: 0..<(Bool.random(using: &random) ? end : min(end, 4096)), using: &random)
    }
    switch self {
    case .flips:
      let places = (0..<Int.random(in: 1...8, using: &random)).map { _ in place() }
      for place in places { result[place] ^= UInt8.random(in: 1...255, using: &random) }
      return (result, "bytes changed at \(places)")
    case .zeros, .ones:
      let length = min(bytes.count, Int.random(in: 1...64, using: &random))
      let start = place(length)
      for index in start..<start + length { result[index] = self == .zeros ? 0 : 0xff }
      return (result, "\(length) bytes of \(self) at \(start)")
    case .truncation:
      let length = place()
      return (Array(bytes.prefix(length)), "cut to \(length) bytes")
    case .swap:
      let length = min(bytes.count / 2, Int.random(in: 8...512, using: &random))
      let (first, second) = (place(length), place(length))
      for index in 0..<length { result.swapAt(first + index, second + index) }
      return (result, "\(length) bytes at \(first) and \(second) swapped")
    case .appended:
      let more = (0..<Int.random(in: 1...600, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      return (bytes + more, "\(more.count) bytes appended")
    }
  }
}
