import Distributed
import Foundation
import TestSupport
import Testing

@MainActor @Suite struct SynthesizeTests {
  /// A small ensemble without noise: 17 members in steps of 5 %.
  static let small = ["--rows", "12", "--columns", "18", "--members", "17", "--ocean-share", "0.5", "--noise", "0"]

  private func synthesize(_ folder: String, _ options: [String] = []) throws {
    let done = try run(["synthesize", folder] + Self.small + options)
    #expect(done.status == 0, "\(done.standardError)")
  }

  /// All values of a variable, NaN where missing.
  private func values(_ name: String, _ path: String) throws -> [Double] {
    let file = try NetCDFFile(path)
    let variable = try file.requiredVariable(name)
    let stored = try StoredValues(variable, in: file)
    return try file.values(variable).map(stored.value)
  }

  @Test func membersFollowTheTruth() throws {
    try withTemporaryFolder { folder in
      try synthesize(folder)
      let truth = try ["smt", "slope_high", "slope_low", "landfrac"].map { try values($0, "\(folder)/truth.nc") }
      let (threshold, high, low) = (truth[0], truth[1], truth[2])
      let reference = try (sm: values("SM", "\(folder)/REF.nc"), gpp: values("GPP", "\(folder)/REF.nc"))
      #expect(threshold.contains { $0.isFinite } && threshold.contains { $0.isNaN })
      for member in [1, 6, 10, 17] {
        let path = "\(folder)/EXP_\(member < 10 ? "0" : "")\(member).nc"
        let (sm, gpp) = try (values("SM", path), values("GPP", path))
        let x = 100 - 5 * Double(member)
        for index in sm.indices {
          let cell = index % threshold.count
          guard threshold[cell].isFinite else {
            #expect(sm[index].isNaN && gpp[index].isNaN && truth[3][cell] == 0)
            continue
          }
          #expect(abs(100 * sm[index] / reference.sm[index] - x) < 1e-4)
          let atThreshold = 100 - high[cell] * (100 - threshold[cell])
          let expected =
            x >= threshold[cell] ? 100 - high[cell] * (100 - x) : atThreshold - low[cell] * (threshold[cell] - x)
          // Below 8 % the curve bends towards zero.
          let found = 100 * gpp[index] / reference.gpp[index]
          #expect(expected >= 8 ? abs(found - expected) < 1e-3 : (0..<8.001).contains(found))
        }
      }
    }
  }

  @Test func noiseHasTheSizeAskedForAndIsTheSameInEveryMonth() throws {
    try withTemporaryFolder { folder in
      try synthesize("\(folder)/without")
      try synthesize("\(folder)/with", ["--noise", "2"])
      let reference = try values("GPP", "\(folder)/without/REF.nc")
      #expect(try values("GPP", "\(folder)/with/REF.nc").map(\.bitPattern) == reference.map(\.bitPattern))
      var sum = (count: 0.0, squares: 0.0)
      for member in 10...17 {
        let pair = try ["without", "with"].map { try values("GPP", "\(folder)/\($0)/EXP_\(member).nc") }
        let cells = reference.count / 12
        for index in reference.indices where reference[index].isFinite {
          let noise = 100 * (pair[1][index] - pair[0][index]) / reference[index]
          let january = 100 * (pair[1][index % cells] - pair[0][index % cells]) / reference[index % cells]
          #expect(abs(noise - january) < 1e-3)
          if index < cells { sum = (sum.count + 1, sum.squares + noise * noise) }
        }
      }
      #expect(abs((sum.squares / sum.count).squareRoot() - 2) < 0.3)
    }
  }

