import Distributed
import Foundation
import TestSupport
import Testing

/// Predictors of respiration, what follows from them, and sites: that they are what they are said to be.
@MainActor @Suite struct RespirationSynthesisTests {
  private nonisolated static let (rows, columns, years) = (20, 30, 3)
  private static let small = [
    "--respiration", "--rows", "\(rows)", "--columns", "\(columns)", "--months", "36", "--ocean-share", "0.4",
    "--sites",
    "20", "--first-year", "2001", "--progress", "0",
  ]

  private func synthesize(_ folder: String, _ options: [String] = []) throws -> String {
    let done = try run(["synthesize", folder] + Self.small + options)
    #expect(done.status == 0, "\(done.standardError)")
    return done.standardOutput
  }

  /// All values of a variable, NaN where missing.
  private nonisolated func values(_ name: String, _ path: String) throws -> [Double] {
    let file = try NetCDFFile(path)
    let variable = try file.requiredVariable(name)
    let stored = try StoredValues(variable, in: file)
    return try file.values(variable).map(stored.value)
  }

  private struct SiteYear: Equatable {
    let site: String
    let place: [Double]
    let year: Int
    let value: Double

    var row: Int { Int(((place[0] + 90) / (180 / Double(rows - 1))).rounded()) }
    var column: Int { Int((place[1] / (360 / Double(columns))).rounded()) % columns }
    var cell: Int { row * columns + column }
  }

  private nonisolated func siteYears(_ path: String) throws -> [SiteYear] {
    var found: [SiteYear] = []
    let table = try TableReader(path)
    let positions = try ["site", "lat", "lon", "year", "value", "units", "status"].map(table.column)
    try table.read(positions) { row in
      #expect(row.text(5) == "kg C m-2 yr-1" && row.text(6) == "ok")
      found.append(
        SiteYear(
          site: row.text(0), place: [try row.number(1), try row.number(2)], year: Int(try row.number(3)),
          value: try row.number(4)))
    }
    return found
  }

  /// The formula of the documentation, written out again on what the files hold.
  @Test func respirationFollowsFromTheFiles() throws {
    try withTemporaryFolder { folder in
      _ = try synthesize(folder)
      let cells = Self.rows * Self.columns
      func months(_ name: String, _ file: String = "monthly.nc") throws -> [[Double]] {
        let all = try values(name, "\(folder)/\(file)")
        #expect(all.count == 36 * cells)
        return (0..<36).map { Array(all[$0 * cells..<($0 + 1) * cells]) }
      }
      let (temperature, rain, drought) = (try months("T2M"), try months("PR"), try months("SPEI24", "spei.nc"))
      let production = try values("NPP", "\(folder)/yearly.nc")
      let carbon = try values("SOC5", "\(folder)/static.nc")
      let truth = try values("RECO", "\(folder)/truth.nc")
      #expect(truth.count == Self.years * cells)
      #expect(truth.contains { $0.isNaN } && truth.filter(\.isFinite).allSatisfy { $0 > 0 && $0 < 4 })
      for year in 0..<Self.years {
        func over(_ fields: [[Double]], _ cell: Int) -> Double {
          fields[12 * year..<12 * year + 12].reduce(0) { $0 + $1[cell] }
        }
        func window(_ cell: Int, _ value: (Int) -> Double) -> Double {
          var sum = 0.0
          for down in -1...1 {
            for right in -1...1 {
              let row = cell / Self.columns + down
              let column = (cell % Self.columns + right + Self.columns) % Self.columns
              let own = (0..<Self.rows).contains(row) ? value(row * Self.columns + column) : .nan
              sum += own.isNaN ? value(cell) : own
            }
          }
          return sum / 9
        }
        for cell in 0..<cells {
          let expected = truth[year * cells + cell]
          guard expected.isFinite else {
            #expect(carbon[cell].isNaN && temperature[12 * year][cell].isNaN && drought[11][cell].isNaN)
            continue
          }
          let n = window(cell) { production[year * cells + $0] }
          let s = window(cell) { carbon[$0] }
          let t = window(cell) { over(temperature, $0) / 12 }
          let p = window(cell) { over(rain, $0) }
          let found =
            (0.25 + 0.9 * n + 0.4 * s / (s + 50)) * exp(0.03 * (t - 12)) * (1 - 0.6 * exp(-p / 600))
            * (1 + 0.18 * drought[12 * year + 11][cell])
          #expect(abs(found / expected - 1) < 1e-6)
        }
      }
    }
  }

