import Foundation
import HDF5TestFiles
import TestSupport
import Testing

@testable import Distributed
@testable import smt_mpi

@MainActor @Suite struct BlendTests {
  private func arguments(_ folder: String, _ output: String, _ more: [String] = []) -> [String] {
    [
      "blend", "--progress", "0", "--model", "\(folder)/analysis-T-*.h5:FMEAN_SOIL_WATER_PY", "--layout", "ed2",
      "--layers",
      "\(folder)/history.h5:SLZ", "--profile", "\(folder)/snapshots.nc:a,b,c", "--residual", "0.12", "--saturation",
      "0.25",
      "--output", output,
    ] + more
  }

  private func values(_ name: String, _ path: String) throws -> [Double] {
    let file = try NetCDFFile(path)
    let variable = try file.requiredVariable(name)
    let stored = try StoredValues(variable, in: file)
    return try file.values(variable).map(stored.value)
  }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  /// The moisture of all files, one after the other.
  private func moisture(_ folder: String, _ count: Int = 2) throws -> [[Double]] {
    try (1...count).map {
      try values("FMEAN_SOIL_WATER_PY", "\(folder)/analysis-T-2004-07-0\($0)-000000-g01.h5")
    }
  }

  @Test(arguments: [nil, 6]) func filesOfED2AreBlendedAsDefined(_ chunk: Int?) throws {
    try withTemporaryFolder { folder in
      var fixture = BlendFixture()
      fixture.chunk = chunk
      try fixture.write(folder)
      let expected = fixture.blended()
      var results: Set<[UInt64]> = []
      for ranks in [nil, 2, 3, 5] {
        let output = "\(folder)/out\(ranks ?? 1)"
        let done = try run(arguments(folder, output, ["--report", "\(folder)/run.json"]), ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        let report = try RunReport.read(from: "\(folder)/run.json")
        #expect(report.results["clipped"] == Double(expected.clipped))
        #expect(expected.clipped > 0)
        #expect(report.results["unfilled_steps"] == 8)
        #expect(report.statusCounts == ["ok": 2, "not_land": 0, "no_snapshot": 0, "too_few_pixels": 1])
        let parts = try moisture(output)
        let copies = parts[0] + parts[1]
        #expect(copies.count == 48 * 12)
        #expect(zip(copies, expected.values).allSatisfy { abs($0 - $1) < 1e-7 })
        #expect(copies[(40 * 12)...].allSatisfy { $0 == 0 }, "hours that were not reached stay zero")
        let other = "FMEAN_GPP_PY"
        for name in ["analysis-T-2004-07-01-000000-g01.h5", "analysis-T-2004-07-02-000000-g01.h5"] {
          #expect(try values(other, "\(output)/\(name)") == values(other, "\(folder)/\(name)"))
        }
        let maps = try ["model_mean", "blend_mean", "bias", "error_rmse", "n_clipped", "status"].flatMap {
          try values($0, "\(output)/maps.nc")
        }
        let blended = try values("blended", "\(output)/blended.nc")
        // From the surface down, layers before cells.
        #expect(blended.count == 40 * 12)
        for (hour, polygon, layer) in [(0, 0, 0), (17, 1, 2), (39, 2, 3), (30, 0, 1)] {
          let found = blended[(hour * 4 + 3 - layer) * 3 + polygon]
          #expect(abs(found - expected.values[(hour * 3 + polygon) * 4 + layer]) < 1e-7)
        }
        results.insert((copies + blended + maps).map(\.bitPattern))
        #expect(!FileManager.default.fileExists(atPath: "\(output)/unfinished.json"))
      }
      #expect(results.count == 1)
      if chunk == nil {
        // Nothing but the variable's own numbers differs.
        let name = "analysis-T-2004-07-02-000000-g01.h5"
        let (old, new) = (try bytes("\(folder)/\(name)"), try bytes("\(folder)/out1/\(name)"))
        let places = zip(old, new).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset)
        #expect(old.count == new.count)
        #expect(places[places.count - 1] - places[0] < 16 * 12 * 4)
      }
    }
  }

