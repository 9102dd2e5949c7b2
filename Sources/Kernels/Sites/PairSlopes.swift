/// The slopes between all pairs of points that differ in x, without a list of them.
///
/// Slopes are counted by the leading bits of their patterns, which ascend as numbers do, then by the next ones among those
/// with the same beginning: four times over all pairs, and the very numbers that sorting them all would give.
struct PairSlopes {
  /// Pairs that differ in x.
  let count: Int

  private let x: [Double]
  private let y: [Double]

  private static let digitBits = 16
  private static let digits = 1 << digitBits

  /// - Parameters:
  ///   - x: Finite.
  ///   - y: Finite, as many.
  init(x: [Double], y: [Double]) {
    (self.x, self.y) = (x, y)
    let groups = Dictionary(x.map { ($0, 1) }, uniquingKeysWith: +).values
    count = (x.count * (x.count - 1) - groups.reduce(0) { $0 + $1 * ($1 - 1) }) / 2
  }

  /// The slopes at some places of their ascending order.
  ///
  /// - Parameter ranks: From 0, below ``count``.
  func atRanks(_ ranks: [Int]) -> [Double] {
    // Of each rank the bits that are known, and its place among the slopes that begin with them.
    var known = ranks.map { (bits: UInt64(0), rank: $0) }
    var shift = UInt64.bitWidth
    while shift > 0 {
      shift -= Self.digitBits
      let beginnings = Set(known.map(\.bits)).sorted()
      var counts = [Int](repeating: 0, count: beginnings.count * Self.digits)
      counts.withUnsafeMutableBufferPointer { counts in
        forEachPattern { pattern in
          let beginning = pattern >> (shift + Self.digitBits)
          for (place, wanted) in beginnings.enumerated() where beginning == wanted {
            counts[place * Self.digits + Int((pattern >> shift) & UInt64(Self.digits - 1))] += 1
          }
        }
      }
      known = known.map { bits, rank in
        var (digit, left) = (0, rank)
        let first = (beginnings.firstIndex(of: bits) ?? 0) * Self.digits
        while digit < Self.digits - 1, left >= counts[first + digit] {
          left -= counts[first + digit]
          digit += 1
        }
        return (bits << UInt64(Self.digitBits) | UInt64(digit), left)
      }
    }
    return known.map { Self.number($0.bits) }
  }

  /// Gives the ordered bit patterns of all slopes.
  private func forEachPattern(_ take: (UInt64) -> Void) {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        for one in x.indices {
          let (oneX, oneY) = (x[one], y[one])
          for other in 0..<one where oneX != x[other] { take(Self.pattern((oneY - y[other]) / (oneX - x[other]))) }
        }
      }
    }
  }

  /// Bits that ascend as numbers do.
  private static func pattern(_ number: Double) -> UInt64 {
    let bits = number.bitPattern
    return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
  }

  private static func number(_ pattern: UInt64) -> Double {
    Double(bitPattern: pattern >> 63 == 0 ? ~pattern : pattern ^ 1 << 63)
  }
}
