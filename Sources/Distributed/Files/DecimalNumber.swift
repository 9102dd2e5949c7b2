/// Numbers of a table's fields, read from their bytes.
///
/// Correctly rounded: what has at most 53 bits and a power of ten up to 22 is one exact product or quotient (Clinger 1990),
/// what has up to 19 digits, as many of them behind the point, is a quotient of integers; the rest is left to `Double.init`.
enum DecimalNumber {
  /// What a field holds where a number is expected.
  enum Reading: Equatable {
    case number(Double)
    case missing
    case text
  }

  /// 10⁰ … 10²², exact in double precision.
  private static let powers: [Double] = (0...22).map { (0..<$0).reduce(1.0) { power, _ in power * 10 } }
  /// 10⁰ … 10¹⁹ as integers.
  private static let wholePowers: [UInt64] = (0...19).map { (0..<$0).reduce(1) { power, _ in power * 10 } }
  /// Decimal digits that 64 bits always hold.
  private static let mostDigits = 19
  /// What stands for a value that is not there, in lower case.
  private static let missingWords = ["na", "nan", "n/a", "#n/a", "null", "(null)"].map { Array($0.utf8) }
  /// The number that stands for a value that is not there.
  private static let missingNumber = -9999.0

  /// Reads a field: digits with a point and an exponent where they are given, in blanks.
  ///
  /// - Parameters:
  ///   - comma: Whether a comma is the decimal point, too.
  static func read(_ bytes: UnsafeBufferPointer<UInt8>, comma: Bool) -> Reading {
    var (start, end) = (0, bytes.count)
    while start < end, isBlank(bytes[start]) { start += 1 }
    while start < end, isBlank(bytes[end - 1]) { end -= 1 }
    guard start < end else { return .missing }
    let field = UnsafeBufferPointer(rebasing: bytes[start..<end])
    guard let number = number(field, comma: comma) else { return isMissingWord(field) ? .missing : .text }
    return number == missingNumber ? .missing : .number(number)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  /// The number that these bytes are; nil where they are none, or one beyond double precision.
  private static func number(_ bytes: UnsafeBufferPointer<UInt8>, comma: Bool) -> Double? {
    let end = bytes.count
    var at = 0
    let isNegative = bytes[0] == UInt8(ascii: "-")
    if isNegative || bytes[0] == UInt8(ascii: "+") { at = 1 }
    var mantissa: UInt64 = 0
    var (digits, significant, exponent) = (0, 0, 0)
    var (hasPoint, isCut) = (false, false)
    while at < end {
      let digit = bytes[at] &- UInt8(ascii: "0")
      if digit < 10 {
        digits += 1
        if significant < mostDigits {
          mantissa = mantissa &* 10 &+ UInt64(digit)
          if mantissa != 0 { significant += 1 }
          if hasPoint { exponent -= 1 }
        } else {
          isCut = true
        }
      } else if !hasPoint, bytes[at] == UInt8(ascii: ".") || comma && bytes[at] == UInt8(ascii: ",") {
        hasPoint = true
      } else {
        break
      }
      at += 1
    }
    guard digits > 0 else { return nil }
    if at < end, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      var power = 0
      let isBelow = at < end && bytes[at] == UInt8(ascii: "-")
      if at < end, isBelow || bytes[at] == UInt8(ascii: "+") { at += 1 }
      guard at < end else { return nil }
      while at < end, bytes[at] &- UInt8(ascii: "0") < 10 {
        power = min(power * 10 + Int(bytes[at] &- UInt8(ascii: "0")), 1_000_000)
        at += 1
      }
      exponent += isBelow ? -power : power
    }
    guard at == end else { return nil }
    if !isCut, mantissa <= 1 << 53, abs(exponent) < powers.count {
      let size = exponent < 0 ? Double(mantissa) / powers[-exponent] : Double(mantissa) * powers[exponent]
      return isNegative ? -size : size
    }
    if !isCut, exponent < 0, -exponent < wholePowers.count {
      let size = quotient(mantissa, wholePowers[-exponent])
      return isNegative ? -size : size
    }
    let text = String(decoding: bytes.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
    return Double(text).flatMap { $0.isFinite ? $0 : nil }
  }

  /// The quotient of two integers other than 0, to the nearest double.
  private static func quotient(_ dividend: UInt64, _ divisor: UInt64) -> Double {
    let shifts = (dividend.leadingZeroBitCount, divisor.leadingZeroBitCount)
    let (above, below) = (dividend << shifts.0, divisor << shifts.1)
    // 64 bits of the quotient of the two, which lies between a half and two.
    let isLess = above < below
    let (bits, rest) = below.dividingFullWidth(isLess ? (above, 0) : (above >> 1, above << 63))
    // Eleven bits are rounded away; the last of them stands for all that follow.
    return Double(
      sign: .plus, exponent: shifts.1 - shifts.0 - (isLess ? 64 : 63), significand: Double(rest == 0 ? bits : bits | 1))
  }

  private static func isMissingWord(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    missingWords.contains { word in
      word.count == bytes.count
        && zip(word, bytes).allSatisfy { $0 == ((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($1) ? $1 | 0x20 : $1) }
    }
  }
}
