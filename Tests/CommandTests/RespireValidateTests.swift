import Distributed
import Foundation
import TestSupport
import Testing

@testable import Kernels

/// Scores of maps against site-years, worked out again from the files.
@MainActor @Suite struct RespireValidateTests {
  /// A small globe with its sites in a folder, and its truth by months in g C m-2 day-1 on another grid.
  private func withGlobe(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let globe = "\(folder)/globe"
      let made = try run([
        "synthesize", globe, "--respiration", "--rows", "24", "--columns", "36", "--months", "60", "--ocean-share",
        "0.3", "--sites", "60", "--noise", "20", "--first-year", "2001", "--progress", "0",
      ])
      #expect(made.status == 0, "\(made.standardError)")
      try writeOther(to: folder)
      try body(folder)
    }
  }

  private nonisolated static func other(_ sample: TestSample) -> Double {
    guard sample.latitude > -50 else { return .nan }
    let year = Double(sample.month.year - 2002)
    return 2 + cos(sample.latitude / 20) + 0.1 * sin(sample.longitude / 30 + year)
      + 0.5 * cos(Double(sample.month.month))
  }

  private static let record = TestEnsemble.observations(
    grid: .regular(rows: 9, columns: 12, fromZero: false),
    time: TestTime(from: Month(year: 2002, month: 1), count: 48),
    fields: [TestField("reco", units: "g C m-2 day-1", value: other)])

  private func writeOther(to folder: String) throws { try Self.record.write(to: folder) }

  private func arguments(_ folder: String, _ more: [String] = []) -> [String] {
    [
      "respire", "validate", "TRUTH=\(folder)/globe/truth.nc:RECO", "--against",
      "OTHER=\(Self.record.source("reco", in: folder))", "--samples", "\(folder)/globe/independent.csv", "--progress",
      "0", "--overwrite",
    ] + more
  }

  /// A map of years as the test reads it.
  private struct Yearly {
    let firstYear: Int
    let places: [(latitude: Double, longitude: Double)]
    let weights: [Double]
    /// By year and cell, kg C m⁻² yr⁻¹.
    let fields: [[Double]]

    func value(_ place: (latitude: Double, longitude: Double), year: Int) -> Double {
      guard fields.indices.contains(year - firstYear) else { return .nan }
      let radians = Double.pi / 180
      let cosines = places.map { own in
        sin(own.latitude * radians) * sin(place.latitude * radians) + cos(own.latitude * radians)
          * cos(place.latitude * radians) * cos((own.longitude - place.longitude) * radians)
      }
      let cell = cosines.indices.max { cosines[$0] < cosines[$1] } ?? 0
      return fields[year - firstYear][cell]
    }
  }

  private nonisolated func values(_ name: String, _ path: String) throws -> [Double] {
    let file = try NetCDFFile(path)
    let variable = try file.requiredVariable(name)
    let stored = try StoredValues(variable, in: file)
    return try file.values(variable).map(stored.value)
  }

  private func truth(_ folder: String) throws -> Yearly {
    let path = "\(folder)/globe/truth.nc"
    let (latitudes, longitudes) = (try values("lat", path), try values("lon", path))
    let all = try values("RECO", path).map { Double(Float($0)) }
    let cells = latitudes.count * longitudes.count
    return Yearly(
      firstYear: 2001, places: latitudes.flatMap { latitude in longitudes.map { (latitude, $0) } },
      weights: zip(try values("area", path), try values("landfrac", path)).map { $0 * $1 },
      fields: (0..<5).map { Array(all[$0 * cells..<($0 + 1) * cells]) })
  }

  private var otherMap: Yearly {
    let cells = 0..<Self.record.grid.cellCount
    let places = cells.map(Self.record.grid.place)
    return Yearly(
      firstYear: 2002, places: places, weights: places.map { cos($0.latitude * .pi / 180) },
      fields: (2002...2005).map { year in
        cells.map { cell in
          let months = (1...12).map { Month(year: year, month: $0) }
          let lengths = months.map { Double(Self.record.time.length(of: $0)) }
          let sum = zip(months, lengths).reduce(0) {
            $0 + $1.1 * Self.record.expected(Self.record.fields[0], month: $1.0, cell: cell)
          }
          return Double(Float(sum / lengths.reduce(0, +))) * 365.2425 / 1000
        }
      })
  }

  /// The rows of a table by their first column.
  private func rows(_ path: String) throws -> [String: [String: String]] {
    let table = try TableReader(path)
    var found: [String: [String: String]] = [:]
    try table.read(Array(table.columns.indices)) { row in
      found[row.text(0)] = Dictionary(
        uniqueKeysWithValues: table.columns.indices.map { (table.columns[$0], row.text($0)) })
    }
    return found
  }

  private func expect(
    _ row: [String: String]?, _ name: String, _ expected: Double, _ tolerance: Double = 1e-7,
    location: SourceLocation = #_sourceLocation
  ) {
    let found = row?[name].flatMap(Double.init) ?? .nan
    #expect(
      abs(found - expected) <= tolerance * max(1e-9, abs(expected)), "\(name): \(found), expected \(expected)",
      sourceLocation: location)
  }

  @Test func scoresAreThoseOfTheDefinitions() throws {
    try withGlobe { folder in
      for ranks in [1, 3] {
        let done = try run(
          arguments(
            folder,
            [
              "--table", "\(folder)/table\(ranks).csv", "--pairs", "\(folder)/pairs\(ranks).csv", "--picture",
              "\(folder)/picture\(ranks).svg", "--report", "\(folder)/run\(ranks).json",
            ]), ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        #expect(done.standardError.contains("1 of 5 years is missing (2001)"), "\(done.standardError)")
      }
      for name in ["table", "pairs"] {
        let texts = try [1, 3].map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)\($0).csv")) }
        #expect(texts[0] == texts[1], "the bits of \(name) do not depend on ranks")
      }
      let svg = try String(contentsOfFile: "\(folder)/picture3.svg", encoding: .utf8)
      #expect(svg.contains("TRUTH: n ") && svg.contains("OTHER: n ") && svg.hasSuffix("</svg>\n"))
      let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: "\(folder)/run3.json")))
      #expect((json as? [String: Any])?["command"] as? String == "respire validate")

      let found = try rows("\(folder)/table3.csv")
      var samples: [(site: String, place: (latitude: Double, longitude: Double), year: Int, value: Double)] = []
      let table = try TableReader("\(folder)/globe/independent.csv")
      try table.read(try ["site", "lat", "lon", "year", "value"].map(table.column)) { row in
        samples.append(
          (row.text(0), (try row.number(1), try row.number(2)), Int(try row.number(3)), try row.number(4)))
      }
      for (name, map) in [("TRUTH", try truth(folder)), ("OTHER", otherMap)] {
        let row = found[name]
        let pairs = samples.map { (site: $0.site, y: $0.value, f: map.value($0.place, year: $0.year)) }
          .filter { $0.f.isFinite }
        let (y, f) = (pairs.map(\.y), pairs.map(\.f))
        #expect(y.count > 10 && (name == "TRUTH" ? y.count == samples.count : y.count < samples.count))
        expect(row, "n", Double(y.count))
        expect(row, "mean_observed", mean(y))
        expect(row, "mean_map", mean(f))
        let errors = zip(f, y).map { $0 - $1 }
        expect(row, "bias", mean(errors), 1e-6)
        expect(row, "rmse", mean(errors.map { $0 * $0 }).squareRoot())
        func squares(_ a: [Double], _ b: [Double]) -> Double {
          zip(a, b).reduce(0) { $0 + ($1.0 - mean(a)) * ($1.1 - mean(b)) }
        }
        expect(row, "r2", squares(y, f) * squares(y, f) / (squares(y, y) * squares(f, f)))
        expect(row, "efficiency", 1 - errors.reduce(0) { $0 + $1 * $1 } / squares(y, y))
        let bySite = Dictionary(grouping: pairs) { $0.site }.sorted { $0.key < $1.key }.map(\.value)
        expect(row, "sites", Double(bySite.count))
        let known = bySite.filter { $0.count >= 3 }
        let (own, others) = (known.map { standardDeviation($0.map(\.y)) }, known.map { standardDeviation($0.map(\.f)) })
        expect(row, "sd_sites", Double(known.count))
        let r = squares(own, others) / (squares(own, own) * squares(others, others)).squareRoot()
        expect(row, "sd_r", r)
        let t = r * (Double(known.count - 2) / (1 - r * r)).squareRoot()
        expect(row, "sd_p", StudentDistribution.twoSidedP(t, degreesOfFreedom: Double(known.count - 2)))

        let cells = map.weights.indices.filter { cell in map.fields.allSatisfy { $0[cell].isFinite } }
        let total = cells.reduce(0) { $0 + map.weights[$1] }
        func overArea(_ value: (Int) -> Double) -> Double {
          cells.reduce(0) { $0 + map.weights[$1] * value($1) } / total
        }
        expect(row, "cells", Double(cells.count))
        expect(row, "first_year", Double(map.firstYear))
        expect(row, "years", Double(map.fields.count))
        expect(row, "global_mean", overArea { cell in mean(map.fields.map { $0[cell] }) })
        expect(row, "global_interannual_sd", overArea { cell in standardDeviation(map.fields.map { $0[cell] }) })
        expect(row, "sd_of_global_mean", standardDeviation(map.fields.map { field in overArea { field[$0] } }))
      }
      let means = ["TRUTH", "OTHER"].compactMap { found[$0]?["global_mean"].flatMap(Double.init) }
      expect(found["OTHER"], "global_mean_difference", 100 * (means[1] - means[0]) / means[0], 1e-9)
    }
  }

  @Test func badInput() throws {
    try withGlobe { folder in
      let globe = "\(folder)/globe"
      func table(_ name: String, _ rows: [String]) throws -> String {
        let path = "\(folder)/\(name).csv"
        try writeText((["site,lat,lon,year,value,units,status"] + rows).joined(separator: "\n") + "\n", to: path)
        return path
      }
      let units = "kg C m-2 yr-1,ok"
      let sites = "\(globe)/independent.csv"
      let truth = "\(globe)/truth.nc:RECO"
      // A part of the globe: sites may lie outside.
      let part = "\(folder)/part.nc"
      try writeMaps([("RECO", [1, 2, 3, 4])], grid: .curvilinear(rows: 2, columns: 2), to: part)
      let cases: [(arguments: [String], status: Int32, parts: [String])] = [
        ([truth], 64, ["--samples"]),
        (["--samples", sites], 64, ["map"]),
        ([truth, "--samples", sites, "--against", truth], 64, ["two maps", "RECO"]),
        ([truth, "--samples", sites, "--period", "1990-1995"], 64, ["1990-1995", "2001"]),
        ([truth, "--samples", "\(folder)/none.csv"], 66, ["none.csv"]),
        ([truth, "--samples", sites, "--value", "RECO"], 65, ["'RECO'", "value"]),
        (["\(globe)/truth.nc:NEE", "--samples", sites], 65, ["NEE"]),
        (["\(globe)/monthly.nc:T2M", "--samples", sites], 65, ["degC", "kg C m-2 yr-1"]),
        ([part + ":RECO", "--samples", sites], 65, [part]),
        (
          [truth, "--samples", try table("far", ["A,100,10,2001,1,\(units)"])], 65, ["far.csv, line 2", "'lat'", "100"]
        ),
        ([truth, "--samples", try table("years", ["A,10,10,2001.5,1,\(units)"])], 65, ["line 2", "'year'"]),
        (
          [truth, "--samples", try table("twice", ["A,10,10,2001,1,\(units)", "A,10,10,2001,2,\(units)"])], 65,
          ["line 3", "twice"]
        ),
        (
          [truth, "--samples", try table("moves", ["A,10,10,2001,1,\(units)", "A,10,11,2002,2,\(units)"])], 65,
          ["line 3", "somewhere else"]
        ),
        (
          [truth, "--samples", try table("units", ["A,10,10,2001,1,\(units)", "A,10,10,2002,2,g,ok"])], 65,
          ["line 3", "units"]
        ),
        ([truth, "--samples", try table("empty", ["A,10,10,2001,,\(units)"])], 65, ["no value"]),
        ([truth, "--samples", try table("later", ["A,10,10,2040,1,\(units)"])], 65, ["2040"]),
        ([truth + "@static", "--samples", sites], 64, ["@static"]),
      ]
      for (arguments, status, parts) in cases {
        for ranks in [1, 3] {
          let done = try run(["respire", "validate"] + arguments + ["--progress", "0"], ranks: ranks)
          #expect(done.status == status, "\(arguments): \(done.status) \(done.standardError)")
          let lines = done.standardError.split(separator: "\n").filter { $0.lowercased().hasPrefix("error") }
          #expect(lines.count == 1, "\(arguments): \(done.standardError)")
          for part in parts { #expect(done.standardError.contains(part), "\(part): \(done.standardError)") }
        }
      }
      // A site in a cell without data, with another and alone.
      let dry = try table("sea", ["A,-70,10,2003,1,\(units)", "B,70,10,2003,1,\(units)"])
      let other = Self.record.source("reco", in: folder)
      let some = try run(["respire", "validate", other, "--samples", dry, "--progress", "0"])
      #expect(some.status == 0 && some.standardError.contains("no value at 1 of 2"), "\(some.standardError)")
      let none = try run(["respire", "validate", other, "--samples", try table("sea", ["A,-70,10,2003,1,\(units)"])])
      #expect(none.status == 65 && none.standardError.contains("coordinates"), "\(none.standardError)")
    }
  }

  /// Options of a command within a group: from a file, printed, and planned for.
  @Test func groupsTakeConfigurations() throws {
    try withGlobe { folder in
      let printed = try run(["respire", "validate", "--value", "v", "--print-config"])
      #expect(printed.status == 0 && printed.standardOutput.contains("value: 'v'"), "\(printed.standardError)")
      #expect(printed.standardOutput.contains("smt-mpi respire validate"))
      let path = "\(folder)/options.yaml"
      try writeText("samples: '\(folder)/globe/independent.csv'\nperiod: 2002-2004\n", to: path)
      let map = "\(folder)/globe/truth.nc:RECO"
      let planned = try run(["respire", "validate", map, "--config", path, "--dry-run"])
      #expect(planned.status == 0, "\(planned.standardError)")
      #expect(planned.standardOutput.contains("2002-2004") && planned.standardOutput.contains("memory:"))
      try writeText("smaples: 'x.csv'\n", to: path)
      let refused = try run(["respire", "validate", map, "--config", path])
      #expect(refused.status == 64 && refused.standardError.contains("'smaples'"), "\(refused.standardError)")
      let unknown = try run(["respire", "guess"])
      #expect(unknown.status == 64)
    }
  }
}
