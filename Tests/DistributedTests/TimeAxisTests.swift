import TestSupport
import Testing

@testable import Distributed

@MainActor @Suite struct TimeAxisTests {
  /// Writes a time coordinate with bounds where they are given and reads it.
  private func axis(
    _ units: String, _ stamps: [Double], bounds: [Double]? = nil, calendar: String? = "noleap"
  ) throws -> TimeAxis {
    try withTemporaryFolder { folder in
      let writer = try NetCDFWriter("\(folder)/t.nc")
      let time = try writer.dimension("time", stamps.count)
      var attributes: [(String, NetCDFWriter.Attribute)] = [("units", .text(units))]
      if let calendar { attributes.append(("calendar", .text(calendar))) }
      if bounds != nil { attributes.append(("bounds", .text("edges"))) }
      let variable = try writer.variable("time", .double, [time], attributes: attributes)
      let edges = try bounds.map { _ in
        try writer.variable("edges", .double, [time, try writer.dimension("two", 2)])
      }
      try writer.endDefinitions()
      try writer.write(stamps, to: variable)
      if let edges, let bounds { try writer.write(bounds, to: edges) }
      try writer.commit()
      return try TimeAxis.read(dimension: "time", in: try NetCDFFile("\(folder)/t.nc"))
    }
  }

  @Test func endOfMonthStampsBelongToTheMonthOfTheirBounds() throws {
    // CLM: the record of December 2003 is stamped 1 January 2004.
    let axis = try axis("days since 2004-01-01 00:00:00", [0, 31, 59], bounds: [-31, 0, 0, 31, 31, 59])
    #expect(axis.months.map(\.description) == ["2003-12", "2004-01", "2004-02"])
    #expect(axis.hasBounds)
    #expect(axis.calendar == .noLeap)
  }

  @Test func withoutBoundsTheStampDecides() throws {
    let axis = try axis("days since 2004-01-01", [0, 45.5, 59], calendar: nil)
    #expect(axis.months.map(\.description) == ["2004-01", "2004-02", "2004-02"])
    #expect(!axis.hasBounds)
    #expect(axis.calendar == .standard)
  }

  @Test func refusesWhatIsNoTime() throws {
    #expect(throws: JobError.self) { try axis("days since 2004-01-01", [0], calendar: "lunar") }
    #expect(throws: JobError.self) { try axis("kelvin", [0]) }
    #expect(throws: JobError.self) { try axis("days since 2004-01-01", [.nan]) }
    #expect(throws: JobError.self) { try axis("days since 2004-01-01", [9.97e36]) }
  }
}
