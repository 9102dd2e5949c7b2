import Distributed
import Foundation
import TestSupport
import Testing

/// What users type in place of what is meant, and what they are told.
@MainActor @Suite struct SpellingTests {
  private func withFiles(_ body: (_ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try ThresholdFixture.make(months: 62, members: 3).ensemble.write(to: folder)
      try body(folder)
    }
  }

  private func threshold(_ folder: String, members: String, pattern: String) -> [String] {
    let sources = ["--response", "\(folder)/\(pattern):GPP", "--moisture", "\(folder)/\(pattern):SM"]
    return ["threshold", "--members", members] + sources + ["--output", "\(folder)/smt.nc"] + ThresholdFixture.quick
  }

  @Test func expressionsWithoutQuotes() throws {
    try withFiles { folder in
      let parts = ["\(folder)/REF.nc:GPP", "+", "\(folder)/EXP_01.nc:GPP", "--output", "\(folder)/o.nc"]
      try expectFailure(
        64, naming: ["an expression with blanks is one argument; quote it"], ["calculate"] + parts, in: folder,
        ranks: [nil])
    }
  }

  /// A pattern that the shell expanded: one short line that names the option, however many files there are.
  @Test func patternsWithoutQuotes() throws {
    try withTemporaryFolder { folder in
      for number in 0..<500 { try writeText("", to: "\(folder)/model-output-of-a-year-\(number).nc") }
      for (ranks, arguments) in [
        (nil, "trend --source \(folder)/*.nc --output t.nc"),
        (2, "trend --output t.nc --source \(folder)/*.nc"),
      ] as [(Int?, String)] {
        let result = try runShell((ranks.map { "$MPIRUN -n \($0) " } ?? "") + "$SMT \(arguments)")
        #expect(result.status == 64)
        let lines = result.standardError.split(separator: "\n").filter { $0.hasPrefix("error:") }
        #expect(lines.count == 1 && lines[0].utf8.count < 400, "\(result.standardError.prefix(1000))")
        #expect(lines[0].contains("--source takes one value, and 499 arguments follow it"), "\(lines[0])")
        #expect(lines[0].contains("quote it: --source '\(folder)/*.nc:VARIABLE'"), "\(lines[0])")
        if ranks == nil { #expect(result.standardError.utf8.count < 400) }
      }
    }
  }

  /// A file too many is no pattern, and a flag before them takes none.
  @Test func straysAreNoPattern() throws {
    try withTemporaryFolder { folder in
      for name in ["a", "b", "c"] { try writeText("", to: "\(folder)/\(name).nc") }
      let files = ["a", "b", "c"].map { "\(folder)/\($0).nc:v" }
      let output = ["--output", "\(folder)/t.nc", "--overwrite"]
      for (arguments, stray) in [
        (["trend", "--source", files[0]] + output + [files[2]], files[2]),
        (["calculate", files[0], files[1]] + output, files[1]),
      ] {
        let done = try run(arguments)
        #expect(done.status == 64)
        #expect(done.standardError == "error: 1 more argument than is taken ('\(stray)')\n", "\(done.standardError)")
      }
      let source = try run(["trend", "--output", "\(folder)/t.nc", "--source=\(folder)/a.nc", "\(folder)/b.nc"])
      #expect(source.standardError.contains("--source takes one value, and 1 argument follows it"))
      #expect(source.standardError.contains("quote it: --source '\(folder)/*.nc:VARIABLE'"), "\(source.standardError)")
    }
  }

  @Test func placesAndNamesOfMembers() throws {
    try withFiles { folder in
      for place in ["{member:02d}", "$member", "{name}", "%s"] {
        try expectFailure(
          66, naming: ["no file matches", "written {member}: '\(folder)/{member}.nc'", "EXP_01..EXP_85"],
          threshold(folder, members: "REF,EXP_01", pattern: "\(place).nc"), in: folder, ranks: [nil])
      }
      try expectFailure(
        66, naming: ["'EXP_1'", "EXP_01, EXP_02, REF", "keep zeros"],
        threshold(folder, members: "REF,EXP_1..EXP_2", pattern: "{member}.nc"), in: folder, ranks: [nil, 2])
      try expectFailure(
        66, naming: ["'Ref'", "there are files of REF"],
        threshold(folder, members: "Ref,EXP_01", pattern: "{member}.nc"), in: folder, ranks: [nil])
    }
  }

  @Test func variablesThatAreNotThereOrNotGiven() throws {
    try withFiles { folder in
      let output = ["--output", "\(folder)/t.nc"]
      for name in ["gpp", "GPQ"] {
        // Data before coordinates and bounds, the closest first.
        try expectFailure(
          65, naming: ["no variable '\(name)'; the file has: GPP, SM, "],
          ["trend", "--source", "\(folder)/REF.nc:\(name)"] + output, in: folder, ranks: [nil])
      }
      // Of many the likely one is never left out.
      try TestMaps(latitudes: [-30, 30], longitudes: [0, 120, 240]).write(
        (10..<40).map { .init("A\($0)", [1, 2, 3, 4, 5, 6]) } + [.init("GPP", [1, 2, 3, 4, 5, 6])],
        to: "\(folder)/many.nc")
      try expectFailure(
        65, naming: ["no variable 'gpq'; the file has: GPP, ", "… (33 in all)"],
        ["summarise", "\(folder)/many.nc:gpq"] + output,
        in: folder, ranks: [nil])
      try expectFailure(
        64, naming: ["is a folder: give the files in it: '\(folder)/*.nc:VARIABLE'"],
        ["trend", "--source", folder] + output, in: folder, ranks: [nil])
      let hint = "'\(folder)/REF.nc' has SM, GPP: give for example \(folder)/REF.nc:SM"
      try expectFailure(
        64, naming: [hint], ["trend", "--source", "\(folder)/REF.nc"] + output, in: folder, ranks: [nil])
      try expectFailure(
        64, naming: ["no map", hint], ["summarise", "\(folder)/REF.nc"] + output, in: folder, ranks: [nil])
      try expectFailure(
        64, naming: ["--season '\(folder)/REF.nc': expected FILE:FIRST,LAST", hint],
        threshold(folder, members: "REF,EXP_01,EXP_02", pattern: "{member}.nc") + ["--season", "\(folder)/REF.nc"],
        in: folder, ranks: [nil])
      try expectFailure(
        64, naming: ["--mask '\(folder)/none.nc': expected FILE:VARIABLE"],
        ["trend", "--source", "\(folder)/REF.nc:SM", "--mask", "\(folder)/none.nc"] + output, in: folder, ranks: [nil])
    }
  }

  /// The option that takes gaps is named by commands that have it alone.
  @Test func gaps() throws {
    try withTemporaryFolder { folder in
      var fixture = ThresholdFixture.make(.monthFiles, months: 24, members: 3)
      try fixture.ensemble.write(to: folder)
      for name in contents(of: folder) where name.contains("2004-06") {
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
      let source = fixture.ensemble.source("GPP", in: folder).replacing("{member}", with: "REF")
      let trend = ["trend", "--source", source, "--output", "\(folder)/t.nc"]
      try expectFailure(65, naming: ["2004-06", "--time", "--allow-gaps"], trend, in: folder, ranks: [nil])
      fixture.ensemble.members = ["REF", "EXP_01", "EXP_02"]
      let result = try run(fixture.arguments(folder))
      #expect(result.status == 65 && result.standardError.contains("2004-06"), "\(result.standardError)")
      #expect(!result.standardError.contains("--allow-gaps"))
    }
  }

  @Test func bracketsInNamesThatAreThere() throws {
    try withFiles { folder in
      let runs = "\(folder)/run [1]"
      try FileManager.default.createDirectory(atPath: runs, withIntermediateDirectories: true)
      for name in ["REF", "EXP_01", "EXP_02"] {
        try FileManager.default.moveItem(atPath: "\(folder)/\(name).nc", toPath: "\(runs)/\(name)[a].nc")
      }
      for pattern in ["REF[a].nc", "R*.nc", "RE[EF]*.nc"] {
        let result = try run(
          ["trend", "--source", "\(runs)/\(pattern):GPP", "--minimum-years", "3", "--output", "\(folder)/t.nc"]
            + ["--overwrite", "--allow-gaps"])
        #expect(result.status == 0, "\(pattern): \(result.standardError)")
      }
      let members = try run(threshold(runs, members: "REF,EXP_01,EXP_02", pattern: "{member}[a].nc"))
      #expect(members.status == 0, "\(members.standardError)")
    }
  }

  /// A home folder stands for `~` wherever a path may be, and no folder is called `~`.
  @Test func homeFolders() throws {
    try withFiles { home in
      try withTemporaryFolder { folder in
        try writeText("REF\nEXP_01\nEXP_02\n", to: "\(home)/members.txt")
        try writeText("output: ~/config.nc\nsource: '~/REF.nc:GPP'\nminimum-years: 3\n", to: "\(home)/run.yaml")
        try FileManager.default.createDirectory(atPath: "\(folder)/~kept", withIntermediateDirectories: true)
        let trend = ["--minimum-years", "3", "--allow-gaps"]
        let runs: [([String], String)] = [
          (["trend", "--source=~/REF.nc:GPP", "--output=~/a.nc", "--report=~/a.json"] + trend, "\(home)/a.json"),
          (["trend", "--source", "~/REF.nc:GPP - ~/EXP_01.nc:GPP", "--output", "~/b.nc"] + trend, "\(home)/b.nc"),
          (["trend", "--config", "~/run.yaml", "--allow-gaps"], "\(home)/config.nc"),
          (
            ["threshold", "--members", "@~/members.txt", "--response", "~/{member}.nc:GPP", "--moisture"]
              + ["~/{member}.nc:SM", "--output", "~kept/c.nc"] + ThresholdFixture.quick, "\(folder)/~kept/c.nc"
          ),
          (["calculate", "~/REF.nc:GPP[time=2004-03]", "--output", "~/d.nc"], "\(home)/d.nc"),
        ]
        for (arguments, written) in runs {
          let result = try run(arguments, environment: ["HOME": home], directory: folder)
          #expect(result.status == 0, "\(arguments): \(result.standardError)")
          #expect(FileManager.default.fileExists(atPath: written), "\(arguments)")
        }
        let function = try run(
          ["trend", "--source", "vpd(~/REF.nc:GPP;~/EXP_01.nc:GPP)", "--output", "~/e.nc"] + trend,
          environment: ["HOME": home], directory: folder)
        #expect(function.standardError.contains("units") && !function.standardError.contains("~"))
        #expect(contents(of: folder) == ["~kept", "~kept/c.nc"])
        try expectFailure(
          64, naming: ["--output", "~nobody-of-this-name"],
          ["trend", "--source", "~/REF.nc:GPP", "--output", "~nobody-of-this-name/x.nc"], in: folder, ranks: [nil])
      }
    }
  }

  @Test func addresses() throws {
    let cases: [(String, String)] = [
      ("https://data.org/gpp.nc:GPP", "curl -fLO 'https://data.org/gpp.nc'"),
      ("https://data.org/thredds/dodsC/gpp.nc:GPP", "nccopy 'https://data.org/thredds/dodsC/gpp.nc' FILE.nc"),
      ("s3://bucket/gpp.zarr:GPP", "aws s3 cp --recursive 's3://bucket/gpp.zarr' 'gpp.zarr'"),
      ("gs://bucket/gpp.nc:GPP", "gcloud storage cp 'gs://bucket/gpp.nc' ."),
      ("a.nc:A - dap://data.org/gpp:GPP", "nccopy 'https://data.org/gpp' FILE.nc"),
      ("file:///data/gpp.nc:GPP", "Give the path alone: /data/gpp.nc"),
    ]
    try withTemporaryFolder { folder in
      for (source, way) in cases {
        try expectFailure(
          64, naming: ["--source", "is an address", way], ["trend", "--source", source, "--output", "\(folder)/t.nc"],
          in: folder, ranks: [nil])
        try expectFailure(64, naming: ["is an address", way], ["summarise", source], in: folder, ranks: [nil])
      }
    }
  }

  /// Whatever a job writes is tried before it computes: nothing was read when it fails.
  @Test func writingIsTriedFirst() throws {
    try withFiles { folder in
      // The folder may be written; a name of this length cannot, as it has a temporary ending first.
      let refused = "\(folder)/" + String(repeating: "x", count: 250) + ".csv"
      let trend = ["trend", "--source", "\(folder)/REF.nc:GPP", "--output", "\(folder)/t.nc", "--minimum-years", "3"]
      let options = [
        trend + ["--report", refused], trend + ["--table", refused, "--bands", "globe"], trend + ["--html", refused],
      ]
      for arguments in options {
        let result = try run(arguments, ranks: 2)
        #expect(result.status == 73 && result.standardError.contains(refused), "\(result.standardError)")
        #expect(!result.standardError.contains("warning"), "\(result.standardError)")
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/t.nc"))
      }
      // Before any input is looked at, that is not there: folders that cannot be made.
      let below = "\(folder)/REF.nc/out"
      let levels = "none.nc:sm@0,0.1,0.3"
      let folders = [
        ["synthesize", below], ["synthesize", below, "--runs"],
        [
          "blend", "--model", "none.nc:SM", "--levels", levels, "--residual", "0", "--saturation", "0.5", "--output",
          below,
        ],
        [
          "respire", "train", "--samples", "none.csv", "--predictor", "a=none.nc:a", "--table", "\(folder)/e.csv",
          "--models", below,
        ],
      ]
      for arguments in folders {
        let result = try run(arguments, ranks: 2)
        let words = ["\(folder)/REF.nc is a file; expected a folder", arguments.contains("train") ? "--models" : below]
        #expect(result.status == 73, "\(result.standardError)")
        for text in words { #expect(result.standardError.contains(text), "\(result.standardError)") }
      }
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/e.csv"))
    }
  }
}
