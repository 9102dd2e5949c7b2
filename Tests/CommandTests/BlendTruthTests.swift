import Foundation
import TestSupport
import Testing

@testable import Distributed
@testable import Kernels
@testable import smt_mpi

/// Blends of runs whose truth is known (`synthesize --snapshots`).
@MainActor @Suite struct BlendTruthTests {
  private func synthesize(_ folder: String, _ more: [String] = []) throws {
    let done = try run(
      ["synthesize", folder, "--progress", "0", "--snapshots", "--rows", "6", "--columns", "10", "--months", "1"] + more
    )
    #expect(done.status == 0, "\(done.standardError)")
  }

  private func arguments(_ folder: String, _ snapshots: [String], to output: String) -> [String] {
    [
      "blend", "--progress", "0", "--model", "\(folder)/model.*.nc:SOIL_WATER", "--residual",
      "\(folder)/soil.nc:residual", "--saturation", "\(folder)/soil.nc:saturation", "--output", output,
    ] + snapshots
  }

  private func values(_ name: String, _ path: String) throws -> [Double] {
    let file = try NetCDFFile(path)
    let variable = try file.requiredVariable(name)
    let stored = try StoredValues(variable, in: file)
    return try file.values(variable).map(stored.value)
  }

  private func largestDifference(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).reduce(0) { largest, pair in
      if pair.0.isNaN != pair.1.isNaN { return .infinity }
      return pair.0.isNaN ? largest : max(largest, abs(pair.0 - pair.1))
    }
  }

  private func rows(of path: String) throws -> [[String: String]] {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  @Test func theTruthIsFound() throws {
    try withTemporaryFolder { folder in
      let data = "\(folder)/s"
      try synthesize(data)
      let truth = "\(data)/truth.nc"
      let kinds = [
        ["--profile", "\(data)/profiles.nc:a,b,c"], ["--levels", "\(data)/levels.nc:sm@0,0.1,0.3,0.6,1"],
        ["--snapshots-table", "\(data)/probes.csv"],
      ]
      let areas = try values("landfrac", "\(data)/model.2004-01.nc")
      for (number, kind) in kinds.enumerated() {
        let output = "\(folder)/out\(number)"
        let done = try run(
          arguments(data, kind, to: output) + [
            "--towers", "\(data)/towers.csv", "--score-layers", "0-0.05,0.05-0.2,0.2-0.5", "--report",
            "\(folder)/run.json",
          ], ranks: number + 1)
        #expect(done.status == 0, "\(done.standardError)")
        for name in ["blended", "error"] {
          let difference = largestDifference(try values(name, "\(output)/blended.nc"), try values(name, truth))
          #expect(difference < 6e-8, "\(kind) \(name): \(difference)")
        }
        for (name, tolerance) in [("layer_error_rmse", 6e-8), ("n_clipped", 0)] {
          let (found, expected) = (try values(name, "\(output)/maps.nc"), try values(name, truth))
          // Cells of ocean are clipped in no hour.
          let known = found.indices.filter { !expected[$0].isNaN }
          #expect(known.count > 20)
          #expect(
            largestDifference(known.map { found[$0] }, known.map { expected[$0] }) <= tolerance, "\(kind) \(name)")
        }
        #expect(try values("n_clipped", truth).filter { $0 > 0 }.count > 20)
        // The copy has the precision of the model's file.
        let copy = try values("SOIL_WATER", "\(output)/model.2004-01.nc")
        #expect(largestDifference(copy, try values("blended", truth)) < 1e-13)
        let counts = try RunReport.read(from: "\(folder)/run.json").statusCounts
        #expect(counts["not_land"] == areas.count { !($0 > 0) })
        #expect(
          (counts["ok"] ?? 0) > 10 && (counts[number < 2 ? "too_few_pixels" : "no_snapshot"] ?? 0) > 0, "\(counts)")
        // Towers measure more than is true by 0.01, 0.02 and 0.03.
        let scores = try rows(of: "\(output)/towers.csv").filter { $0["quantity"] == "blend" }
        for row in scores {
          guard let tower = row["site"].flatMap({ Int($0.dropFirst(4)) }), row["site"]?.hasPrefix("XX-T") == true else {
            continue
          }
          let (bias, r) = (Double(row["bias"] ?? "") ?? 9, Double(row["r"] ?? "") ?? 0)
          #expect(row["n"] == "31" && abs(bias + 0.01 * Double(tower)) < 1e-12 && r > 1 - 1e-12, "\(row)")
          #expect(abs((Double(row["rmse"] ?? "") ?? 9) - 0.01 * Double(tower)) < 1e-12)
        }
        #expect(scores.count == 3 * 6)
        let spread = scores.filter { $0["site"] == "sd over sites" }.compactMap { Double($0["bias"] ?? "") }
        #expect(spread.count == 3 && spread.allSatisfy { abs($0 - 0.01) < 1e-12 })
      }
    }
  }

  /// Snapshots that are told for the wrong times leave a larger error where they are left out.
  @Test func permutedSnapshotsErrMore() throws {
    try withTemporaryFolder { folder in
      let data = "\(folder)/s"
      try synthesize(data)
      let lines = try String(contentsOfFile: "\(data)/probes.csv", encoding: .utf8).split(whereSeparator: \.isNewline)
      let times = Set(lines.dropFirst().map { $0.prefix { $0 != "," } }).sorted()
      #expect(times.count == 6)
      let order = [3, 0, 4, 1, 5, 2]
      let other = lines.enumerated().map { index, line in
        guard index > 0, let place = times.firstIndex(of: line.prefix { $0 != "," }) else { return String(line) }
        return String(times[order[place]]) + line.dropFirst(times[place].count)
      }
      try writeText(other.joined(separator: "\n") + "\n", to: "\(folder)/permuted.csv")
      let errors = try [("true", "\(data)/probes.csv"), ("permuted", "\(folder)/permuted.csv")].map { name, table in
        let output = "\(folder)/\(name)"
        let done = try run(arguments(data, ["--snapshots-table", table], to: output))
        #expect(done.status == 0, "\(done.standardError)")
        return Double(try rows(of: "\(output)/scores.csv")[0]["error_rmse"] ?? "") ?? .nan
      }
      #expect(errors[1] > 1.5 * errors[0], "\(errors)")
    }
  }

  /// The error at snapshots left out is what `contrast` takes for the uncertainty of its sensitivities.
  @Test func theErrorIsTakenByContrast() throws {
    try withTemporaryFolder { folder in
      let data = "\(folder)/s"
      try synthesize(data)
      let runs = try run([
        "synthesize", "\(folder)/runs", "--progress", "0", "--runs", "--rows", "6", "--columns", "10", "--months", "12",
      ])
      #expect(runs.status == 0, "\(runs.standardError)")
      let blend = try run(arguments(data, ["--profile", "\(data)/profiles.nc:a,b,c"], to: "\(folder)/out"))
      #expect(blend.status == 0, "\(blend.standardError)")
      let done = try run([
        "contrast", "--progress", "0", "--run-a", "\(folder)/runs/native.nc", "--run-b", "\(folder)/runs/blended.nc",
        "--moisture", "SOIL_WATER", "--depth", "0-1", "--flux", "GPP=GPP", "--moisture-error",
        "\(folder)/out/maps.nc:error_rmse", "--output", "\(folder)/beta.nc",
      ])
      #expect(done.status == 0, "\(done.standardError)")
      let names = [
        ("error_rmse", "out/maps.nc"), ("beta_gpp", "beta.nc"), ("beta_gpp_se", "beta.nc"), ("delta_theta", "beta.nc"),
      ]
      let maps = try names.map { try values($0.0, "\(folder)/\($0.1)") }
      let known = maps[0].indices.filter { cell in !maps[0][cell].isNaN && !maps[1][cell].isNaN }
      #expect(known.count > 5)
      for cell in known {
        // One year, so that it is |β| σ / |Δθ|.
        let expected = abs(maps[1][cell]) * maps[0][cell] / abs(maps[3][cell])
        #expect(abs(maps[2][cell] - expected) < 1e-5 * expected, "\(cell)")
      }
    }
  }

  /// A model that snapshots agree with is left as it is, bit by bit.
  @Test func aModelThatIsRightStaysAsItIs() throws {
    try withTemporaryFolder { folder in
      let (hours, cells) = (8, 6)
      func moisture(_ hour: Int, _ cell: Int) -> Double {
        Double(Float(0.2 + 0.01 * sin(Double(hour)) + 0.013 * Double(cell)))
      }
      func write(_ path: String, _ times: [Int], layered: Bool, _ names: [(String, (Int, Int) -> Double)]) throws {
        let writer = try NetCDFWriter(path)
        let time = try writer.dimension("time", times.count)
        let level = layered ? try writer.dimension("depth", 2) : nil
        let (lat, lon) = (try writer.dimension("lat", 2), try writer.dimension("lon", 3))
        let axis = try writer.variable(
          "time", .double, [time], attributes: [("units", .text("hours since 2004-01-01"))])
        let depth = try level.map { try writer.variable("depth", .double, [$0], attributes: [("units", .text("m"))]) }
        let rows = try writer.variable("lat", .double, [lat], attributes: [("units", .text("degrees_north"))])
        let columns = try writer.variable("lon", .double, [lon], attributes: [("units", .text("degrees_east"))])
        let variables = try names.map {
          try writer.variable($0.0, layered ? .float : .double, [time] + [level].compactMap { $0 } + [lat, lon])
        }
        try writer.endDefinitions()
        try writer.write(times.map(Double.init), to: axis)
        if let depth { try writer.write([0.1, 0.6], to: depth) }
        try writer.write([10.0, 11], to: rows)
        try writer.write([0.0, 1, 2], to: columns)
        for (variable, name) in zip(variables, names) {
          let values = times.flatMap { hour in
            (0..<(layered ? 2 : 1)).flatMap { _ in (0..<cells).map { name.1(hour, $0) } }
          }
          try writer.write(values, to: variable)
        }
        try writer.commit()
      }
      try write("\(folder)/model.nc", Array(0..<hours), layered: true, [("SM", moisture)])
      try write(
        "\(folder)/snapshots.nc", [1, 4, 6], layered: false,
        [("a", { _, _ in 0 }), ("b", { _, _ in 0 }), ("c", moisture)])
      let done = try run([
        "blend", "--progress", "0", "--model", "\(folder)/model.nc:SM", "--layers", "0,0.2,1", "--profile",
        "\(folder)/snapshots.nc:a,b,c", "--residual", "0.01", "--saturation", "0.9", "--output", "\(folder)/out",
      ])
      #expect(done.status == 0, "\(done.standardError)")
      let data = try ["model.nc", "out/model.nc"].map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")) }
      #expect(data[0] == data[1])
      let (native, blended) = (
        try values("native", "\(folder)/out/blended.nc"), try values("blended", "\(folder)/out/blended.nc")
      )
      #expect(native.map(\.bitPattern) == blended.map(\.bitPattern) && native.count == hours * 2 * cells)
      #expect(try values("error_rmse", "\(folder)/out/maps.nc").allSatisfy { $0 == 0 })
    }
  }
}