  @Test func snapshotsAreMetAndLeftOutOneByOne() throws {
    try withTemporaryFolder { folder in
      let fixture = BlendFixture()
      try fixture.write(folder)
      let done = try run(arguments(folder, "\(folder)/out", ["--score-layers", "0-0.1,0.1-0.5"]))
      #expect(done.status == 0, "\(done.standardError)")
      let expected = fixture.blended()
      let rmse = try values("error_rmse", "\(folder)/out/maps.nc")
      let layers = try values("layer_error_rmse", "\(folder)/out/maps.nc")
      let bias = try values("bias_at_snapshots", "\(folder)/out/maps.nc")
      for (place, layer) in [3, 2].enumerated() {
        for polygon in 0..<2 {
          let errors = expected.errors[polygon][layer]
          // Without one of two snapshots the blend errs by the difference of their errors, unless it is clipped.
          let leftOut = fixture.snapshots.enumerated().map { snapshot, hour in
            let native = BlendFixture.moisture(hour, polygon, layer)
            let blend = min(BlendFixture.bounds.upper, max(BlendFixture.bounds.lower, native - errors[1 - snapshot]))
            return blend - (native - errors[snapshot])
          }
          let root = (leftOut.map { $0 * $0 }.reduce(0, +) / 2).squareRoot()
          #expect(abs(rmse[3 * place + polygon] - root) < 1e-7)
          #expect(abs(layers[3 * (3 - layer) + polygon] - root) < 1e-7)
          #expect(abs(bias[3 * place + polygon] - (errors[0] + errors[1]) / 2) < 1e-7)
        }
        #expect(rmse[3 * place + 2].isNaN)
      }
      let blended = try values("blended", "\(folder)/out/blended.nc")
      let (native, error) = (
        try values("native", "\(folder)/out/blended.nc"), try values("error", "\(folder)/out/blended.nc")
      )
      for (snapshot, hour) in fixture.snapshots.enumerated() {
        let place = (hour * 4 + 1) * 3
        let observed = BlendFixture.moisture(hour, 0, 2) - expected.errors[0][2][snapshot]
        #expect(abs(blended[place] - min(observed, BlendFixture.bounds.upper)) < 1e-7)
        #expect(abs(error[place] - (native[place] - observed)) < 1e-7)
      }
      // Below the profile nothing is corrected.
      #expect(error[9].isNaN && blended[9] == native[9])
    }
  }

  /// Two files of CF, (time, levsoi, lat, lon), with a cell of ocean.
  ///
  /// - Parameter level: the dimension of layers; thicknesses are on `levsoi`, or on `levgrnd`, which has another one.
  private func writeCF(_ folder: String, _ format: NetCDFFormat, level levelName: String = "levsoi") throws {
    for file in 0..<2 {
      let writer = try NetCDFWriter("\(folder)/clm.h0.2004-0\(file + 1).nc", format: format)
      let time = try writer.dimension("time", 4, unlimited: format != .netCDF4)
      let (level, lat, lon) = (
        try writer.dimension(levelName, 2), try writer.dimension("lat", 2), try writer.dimension("lon", 3)
      )
      let ground = levelName == "levsoi" ? nil : try writer.dimension("levgrnd", 3)
      let times = try writer.variable(
        "time", .double, [time],
        attributes: [("units", .text("hours since 2004-01-01")), ("calendar", .text("noleap"))])
      let depth = try writer.variable(levelName, .double, [level], attributes: [("units", .text("m"))])
      let groundDepth = try ground.map {
        try writer.variable("levgrnd", .double, [$0], attributes: [("units", .text("m"))])
      }
      let thickness = try writer.variable("DZSOI", .double, [ground ?? level])
      let rows = try writer.variable("lat", .double, [lat], attributes: [("units", .text("degrees_north"))])
      let columns = try writer.variable("lon", .double, [lon], attributes: [("units", .text("degrees_east"))])
      let water = try writer.variable(
        "H2OSOI", .float, [time, level, lat, lon],
        attributes: [("units", .text("mm3/mm3")), ("_FillValue", .numbers([1e36], .float))],
        chunks: format == .netCDF4 ? [2, 2, 2, 3] : nil, deflate: format == .netCDF4 ? 2 : 0)
      try writer.endDefinitions()
      try writer.write((0..<4).map { Double(4 * file + $0) }, to: times, start: [0], count: [4])
      try writer.write([0.1, 0.4] as [Double], to: depth)
      if let groundDepth { try writer.write([0.1, 0.4, 1] as [Double], to: groundDepth) }
      try writer.write(([0.2, 0.4] as [Double]) + (ground == nil ? [] : [0.8]), to: thickness)
      try writer.write([10.0, 11] as [Double], to: rows)
      try writer.write([0.0, 1, 2] as [Double], to: columns)
      let base = 0.2 + 0.01 * Double(file)
      let numbers: [Double] = (0..<48).map { $0 % 6 == 4 ? 1e36 : base + 0.001 * Double($0) }
      try writer.write(numbers, to: water, start: [0, 0, 0, 0], count: [4, 2, 2, 3])
      try writer.commit()
    }
  }

