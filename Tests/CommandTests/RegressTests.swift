import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

@testable import smt_mpi

/// Regressions of maps and of tables.
@MainActor @Suite struct RegressTests {
  // MARK: Data

  private static let (rows, columns) = (8, 12)
  private static let cells = rows * columns
  private static func uniform(_ k: Int) -> [Double] {
    (0..<cells).map { i in
      let mixed: Int = i * 7919 + 131 * k * k + i * i * (17 + 2 * k)
      return Double(mixed % 1009) / 1009
    }
  }

  /// Missing in one cell.
  private static let x: [Double] = uniform(1).enumerated().map { (i: Int, u: Double) -> Double in
    i == 5 ? .nan : 3 + 10 * u
  }
  private static let z = uniform(2)
  /// 0 and 1 are wet, 2 is dry, 3 is cold; missing in one cell.
  private static let ids: [Double] = (0..<cells).map { (i: Int) -> Double in
    i == 7 ? .nan : Double((i * i + 3 * i + i / 7) % 4)
  }
  private static let zones: [String] = ids.map { $0.isNaN ? "" : $0 < 2 ? "wet" : $0 == 2 ? "dry" : "cold" }
  private static let noise = uniform(4)
  /// Missing in one cell, and 50 in another.
  private static let y = (0..<cells).map { i -> Double in
    guard i != 11 else { return .nan }
    let step: Double = zones[i] == "dry" ? 1.5 : 0
    let slope: Double = x[i].isNaN ? 1 : 0.3 * x[i]
    return i == 20 ? 50 : slope + step - 0.4 * z[i] + 2 * noise[i]
  }
  private static let latitudes = (0..<rows).map { -70 + 20 * Double($0) }
  private static let longitudes = (0..<columns).map { 30 * Double($0) }
  private static let groups = ["--groups", "wet=0-1,dry=2,cold=3"]

  private func writeMaps(_ folder: String) throws {
    try TestMaps(latitudes: Self.latitudes, longitudes: Self.longitudes).write(
      [
        .init("y", Self.y), .init("x", Self.x), .init("z", Self.z), .init("ids", Self.ids, type: .int32),
        .init("twice", Self.x.map { 2 * $0 + 1 }), .init("site", (0..<Self.cells).map { Double($0 / 5) }),
        .init("land", (0..<Self.cells).map { $0 < 60 ? 1 : 0 }),
      ], to: "\(folder)/m.nc")
  }

  private func writeTable(_ folder: String, _ name: String = "t.csv") throws {
    func text(_ number: Double) -> String { number.isNaN ? "-9999" : "\(number)" }
    var lines = ["lat,lon,y,x,z,zone,twice,site,word"]
    for i in 0..<Self.cells {
      let (lat, lon) = (Self.latitudes[i / Self.columns], Self.longitudes[i % Self.columns])
      lines.append(
        "\(lat),\(lon),\(text(Self.y[i])),\(text(Self.x[i])),\(Self.z[i]),\(Self.zones[i]),"
          + "\(text(2 * Self.x[i] + 1)),s\(i / 5),\(i == 30 ? "tall" : "3")")
    }
    try writeText(lines.joined(separator: "\n") + "\n", to: "\(folder)/\(name)")
  }

  private func regress(_ folder: String, _ arguments: [String], ranks: Int? = nil) throws -> ProgramRun {
    try run(
      ["regress"]
        + arguments.map { $0.replacing("@", with: "\(folder)/m.nc:").replacing("%", with: "\(folder)/t.csv:") }
        + ["--output", "\(folder)/fit.csv", "--overwrite", "--progress", "0"], ranks: ranks)
  }

  private static let files = ["fit.csv", "fit.anova.csv", "fit.pairs.csv", "fit.letters.csv"]

  private func tables(_ folder: String, _ files: [String] = Self.files) throws -> [Data] {
    try files.map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")) }
  }

  /// The rows that are complete and keep to the limit of 10, classes wet, dry and cold.
  private static func expected(_ base: Int, limit: Double = 10) -> RegressionData {
    let kept = (0..<cells).filter { !y[$0].isNaN && abs(y[$0]) <= limit && !x[$0].isNaN && !zones[$0].isEmpty }
    return RegressionData(
      response: kept.map { y[$0] }, numbers: [kept.map { x[$0] }, kept.map { z[$0] }],
      categories: [
        .init(codes: kept.map { zones[$0] == "wet" ? 0 : zones[$0] == "dry" ? 1 : 2 }, classCount: 3, base: base)
      ])
  }

