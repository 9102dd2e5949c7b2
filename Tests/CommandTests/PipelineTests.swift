import Distributed
import Foundation
import TestSupport
import Testing

@testable import smt_mpi

/// What the pipeline makes of declarations: rows of columns, option lists, seasons of days; and what it keeps.
@MainActor @Suite struct PipelineTests {
  private let columns = [
    Column<Double>("a", "1", "a number") { $0 },
    Column<Double>(
      "b", "m", "two numbers", axes: [MapAxis("kind", longName: "kind", names: ["x", "y"])], summary: .means
    ) { [$0 + 1, $0 + 2] },
  ]

  @Test func rowsFollowFromColumns() {
    let plain = Rows(columns)
    #expect(plain.length == 3 && plain.row(10) == [10, 11, 12])
    #expect(plain.place("a") == 0 && plain.places("b") == 1..<3)
    let periods = Rows(columns.map { $0.perPeriod([2000...2001, 2002...2003, 2004...2005]) })
    // A column after the other, in each the periods one after the other.
    #expect(periods.row([1, 2, 3]) == [1, 2, 3, 2, 3, 3, 4, 4, 5])
    #expect(periods.place("a", period: 2) == 2 && periods.places("b", period: 1) == 5..<7)
    #expect(periods.maps(isSplit: false).map(\.name) == ["a", "b"])
    #expect(
      periods.maps(isSplit: true).map(\.name) == ["a", "b_2000_2001", "b_2002_2003", "b_2004_2005"])
    #expect(periods.maps(isSplit: false)[1].axes.map(\.name) == ["period", "kind"])
    // One period has no dimension.
    #expect(Rows(columns.map { $0.perPeriod([2000...2001]) }).maps(isSplit: false)[1].axes.map(\.name) == ["kind"])
  }

  @Test func rowsOfOtherColumnsAreToldApart() {
    let identity = Rows(columns).identity
    #expect(Rows(columns.reversed()).identity != identity)
    #expect(Rows([columns[0].with(\.units, "m"), columns[1]]).identity != identity)
    #expect(Rows([columns[0].with(\.name, "c"), columns[1]]).identity != identity)
    #expect(Rows(columns).identity == identity)
  }

  /// Every option that a command parses is printed for --config, with its default.
  @Test func optionsAreListedOnce() throws {
    for command in SMTMPI.rankCommands {
      // A command within a group is found by all of its words.
      #expect(command.commandWords.last == command.configuration.commandName ?? command._commandName)
      let help = try run(command.commandWords + ["--help"]).standardOutput
      let parsed = Set(help.matches(of: /(?m)^\s+--([a-z-]+)/).map { String($0.1) })
      let listed = command.defaultEntries().map(\.key)
      #expect(
        parsed.subtracting(["help", "version", "config", "print-config"]) == Set(listed), "\(command.commandName)")
      #expect(Set(listed).count == listed.count)
      let printed = try run(command.commandWords + ["--print-config"]).standardOutput
      #expect(printed.hasPrefix("# Options of smt-mpi \(command.commandName) "), "\(command.commandName)")
    }
  }

  @Test func daysOfTheYearBecomeMonths() {
    for (start, end, first, last) in [
      (1.0, 365.0, 1, 12), (121, 273, 5, 9), (110, 260, 5, 9), (305, 59, 11, 2), (100, 106, 4, 4), (152, 152, 6, 6),
      (360, 5, 12, 12), (1, 366, 1, 12), (200, 199, 1, 12),
    ] {
      let found = PhenologyDays.months(start: start, end: end)
      #expect(found == (first, last), "\(start) to \(end): \(found), expected \((first, last))")
    }
  }

  @Test func seasonsOfDaysAndOfMonthsGiveTheSameMaps() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(months: 12)
      try fixture.ensemble.write(to: folder)
      let cells = fixture.ensemble.grid.cellCount
      func constant(_ value: Double) -> [Double] { [Double](repeating: value, count: cells) }
      try writeMaps(
        [("first", constant(5)), ("last", constant(9)), ("start", constant(118.5)), ("end", constant(271))],
        grid: fixture.ensemble.grid, to: "\(folder)/season.nc")
      for (maps, output) in [("first,last", "months.nc"), ("start,end", "days.nc")] {
        let done = try run(
          fixture.arguments(folder, output: output, ["--model", "plateau", "--season", "\(folder)/season.nc:\(maps)"]))
        #expect(done.status == 0, "\(done.standardError)")
      }
      #expect(try bits(of: "\(folder)/months.nc") == bits(of: "\(folder)/days.nc"))
    }
  }

  @Test func tablesAreQuotedWhereTheyHaveToBe() {
    var table = Table(columns: ["a", "b,c"])
    table.add([.text("say \"x\""), .number(0.1)])
    table.add([.count(3), .number(.nan)])
    #expect(table.text == "a,\"b,c\"\r\n\"say \"\"x\"\"\",0.1\r\n3,\r\n")
  }

  /// Months as a dimension of maps: middles with bounds, in the calendar of the record.
  @Test func monthsAreADimension() throws {
    let axis = MapAxis(months: [Month(year: 2004, month: 1), Month(year: 2004, month: 2)], calendar: .standard)
    #expect(axis.values == [15.5, 45.5] && axis.bounds == [0, 31, 31, 60])
    try withTemporaryFolder { folder in
      let path = "\(folder)/series.nc"
      let results = CellResults(
        [1, 2, 3, 4], Partition(cells: [0, 1], ranks: 1), .single, isSelected: [true, true], rowWithoutData: [0, 0],
        rowOutside: [0, 0])
      let map = MapWriter.MapVariable(
        "v", units: "1", longName: "a series", validRange: 0...9, axes: [axis], fields: [{ $0[0] }, { $0[1] }])
      try MapWriter.write(
        [map], of: results, on: Grid(latitudes: [0], longitudes: [0, 1]),
        MapWriter.FileAttributes(title: "t", source: "s", references: "", commandLine: "c"), to: path)
      let file = try NetCDFFile(path)
      let (v, time) = (try file.requiredVariable("v"), try file.requiredVariable("time"))
      #expect(try file.values(v) == [1, 3, 2, 4] && file.dimensionNames(v) == ["time", "lat", "lon"])
      #expect(file.text("units", of: time) == "days since 2004-01-01 00:00:00")
      #expect(file.text("calendar", of: time) == "standard" && file.text("bounds", of: time) == "time_bnds")
      #expect(file.numbers("valid_range", of: v) == [0, 9])
    }
  }
}
