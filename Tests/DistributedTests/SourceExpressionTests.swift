import TestSupport
import Testing

@testable import Distributed

/// How joined sources are written, and what units they have.
@Suite struct SourceExpressionTests {
  private static let ratio = SourceFunction("ratio", arguments: ["part", "whole"]) { _ in
    SourceFunction.Joint(units: "1") { arguments, result in
      for cell in result.indices { result[cell] = arguments[0][cell] / arguments[1][cell] }
    }
  }

  private func expression(_ text: String) throws -> SourceExpression {
    try SourceExpression(text, functions: [Self.ratio])
  }

  /// The value where all records have one cell with these values, in the order in which they are written.
  private func value(_ text: String, _ values: [Double]) throws -> Double {
    let joint = try expression(text).joint(values.map { _ in "1" })
    let joiner = FieldJoiner(joint, fieldCount: 1, cells: 1)
    let blocks = values.map { value in
      let block = Block(capacity: 1)
      block.pointer[0] = value
      return block
    }
    joiner.join(0) { UnsafePointer(blocks[$0].pointer) }
    return joiner.field(0)[0]
  }

  /// Checks that an error has a code and names something.
  private func expectError(
    _ code: Distributed.ExitCode, _ words: [String], _ text: String, _ body: () throws -> Void
  ) {
    do {
      try body()
      Issue.record("no error for \(text)")
    } catch {
      let failure = error as? JobError
      #expect(failure?.exitCode == code, "\(text): \(error)")
      for word in words { #expect(failure?.message.contains(word) ?? false, "\(text): \(error)") }
    }
  }

  @Test func plainSourcesStayWhatTheyAre() throws {
    for text in [
      "run/*.nc:GPP", "x.nc:A+B", "x.nc:A,B", "a-b/x - y.nc:A", "run(1)/x.nc:A", "a (b)/x.nc:A", "{member}/h0.*-*.nc:X",
      "a/b/c.nc:d", "C:/my - dir/x.nc:A", "a;b.nc:C", "x[0-9].nc:A",
    ] {
      guard case .record(let record) = try expression(text) else {
        Issue.record("\(text) is joined")
        continue
      }
      #expect(record == (try SourceSpecification(text)))
      #expect(try expression(text).text == text)
    }
  }

  @Test func operatorsBindAsInArithmetic() throws {
    #expect(try value("a:A - b:B - c:C", [7, 2, 1]) == 4)
    #expect(try value("a:A - (b:B - c:C)", [7, 2, 1]) == 6)
    #expect(try value("a:A + b:B * c:C", [7, 2, 3]) == 13)
    #expect(try value("(a:A + b:B) * c:C", [7, 2, 3]) == 27)
    #expect(try value("a:A / b:B / c:C", [12, 2, 3]) == 2)
    #expect(try value("a:A * 0.5 - 1", [12]) == 5)
    #expect(try value("-2 * a:A", [12]) == -24)
    #expect(try value("ratio(a:A - b:B; c:C)", [7, 1, 3]) == 2)
    #expect(try value("1 - ratio( a:A ;b:B)", [1, 4]) == 0.75)
    #expect(try value("a:A / (a:A + b:B)", [1, 3]) == 0.25)
    #expect(try value("  ((a:A))  -  b:B ", [1, 3]) == -2)
  }

  @Test func missingAndImplausibleValues() throws {
    #expect(try value("a:A - b:B", [.nan, 1]).isNaN)
    #expect(try value("a:A / b:B", [1, 0]).isNaN)
    #expect(try value("a:A / b:B", [0, 0]).isNaN)
    // An implausible value, which reading marks by an infinity, stays one.
    for text in ["a:A - b:B", "a:A / b:B", "b:B / a:A", "a:A * b:B", "ratio(b:B; a:A)", "0 * a:A + b:B"] {
      #expect(try value(text, [.infinity, .infinity]) == .infinity, "\(text)")
      #expect(try value(text, [.infinity, 1]) == .infinity, "\(text)")
    }
  }

  @Test func textsGiveTheSameAgain() throws {
    for (text, written) in [
      ("a.nc:A  -  (b.nc:B - c.nc:C)", "a.nc:A - (b.nc:B - c.nc:C)"),
      ("((a.nc:A - b.nc:B)) - c.nc:C", "a.nc:A - b.nc:B - c.nc:C"),
      ("(a.nc:A+B + 1) * 2.5", "(a.nc:A+B + 1) * 2.5"), ("a.nc:A * b.nc:B + 1", "a.nc:A * b.nc:B + 1"),
      ("ratio(a.nc:A;b.nc:B)", "ratio(a.nc:A; b.nc:B)"),
    ] {
      #expect(try expression(text).text == written)
      #expect(try expression(written).text == written)
    }
    #expect(try expression("ratio(x/{member}.nc:A+B; y.nc:C) - z.nc:l1,l2").names == "ratio(A + B; C) - l1, l2")
    #expect(try expression("ratio(x/{member}.nc:A; y.nc:C)").namesMember)
  }

  @Test func recordsAreListedOnce() throws {
    let records = try expression("(a.nc:A - b.nc:B) / a.nc:A").records
    #expect(records.map(\.text) == ["a.nc:A", "b.nc:B"])
  }

  @Test(arguments: [
    ("", "source"), ("run.nc", "no source"), ("ratio(a:A; b:B", "closing bracket"), ("(a:A - b:B", "closing bracket"),
    ("a:A - b:B)", "opening"), ("vdp(a:A; b:B)", "no function 'vdp'"), ("ratio(a:A)", "1 argument"),
    ("ratio(a:A; b:B; c:C)", "3 arguments"), ("a:A - ", "at the end"), ("1 - 2", "numbers alone"),
    ("7", "numbers alone"),
    ("(a:A; b:B)", "';'"), ("a:A - B", "no source"), ("ratio(; b:B)", "missing"), ("(a:A) b:B", "no operator"),
  ])
  func whatIsNoSourceIsRefused(text: String, words: String) {
    expectError(.usage, [words], text) { _ = try expression(text) }
  }

  @Test func depthAndLengthAreBounded() {
    let deep = String(repeating: "(", count: 40) + "a:A" + String(repeating: ")", count: 40)
    expectError(.usage, ["brackets"], deep) { _ = try expression(deep) }
    let long = (0..<100).map { "f\($0):V" }.joined(separator: " - ")
    expectError(.usage, ["more than 64"], long) { _ = try expression(long) }
  }

  /// Brackets without end, and texts of blanks and operators that are no sources, take no longer than others.
  @Test(arguments: [
    String(repeating: "(", count: 100_000), String(repeating: "ratio(", count: 20_000), "((ratio(", "((ratio(a:A",
    String(repeating: "a b ", count: 2000), String(repeating: "a + ", count: 2000),
    String(repeating: " ", count: 50_000),
    String(repeating: "a:[ + ", count: 1300), String(repeating: "()", count: 4000),
    String(repeating: "1 ", count: 4000),
  ])
  func noSourceTakesLong(text: String) {
    let start = ContinuousClock.now
    let error = #expect(throws: JobError.self) { try expression(text) }
    #expect(error?.exitCode == .usage, "\(text.prefix(20))")
    #expect(ContinuousClock.now - start < .seconds(30), "\(text.prefix(20))")
  }

  @Test(arguments: [
    ("a:A - b:B", ["K", "K"], "K"), ("a:A + b:B", ["gC/m^2/s", "gC m-2 s-1"], "gC/m^2/s"), ("a:A - 3", ["K"], "K"),
    ("a:A / b:B", ["K", "K"], "1"), ("a:A / b:B", ["kg m-2", "K"], "kg m-2 K-1"),
    ("a:A / b:B", ["gC/m^2/s", "mm s-1"], "gC m-2 mm-1"), ("a:A * b:B", ["W m-2", "s"], "W m-2 s"),
    ("2 / a:A", ["s"], "s-1"), ("a:A * 100", ["mm"], "mm"), ("a:A / b:B / c:C", ["m", "s", "s"], "m s-2"),
    ("a:A * b:B", ["", "1"], "1"),
  ])
  func unitsFollow(text: String, units: [String], expected: String) throws {
    #expect(try expression(text).joint(units).units == expected)
  }

  @Test func unitsThatDifferAreRefused() {
    for text in ["a:A - b:B", "a:A + b:B"] {
      expectError(.inputData, ["'K'", "'mm'"], text) { _ = try expression(text).joint(["K", "mm"]) }
    }
  }
}