  // MARK: Results

  @Test func mapsGiveWhatTheKernelGives() throws {
    try withTemporaryFolder { folder in
      try writeMaps(folder)
      let done = try regress(
        folder,
        ["@y", "--on", "@x", "depth=@z", "--categories", "zone=@ids", "--base", "dry", "--limit", "10"] + Self.groups)
      #expect(done.status == 0, "\(done.standardError)")
      #expect(
        done.standardError.contains("2 cells of 94 with a response are left out; missing are 'x' in 1, 'zone' in 1"))
      let table = try CSVTable("\(folder)/fit.csv")
      #expect(table.columns == ["term", "estimate", "se", "t", "p", "stars", "status"])
      #expect(table.rows.map { $0["term"] } == ["intercept", "x", "depth", "zone=wet", "zone=cold"])
      let data = Self.expected(1)
      let fit = Regression(data)
      for (row, term) in zip(table.rows, fit.terms) {
        #expect(row["estimate"] == "\(term.estimate)" && row["se"] == "\(term.standardError)")
        #expect(row["t"] == "\(term.t)" && row["p"] == "\(term.p)" && row["status"] == "computed")
        #expect(row["stars"] == significanceStars(term.p))
      }
      #expect(done.standardOutput.contains("92 cells, response and numbers as z-scores"))
      #expect(
        done.standardOutput.contains("residual standard error") && done.standardOutput.contains("base of zone: dry"))

