import TestSupport
import Testing

@testable import Distributed

@MainActor @Suite struct StoredValuesTests {
  /// The rules of a variable with these attributes.
  private func rules(
    _ type: NetCDFType, _ attributes: [(String, NetCDFWriter.Attribute)] = []
  ) throws -> StoredValues {
    try withTemporaryFolder { folder in
      let writer = try NetCDFWriter("\(folder)/v.nc", format: .netCDF4)
      let one = try writer.dimension("one", 1)
      _ = try writer.variable("v", type, [one], attributes: attributes)
      try writer.endDefinitions()
      try writer.commit()
      let file = try NetCDFFile("\(folder)/v.nc")
      return try StoredValues(try file.requiredVariable("v"), in: file)
    }
  }

  @Test func fillAndMissingValuesAreMissing() throws {
    let both = try rules(
      .float, [("_FillValue", .numbers([1e36], .float)), ("missing_value", .numbers([-9999, -8888], .float))])
    for stored in [Double(Float(1e36)), -9999, -8888, .nan] { #expect(both.value(stored).isNaN, "\(stored)") }
    #expect(both.value(0.25) == 0.25)
    #expect(both.value(9.97e36) == 9.97e36)
    #expect(both.missing == [-9999, -8888, Double(Float(1e36))])
  }

  @Test func doublesInAttributesAreRoundedAsFloatDataAre() throws {
    let rules = try rules(.float, [("missing_value", .numbers([1e36], .double))])
    #expect(Double(Float(1e36)) != 1e36)
    #expect(rules.value(Double(Float(1e36))).isNaN)
  }

  @Test func defaultFillValueCountsWhereThereIsNone() throws {
    let cases: [(NetCDFType, Double)] = [
      (.float, Double(Float(9.969_209_968_386_869e36))), (.double, 9.969_209_968_386_869e36), (.int16, -32767),
      (.int32, -2_147_483_647), (.uint16, 65535),
    ]
    for (type, fill) in cases {
      #expect(try rules(type).value(fill).isNaN, "\(type)")
      #expect(try rules(type).value(5) == 5, "\(type)")
    }
    #expect(try rules(.int8).value(-127) == -127)
    #expect(try rules(.int16, [("_FillValue", .numbers([-1], .int16))]).value(-32767) == -32767)
  }

  @Test func validRangesAreOfStoredNumbers() throws {
    let packed = try rules(
      .int16,
      [
        ("_FillValue", .numbers([-32768], .int16)), ("valid_range", .numbers([0, 1000], .int16)),
        ("scale_factor", .numbers([0.5], .double)), ("add_offset", .numbers([10], .double)),
      ])
    #expect(packed.value(0) == 10)
    #expect(packed.value(1000) == 510)
    #expect(packed.value(1001).isNaN)
    #expect(packed.value(-1).isNaN)
    #expect(packed.value(-32768).isNaN)
    let ends = try rules(.float, [("valid_min", .numbers([0.1], .double)), ("valid_max", .numbers([0.7], .double))])
    #expect(ends.value(Double(Float(0.1))) == Double(Float(0.1)))
    #expect(ends.value(Double(Float(0.7))) == Double(Float(0.7)))
    #expect(ends.value(0.09).isNaN)
    #expect(ends.value(0.8).isNaN)
    #expect(ends.value(.infinity).isNaN)
  }

  /// Ends of a range that are given as doubles are those of the floats that are stored, whichever way they are rounded.
  @Test func validEndsAreOfTheVariablesOwnType() throws {
    for (number, isLarger) in [(0.1, true), (0.7, false), (1.1, true), (0.4, true), (0.3, true)] {
      let stored = Double(Float(number))
      #expect((stored > number) == isLarger, "\(number)")
      for name in ["valid_max", "valid_min"] {
        let rules = try rules(.float, [(name, .numbers([number], .double))])
        #expect(rules.value(stored) == stored, "\(name) \(number)")
        let beyond = name == "valid_max" ? Float(number).nextUp : Float(number).nextDown
        #expect(rules.value(Double(beyond)).isNaN, "\(name) \(number)")
      }
      let both = try rules(.float, [("valid_range", .numbers([number, number], .double))])
      #expect(both.value(stored) == stored, "\(number)")
      #expect(try rules(.double, [("valid_max", .numbers([number], .double))]).value(number.nextUp).isNaN)
    }
  }

  @Test func refusesText() throws {
    #expect(throws: JobError.self) { try rules(.character) }
  }
}