  @Test func layersAverageToTheMoistureOfTheUpperThreeMetres() throws {
    let thickness = [
      0.02, 0.04, 0.06, 0.08, 0.12, 0.16, 0.20, 0.24, 0.28, 0.32, 0.36, 0.40, 0.44, 0.28, 0, 0, 0, 0, 0, 0,
    ]
    try withTemporaryFolder { folder in
      try synthesize("\(folder)/mean", ["--months", "3"])
      try synthesize("\(folder)/layers", ["--months", "3", "--levsoi"])
      let mean = try values("SM", "\(folder)/mean/EXP_03.nc")
      let layers = try values("H2OSOI", "\(folder)/layers/EXP_03.nc")
      let cells = mean.count / 3
      #expect(layers.count == 20 * mean.count)
      for index in mean.indices where mean[index].isFinite {
        let column = thickness.indices.map { layers[((index / cells) * 20 + $0) * cells + index % cells] }
        let average = zip(thickness, column).reduce(0) { $0 + $1.0 * $1.1 } / 3
        #expect(abs(average / mean[index] - 1) < 1e-6)
        #expect(column[13] > column[0], "wetter with depth")
      }
      #expect(
        try values("GPP", "\(folder)/mean/EXP_03.nc").map(\.bitPattern)
          == values("GPP", "\(folder)/layers/EXP_03.nc").map(\.bitPattern))
    }
  }

  @Test func climateHasItsStepAtTheThresholdAndChangesNothingElse() throws {
    try withTemporaryFolder { folder in
      try synthesize("\(folder)/plain", ["--months", "3", "--levsoi"])
      try synthesize("\(folder)/climate", ["--months", "3", "--levsoi", "--climate"])
      let threshold = try values("smt", "\(folder)/plain/truth.nc")
      for name in ["GPP", "H2OSOI"] {
        let both = try ["plain", "climate"].map { try values(name, "\(folder)/\($0)/EXP_09.nc").map(\.bitPattern) }
        #expect(both[0] == both[1])
      }
      #expect(try NetCDFFile("\(folder)/plain/REF.nc").variable("TSA") == nil)
      #expect(try NetCDFFile("\(folder)/plain/truth.nc").variable("difference_TSA") == nil)
      for (name, layers) in [("TSA", 1), ("RH2M", 1), ("QROOTSINK", 20)] {
        let reference = try values(name, "\(folder)/climate/REF.nc")
        #expect(reference.count == 3 * layers * threshold.count)
        #expect(reference.allSatisfy { $0.isNaN || $0 > 0 })
        for member in [3, 9, 14, 17] {
          let found = try values(name, "\(folder)/climate/EXP_\(member < 10 ? "0" : "")\(member).nc")
          let moisture = 100 - 5 * Double(member)
          for index in found.indices {
            let cell = index % threshold.count
            #expect(found[index].isNaN == threshold[cell].isNaN)
            #expect(found[index].isNaN || (found[index] == reference[index]) == (moisture > threshold[cell]))
          }
        }
      }
      let truth = try values("difference_TSA", "\(folder)/climate/truth.nc")
      #expect(truth.allSatisfy { $0.isNaN || (0.5...3).contains($0) })
      // The driest member is below every threshold, the reference above.
      let pair = try ["REF", "EXP_17"].map { try values("TSA", "\(folder)/climate/\($0).nc") }
      #expect(truth.contains { !$0.isNaN })
      for index in pair[0].indices where !truth[index % truth.count].isNaN {
        #expect(pair[1][index] - pair[0][index] == truth[index % truth.count])
      }
    }
  }

  @Test func monthsAreStampedAtTheirEnd() throws {
    try withTemporaryFolder { folder in
      try synthesize(folder, ["--months", "14", "--first-year", "2003"])
      let file = try NetCDFFile("\(folder)/EXP_01.nc")
      let time = try file.requiredVariable("time")
      #expect(file.text("calendar", of: time) == "noleap")
      #expect(file.text("bounds", of: time) == "time_bounds")
      #expect(file.text("units", of: time) == "days since 2003-01-01 00:00:00")
      let stamps = try file.values(time)
      #expect(stamps == [31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365, 396, 424])
      let bounds = try file.values(try file.requiredVariable("time_bounds"))
      #expect(bounds == zip([0] + stamps, stamps).flatMap { [$0, $1] })
      let gpp = try file.requiredVariable("GPP")
      #expect(file.numbers("_FillValue", of: gpp) == [Double(Float(1e36))])
      #expect(file.numbers("missing_value", of: gpp) == [Double(Float(1e36))])
      #expect(file.text("units", of: gpp) == "gC/m^2/s")
    }
  }

  @Test func everyLayoutAndFormatHoldsTheSameNumbers() throws {
    try withTemporaryFolder { folder in
      try synthesize("\(folder)/plain", ["--months", "2"])
      let expected = try values("SM", "\(folder)/plain/EXP_02.nc").map(\.bitPattern)
      let half = expected.count / 2

      try synthesize("\(folder)/monthly", ["--months", "2", "--files", "month", "--format", "classic"])
      for (month, part) in [("01", expected.prefix(half)), ("02", expected.suffix(half))] {
        let path = "\(folder)/monthly/EXP_02/lnd/hist/EXP_02.clm2.h0.2004-\(month).nc"
        #expect(try values("SM", path).map(\.bitPattern) == Array(part))
        #expect(try NetCDFFile(path).format == .classic)
      }
      try synthesize("\(folder)/series", ["--months", "2", "--files", "variable", "--format", "cdf5"])
      let series =
        "\(folder)/series/EXP_02/lnd/proc/tseries/month_1/EXP_02.clm2.h0.SM.200401-200402.nc"
      #expect(try values("SM", series).map(\.bitPattern) == expected)
      #expect(try NetCDFFile(series).variable("GPP") == nil)

      for (chunks, lengths) in [("2,5,6", [2, 5, 6]), ("contiguous", nil), ("field", [1, 12, 18])] {
        let place = "\(folder)/\(chunks)"
        try synthesize(place, ["--months", "2", "--chunks", chunks])
        #expect(try values("SM", "\(place)/EXP_02.nc").map(\.bitPattern) == expected)
        let file = try NetCDFFile("\(place)/EXP_02.nc")
        #expect(try file.chunks(try file.requiredVariable("SM"))?.lengths == lengths)
      }
    }
  }

  @Test func theSeedDecides() throws {
    try withTemporaryFolder { folder in
      for (place, seed) in [("a", "3"), ("b", "3"), ("c", "4")] {
        try synthesize("\(folder)/\(place)", ["--noise", "1", "--seed", seed])
      }
      let maps = try ["a", "b", "c"].map { try values("GPP", "\(folder)/\($0)/EXP_09.nc").map(\.bitPattern) }
      #expect(maps[0] == maps[1])
      #expect(maps[0] != maps[2])
    }
  }

  @Test func aLineHasNoTruth() throws {
    try withTemporaryFolder { folder in
      try synthesize(folder, ["--curve", "line"])
      for name in ["smt", "smt_absolute", "decline_rate_high", "decline_rate_low"] {
        #expect(try values(name, "\(folder)/truth.nc").allSatisfy(\.isNaN), "\(name)")
      }
      let slopes = try ["slope_high", "slope_low"].map { try values($0, "\(folder)/truth.nc").map(\.bitPattern) }
      #expect(slopes[0] == slopes[1])
    }
  }

  @Test func seasonsWrapTheYearInTheSouth() throws {
    try withTemporaryFolder { folder in
      try synthesize(folder)
      let latitudes = try values("lat", "\(folder)/season.nc")
      let (start, end) = try (values("start_month", "\(folder)/season.nc"), values("end_month", "\(folder)/season.nc"))
      for (row, latitude) in latitudes.enumerated() {
        let expected: (Double, Double) = latitude > 23 ? (4, 10) : latitude < -23 ? (10, 4) : (1, 12)
        #expect(start[row * 18] == expected.0 && end[row * 18] == expected.1)
      }
    }
  }

  @Test func refusesToOverwriteAndBadOptions() throws {
    try withTemporaryFolder { folder in
      try writeText("kept", to: "\(folder)/REF.nc")
      let refused = try run(["synthesize", folder] + Self.small)
      #expect(refused.status == 73)
      #expect(refused.standardError.contains("--overwrite") && refused.standardError.contains(folder))
      #expect(contents(of: folder) == ["REF.nc"])
      #expect(try String(contentsOfFile: "\(folder)/REF.nc", encoding: .utf8) == "kept")
      try synthesize(folder, ["--overwrite"])
      #expect(try NetCDFFile("\(folder)/REF.nc").variable("GPP") != nil)

      let wrong = [
        ["--rows", "0"], ["--ocean-share", "1"], ["--noise", "-1"], ["--chunks", "1,2"], ["--deflate", "10"],
        ["--format", "hdf"], ["--months", "x"], ["--unknown"],
      ]
      for options in wrong {
        #expect(try run(["synthesize", "\(folder)/never"] + options).status == 64, "\(options)")
      }
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/never"))
    }
  }
}
