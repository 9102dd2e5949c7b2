import Foundation

/// A fault, tried many times.
struct FaultCase {
  /// What happens, in the words of the table.
  let name: String
  /// Rounds of a short run and of a long one.
  let rounds: (short: Int, long: Int)
  /// Why it cannot be tried on this machine; nil where it can.
  var obstacle: String?
  /// Tries it once in an empty folder and says how the program ended, as `73` or `137 then 0`.
  ///
  /// - Throws: `Broken` where a promise was not kept.
  let attempt: @MainActor (_ folder: String, _ random: inout Random) throws -> String
}

/// A promise that was not kept.
struct Broken: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Ends a round unless a promise was kept.
func expect(_ isKept: Bool, _ promise: @autoclosure () -> String) throws {
  if !isKept { throw Broken(promise()) }
}

/// Random numbers that a seed gives again (SplitMix64).
struct Random: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }
}
