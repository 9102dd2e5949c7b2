import Distributed
import Foundation
import TestSupport
import Testing

@testable import smt_mpi

/// `--html` of jobs: what their pages hold, on any number of ranks.
@MainActor @Suite struct PageTests {
  private func page(_ arguments: [String], _ path: String, ranks: Int? = nil) throws -> (page: TestPage, output: String)
  {
    let done = try run(arguments + ["--html", path], ranks: ranks)
    #expect(done.status == 0, "\(done.standardError)")
    #expect(done.standardOutput.hasSuffix("page: \(path)\n"), "\(done.standardOutput.suffix(300))")
    return (try TestPage(path), done.standardOutput)
  }

  @Test func mapsTablesAndPhasesOfARun() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make()
      try fixture.ensemble.write(to: folder)
      var bits: [[[UInt32]]] = []
      for ranks in [1, 3] {
        let (page, output) = try page(
          fixture.arguments(
            folder,
            [
              "--overwrite", "--table", "\(folder)/z\(ranks).csv", "--bands", "-90:0,0:90", "--save-curves", "--point",
              "0,45",
            ]),
          "\(folder)/p\(ranks).html", ranks: ranks)
        let content = page.content
        #expect(content.title == "smt-mpi threshold: \(folder)/smt.nc")
        #expect(content.run?.ranks == ranks && content.run?.hosts.count == 1)
        #expect(content.run?.phases.map(\.name).contains("compute") == true)
        #expect(content.command?.hasPrefix(ranks == 1 ? "/" : "mpirun -n 3 ") == true, "\(content.command ?? "")")
        #expect(content.command?.contains("--bands") == true)
        let map = try #require(page.place("smt"))
        let status = try #require(content.maps[map].status)
        #expect(content.maps[status].name == "status" && content.maps[status].flags?.first?.meaning == "computed")
        let file = try GridMap.read("smt", from: "\(folder)/smt.nc")
        for (found, value) in zip(page.values(map), file.values) {
          #expect(found == Float(value) || found.isNaN && value.isNaN)
        }
        let table = try #require(content.tables.first { $0.path.hasSuffix("csv: smt") })
        #expect(table.boxes?.map(\.label) == ["-90:0", "0:90"] && table.units == "percent")
        #expect(content.tables.contains { $0.path == "numbers of the run" })
        // A point has its curve in a picture.
        #expect(content.pictures.count == 1 && content.pictures[0].svg.contains("<svg"))
        let lines = output.split(separator: "\n").suffix(5).map(String.init)
        let picture = content.pictures[0].path
        #expect(
          lines == [
            "maps: \(folder)/smt.nc", "table: \(folder)/z\(ranks).csv", "picture: \(picture)",
            "curves: \(folder)/smt_curves.nc", "page: \(folder)/p\(ranks).html",
          ], "\(lines)")
        bits.append(page.bits)
      }
      #expect(bits[0] == bits[1])
    }
  }

  @Test func theReportNamesWhatWasWritten() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make()
      try fixture.ensemble.write(to: folder)
      let done = try run(
        fixture.arguments(folder, ["--report", "\(folder)/r.json", "--png", "\(folder)/png"]), ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let report = try RunReport.read(from: "\(folder)/r.json")
      #expect(report.outputs == [RunOutput(.maps, "\(folder)/smt.nc"), RunOutput(.pictures, "\(folder)/png")])
      #expect(report.hosts?.count == 1)
      #expect(contents(of: "\(folder)/png").contains("smt.png"))
      // Without files the report says what there is to show.
      #expect(try run(["view", "--report", "\(folder)/r.json", "--html", "\(folder)/v.html"]).status == 0)
      let page = try TestPage("\(folder)/v.html")
      #expect(page.place("smt") != nil && page.content.run?.ranks == 2)
      #expect(page.content.command?.contains("threshold") == true)
    }
  }

  /// A page that cannot be written ends the job before it begins.
  @Test func aPageIsTriedBeforeTheWork() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make()
      try fixture.ensemble.write(to: folder)
      try writeText("mine", to: "\(folder)/mine.html")
      try writeText("mine", to: "\(folder)/file")
      let input = "\(folder)/\(contents(of: folder).first { $0.hasSuffix(".nc") } ?? "")"
      for (more, words) in [
        (["--html", "\(folder)/no/p.html"], "--html"), (["--html", "\(folder)/mine.html"], "mine.html exists"),
        (["--html", "\(folder)/smt.nc"], "another option"), (["--html", input, "--overwrite"], "input files"),
        (["--png", "\(folder)/file"], "--png"),
      ] {
        let done = try run(fixture.arguments(folder, more), ranks: 2)
        #expect([64, 73].contains(done.status) && done.standardError.contains(words), "\(more): \(done.standardError)")
        #expect(!contents(of: folder).contains("smt.nc"), "\(more)")
      }
      #expect(try String(contentsOfFile: "\(folder)/mine.html", encoding: .utf8) == "mine")
    }
  }

  @Test func comparedMapsAreSetSideBySide() throws {
    try withTemporaryFolder { folder in
      let grid = TestMaps(latitudes: [0, 30], longitudes: [0, 120, 240])
      let (a, b): ([Double], [Double]) = ([1, 2, 3, .nan, 5, 6], [2, 1, 4, 3, 6, .nan])
      try grid.write([.init("v", a, [("units", .text("m"))])], to: "\(folder)/a.nc")
      try grid.write([.init("v", b, [("units", .text("m"))])], to: "\(folder)/b.nc")
      let arguments = ["compare", "\(folder)/a.nc:v", "\(folder)/b.nc:v"]
      let (page, output) = try page(arguments + ["--map", "\(folder)/d.nc"], "\(folder)/p.html")
      #expect(output.contains("maps: \(folder)/d.nc\npage: "))
      let pairs = try #require(page.content.pairs.first)
      #expect(pairs.points == [[1, 2], [2, 1], [3, 4], [5, 6]] && pairs.x.units == "m")
      #expect(pairs.quantiles.count == 101 && pairs.quantiles[0] == [1, 1] && pairs.quantiles[100] == [5, 6])
      #expect(pairs.statistics.first { $0.name == "bias (A - B)" }?.value == -0.5 && pairs.isAlike)
      #expect(page.content.maps.map(\.name).contains("difference"))
      #expect(page.content.maps.count { $0.name == "v" } == 2)
      // What another program reads stays that.
      let json = try run(arguments + ["--json", "--html", "\(folder)/j.html"])
      #expect(json.standardOutput.hasPrefix("{") && json.standardOutput.hasSuffix("}\n"))
      #expect(contents(of: folder).contains("j.html"))
      // Quantities that are not alike have no common range, and no difference.
      try grid.write([.init("v", b, [("units", .text("K"))])], to: "\(folder)/k.nc")
      let (unlike, _) = try self.page(
        ["compare", "\(folder)/a.nc:v", "\(folder)/k.nc:v", "--unlike-units"], "\(folder)/u.html")
      #expect(unlike.content.pairs.map(\.isAlike) == [false])
      #expect(unlike.content.pairs[0].statistics.map(\.name) == ["pairs", "Pearson correlation"])
    }
  }

  /// A signal is no fault of a file, of which the page would tell.
  @Test func aSignalEndsThePage() throws {
    let report = RunReport(command: "trend", commandLine: "", versions: [:], ranks: 1)
    let contents = PageContents(report, pairs: [], input: [])
    var page = PageData()
    try contents.attempt(&page) { _ in throw JobError(.inputData, "a file") }
    #expect(page.notes == ["a file"])
    for code in [ExitCode.interrupted, .cannotWrite] {
      #expect(throws: JobError.self) { try contents.attempt(&page) { _ in throw JobError(code, "the end") } }
    }
    #expect(page.notes == ["a file"])
  }

  @Test(arguments: [nil, 3] as [Int?]) func tablesOfTrainings(ranks: Int?) throws {
    try withTemporaryFolder { folder in
      try TrainFixture.write(to: folder)
      let (page, output) = try page(
        TrainFixture.arguments(folder, to: folder) + TrainFixture.experiments, "\(folder)/p.html", ranks: ranks)
      #expect(output.contains("table: \(folder)/e.csv, \(folder)/e.differences.csv, \(folder)/e.trainings.csv\n"))
      #expect(output.contains("pairs: \(folder)/p.csv\nmodels: \(folder)/models\npage: "))
      #expect(page.content.maps.isEmpty && page.content.tables.contains { $0.path == "\(folder)/e.csv" })
      // Observed and predicted values of each experiment.
      #expect(page.content.pairs.map(\.title) == ["CNN1", "CNN3"])
      let rows = try CSVTable("\(folder)/p.csv").rows.filter { $0["experiment"] == "CNN1" }
      let points = rows.map { [Double($0["observed"] ?? "") ?? .nan, Double($0["predicted"] ?? "") ?? .nan] }
      #expect(page.content.pairs[0].points == points && points.count == 96)
    }
  }

  @Test func linesOfASeries() throws {
    try withTemporaryFolder { folder in
      try writeText(
        "classes,class,year,production,respiration\r\nall,globe,2000,1,2\r\nall,globe,2002,3,\r\nall,dry,2001,5,6\r\n",
        to: "\(folder)/s.csv")
      try writeText(
        "period,year,month,moisture\nx,2000,1,7\nx,2000,2,8\nx,2000,,7.5\n", to: "\(folder)/m.csv")
      try writeText(
        "class,time,flux,n\na,2001-01,GPP,1\na,2001-02,GPP,2\na,2001-01,RA,3\n", to: "\(folder)/t.csv")
      let done = try run(
        ["view", "--html", "\(folder)/p.html"] + ["s", "m", "t"].flatMap { ["--table", "\(folder)/\($0).csv"] })
      #expect(done.status == 0, "\(done.standardError)")
      let series = try TestPage("\(folder)/p.html").content.series
      #expect(series.map(\.title) == ["production", "respiration", "moisture", "n"])
      #expect(series[0].x.values == [2000, 2001, 2002] && series[0].x.name == "year")
      #expect(series[0].lines.map(\.label) == ["globe", "dry"])
      #expect(series[0].lines.map(\.values) == [[1, nil, 3], [nil, 5, nil]])
      #expect(series[1].lines.map(\.values) == [[2, nil, nil], [nil, 6, nil]])
      #expect(series[2].x.values == [2000 + 0.5 / 12, 2000 + 1.5 / 12] && series[2].lines[0].values == [7, 8])
      #expect(series[3].lines.map(\.label) == ["GPP", "RA"] && series[3].lines[1].values == [3, nil])
      #expect(series[0].x.labels == ["2000", "2001", "2002"] && series[2].x.labels == ["2000-01", "2000-02"])
      #expect(series[3].x.labels == ["2001-01", "2001-02"])
    }
  }

  /// What stands for no number, and decimal commas, as all jobs read them; what is too much is told.
  @Test func numbersOfTablesAreReadAsByJobs() throws {
    try withTemporaryFolder { folder in
      try writeText(
        "year;gpp;reco\n2000;1,5;1\n2001;NA;-9999\n2002;2,5;null\n2003;N/A;4\n", to: "\(folder)/s.csv")
      try writeText(
        "observed,RECO\n1,2\n3,3\nNA,9\n5,8\n", to: "\(folder)/p.csv")
      try writeText(
        "site,year,gpp\n" + (0..<30).flatMap { site in (2000..<2100).map { "s\(site),\($0),1\n" } }.joined(),
        to: "\(folder)/m.csv")
      let done = try run(
        ["view", "--html", "\(folder)/p.html"] + ["s", "p", "m"].flatMap { ["--table", "\(folder)/\($0).csv"] })
      #expect(done.status == 0, "\(done.standardError)")
      let content = try TestPage("\(folder)/p.html").content
      #expect(content.series.map(\.title) == ["gpp", "reco", "gpp"])
      #expect(content.series[0].lines.map(\.values) == [[1.5, nil, 2.5, nil]])
      #expect(content.series[1].lines.map(\.values) == [[1, nil, nil, 4]])
      // As in the file.
      #expect(content.tables[0].rows[1] == ["2001", "NA", "-9999"])
      #expect(content.pairs[0].points == [[1, 2], [3, 3], [5, 8]])
      #expect(content.pairs[0].statistics.first { $0.name == "bias (RECO - observed)" }?.value == 4.0 / 3)
      #expect(content.series[2].lines.count == 24)
      #expect(
        content.notes == [
          "\(folder)/m.csv: the first 2000 of 3000 rows are shown", "\(folder)/m.csv: 24 of 30 lines are drawn",
        ], "\(content.notes)")
    }
  }
}