  @Test(arguments: [NetCDFFormat.offset64, .netCDF4]) func filesOfCFAndValuesAtDepthsAreTaken(_ format: NetCDFFormat)
    throws
  {
    try withTemporaryFolder { folder in
      try writeCF(folder, format)
      // One snapshot on the model's own grid at hour 5, at four depths; none in the last cell.
      let writer = try NetCDFWriter("\(folder)/sm_20040101T0500.nc")
      let (level, lat, lon) = (
        try writer.dimension("z", 4), try writer.dimension("lat", 2), try writer.dimension("lon", 3)
      )
      let rows = try writer.variable("lat", .double, [lat], attributes: [("units", .text("degrees_north"))])
      let columns = try writer.variable("lon", .double, [lon], attributes: [("units", .text("degrees_east"))])
      let water = try writer.variable(
        "sm", .double, [level, lat, lon],
        attributes: [("units", .text("%")), ("_FillValue", .numbers([-1], .double))])
      try writer.endDefinitions()
      try writer.write([10.0, 11] as [Double], to: rows)
      try writer.write([0.0, 1, 2] as [Double], to: columns)
      var percent: [Double] = []
      for z in [0, 0.1, 0.3, 0.6] as [Double] {
        for cell in 0..<5 { percent.append(30 + Double(cell) + 10 * z - 20 * z * z) }
        percent.append(-1)
      }
      try writer.write(percent, to: water)
      try writer.commit()
      let done = try run([
        "blend", "--progress", "0", "--model", "\(folder)/clm.h0.*.nc:H2OSOI", "--levels",
        "\(folder)/sm_*.nc:sm@0,10,30,60", "--profile-depth-unit", "cm", "--profile-bottom", "0.4", "--residual",
        "0.02",
        "--saturation", "0.6", "--score-layers", "0-0.6", "--output", "\(folder)/out",
      ])
      #expect(done.status == 0, "\(done.standardError)")
      func mean(_ cell: Int, _ top: Double, _ bottom: Double) -> Double {
        0.30 + 0.01 * Double(cell) + 0.1 * (top + bottom) / 2
          - 0.2 * (top * top + top * bottom + bottom * bottom) / 3
      }
      for file in 0..<2 {
        let name = "clm.h0.2004-0\(file + 1).nc"
        let found = try values("H2OSOI", "\(folder)/out/\(name)")
        let native = try values("H2OSOI", "\(folder)/\(name)")
        for index in 0..<48 {
          let (cell, layer) = (index % 6, index / 6 % 2)
          if cell == 4 {
            #expect(found[index].isNaN)
          } else if cell == 5 {
            #expect(found[index] == native[index])
          } else {
            // The second file's step 1 is hour 5; the lower layer is compared down to 0.4 m.
            let model = Double(Float(0.21 + 0.001 * Double(12 + 6 * layer + cell)))
            let error = model - (layer == 0 ? mean(cell, 0, 0.2) : mean(cell, 0.2, 0.4))
            #expect(abs(found[index] - (native[index] - error)) < 1e-7, "\(file) \(index)")
          }
        }
        if !format.isHDF5 {
          let (old, new) = (try bytes("\(folder)/\(name)"), try bytes("\(folder)/out/\(name)"))
          #expect(old.count == new.count)
          #expect(zip(old, new).count { $0 != $1 } <= 4 * 48)
        }
      }
      #expect(try values("status", "\(folder)/out/maps.nc") == [0, 0, 0, 0, 1, 3])
    }
  }

