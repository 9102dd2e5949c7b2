import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Sizes and numbers from files and options are checked before they are used.
@Suite struct InputLimitTests {
  @Test func products() {
    #expect(InputLimit.product([], atMost: 1) == 1)
    #expect(InputLimit.product([3, 4, 5], atMost: 60) == 60)
    #expect(InputLimit.product([3, 4, 5], atMost: 59) == nil)
    #expect(InputLimit.product([3, 0, 5], atMost: 59) == 0)
    #expect(InputLimit.product([1 << 62, 4], atMost: .max) == nil)
    #expect(InputLimit.product([1 << 62, 4, 0], atMost: .max) == nil)
    #expect(InputLimit.product([-1, 5], atMost: 59) == nil)
    #expect(InputLimit.product([0, -1], atMost: 59) == nil)
  }

  /// Units and times that the fuzzer, or somebody's file, came up with.
  @Test func timesThatAreNone() throws {
    for calendar in ModelCalendar.allCases {
      for text in [
        "days since 9223372036854775807-01-01", "days since -9223372036854775808-01-01", "days since 100000-01-01",
        "months since 900000000000000000-01-01", "days since 2004-01-01 inf:00", "days since 2004-01-01 nan",
        "days since 2004-01-01 1e300", "days since 2004-01-01 0 -1e300:0",
        "days since 2004-01-01 00:99999999999999999999", "days since 2004-01-01 25:00",
        "days since 2004-01-01 00:00 +25:00",
      ] {
        #expect(TimeUnits(text, calendar) == nil, "\(text)")
      }
      for unit in ["days", "hours", "minutes", "seconds", "months", "years"] {
        let units = try #require(TimeUnits("\(unit) since 2004-01-01", calendar))
        for value in [Double.nan, .infinity, -.infinity, 1e300, -1e300, 9e17, -4e13] {
          #expect(units.second(of: value) == nil, "\(value) \(unit)")
        }
        #expect(units.second(of: 1) != nil)
      }
      let first = try #require(TimeUnits("days since -99999-01-01", calendar)?.second(of: 0))
      let last = try #require(TimeUnits("days since 99999-12-30", calendar)?.second(of: 0))
      #expect(calendar.month(at: first) == Month(year: -99_999, month: 1))
      #expect(calendar.month(at: last) == Month(year: 99_999, month: 12))
    }
    #expect(Month("99999-12") != nil && Month("100000-01") == nil && Month("9223372036854775807-12") == nil)
  }

  @Test func membersWithoutEnd() throws {
    for text in ["1..9223372036854775807", "A1..A1000000000", "0..100000", "-9223372036854775808..5"] {
      #expect(throws: JobError.self, "\(text)") { try MemberNames.expand(text) }
    }
    #expect(try MemberNames.expand("0..99999").count == 100_000)
    let many = [String](repeating: "1..99999", count: 2).enumerated().map { "m\($0)_\($1)" }
    #expect(throws: JobError.self) { try MemberNames.expand(many.joined(separator: ",")) }
  }

  @Test func exponentsOfUnits() {
    #expect(!UnitSpelling.areSame("m9223372036854775807 m9223372036854775807", "m"))
    #expect(!UnitSpelling.areSame("kg / m-9223372036854775808", "kg"))
    #expect(UnitSpelling.areSame("kg/m2", "kg m-2"))
  }

