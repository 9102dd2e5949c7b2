import Distributed
import Foundation
import TestSupport
import Testing

/// Input of `spei`, `sink` and `blend` that cannot be right: one message that says what to mend, and nothing under the name.
@MainActor @Suite struct BadRecordInputTests {
  /// Moisture of 40 days in three layers with bounds on 2 × 2 cells; the units, and the bounds of layers, as they are given.
  private func writeMoisture(_ path: String, units: String = "m3 m-3", bounds: [Double] = [0, 0.1, 0.1, 0.4, 0.4, 1])
    throws
  {
    let writer = try NetCDFWriter(path)
    let (time, depth) = (try writer.dimension("time", 40), try writer.dimension("depth", 3))
    let (lat, lon) = (try writer.dimension("lat", 2), try writer.dimension("lon", 2))
    let two = try writer.dimension("bnds", 2)
    func coordinate(_ name: String, _ dimension: NetCDFWriter.Dimension, _ units: String) throws
      -> NetCDFWriter.Variable
    {
      let link = name == "depth" ? [("bounds", NetCDFWriter.Attribute.text("depth_bnds"))] : []
      return try writer.variable(name, .double, [dimension], attributes: [("units", .text(units))] + link)
    }
    let coordinates = try [
      coordinate("time", time, "days since 2001-01-01"), coordinate("depth", depth, "m"),
      coordinate("lat", lat, "degrees_north"), coordinate("lon", lon, "degrees_east"),
    ]
    let edges = try writer.variable("depth_bnds", .double, [depth, two])
    let water = try writer.variable("sm", .double, [time, depth, lat, lon], attributes: [("units", .text(units))])
    try writer.endDefinitions()
    let places: [[Double]] = [(0..<40).map(Double.init), [0.05, 0.25, 0.7], [10, 11], [0, 1]]
    for (variable, values) in zip(coordinates, places) {
      try writer.write(values, to: variable)
    }
    try writer.write(bounds, to: edges)
    try writer.write([Double](repeating: 0.3, count: 480), to: water)
    try writer.commit()
  }

  @Test func moistureThatCannotBeBlended() throws {
    try withTemporaryFolder { folder in
      try writeMoisture("\(folder)/model.nc")
      try writeMoisture("\(folder)/kelvin.nc", units: "K")
      try writeMoisture("\(folder)/percent.nc", units: "%")
      try writeMoisture("\(folder)/thin.nc", bounds: [0, 0.1, 0.4, 0.1, 0.4, 1])
      var table = "time,depth,value,lat,lon\n"
      for depth in [0, 0.2, 0.8] { table += "2001-01-05,\(depth),0.25,10,0\n" }
      try writeText(table, to: "\(folder)/snapshots.csv")
      let inSitu = ["--snapshots-table", "\(folder)/snapshots.csv"]
      func levels(_ name: String) -> [String] { ["--levels", "\(folder)/\(name).nc:sm@0.05,0.25,0.7"] }
      for (model, saturation, snapshots, status, words) in [
        ("model", "0.45", inSitu, Int32(0), ""), ("model", "0.45", levels("percent"), 0, ""),
        ("kelvin", "0.45", inSitu, 65, "'sm' is in 'K'; expected volumetric soil moisture"),
        ("model", "0.45", levels("kelvin"), 65, "'sm' is in 'K'; expected volumetric soil moisture, m3 m-3 or %"),
        ("thin", "0.45", inSitu, 65, "layer 2 goes from 0.4 to 0.1 m, unlike the others: a negative thickness"),
        ("model", "45", inSitu, 65, "--saturation 45: found 45 m3 m-3; expected a part of the soil's volume"),
      ] as [(String, String, [String], Int32, String)] {
        let done = try run(
          [
            "blend", "--model", "\(folder)/\(model).nc:sm", "--residual", "0.05", "--saturation", saturation,
            "--output",
            "\(folder)/out", "--overwrite", "--progress", "0", "--valid", "0-100",
          ] + snapshots)
        #expect(done.status == status, "\(words): \(done.standardError)")
        #expect(words.isEmpty || done.standardError.contains(words), "\(words): \(done.standardError)")
        #expect(FileManager.default.fileExists(atPath: "\(folder)/out") == (status == 0), "\(words)")
        try? FileManager.default.removeItem(atPath: "\(folder)/out")
      }
    }
  }

  /// Sources that share no months are told by what they are, not by the one option that gives them.
  @Test func sourcesWithoutCommonMonthsAreNamed() throws {
    try withTemporaryFolder { folder in
      for (name, year) in [("p", 2001), ("q", 2020)] {
        let record = TestEnsemble.observations(
          grid: .regular(rows: 2, columns: 2), time: TestTime(from: Month(year: year, month: 1), count: 24),
          fields: [TestField(name, units: "mm/day") { Double($0.cell) }])
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        try record.write(to: "\(folder)/\(name)")
      }
      let sources = ["p", "q"].map { "\(folder)/\($0)/*.nc4:\($0)" }
      let done = try run(
        ["spei", "--balance", sources.joined(separator: " - "), "--output", "\(folder)/spei.nc", "--progress", "0"])
      #expect(done.status == 65 && done.standardError.contains("share no months"), "\(done.standardError)")
      for source in sources { #expect(done.standardError.contains("'\(source)' 20"), "\(done.standardError)") }
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/spei.nc"))
    }
  }
}
