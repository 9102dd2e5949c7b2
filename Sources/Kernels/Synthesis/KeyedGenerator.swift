import RealModule

/// A generator of random numbers whose start is a function of a few keys, so that a number depends on what it is for
/// and never on the order in which numbers are asked for.
///
/// SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195), started from a hash of the keys.
package struct KeyedGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The stream of these keys, for example a seed, a member and a cell.
  package init(_ keys: Int...) {
    state = 0
    for key in keys { state = Self.mix(state &+ Self.increment &+ UInt64(bitPattern: Int64(key))) }
  }

  /// The next 64 random bits.
  package mutating func next() -> UInt64 {
    state &+= Self.increment
    return Self.mix(state)
  }

  /// A number uniform in the open interval (0, 1).
  package mutating func uniform() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

  /// A standard normal number (Box & Muller 1958).
  package mutating func normal() -> Double {
    let radius = (-2 * Double.log(uniform())).squareRoot()
    return radius * .cos(2 * .pi * uniform())
  }

  private static let increment: UInt64 = 0x9e37_79b9_7f4a_7c15

  private static func mix(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }
}
