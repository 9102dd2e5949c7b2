import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Names of members, sources and files.
@MainActor @Suite struct SourceTests {
  private func expectError(_ code: ExitCode, _ text: String, _ body: () throws -> Void) {
    do {
      try body()
      Issue.record("no error for \(text)")
    } catch {
      #expect((error as? JobError)?.exitCode == code, "\(text): \(error)")
    }
  }

  @Test func rangesOfMembers() throws {
    #expect(try MemberNames.expand("REF,EXP_01..EXP_03") == ["REF", "EXP_01", "EXP_02", "EXP_03"])
    #expect(try MemberNames.expand("REF,EXP_8..11") == ["REF", "EXP_8", "EXP_9", "EXP_10", "EXP_11"])
    #expect(try MemberNames.expand("m098..m101") == ["m098", "m099", "m100", "m101"])
    #expect(try MemberNames.expand(" A , B ") == ["A", "B"])
    #expect(
      try MemberNames.expand("b.e21.f09_g17.001..003") == [
        "b.e21.f09_g17.001", "b.e21.f09_g17.002", "b.e21.f09_g17.003",
      ])
    #expect(try MemberNames.expand("R1..R1") == ["R1"])
    #expect(try MemberNames.expand("REF,EXP_01..EXP_85").count == 86)
    for text in ["A,A", "EXP_3..EXP_1", "EXP_1..RUN_3", "A..B", "", "A,,B", "REF,EXP_01..EXP_03,EXP_02"] {
      expectError(.usage, text) { _ = try MemberNames.expand(text) }
    }
  }

  @Test func membersFromAFile() throws {
    try withTemporaryFolder { folder in
      try writeText("REF # the reference\n\nEXP_1..EXP_2, X\r\n  Y Z\n", to: "\(folder)/members.txt")
      #expect(try MemberNames.expand("@\(folder)/members.txt") == ["REF", "EXP_1", "EXP_2", "X", "Y", "Z"])
      try writeText("# nothing\n", to: "\(folder)/empty.txt")
      expectError(.usage, "empty list") { _ = try MemberNames.expand("@\(folder)/empty.txt") }
      expectError(.noInput, "no list") { _ = try MemberNames.expand("@\(folder)/none.txt") }
    }
  }

  @Test func sourcesSplitAtTheLastColon() throws {
    let plain = try SourceSpecification("run/*.nc:GPP")
    #expect(plain.pattern == "run/*.nc" && plain.variables == ["GPP"] && plain.combination == .single)
    let colons = try SourceSpecification("C:/data/12:00/x.nc:GPP")
    #expect(colons.pattern == "C:/data/12:00/x.nc")
    let sum = try SourceSpecification("x.nc:A+B+C")
    #expect(sum.variables == ["A", "B", "C"] && sum.combination == .sum && sum.text == "x.nc:A+B+C")
    let layers = try SourceSpecification("x.nc:A,B")
    #expect(layers.variables == ["A", "B"] && layers.combination == .layers && layers.text == "x.nc:A,B")
    #expect(try !SourceSpecification("x.nc:A").namesMember)
    for text in ["x.nc", ":GPP", "x.nc:", "x.nc:A+", "x.nc:A,B+C", "12:00/x.nc", "x.nc:,A"] {
      expectError(.usage, text) { _ = try SourceSpecification(text) }
    }
  }

  @Test func membersTakeEveryPlaceAndTheirWildcardsAreLiteral() throws {
    try withTemporaryFolder { folder in
      for name in ["a[1]", "a1", "b*", "bc"] {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        for month in ["02", "01"] { try writeText("", to: "\(folder)/\(name)/\(name).\(month).nc") }
      }
      let source = try SourceSpecification("\(folder)/{member}/{member}.*.nc:X")
      #expect(source.namesMember)
      #expect(source.files(member: "a[1]") == ["01", "02"].map { "\(folder)/a[1]/a[1].\($0).nc" })
      #expect(source.files(member: "b*") == ["01", "02"].map { "\(folder)/b*/b*.\($0).nc" })
      #expect(source.files(member: "a1").count == 2)
      #expect(source.files(member: "none").isEmpty)
    }
  }

  @Test func pathsAreSortedAndLiteralOnesMustExist() throws {
    try withTemporaryFolder { folder in
      for name in ["b.nc", "a.nc", "c.txt", "d 1.nc"] { try writeText("", to: "\(folder)/\(name)") }
      #expect(paths(matching: "\(folder)/*.nc") == ["a.nc", "b.nc", "d 1.nc"].map { "\(folder)/\($0)" })
      #expect(paths(matching: "\(folder)/?.nc") == ["a.nc", "b.nc"].map { "\(folder)/\($0)" })
      #expect(paths(matching: "\(folder)/[bc].*") == ["b.nc", "c.txt"].map { "\(folder)/\($0)" })
      #expect(paths(matching: "\(folder)/a.nc") == ["\(folder)/a.nc"])
      #expect(paths(matching: "\(folder)/x.nc").isEmpty)
    }
  }

  @Test func unitsAreTheSameWhateverTheirSpelling() {
    let same = [
      ("gC/m^2/s", "gC m-2 s-1"), ("mm3/mm3", "mm^3/mm^3"), ("kg m-2", "kg/m2"), ("percent", "%"), ("K", "kelvin"),
      ("kg m**-2", "kg m-2"), ("1", ""), ("m3 m-3", "m^3/m^3"), ("W/m^2", "W m-2"), ("s-1 gC m-2", "gC m-2 s-1"),
      ("gC/m^2 year-1", "g/m2 year-1"),
    ]
    for (a, b) in same { #expect(UnitSpelling.areSame(a, b), "\(a) and \(b)") }
    for (a, b) in [
      ("kg m-2", "mm"), ("W m-2", "W m2"), ("gC m-2 s-1", "gC m-2 d-1"), ("K", "degC"), ("m", "mm"), ("kgC", "g"),
    ] {
      #expect(!UnitSpelling.areSame(a, b), "\(a) and \(b)")
    }
  }
}
