import Distributed
import Foundation
import TestSupport
import Testing

/// Zarr stores are read as other files are, by every command, and those that are not are refused with what to do.
@MainActor @Suite struct ZarrTests {
  private func style(_ change: (inout ZarrStyle) -> Void) -> ZarrStyle {
    var style = ZarrStyle()
    change(&style)
    return style
  }

  @Test func everyStyleGivesThePairs() throws {
    let styles = [
      style { _ in },
      style { ($0.isDeflated, $0.isConsolidated) = (false, false) },
      style { ($0.chunks, $0.separator) = ([5, 2, 3], "/") },
      style { ($0.chunks, $0.isBigEndian) = ([1, 3, 4], true) },
      style { ($0.chunks, $0.leavesOutEmpty) = ([100, 1, 1], true) },
    ]
    for (number, style) in styles.enumerated() {
      try withTemporaryFolder { folder in
        var fixture = ThresholdFixture.make(members: 4)
        if number == 3 { fixture.ensemble.storage.packing = .double }
        try fixture.ensemble.write(to: folder)
        try replaceByZarr(filesIn: folder, style)
        for (ranks, plan) in [(nil, "auto"), (3, "slab"), (2, "field")] as [(Int?, String)] {
          try fixture.check(in: folder, ["--read-plan", plan], ranks: ranks, "style \(number), plan \(plan)")
        }
      }
    }
  }