  /// Twice twelve months make twenty-four; means over months are those over days.
  @Test func predictorsHangTogether() throws {
    try withTemporaryFolder { folder in
      let text = try synthesize(folder)
      #expect(text.contains("--predictor SPEI36=\(folder)/spei.nc:SPEI36@month=12"))
      #expect(text.contains("--predictor MAP=\(folder)/monthly.nc:PR@sum"))
      let cells = Self.rows * Self.columns
      let (short, long) = (try values("SPEI12", "\(folder)/spei.nc"), try values("SPEI24", "\(folder)/spei.nc"))
      var checked = 0
      for month in 12..<36 {
        for cell in 0..<cells {
          let parts = [short[(month - 12) * cells + cell], short[month * cells + cell]]
          let whole = long[month * cells + cell]
          guard (parts + [whole]).allSatisfy({ abs($0) < 2.99 }) else { continue }
          checked += 1
          #expect(abs((parts[0] + parts[1]) / 2.squareRoot() - whole) < 1e-5)
        }
      }
      #expect(checked > 3000)
      let finite = long.filter(\.isFinite)
      let centre = finite.reduce(0, +) / Double(finite.count)
      #expect(abs(centre) < 0.5 && finite.contains { $0 < -1 } && finite.contains { $0 > 1 })

      let temperature = try values("T2M", "\(folder)/monthly.nc")
      let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].map(Double.init)
      for cell in 0..<cells where temperature[cell].isFinite {
        let year = (0..<12).map { temperature[$0 * cells + cell] }
        let byDays = zip(year, days).reduce(0) { $0 + $1.0 * $1.1 } / 365
        #expect(abs(byDays - year.reduce(0, +) / 12) < 1e-5 && year.max() != year.min())
      }
    }
  }

  @Test func theSeedDecides() throws {
    try withTemporaryFolder { folder in
      for (name, options) in [("a", ["--seed", "5"]), ("b", ["--seed", "5"]), ("c", ["--seed", "6"])] {
        _ = try synthesize("\(folder)/\(name)", options)
      }
      for (file, variable) in [
        ("monthly.nc", "LAI"), ("spei.nc", "SPEI36"), ("yearly.nc", "NPP"), ("static.nc", "SOC30"),
        ("truth.nc", "RECO"),
      ] {
        let found = try ["a", "b", "c"].map { try values(variable, "\(folder)/\($0)/\(file)").map(\.bitPattern) }
        #expect(found[0] == found[1] && found[0] != found[2], "\(variable)")
      }
      let tables = try ["a", "b", "c"].map { try siteYears("\(folder)/\($0)/site_years.csv") }
      #expect(tables[0] == tables[1] && tables[0] != tables[2])
    }
  }

  /// Clusters whose cells are three apart or more; sites of their own that are none of them; noise and effects of the size asked
  /// for.
  @Test func sitesMeasureTheTruth() throws {
    try withTemporaryFolder { folder in
      _ = try synthesize("\(folder)/plain", ["--noise", "0"])
      _ = try synthesize("\(folder)/noisy", ["--noise", "20"])
      _ = try synthesize("\(folder)/leaky", ["--noise", "0", "--site-effect", "0.5"])
      let truth = try values("RECO", "\(folder)/plain/truth.nc")
      let cells = Self.rows * Self.columns
      func expected(_ own: SiteYear) -> Double { truth[(own.year - 2001) * cells + own.cell] }
      let plain = try siteYears("\(folder)/plain/site_years.csv")
      let independent = try siteYears("\(folder)/plain/independent.csv")
      for own in plain + independent { #expect(own.value == expected(own)) }
      #expect(Set(plain.map(\.site)).count == 20 && Set(independent.map(\.site)).count == 4)
      #expect(Set(plain.map(\.cell)).isDisjoint(with: independent.map(\.cell)))
      for one in plain {
        for other in plain {
          let across = abs(one.column - other.column)
          let distance = max(abs(one.row - other.row), min(across, Self.columns - across))
          let isSame = one.site.prefix { $0 != "-" } == other.site.prefix { $0 != "-" }
          #expect(isSame ? distance <= 2 : distance > 2, "\(one.site) \(other.site)")
        }
      }

      let all = truth.filter(\.isFinite)
      let centre = all.reduce(0, +) / Double(all.count)
      let spread = (all.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(all.count - 1)).squareRoot()
      let errors = try siteYears("\(folder)/noisy/site_years.csv").map { ($0.value - expected($0)) / spread }
      let size = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
      // 60 normal numbers of standard deviation 0.2: within four standard errors.
      #expect(errors.count == 60 && abs(size - 0.2) < 4 * 0.2 / 120.0.squareRoot(), "\(size)")
      let leakyYears = try siteYears("\(folder)/leaky/site_years.csv")
      let leaky = Dictionary(grouping: leakyYears) { $0.site }
      let effects = leaky.values.map { own in own.map { ($0.value - expected($0)) / spread } }
      #expect(effects.allSatisfy { own in own.allSatisfy { abs($0 - own[0]) < 1e-9 } })
      let effect = (effects.reduce(0) { $0 + $1[0] * $1[0] } / Double(effects.count)).squareRoot()
      #expect(abs(effect - 0.5) < 4 * 0.5 / 40.0.squareRoot(), "\(effect)")
    }
  }

  @Test func wrongOptions() throws {
    try withTemporaryFolder { folder in
      for (options, part) in [
        (["--months", "30"], "whole years"), (["--months", "24"], "36"), (["--runs"], "give one of them"),
        (["--rows", "3"], "five rows"), (["--climate"], "--climate"), (["--sites", "2000"], "--sites 2000"),
        (["--sites", "0"], "--sites 0"), (["--site-effect", "-1"], "--site-effect"), (["--noise", "-1"], "--noise"),
      ] {
        let done = try run(["synthesize", "\(folder)/never"] + Self.small + options)
        #expect(done.status == 64 && done.standardError.contains(part), "\(options): \(done.standardError)")
      }
      let alone = try run(["synthesize", "\(folder)/never", "--sites", "10"])
      #expect(alone.status == 64 && alone.standardError.contains("--respiration"))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/never"))
    }
  }
}