      let variance = try CSVTable("\(folder)/fit.anova.csv")
      #expect(variance.columns == ["analysis", "term", "df", "sum_of_squares", "mean_square", "f", "p"])
      #expect(
        variance.rows.map { ($0["analysis"] ?? "") + ":" + ($0["term"] ?? "") }
          == ["model:x", "model:depth", "model:zone", "model:residuals", "zone:zone", "zone:residuals"])
      #expect(variance.rows.map { $0["df"] } == ["1", "1", "2", "87", "2", "89"])
      let zones = OneWayAnalysis(data.response, codes: data.categories[0].codes, groupCount: 3)
      #expect(variance.rows[2]["sum_of_squares"] == "\(fit.steps[2].squares)" && variance.rows[4]["f"] == "\(zones.f)")

      let tests = PairwiseTests(zones)
      let pairs = try CSVTable("\(folder)/fit.pairs.csv")
      #expect(pairs.columns == ["category", "class_1", "class_2", "difference", "t", "p", "p_adjusted"])
      #expect(pairs.rows.map { $0["p_adjusted"] } == tests.pairs.map { "\($0.adjustedP)" })
      let letters = try CSVTable("\(folder)/fit.letters.csv")
      #expect(letters.columns == ["category", "class", "n", "mean", "sd", "letters"])
      #expect(letters.rows.map { $0["letters"] ?? "" } == tests.letters)
      #expect(letters.rows.map { $0["class"] } == tests.order.map { ["wet", "dry", "cold"][$0] })
    }
  }

  /// The table of the same cells gives the same fit, plain or as the other of its classes' order.
  @Test func tablesGiveWhatMapsGive() throws {
    try withTemporaryFolder { folder in
      try writeMaps(folder)
      try writeTable(folder)
      let more = ["--base", "dry", "--limit", "10", "--no-standardise", "--block-degrees", "40"]
      let maps = try regress(folder, ["@y", "--on", "@x", "@z", "--categories", "zone=@ids"] + more + Self.groups)
      #expect(maps.status == 0, "\(maps.standardError)")
      let wanted = try CSVTable("\(folder)/fit.csv").rows
      let done = try regress(folder, ["%y", "--on", "%x", "%z", "--categories", "%zone"] + more)
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardError.contains("2 rows of 94 with a response are left out"))
      let found = try CSVTable("\(folder)/fit.csv")
      #expect(found.columns.suffix(4) == ["se_clustered", "t_clustered", "p_clustered", "stars_clustered"])
      #expect(found.rows.map { $0["term"] } == ["intercept", "x", "z", "zone=cold", "zone=wet"])
      for row in found.rows {
        let other = try #require(wanted.first { $0["term"] == row["term"] })
        for name in ["estimate", "se", "p", "se_clustered", "p_clustered"] {
          let (one, two) = (Double(row[name] ?? "") ?? .nan, Double(other[name] ?? "") ?? .nan)
          #expect(abs(one - two) <= 1e-11 * abs(two), "\(name): \(one), \(two)")
        }
      }
      let plain = Regression(Self.expected(1), Regression.Options(standardises: false))
      #expect(abs((Double(found.rows[1]["estimate"] ?? "") ?? .nan) - plain.terms[1].estimate) < 1e-11)
    }
  }

  @Test func bytesDoNotDependOnRanks() throws {
    try withTemporaryFolder { folder in
      try writeMaps(folder)
      try writeTable(folder)
      for arguments in [
        ["@y", "--on", "@x", "@z", "--categories", "@ids", "--block-degrees", "30", "--mask", "@land"],
        ["%y", "--on", "%x", "%z", "--categories", "%zone", "--cluster", "%site"],
      ] {
        let alone = try regress(folder, arguments)
        #expect(alone.status == 0, "\(alone.standardError)")
        let wanted = try tables(folder)
        for ranks in [1, 2, 3, 5] {
          let done = try regress(folder, arguments, ranks: ranks)
          #expect(done.status == 0, "\(ranks): \(done.standardError)")
          #expect(try tables(folder) == wanted, "\(ranks) ranks")
        }
      }
    }
  }

  /// A column that names clusters and blocks of degrees that are the same places give the same errors; so does a map.
  @Test func clusters() throws {
    try withTemporaryFolder { folder in
      try writeMaps(folder)
      try writeTable(folder)
      @MainActor func errors(_ arguments: [String]) throws -> [String] {
        let done = try regress(folder, arguments)
        #expect(done.status == 0, "\(done.standardError)")
        return try CSVTable("\(folder)/fit.csv").rows.map { $0["se_clustered"] ?? "" }
      }
      let byTable = try errors(["%y", "--on", "%x", "--cluster", "%site"])
      let byMap = try errors(["@y", "--on", "@x", "--cluster", "@site"])
      #expect(byTable == byMap && byTable.allSatisfy { (Double($0) ?? 0) > 0 })
      // Each row of latitudes and two columns of longitudes.
      let blocks = try errors(["@y", "--on", "@x", "--block-degrees", "60"])
      var codes: [[Int]: Int32] = [:]
      var clusters: [Int32] = []
      let kept = (0..<Self.cells).filter { !Self.y[$0].isNaN && !Self.x[$0].isNaN }
      for i in kept {
        let place = [Int((Self.latitudes[i / Self.columns] + 90) / 60), Int(Self.longitudes[i % Self.columns] / 60)]
        let code = codes[place] ?? Int32(codes.count)
        codes[place] = code
        clusters.append(code)
      }
      let fit = Regression(
        RegressionData(response: kept.map { Self.y[$0] }, numbers: [kept.map { Self.x[$0] }]),
        Regression.Options(clusters: clusters))
      #expect(blocks == fit.terms.map { "\($0.clustered?.standardError ?? .nan)" } && blocks != byMap)
      #expect(try errors(["%y", "--on", "%x", "--block-degrees", "60"]) == blocks)
      // A row without a cluster is none of the rows.
      let text = try String(contentsOfFile: "\(folder)/t.csv", encoding: .utf8)
      try writeText(text.replacing(",s4,", with: ",NA,"), to: "\(folder)/t.csv")
      let gaps = try regress(folder, ["%y", "--on", "%x", "--cluster", "%site"])
      #expect(gaps.standardError.contains("missing are 'x' in 1, 'site' in 5"), "\(gaps.standardError)")
      #expect(gaps.standardOutput.contains("89 rows") && gaps.standardOutput.contains("by 19 clusters"))
      let missing = try regress(folder, ["%y", "--on", "%x", "--block-degrees", "60", "--coordinates", "breadth,lon"])
      #expect(missing.status == 65 && missing.standardError.contains("'breadth'"), "\(missing.standardError)")
      #expect(missing.standardError.contains("--coordinates"))
    }
  }

  /// Longitudes that differ by a whole turn are one place, and a pole belongs to the row beside it.
  @Test func blocksOfDegrees() {
    var blocks = DegreeBlocks(degrees: 5)
    let first = blocks.code(latitude: 41, longitude: -170)
    #expect(first == 0 && blocks.code(latitude: 44.9, longitude: 194.9) == first)
    #expect(blocks.code(latitude: 45, longitude: 190) == 1 && blocks.code(latitude: 41, longitude: 189.9) == 2)
    #expect(blocks.code(latitude: 90, longitude: 0) == 3 && blocks.code(latitude: 86, longitude: 360) == 3)
    #expect(blocks.code(latitude: .nan, longitude: 0) == -1 && blocks.code(latitude: 91, longitude: 0) == -1)
  }

  @Test func aMaskAndSmallClasses() throws {
    try withTemporaryFolder { folder in
      try writeMaps(folder)
      let masked = try regress(folder, ["@y", "--on", "@x", "--mask", "@land"])
      #expect(masked.standardOutput.contains("58 cells"), "\(masked.standardOutput)")
      let condition = try regress(folder, ["@y", "--on", "@x", "--mask", "@ids=2-3"])
      #expect(condition.status == 0 && !condition.standardOutput.contains("58 cells"))
      let counts = (0..<4).map { id in (0..<Self.cells).count { Self.ids[$0] == Double(id) && !Self.y[$0].isNaN } }
      let most = (counts.max() ?? 0)
      let few = try regress(folder, ["@y", "--categories", "@ids", "--minimum-rows", "\(most)"])
      #expect(few.status == 0 && few.standardError.contains("are left out (--minimum-rows)"), "\(few.standardError)")
      #expect(try CSVTable("\(folder)/fit.letters.csv").rows.count == counts.count { $0 == most })
      let none = try regress(folder, ["@y", "--categories", "@ids", "--minimum-rows", "90"])
      #expect(none.status == 65 && none.standardError.contains("no class has 90 cells or more"))
    }
  }

  /// A map on a finer grid is taken at the nearest cell, or between cells; the output says so.
  @Test func mapsOnOtherGrids() throws {
    try withTemporaryFolder { folder in
      try writeMaps(folder)
      let (latitudes, longitudes) = ((0..<32).map { -77.5 + 5 * Double($0) }, (0..<72).map { 5 * Double($0) })
      try TestMaps(latitudes: latitudes, longitudes: longitudes).write(
        [.init("slope", (0..<32 * 72).map { latitudes[$0 / 72] + cos(longitudes[$0 % 72]) })], to: "\(folder)/fine.nc")
      for method in ["bilinear", "nearest"] {
        let done = try regress(folder, ["@y", "--on", "\(folder)/fine.nc:slope", "--method", method])
        #expect(done.status == 0, "\(done.standardError)")
        #expect(done.standardError.contains("brought from 32 × 72 to 8 × 12 by \(method)"), "\(done.standardError)")
      }
      let dry = try regress(folder, ["@y", "--on", "\(folder)/fine.nc:slope", "--dry-run"])
      #expect(dry.status == 0 && dry.standardOutput.contains("brought over:"), "\(dry.standardOutput)")
    }
  }

  // MARK: Status

  @Test func aliasedTermsAndClassesOfOneRow() throws {
    try withTemporaryFolder { folder in
      try writeTable(folder)
      let done = try regress(folder, ["%y", "--on", "%x", "%twice", "--report", "\(folder)/r.json"])
      #expect(done.status == 0 && done.standardError.contains("'twice': no estimate"), "\(done.standardError)")
      let rows = try CSVTable("\(folder)/fit.csv").rows
      #expect(rows.map { $0["status"] } == ["computed", "computed", "aliased"] && rows[2]["estimate"] == "")
      let report = try RunReport.read(from: "\(folder)/r.json")
      #expect(report.statusCounts == ["computed": 2, "aliased": 1] && report.results["n"] == 94)
      #expect(report.results["x_estimate"] == Double(rows[1]["estimate"] ?? ""))
      let strict = try regress(folder, ["%y", "--on", "%x", "%twice", "--strict"])
      #expect(strict.status == 65)
      let single = try regress(folder, ["%y", "--on", "%x", "--categories", "%word", "--base", "3"])
      #expect(single.status == 0 && single.standardError.contains("'word=tall': a class of one row"))
      #expect(try CSVTable("\(folder)/fit.csv").rows.last?["status"] == "one_row")
    }
  }

  @Test func tooFewRows() throws {
    try withTemporaryFolder { folder in
      try writeText("y,a,b\n1,2,3\n2,5,1\n4,1,1\n", to: "\(folder)/t.csv")
      let done = try regress(folder, ["%y", "--on", "%a", "%b"])
      #expect(done.status == 0 && done.standardError.contains("3 rows are too few for 3 coefficients"))
      #expect(try CSVTable("\(folder)/fit.csv").rows.allSatisfy { $0["status"] == "too_few_rows" && $0["p"] == "" })
      try writeText("y,a\n1,2\n,3\n3,\n", to: "\(folder)/t.csv")
      let one = try regress(folder, ["%y", "--on", "%a"])
      #expect(one.status == 65 && one.standardError.contains("one value is too few"), "\(one.standardError)")
      try writeText("y,a\n,2\n,3\n", to: "\(folder)/t.csv")
      #expect(try regress(folder, ["%y", "--on", "%a"]).status == 65)
      try writeText("y,a\n1,\n2,\n", to: "\(folder)/t.csv")
      let none = try regress(folder, ["%y", "--on", "%a"])
      #expect(none.status == 65 && none.standardError.contains("'a' in 2"), "\(none.standardError)")
      try writeText("y,a\n4,1\n4,2\n4,5\n", to: "\(folder)/t.csv")
      let constant = try regress(folder, ["%y", "--on", "%a"])
      #expect(constant.status == 65 && constant.standardError.contains("the response is 4 in all of 3 rows"))
    }
  }

  // MARK: Wrong input

  @Test func whatIsWrongIsNamed() throws {
    try withTemporaryFolder { folder in
      try writeMaps(folder)
      try writeTable(folder)
      let cases: [([String], Int32, String)] = [
        (["%y", "--on", "%word"], 65, "line 32, column 'word': expected a number, found 'tall'"),
        (["%y", "--on", "%q"], 65, "there is no column 'q'"),
        (["%y", "--on", "\(folder)/none.csv:x"], 64, "columns of one table"),
        (["%y", "--on", "@x"], 64, "do not go together"),
        (["\(folder)/none.csv:y", "--on", "\(folder)/none.csv:x"], 66, "none.csv"),
        (["%y", "--categories", "%zone", "--base", "warm"], 64, "expected one of cold, dry, wet"),
        (["%y", "--categories", "%zone", "--groups", "a=1"], 64, "--groups is about maps"),
        (["%y", "--on", "%x", "--mask", "@land"], 64, "--mask is about maps"),
        (["@y", "--categories", "@ids", "--groups", "a=0-3", "--groups", "b=0"], 64, "--groups is given 2 times"),
        (["@y", "--categories", "@x"], 65, "no class; expected whole numbers"),
        (["@y", "--on", "@x", "@x"], 64, "two terms are called 'x'"),
        (["@y"], 64, "nothing explains the response"),
        (["--on", "@x"], 64, "there is no response"),
        (["@y", "--on", "m"], 64, "NAME=FILE:VARIABLE"),
        (["@y", "--on", "@x", "--base", "a"], 64, "--base has 1 class,"),
        (["@y", "--on", "@x", "--alpha", "1"], 64, "--alpha 1"),
        (["@y", "--on", "@x", "--adjust", "fdr"], 64, "holm"),
        (["@y", "--on", "@x", "--block-degrees", "0"], 64, "0.01 to 90"),
        (["@y", "--on", "@x", "--block-degrees", "5", "--cluster", "@site"], 64, "expected one of them"),
        (["@y", "--on", "@x", "--method", "majority"], 64, "--method majority is for classes"),
        (["@y", "--on", "@x", "--memory-limit", "1MiB"], 71, "--memory-limit"),
      ]
      for (arguments, status, words) in cases {
        let done = try regress(folder, arguments)
        #expect(done.status == status, "\(arguments): \(done.status) \(done.standardError)")
        #expect(done.standardError.contains(words), "\(arguments): \(done.standardError)")
      }
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/fit.csv"))
    }
  }

  @Test func outputsAreKeptAndInputsToo() throws {
    try withTemporaryFolder { folder in
      try writeTable(folder)
      try writeText("mine", to: "\(folder)/fit.anova.csv")
      let arguments = ["regress", "\(folder)/t.csv:y", "--on", "\(folder)/t.csv:x", "--progress", "0", "--output"]
      let kept = try run(arguments + ["\(folder)/fit.csv"])
      #expect(kept.status == 73 && kept.standardError.contains("fit.anova.csv exists"), "\(kept.standardError)")
      #expect(try run(arguments + ["\(folder)/t.csv", "--overwrite"]).status == 73)
      // The report is an output like others, with --overwrite or without.
      let before = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/t.csv"))
      let report = try run(arguments + ["\(folder)/other.csv", "--report", "\(folder)/t.csv"])
      #expect(
        report.status == 73 && report.standardError.contains("--report \(folder)/t.csv is one of the input files"))
      #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/t.csv")) == before)
      let own = try run(arguments + ["\(folder)/new.csv", "--report", "\(folder)/new.anova.csv"])
      #expect(own.status == 64 && own.standardError.contains("is the file of another option"), "\(own.standardError)")
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/new.csv"))
    }
  }

  /// What makes errors, p and stars worthless is told.
  @Test func whatNotToTrustIsTold() throws {
    try withTemporaryFolder { folder in
      try writeTable(folder)
      let few = try regress(folder, ["%y", "--on", "%x", "--cluster", "%site"])
      #expect(few.standardError.contains("clusters are few for clustered standard errors"), "\(few.standardError)")
      let exact = try regress(folder, ["%y", "--on", "%y", "%x"])
      #expect(exact.standardError.contains("leaves nothing but rounding"), "\(exact.standardError)")
      let strict = try regress(folder, ["%y", "--on", "%y", "--strict"])
      #expect(strict.status == 65)
      #expect(!(try regress(folder, ["%y", "--on", "%x"]).standardError.contains("rounding")))
      // Rows with what can only be a fill value are left out: the fit is that without them.
      var lines = ["a,b"] + (0..<30).map { "\(0.5 * Double($0) + sin(3 * Double($0))),\($0)" }
      try writeText(lines.joined(separator: "\n"), to: "\(folder)/t.csv")
      #expect(try regress(folder, ["%a", "--on", "%b"]).status == 0)
      let fit = try tables(folder, ["fit.csv", "fit.anova.csv"])
      lines += ["3,1e36", "-1e36,3"]
      try writeText(lines.joined(separator: "\n"), to: "\(folder)/t.csv")
      let filled = try regress(folder, ["%a", "--on", "%b"])
      #expect(filled.standardError.contains("'b': 1 row with values that cannot be right"), "\(filled.standardError)")
      #expect(try tables(folder, ["fit.csv", "fit.anova.csv"]) == fit)
    }
  }

  @Test func dryRunAndConfiguration() throws {
    try withTemporaryFolder { folder in
      try writeMaps(folder)
      try writeTable(folder)
      let dry = try regress(folder, ["@y", "--on", "@x", "--categories", "zone=@ids", "--dry-run"] + Self.groups)
      #expect(dry.status == 0 && dry.standardOutput.contains("wet (54 cells)"), "\(dry.standardOutput)")
      let table = try regress(folder, ["%y", "--on", "%x", "--categories", "%zone", "--dry-run"])
      #expect(table.status == 0 && table.standardOutput.contains("rows:         96"), "\(table.standardOutput)")
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/fit.csv"))
      let printed = try regress(
        folder,
        ["@y", "--on", "@x", "@z", "--categories", "zone=@ids", "--base", "dry", "--print-config"] + Self.groups)
      #expect(printed.status == 0)
      try writeText(printed.standardOutput, to: "\(folder)/c.yaml")
      let done = try run(["regress", "\(folder)/m.nc:y", "--config", "\(folder)/c.yaml", "--progress", "0"])
      #expect(done.status == 0, "\(done.standardError)")
      #expect(try CSVTable("\(folder)/fit.csv").rows.count == 5)
    }
  }
}