  /// The header of a classic file with a dimension, a variable on it and its begin.
  private func header(
    version: UInt8 = 1, length: UInt64 = 5, records: UInt64 = 0, dimensions: UInt64 = 1, name: UInt64 = 1,
    begin: UInt64 = 100
  ) -> [UInt8] {
    func number(_ value: UInt64, _ width: Int) -> [UInt8] {
      (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
    let (count, offset) = (version == 5 ? 8 : 4, version == 1 ? 4 : 8)
    var bytes = Array("CDF".utf8) + [version] + number(records, count)
    bytes += number(10, 4) + number(dimensions, count) + number(name, count) + Array("x\0\0\0".utf8)
    bytes += number(length, count) + number(0, 4) + number(0, count)
    bytes += number(11, 4) + number(1, count) + number(1, count) + Array("v\0\0\0".utf8) + number(1, count)
    bytes += number(0, count) + number(0, 4) + number(0, count) + number(6, 4) + number(40, count)
    return bytes + number(begin, offset)
  }

  @Test func classicHeaders() {
    for version: UInt8 in [1, 2, 5] {
      #expect(ClassicHeader.expectedLength(header(version: version)) == 140)
      // Records of eight bytes of a dimension without a length.
      #expect(ClassicHeader.expectedLength(header(version: version, length: 0, records: 3)) == 124)
      let large: [UInt64] = [0x7fff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff, 1 << 61, 1 << 63]
      for value in large where version == 5 {
        for bytes in [
          header(version: 5, length: value), header(version: 5, records: value), header(version: 5, dimensions: value),
          header(version: 5, name: value), header(version: 5, length: 0, records: value),
        ] { #expect(ClassicHeader.expectedLength(bytes) == nil, "\(value)") }
      }
      for value in large where version != 1 {
        #expect(ClassicHeader.expectedLength(header(version: version, begin: value)) == nil)
      }
      let whole = header(version: version)
      for count in 0..<whole.count { #expect(ClassicHeader.expectedLength(Array(whole.prefix(count))) == nil) }
    }
  }

  /// Memory that is asked for: more than the limit, and more than there is.
  @Test func memory() throws {
    try MemoryLimit.check(1 << 20, for: "little")
    let error = #expect(throws: JobError.self) { try MemoryLimit.check(1 << 60, for: "file.nc: variable 'x'") }
    #expect(error?.exitCode == .memory && error?.message.contains("file.nc: variable 'x' needs") == true)
  }
}

/// Values that cannot be ones become infinities in fields, and no bit of the others changes.
@MainActor @Suite struct ImplausibleFieldTests {
  @Test(arguments: [NetCDFType.float, .double, .int16])
  func values(type: NetCDFType) throws {
    try withTemporaryFolder { folder in
      let writer = try NetCDFWriter("\(folder)/v.nc")
      let dimension = try writer.dimension("x", 2)
      var attributes: [(String, NetCDFWriter.Attribute)] = [("_FillValue", .numbers([-9999], type))]
      if type == .int16 {
        attributes += [("scale_factor", .numbers([0.013], .double)), ("add_offset", .numbers([7.7], .double))]
      }
      _ = try writer.variable("v", type, [dimension], attributes: attributes)
      try writer.endDefinitions()
      try writer.commit()
      let file = try NetCDFFile("\(folder)/v.nc")
      let stored = try StoredValues(try file.requiredVariable("v"), in: file)
      let loop = try #require(stored.loop)
      let limit = StoredValues.implausible
      var numbers = (-300..<300).map { Double($0) * 109 }
      if type != .int16 {
        numbers = [
          0, -0.0, 1, -1, 1e-30, 1e-300, 0.1, 1.0 / 3, limit.nextDown, -limit.nextDown, 123456.789, -9999, .nan,
        ]
        for power in -14..<14 { numbers += (0..<20).map { sin(Double($0)) * pow(10.0, Double(power)) } }
      }
      for number in numbers {
        let value = stored.value(number)
        let scaled = loop.scaledValue(number) * StoredValueLoop.inverseFactor
        // What a weight makes of a value is the same as with the value itself.
        let weighted = loop.scaledValue(number) * (0.37 * StoredValueLoop.inverseFactor)
        for (found, wanted) in [(stored.fieldValue(number), value), (scaled, value), (weighted, 0.37 * value)] {
          #expect(found.bitPattern == wanted.bitPattern || found.isNaN && wanted.isNaN, "\(number)")
        }
      }
      guard type != .int16 else { return }
      for number in [limit, 1e18, 1e20, 9.96921e36, 1e300, .infinity] {
        for sign in [1.0, -1] {
          #expect(stored.fieldValue(sign * number) == sign * .infinity, "\(number)")
          #expect(loop.scaledValue(sign * number) == sign * .infinity, "\(number)")
        }
      }
    }
  }
}