  @Test func packedNumbersAndMembersByLabel() throws {
    try withTemporaryFolder { folder in
      var fixture = ThresholdFixture.make(members: 4)
      fixture.ensemble.storage.packing = .int16(scale: 2e-5, offset: 0.3)
      fixture.ensemble.storage.fill = -32768
      fixture.ensemble.fields[1].value = { 0.1 + 1e3 * ThresholdFixture.productivity.value($0) }
      try fixture.ensemble.write(to: folder)
      try replaceByZarr(filesIn: folder)
      try fixture.check(in: folder, [], ranks: 2, "packed")
    }
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(.memberDimension(.characters))
      try fixture.ensemble.write(to: folder)
      try replaceByZarr(filesIn: folder)
      try fixture.check(in: folder, [], ranks: 2, "labels")
    }
  }

  /// A map, a mask and a pattern of stores give what the netCDF files give that they were made of.
  @Test func mapsMasksAndPatterns() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(months: 62, members: 2)
      try fixture.ensemble.write(to: folder)
      for name in ["REF", "EXP_01"] {
        try writeZarr(from: "\(folder)/\(name).nc", to: "\(folder)/\(name).zarr", style { $0.chunks = [7, 2, 2] })
      }
      @MainActor func table(_ name: String, _ arguments: [String]) throws -> String {
        let result = try run(arguments + ["--output", "\(folder)/\(name)", "--progress", "0"])
        #expect(result.status == 0, "\(arguments): \(result.standardError)")
        return try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
      }
      let tables = try ["nc", "zarr"].map {
        try table("\($0).csv", ["summarise", "\(folder)/REF.\($0):GPP", "\(folder)/EXP_01.\($0):SM"])
      }
      #expect(tables[0] == tables[1] && tables[0].count > 500)
      let compared = try run(["compare", "\(folder)/REF.nc:SM[time=2004-03]", "\(folder)/REF.zarr:SM[time=2004-03]"])
      #expect(compared.status == 0 && compared.standardOutput.contains("RMSE"), "\(compared.standardError)")
      let trends = try ["nc", "zarr"].map { ending in
        let output = "\(folder)/trend-\(ending).out"
        let result = try run(
          [
            "trend", "--source", "\(folder)/R*.\(ending):GPP", "--mask", "\(folder)/REF.\(ending):SM[time=2004-03]",
            "--minimum-years", "3", "--output", output, "--progress", "0", "--allow-gaps",
          ], ranks: ending == "zarr" ? 2 : 1)
        #expect(result.status == 0, "\(result.standardError)")
        let file = try NetCDFFile(output)
        return try file.values(try file.requiredVariable("trend")).map { $0.isNaN ? -1 : $0 }
      }
      #expect(trends[0] == trends[1] && trends[0].contains { $0 > 0 })
    }
  }

  @Test func storesThatAreRefused() throws {
    let conversion = "xarray.open_zarr("
    let changes: [(String, [String], (String) throws -> Void)] = [
      ("blosc", ["'GPP'", "blosc", conversion], Self.replacing("\"zlib\"", "\"blosc\"")),
      ("order", ["'GPP'", "Fortran", conversion], Self.replacing("\"C\"", "\"F\"")),
      (
        "filter", ["'GPP'", "'delta'", conversion],
        Self.replacing("\"filters\": null", "\"filters\": [{\"id\": \"delta\"}]")
      ),
      ("type", ["'GPP'", "'<c8'", conversion], Self.replacing("<f4", "<c8")),
      (
        "version 3", ["version 3", conversion],
        { store in
          for name in [".zgroup", ".zmetadata"] { try FileManager.default.removeItem(atPath: "\(store)/\(name)") }
          try writeText("{\"zarr_format\": 3}", to: "\(store)/zarr.json")
        }
      ),
      ("chunks", ["'GPP'", "chunks of"], Self.replacing("\"chunks\": [14, 3", "\"chunks\": [4000000000, 4000000000")),
      ("shape", ["'GPP'"], Self.replacing("\"shape\": [14", "\"shape\": [14000000000000000")),
      (
        "names", ["'GPP'", "_ARRAY_DIMENSIONS"],
        Self.replacing("\"_ARRAY_DIMENSIONS\"", "\"dimensions\"", in: ".zattrs")
      ),
      ("JSON", ["GPP/.zarray", "no JSON object"], { try truncate("\($0)/GPP/.zarray", toShare: 0.6) }),
      ("chunk", ["'GPP'", "GPP/0.0.0", "truncated or damaged"], { try truncate("\($0)/GPP/0.0.0", toShare: 0.5) }),
      ("empty chunk", ["'GPP'", "GPP/0.0.0"], { try truncate("\($0)/GPP/0.0.0", toShare: 0) }),
      (
        "long chunk", ["'GPP'", "GPP/0.0.0"],
        { try Data(count: 100_000).write(to: URL(fileURLWithPath: "\($0)/GPP/0.0.0")) }
      ),
      // Copied in part: the metadata speak of an array that is not there.
      ("folder", ["'GPP'", "the folder", "is not there"], { try FileManager.default.removeItem(atPath: "\($0)/GPP") }),
      ("lengths", ["'lat'", "length"], Self.replacing("\"shape\": [3", "\"shape\": [5", of: "lat")),
    ]
    for (name, parts, change) in changes {
      try withTemporaryFolder { folder in
        let fixture = ThresholdFixture.make(members: 3)
        try fixture.ensemble.write(to: folder)
        try replaceByZarr(filesIn: folder, style { $0.isConsolidated = name == "folder" })
        let store = "\(folder)/EXP_01.nc"
        if name == "version 3" { try writeText("{}", to: "\(store)/.zmetadata") }
        try change(store)
        try expectFailure(65, naming: [store] + parts, fixture.arguments(folder), in: folder, ranks: [nil, 2])
      }
    }
  }

  /// What was never written is the fill value; where there is none, nothing says what it is.
  @Test func chunksThatAreNotThere() throws {
    try withTemporaryFolder { folder in
      try ThresholdFixture.make(members: 2).ensemble.write(to: folder)
      try replaceByZarr(filesIn: folder, style { $0.isConsolidated = false })
      let array = "\(folder)/REF.nc/GPP"
      let map = ["calculate", "\(folder)/REF.nc:GPP[time=#1]", "--output", "\(folder)/a.nc", "--overwrite"]
      try FileManager.default.removeItem(atPath: "\(array)/0.0.0")
      let filled = try run(map)
      #expect(filled.status == 0, "\(filled.standardError)")
      let content = try String(contentsOfFile: "\(array)/.zarray", encoding: .utf8)
      try writeText(
        content.replacing(/"fill_value": [^,}]+/, with: "\"fill_value\": null"), to: "\(array)/.zarray")
      let bare = try run(map)
      #expect(bare.status == 65 && bare.standardError.contains("has no fill value"), "\(bare.standardError)")
    }
  }

  private static func replacing(
    _ text: String, _ other: String, in file: String = ".zarray", of array: String = "GPP"
  ) -> (String) throws -> Void {
    return { store in
      let path = "\(store)/\(array)/\(file)"
      let content = try String(contentsOfFile: path, encoding: .utf8)
      #expect(content.contains(text), "\(content)")
      try writeText(content.replacing(text, with: other), to: path)
    }
  }

  /// A folder of files, one array of a store, and a group within.
  @Test func foldersThatAreNoStores() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(members: 2)
      try fixture.ensemble.write(to: folder)
      try writeZarr(from: "\(folder)/REF.nc", to: "\(folder)/outer.zarr/inner")
      try writeText("{\"zarr_format\": 2}", to: "\(folder)/outer.zarr/.zgroup")
      let output = ["--output", "\(folder)/t.nc"]
      try expectFailure(
        65, naming: ["\(folder)", "is a folder", "'\(folder)/*.nc:VARIABLE'"],
        ["trend", "--source", "\(folder):GPP"] + output, in: folder)
      try expectFailure(
        65, naming: ["one array", "outer.zarr/inner:GPP"],
        ["trend", "--source", "\(folder)/outer.zarr/inner/GPP:GPP"] + output, in: folder)
      try expectFailure(
        65, naming: ["no variable 'GPP'", "inner", "outer.zarr/inner:GPP"],
        ["trend", "--source", "\(folder)/outer.zarr:GPP"] + output, in: folder)
      let table = try run(["summarise", "\(folder)/outer.zarr/inner:GPP", "--output", "\(folder)/t.csv"])
      #expect(table.status == 0, "\(table.standardError)")
    }
  }

  /// A checkpoint is taken up with what it was made of alone: another chunk is another input, a copy is the same.
  @Test func contentOfAStore() throws {
    try withTemporaryFolder { folder in
      try ThresholdFixture.make(members: 2).ensemble.write(to: folder)
      try replaceByZarr(filesIn: folder)
      let (store, copy) = ("\(folder)/REF.nc", "\(folder)/copy")
      try FileManager.default.copyItem(atPath: store, toPath: copy)
      let first = try Checksum.ofFile(store)
      #expect(try Checksum.ofFile(copy) == first)
      for name in ["GPP/0.0.0", ".zmetadata", "GPP/.zattrs"] {
        let url = URL(fileURLWithPath: "\(copy)/\(name)")
        let data = try Data(contentsOf: url)
        try (data.dropLast(1) + [data.last.map { $0 ^ 1 } ?? 0]).write(to: url)
        #expect(try Checksum.ofFile(copy) != first, "\(name)")
        try data.write(to: url)
      }
      // What a file browser leaves is no part of the store.
      try writeText("x", to: "\(copy)/GPP/.DS_Store")
      #expect(try Checksum.ofFile(copy) == first)
      try FileManager.default.removeItem(atPath: "\(copy)/GPP/0.0.0")
      #expect(try Checksum.ofFile(copy) != first)
    }
  }

  /// A store that xarray wrote (Tests/reference/zarr_store.py): packed, with texts, NaN as fill value, and chunks along time.
  @Test func aStoreOfXarray() throws {
    let store = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("reference/xarray.zarr").path
    try withTemporaryFolder { folder in
      let file = try NetCDFFile(store)
      #expect(file.format == .zarr && file.variables.map(\.name) == ["GPP", "SM", "lat", "lon", "season_name", "time"])
      #expect(try file.labels(try file.requiredVariable("season_name")) == ["dry", "humid", "", "Übergang", "x"])
      let productivity = try file.values(try file.requiredVariable("GPP"))
      #expect(productivity.count == 60)
      for (number, value) in productivity.enumerated() {
        let isRight: Bool = number % 12 == 5 ? value.isNaN : value == 0.25 * Double(number)
        #expect(isRight, "\(number): \(value)")
      }
      let moisture = try file.requiredVariable("SM")
      let stored = try StoredValues(moisture, in: file)
      let values = try file.values(moisture).map(stored.value)
      for (number, value) in values.enumerated() {
        let expected: Double = 0.5 + 0.001 * Double(number)
        let isRight: Bool = number == 7 ? value.isNaN : abs(value - expected) < 1e-9
        #expect(isRight, "\(number): \(value)")
      }
      let table = try run(["summarise", "\(store):GPP", "--output", "\(folder)/t.csv"])
      #expect(table.status == 0, "\(table.standardError)")
      let lines = try String(contentsOfFile: "\(folder)/t.csv", encoding: .utf8).split(whereSeparator: \.isNewline)
      #expect(lines.count == 6 && lines[1].contains("2001-01"), "\(lines)")
    }
  }
}
