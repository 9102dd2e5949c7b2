import Foundation

/// Integers that are encoded in few bytes where they grow evenly, as times and places of steps do: hundreds of
/// thousands of equally spaced numbers take a byte each.
@propertyWrapper
public struct PackedIntegers: Codable, Sendable, Hashable {
  /// The integers.
  public var wrappedValue: [Int]

  /// Packs integers.
  public init(wrappedValue: [Int]) { self.wrappedValue = wrappedValue }

  /// Decodes the bytes.
  public init(from decoder: any Decoder) throws {
    let data = try decoder.singleValueContainer().decode(Data.self)
    var numbers: [Int] = []
    var (value, difference, bits, shift) = (0, 0, UInt(0), UInt(0))
    for byte in data {
      bits |= UInt(byte & 0x7f) << shift
      shift += 7
      guard byte & 0x80 == 0 else { continue }
      difference &+= Int(bitPattern: (bits >> 1) ^ (0 &- (bits & 1)))
      value &+= difference
      numbers.append(value)
      (bits, shift) = (0, 0)
    }
    wrappedValue = numbers
  }

  /// Encodes how much each difference between neighbours is larger than the one before: seven bits to the byte, lowest
  /// first, the sign in the lowest bit.
  public func encode(to encoder: any Encoder) throws {
    var data = Data(capacity: wrappedValue.count + 16)
    var (value, difference) = (0, 0)
    for number in wrappedValue {
      let change = (number &- value) &- difference
      var bits = UInt(bitPattern: (change << 1) ^ (change >> (Int.bitWidth - 1)))
      while bits >= 0x80 {
        data.append(UInt8(bits & 0x7f) | 0x80)
        bits >>= 7
      }
      data.append(UInt8(bits))
      (difference, value) = (number &- value, number)
    }
    var container = encoder.singleValueContainer()
    try container.encode(data)
  }
}