  /// CLM's thicknesses are those of `levgrnd`, of which `levsoi` and `levdcmp` are the upper part.
  @Test(arguments: ["levsoi", "levdcmp"]) func layersHaveTheThicknessesOfCLM(_ level: String) throws {
    try withTemporaryFolder { folder in
      try writeCF(folder, .netCDF4, level: level)
      try writeText(
        "time,depth,value,lat,lon\n"
          + [0, 0.2, 0.5].map { "2004-01-01T05:00,\($0),0.25,10,0\n" }.joined(), to: "\(folder)/probes.csv")
      let done = try run([
        "blend", "--progress", "0", "--model", "\(folder)/clm.h0.*.nc:H2OSOI", "--snapshots-table",
        "\(folder)/probes.csv", "--profile-bottom", "0.5", "--residual", "0.02", "--saturation", "0.6", "--dry-run",
        "--output", "\(folder)/out",
      ])
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardOutput.contains("2, 0 to 0.6 m"), "\(done.standardOutput)")
    }
  }

  @Test func tablesOfSnapshotsAndTowersAreTaken() throws {
    try withTemporaryFolder { folder in
      let fixture = BlendFixture()
      try fixture.write(folder)
      var rows = "time,depth,value,lat,lon\n"
      for (hour, shift) in [("2004-07-01T05:10", 0.0), ("2004-07-02T06:00:00", 0.05)] {
        for depth in [0.0, 0.2, 0.5, 1] { rows += "\(hour),\(depth),\(0.2 + shift + 0.1 * depth),40.01,-87.91\n" }
      }
      try writeText(rows, to: "\(folder)/probes.csv")
      try writeText("SITE_ID,LAT,LON\nXX-One,40,-87.9\n", to: "\(folder)/list.csv")
      try writeText(
        "site,time,depth,value\nXX-One,2004-07-01T00:00,0.05,0.2\nXX-One,2004-07-01T12:00,0.05,0.3\n"
          + "XX-One,2004-07-02,0.05,0.35\nXX-One,2004-07-02,0.3,NA\n", to: "\(folder)/towers.csv")
      let done = try run([
        "blend", "--progress", "0", "--model", "\(folder)/analysis-T-*.h5:FMEAN_SOIL_WATER_PY", "--layout", "ed2",
        "--layers", "\(folder)/history.h5:SLZ", "--snapshots-table", "\(folder)/probes.csv", "--residual", "0.02",
        "--saturation", "0.6", "--towers", "\(folder)/towers.csv", "--stations", "\(folder)/list.csv", "--score-layers",
        "0-0.1", "--output", "\(folder)/out",
      ])
      #expect(done.status == 0, "\(done.standardError)")
      #expect(try values("status", "\(folder)/out/maps.nc") == [2, 0, 2])
      let blended = try values("blended", "\(folder)/out/blended.nc")
      #expect(abs(blended[5 * 12 + 1] - 0.205) < 1e-7 && abs(blended[30 * 12 + 1] - 0.255) < 1e-7)
      let lines = try String(contentsOfFile: "\(folder)/out/towers.csv", encoding: .utf8).split(
        whereSeparator: \.isNewline)
      #expect(lines.count == 1 + 3 + 9)
      // Daily means of hours 0…23 and 24…39 beside 0.25 and 0.35.
      let native = try values("native", "\(folder)/out/blended.nc")
      func day(_ values: [Double], _ hours: Range<Int>) -> Double {
        hours.reduce(0) { $0 + values[$1 * 12 + 1] } / Double(hours.count)
      }
      for (line, values) in [(1, native), (3, blended)] {
        let fields = lines[line].split(separator: ",", omittingEmptySubsequences: false)
        let errors = [day(values, 0..<24) - 0.25, day(values, 24..<40) - 0.35]
        #expect(fields[5] == (line == 1 ? "model" : "blend") && fields[6] == "2")
        #expect(abs((Double(fields[9]) ?? 9) - (errors[0] + errors[1]) / 2) < 1e-7)
        let root = ((errors[0] * errors[0] + errors[1] * errors[1]) / 2).squareRoot()
        #expect(abs((Double(fields[8]) ?? 9) - root) < 1e-7)
      }
      let snapshots = lines[2].split(separator: ",", omittingEmptySubsequences: false)
      #expect(snapshots[5] == "snapshots" && abs((Double(snapshots[9]) ?? 9) + 0.07) < 1e-7)
    }
  }

  @Test func completeCopiesAreKeptWhereARunWasStopped() throws {
    try withTemporaryFolder { folder in
      var fixture = BlendFixture()
      (fixture.hours, fixture.filled, fixture.chunk) = ([1100, 1000], [1100, 1000], 8)
      (fixture.snapshots) = [5, 1200]
      try fixture.write(folder)
      // A day is a thousand hours here: the second file begins where the first one ends.
      let second = "\(folder)/analysis-T-2004-08-15-200000-g01.h5"
      try FileManager.default.moveItem(atPath: "\(folder)/analysis-T-2004-07-02-000000-g01.h5", toPath: second)
      try setDate(1.7e9, of: "\(folder)/snapshots.nc")
      let whole = try run(arguments(folder, "\(folder)/whole"))
      #expect(whole.status == 0, "\(whole.standardError)")
      // A chunk that only the last block reads is damaged, and mended again.
      let data = try bytes(second)
      let date = try FileManager.default.attributesOfItem(atPath: second)[.modificationDate]
      try damageChunk(second, step: 952)
      try FileManager.default.setAttributes([.modificationDate: date as Any], ofItemAtPath: second)
      let stopped = try run(arguments(folder, "\(folder)/out"), ranks: 2)
      #expect(stopped.status == 65, "\(stopped.standardError)")
      #expect(stopped.standardError.contains("FMEAN_SOIL_WATER_PY"))
      let first = "\(folder)/out/analysis-T-2004-07-01-000000-g01.h5"
      #expect(
        contents(of: "\(folder)/out") == [
          "analysis-T-2004-07-01-000000-g01.h5", "blended.nc.checkpoint", "blended.nc.checkpoint/blocks.log",
          "unfinished.json",
        ])
      let identity = try FileManager.default.attributesOfItem(atPath: first)[.systemFileNumber] as? Int
      try data.write(to: URL(fileURLWithPath: second))
      try FileManager.default.setAttributes([.modificationDate: date as Any], ofItemAtPath: second)
      let other = try run(arguments(folder, "\(folder)/out", ["--profile-bottom", "0.9"]))
      #expect(other.status == 73 && other.standardError.contains("--overwrite"))
      // So are other snapshots.
      try setDate(1.8e9, of: "\(folder)/snapshots.nc")
      #expect(try run(arguments(folder, "\(folder)/out")).status == 73)
      try setDate(1.7e9, of: "\(folder)/snapshots.nc")
      // A block that a crash has cut off is none.
      let log = "\(folder)/out/blended.nc.checkpoint/blocks.log"
      let kept = try bytes(log)
      try (kept + kept.prefix(kept.count / 3)).write(to: URL(fileURLWithPath: log))
      let done = try run(arguments(folder, "\(folder)/out"), ranks: 3)
      #expect(done.status == 0, "\(done.standardError)")
      #expect(done.standardOutput.contains("1 of 2 copies and 2 blocks of blended.nc were complete already"))
      #expect(try FileManager.default.attributesOfItem(atPath: first)[.systemFileNumber] as? Int == identity)
      for name in ["analysis-T-2004-07-01-000000-g01.h5", "analysis-T-2004-08-15-200000-g01.h5"] {
        #expect(
          try values("FMEAN_SOIL_WATER_PY", "\(folder)/out/\(name)")
            == values("FMEAN_SOIL_WATER_PY", "\(folder)/whole/\(name)"))
      }
      #expect(
        try values("blended", "\(folder)/out/blended.nc").map(\.bitPattern)
          == values("blended", "\(folder)/whole/blended.nc").map(\.bitPattern))
      for name in ["model_mean", "blend_mean", "n_clipped"] {
        #expect(
          try values(name, "\(folder)/out/maps.nc").map(\.bitPattern)
            == values(name, "\(folder)/whole/maps.nc").map(\.bitPattern))
      }
      #expect(contents(of: "\(folder)/out") == contents(of: "\(folder)/whole"))
      let again = try run(arguments(folder, "\(folder)/out"))
      #expect(again.status == 73)
    }
  }

  private func setDate(_ seconds: Double, of path: String) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: seconds)], ofItemAtPath: path)
  }

  /// Overwrites a compressed chunk of the moisture by zeros, where it is in the file.
  private func damageChunk(_ path: String, step: Int) throws {
    var place: UInt64 = 0
    var size: UInt64 = 0
    #expect(hdf5_test_chunk_place(path, "FMEAN_SOIL_WATER_PY", 3, [UInt64(step), 0, 0], &place, &size) >= 0)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.seek(toOffset: place)
    try handle.write(contentsOf: Data(count: Int(size)))
    try handle.close()
  }

  @Test func badInputEndsWithOneMessageAndLeavesNothing() throws {
    try withTemporaryFolder { folder in
      try BlendFixture().write(folder)
      var late = BlendFixture()
      late.snapshots = [5, 41]
      try FileManager.default.createDirectory(atPath: "\(folder)/late", withIntermediateDirectories: true)
      try late.write("\(folder)/late")
      for (name, heights) in [("thin", [-2, -0.5, -0.6, -0.1]), ("few", [-2, -1.2, -0.5])] {
        var wrong = BlendFixture()
        wrong.heights = heights
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        try wrong.write("\(folder)/\(name)")
      }
      var far = "time,depth,value,lat,lon\n"
      for depth in [0.0, 0.2, 0.5] { far += "2004-07-01T05:00,\(depth),0.2,-40,10\n" }
      try writeText(far, to: "\(folder)/far.csv")
      try FileManager.default.copyItem(
        atPath: "\(folder)/analysis-T-2004-07-01-000000-g01.h5", toPath: "\(folder)/cut-T-2004-07-01-000000.h5")
      try truncate("\(folder)/cut-T-2004-07-01-000000.h5", toShare: 0.5)
      func table(_ path: String) -> [String] { ["--snapshots-table", path] }
      // A map of bounds, in units that are none of moisture, and with a cell that is drier than the residual moisture.
      let soil = try NetCDFWriter("\(folder)/soil.nc")
      let (lat, lon) = (try soil.dimension("lat", 2), try soil.dimension("lon", 3))
      let rows = try soil.variable("lat", .double, [lat], attributes: [("units", .text("degrees_north"))])
      let columns = try soil.variable("lon", .double, [lon], attributes: [("units", .text("degrees_east"))])
      let maps = try [("amount", "kg m-2"), ("dry", "m3 m-3")].map {
        try soil.variable($0.0, .double, [lat, lon], attributes: [("units", .text($0.1))])
      }
      try soil.endDefinitions()
      try soil.write([39.9, 40.1], to: rows)
      try soil.write([-88, -87.9, -87.8], to: columns)
      for map in maps { try soil.write([0.4, 0.1, 0.4, 0.4, 0.1, 0.4], to: map) }
      try soil.commit()
      let cases: [(Int32, String, [String: String?], [String])] = [
        (65, "lies outside of the run", ["--profile": "\(folder)/late/snapshots.nc:a,b,c"], []),
        (65, "a thickness of -0.1 m", ["--layers": "\(folder)/thin/history.h5:SLZ"], []),
        (65, "has 3 layers", ["--layers": "\(folder)/few/history.h5:SLZ"], []),
        (64, "not above", ["--residual": "0.5"], []),
        (65, "is in 'kg m-2'", ["--saturation": "\(folder)/soil.nc:amount"], []),
        (65, "is not above the residual one", ["--saturation": "\(folder)/soil.nc:dry"], []),
        (65, "is in 'kgC/m2/yr'", ["--model": "\(folder)/analysis-T-2004-07-01*.h5:FMEAN_RATE_PY"], []),
        (65, "no cell", [:], ["--minimum-share", "1", "--valid", "0.3-0.31"]),
        (65, "within 1°", ["--profile": nil], table("\(folder)/far.csv")),
        (65, "truncated or damaged", ["--model": "\(folder)/cut-T-*.h5:FMEAN_SOIL_WATER_PY"], []),
        (65, "no variable 'NONE'", ["--model": "\(folder)/analysis-T-*.h5:NONE"], []),
        (66, "no file matches", ["--model": "\(folder)/none-*.h5:X"], []),
        (64, "one of --profile", ["--profile": nil], []),
        (64, "--layers is missing", ["--layers": nil], []),
        (64, "reach down to", [:], ["--score-layers", "0-3"]),
        (73, "folder of the model's files", ["--output": folder], []),
      ]
      for (status, words, changes, more) in cases {
        var options = arguments(folder, "\(folder)/out", more)
        for (name, value) in changes {
          let place = try #require(options.firstIndex(of: name))
          if let value { options[place + 1] = value } else { options.removeSubrange(place...place + 1) }
        }
        let done = try run(options)
        #expect(done.status == status, "\(words): \(done.standardError)")
        #expect(done.standardError.contains(words), "\(words): \(done.standardError)")
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/out"), "\(words)")
      }
    }
  }

  @Test func theDryRunTellsStepsAndSnapshots() throws {
    try withTemporaryFolder { folder in
      try BlendFixture().write(folder)
      let done = try run(arguments(folder, "\(folder)/out", ["--dry-run"]))
      #expect(done.status == 0, "\(done.standardError)")
      #expect(
        done.standardOutput.contains("40 in 2 files, from 2004-07-01 to 2004-07-02T15:00; 8 behind them hold nothing"))
      #expect(done.standardOutput.contains("2 in 1 file\n"))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/out"))
    }
  }
}
