import Distributed
import Foundation
import TestSupport
import Testing

/// What is wrong with input or options ends in one line that names it, with the exit code of its kind, and leaves
/// nothing behind.
@MainActor @Suite struct FailureTests {
  /// A small ensemble, changed by `change` once it is written.
  private func withEnsemble(
    _ layout: TestEnsemble.Layout = .memberFiles, _ format: NetCDFFormat = .netCDF4,
    _ body: (ThresholdFixture, String) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      var fixture = ThresholdFixture.make(layout, members: 4)
      fixture.ensemble.storage.format = format
      try fixture.ensemble.write(to: folder)
      try body(fixture, folder)
    }
  }

  @Test func monthsMissingOrThereTwice() throws {
    try withEnsemble(.monthFiles) { fixture, folder in
      let place = "\(folder)/EXP_02/lnd/hist/EXP_02.clm2.h0"
      let manager = FileManager.default
      try manager.copyItem(atPath: "\(place).2004-05.nc", toPath: "\(place).copy.nc")
      try expectFailure(
        65, naming: ["2004-05", "'SM'", "EXP_02.clm2.h0.copy.nc", "EXP_02.clm2.h0.2004-05.nc"],
        fixture.arguments(folder, ["--response", fixture.ensemble.source("SM", in: folder)]), in: folder)
      try manager.removeItem(atPath: "\(place).copy.nc")
      try manager.removeItem(atPath: "\(place).2004-05.nc")
      try expectFailure(65, naming: ["2004-05", "'EXP_02'", "GPP"], fixture.arguments(folder), in: folder)
      try expectFailure(
        65, naming: ["2005-01"], fixture.arguments(folder, ["--time", "2004-06/2005-02"]), in: folder)
    }
  }

  @Test func membersOrVariablesThatAreNotThere() throws {
    try withEnsemble { fixture, folder in
      try FileManager.default.removeItem(atPath: "\(folder)/EXP_02.nc")
      try expectFailure(66, naming: ["'EXP_02'", "\(folder)/EXP_02.nc"], fixture.arguments(folder), in: folder)
      try expectFailure(
        65, naming: ["\(folder)/REF.nc", "'SOIL'", "GPP"],
        fixture.arguments(folder, ["--members", "REF,EXP_01", "--moisture", "\(folder)/{member}.nc:SOIL"]), in: folder)
      try expectFailure(
        66, naming: ["'\(folder)/*.nc4'"],
        [
          "threshold", "--response", "\(folder)/*.nc4:GPP", "--moisture", "\(folder)/*.nc4:SM", "--output",
          "\(folder)/o.nc",
        ],
        in: folder)
    }
    try withEnsemble(.memberDimension(.strings)) { fixture, folder in
      try expectFailure(
        66, naming: ["ensemble.nc", "'EXP_09'", "EXP_01"], fixture.arguments(folder, ["--members", "REF,EXP_09"]),
        in: folder)
    }
    try withEnsemble(.memberDimension(.none)) { fixture, folder in
      try expectFailure(
        65, naming: ["ensemble.nc", "4", "2"], fixture.arguments(folder, ["--members", "REF,EXP_01"]), in: folder)
    }
  }

  @Test func membersThatDiffer() throws {
    let changes: [(String, [String], (inout TestEnsemble) -> Void)] = [
      ("grid", ["EXP_01.nc", "REF.nc", "smt-mpi regrid"], { $0.grid = .regular(rows: 4, columns: 3) }),
      ("places", ["EXP_01.nc", "REF.nc", "longitude"], { $0.grid = .regular(rows: 3, columns: 4, fromZero: false) }),
      ("units", ["EXP_01.nc", "units", "'kg'"], { $0.fields[1].units = "kg" }),
      ("fill", ["EXP_01.nc", "fill", "-9999"], { $0.storage.fill = -9999 }),
      ("calendar", ["EXP_01.nc", "calendar", "360_day"], { $0.time.calendar = .day360 }),
      (
        "levels", ["EXP_01.nc", "SM"],
        {
          $0.fields[0].hasLevels = true
          $0.levels = TestLevels(nodes: [0.1, 0.2])
        }
      ),
    ]
    for (name, parts, change) in changes {
      try withEnsemble { fixture, folder in
        var other = fixture.ensemble
        change(&other)
        try other.write(to: folder, members: ["EXP_01"])
        _ = name
        try expectFailure(65, naming: parts, fixture.arguments(folder), in: folder)
      }
    }
  }

  @Test func sourcesThatShareNothing() throws {
    try withEnsemble { fixture, folder in
      var later = fixture.ensemble
      later.time = TestTime(from: Month(year: 2010, month: 1), count: 3)
      try later.write(to: "\(folder)/later")
      try expectFailure(
        65, naming: ["2003-11/2004-12", "2010-01/2010-03"],
        fixture.arguments(folder, ["--moisture", later.source("SM", in: "\(folder)/later")]), in: folder)
    }
  }

  @Test func damagedFiles() throws {
    let path = { (folder: String) in "\(folder)/EXP_02.nc" }
    for format in [NetCDFFormat.netCDF4, .classic, .offset64, .data64] {
      for share in [0.02, 0.5, 0.9] {
        try withEnsemble(.memberFiles, format) { fixture, folder in
          try truncate(path(folder), toShare: share)
          try expectFailure(
            65, naming: [path(folder)], fixture.arguments(folder), in: folder, ranks: share == 0.5 ? [nil, 3] : [nil])
        }
      }
    }
    for text in ["", "lat,lon,value\n1,2,3\n"] {
      try withEnsemble { fixture, folder in
        try writeText(text, to: path(folder))
        try expectFailure(
          65, naming: [path(folder), text.isEmpty ? "empty" : "not a netCDF file"], fixture.arguments(folder),
          in: folder)
      }
    }
  }

  /// A byte that changed inside a compressed chunk, in the file of the reference and of another member.
  @Test func damagedChunks() throws {
    for (member, plan) in [("EXP_02", "slab"), ("EXP_02", "field"), ("REF", "auto")] {
      try withTemporaryFolder { folder in
        var fixture = ThresholdFixture.make(grid: .regular(rows: 20, columns: 30), members: 4)
        fixture.ensemble.storage.deflate = 4
        try fixture.ensemble.write(to: folder)
        let url = URL(fileURLWithPath: "\(folder)/\(member).nc")
        var data = try Data(contentsOf: url)
        // Chunks of compressed data fill most of the file behind its header.
        for position in stride(from: data.count / 4, to: data.count - 200, by: 997) { data[position] ^= 0xff }
        try data.write(to: url)
        try expectFailure(
          65, naming: [url.path], fixture.arguments(folder, ["--read-plan", plan]), in: folder, ranks: [nil, 2, 3])
      }
    }
  }

  /// Damage that one rank alone meets while the others read on, with more files to come.
  @Test func damagedChunkOfOneRank() throws {
    for (layout, path) in [
      (TestEnsemble.Layout.monthFiles, "EXP_01/lnd/hist/EXP_01.clm2.h0.2004-02.nc"), (.memberFiles, "EXP_01.nc"),
    ] {
      try withTemporaryFolder { folder in
        var fixture = ThresholdFixture.make(layout, grid: .regular(rows: 30, columns: 20), members: 3)
        fixture.ensemble.storage.chunks = .tiles(time: 1, horizontal: [10, 20])
        fixture.ensemble.storage.deflate = 4
        let month = Month(year: 2004, month: 2)
        try fixture.writeDamaged(path, in: folder) { $0.cell >= 400 && $0.month == month }
        for plan in ["slab", "field"] {
          try expectFailure(
            65, naming: ["\(folder)/\(path)", "variable '"], fixture.arguments(folder, ["--read-plan", plan]),
            in: folder,
            ranks: [3, 5])
        }
      }
    }
  }

  @Test func outputsThatCannotBe() throws {
    try withEnsemble { fixture, folder in
      try writeText("precious", to: "\(folder)/smt.nc")
      try expectFailure(73, naming: ["\(folder)/smt.nc", "--overwrite"], fixture.arguments(folder), in: folder)
      #expect(try String(contentsOfFile: "\(folder)/smt.nc", encoding: .utf8) == "precious")
      try writeText("precious", to: "\(folder)/o_curves.nc")
      try expectFailure(
        73, naming: ["\(folder)/o_curves.nc", "--overwrite"],
        fixture.arguments(folder, output: "o.nc", ["--save-curves"]),
        in: folder)
      try expectFailure(
        73, naming: ["\(folder)/none/o.nc"], fixture.arguments(folder, output: "none/o.nc"), in: folder)
      try expectFailure(
        73, naming: ["/proc/smt.nc"], fixture.arguments(folder, ["--output", "/proc/smt.nc"]), in: folder)
      try FileManager.default.createDirectory(atPath: "\(folder)/place", withIntermediateDirectories: true)
      try expectFailure(73, naming: ["folder"], fixture.arguments(folder, output: "place"), in: folder)
      try expectFailure(
        73, naming: ["--report", "\(folder)/none/run.json"],
        fixture.arguments(folder, output: "o.nc", ["--report", "\(folder)/none/run.json"]), in: folder)
    }
  }

  @Test func memoryLimits() throws {
    try withEnsemble { fixture, folder in
      try expectFailure(
        71, naming: ["--memory-limit", "1.0 MiB"], fixture.arguments(folder, ["--memory-limit", "1MiB"]), in: folder)
      try expectFailure(
        71, naming: ["--memory-limit"], fixture.arguments(folder, ["--memory-limit", "1MiB", "--dry-run"]), in: folder,
        ranks: [nil])
    }
  }

  @Test func maskBoxAndSeason() throws {
    try withEnsemble { fixture, folder in
      let cells = fixture.ensemble.grid.cellCount
      func constant(_ value: Double) -> [Double] { [Double](repeating: value, count: cells) }
      try writeMaps(
        [("zero", constant(0)), ("start", constant(4)), ("end", constant(13)), ("half", constant(4.5))],
        grid: fixture.ensemble.grid, to: "\(folder)/maps.nc")
      try writeMaps([("land", [1, 1])], grid: .regular(rows: 1, columns: 2), to: "\(folder)/other.nc")
      try expectFailure(
        64, naming: ["--mask", "'zero'", "\(folder)/maps.nc"],
        fixture.arguments(folder, ["--mask", "\(folder)/maps.nc:zero"]),
        in: folder)
      try expectFailure(
        65, naming: ["\(folder)/other.nc", "'lat' has one latitude and no bounds"],
        fixture.arguments(folder, ["--mask", "\(folder)/other.nc:land"]), in: folder)
      try expectFailure(
        66, naming: ["\(folder)/none.nc"], fixture.arguments(folder, ["--mask", "\(folder)/none.nc:land"]), in: folder)
      try expectFailure(64, naming: ["--bbox"], fixture.arguments(folder, ["--bbox=10,85,20,86"]), in: folder)
      try expectFailure(
        65, naming: ["\(folder)/maps.nc", "end", "13"],
        fixture.arguments(folder, ["--season", "\(folder)/maps.nc:start,end"]),
        in: folder)
      try expectFailure(
        65, naming: ["half", "4.5"], fixture.arguments(folder, ["--season", "\(folder)/maps.nc:half,start"]), in: folder
      )
      try expectFailure(
        65, naming: ["\(folder)/maps.nc", "'first'"],
        fixture.arguments(folder, ["--season", "\(folder)/maps.nc:first,end"]),
        in: folder)
    }
  }

  @Test func optionsThatMakeNoSense() throws {
    try withEnsemble { fixture, folder in
      let wrong: [(String, [String])] = [
        ("--time", ["--time", "2004"]), ("--time", ["--time", "2005-01/2004-01"]), ("--bbox", ["--bbox=1,2,3"]),
        ("--depth", ["--depth", "3-0"]), ("--layer-bounds", ["--layer-bounds", "0,1,1"]),
        ("--hidden", ["--hidden", "4,x"]),
        ("--epochs", ["--epochs", "0"]), ("--networks", ["--networks", "0"]), ("--grid-step", ["--grid-step", "0"]),
        ("--read-plan", ["--read-plan", "best"]), ("--memory-limit", ["--memory-limit", "much"]),
        ("--point", ["--point", "91,0"]), ("--ranks", ["--ranks", "0"]), ("--season", ["--season", "s.nc:start"]),
        ("--mask", ["--mask", "s.nc:a,b"]), ("given twice", ["--members", "REF,REF"]),
        ("no source", ["--response", "GPP"]), ("no range", ["--members", "REF,EXP_2..EXP_1"]),
        ("'+'", ["--response", "x.nc:A+B,C"]), ("--bandwidth 'wide'", ["--bandwidth", "wide"]),
        ("--bandwidth '-1'", ["--bandwidth=-1"]), ("--bandwidth '51'", ["--bandwidth", "51"]),
        ("--significance 0.001", ["--significance", "0.001"]), ("--significance 1.5", ["--significance", "1.5"]),
        ("--outlier-bound -1", ["--outlier-bound=-1"]), ("--bootstrap -1", ["--bootstrap=-1"]),
      ]
      for (number, (part, options)) in wrong.enumerated() {
        try expectFailure(
          64, naming: [part], fixture.arguments(folder, options), in: folder, ranks: number < 2 ? [nil, 3] : [nil])
      }
      try expectFailure(
        64, naming: ["--members"],
        [
          "threshold", "--response", "\(folder)/{member}.nc:GPP", "--moisture", "x.nc:SM", "--output", "\(folder)/o.nc",
        ], in: folder,
        ranks: [nil])
      for missing in ["--response", "--moisture", "--output"] {
        var arguments = fixture.arguments(folder)
        if let index = arguments.firstIndex(of: missing) { arguments.removeSubrange(index...index + 1) }
        try expectFailure(64, naming: [missing], arguments, in: folder, ranks: [nil])
      }
    }
  }

  /// What the parser of arguments itself refuses: told once, on any number of ranks.
  @Test func optionsThatAreNone() throws {
    for options in [
      ["--epoch", "2"], ["--epochs", "many"], ["--model", "cubic"], ["--derivative", "best"], ["surplus"],
    ] {
      for ranks in [nil, 3] as [Int?] {
        let done = try run(["threshold"] + options, ranks: ranks)
        #expect(done.status == 64)
        let lines = done.standardError.split(separator: "\n").filter { $0.lowercased().hasPrefix("error:") }
        #expect(lines.count == 1, "\(done.standardError)")
        #expect(lines.first?.contains(options[0]) == true, "\(done.standardError)")
      }
    }
  }

  /// A launcher ends all processes when the first one fails: the others must give the one that speaks its time.
  @Test func othersWaitForTheFirstToSpeak() throws {
    for arguments in [
      ["threshold", "--output", "smt.nc"], ["threshold", "--epochs", "many"], ["threshold", "--config", "none.yaml"],
    ] {
      for (rank, isSlow) in [("1", true), ("0", false)] {
        let start = Date()
        let done = try run(arguments, environment: ["OMPI_COMM_WORLD_RANK": rank])
        #expect([64, 66].contains(done.status))
        #expect(done.standardError.isEmpty == isSlow)
        if isSlow { #expect(Date().timeIntervalSince(start) > 1, "\(arguments)") }
      }
    }
  }

  @Test func wrongLauncher() throws {
    try withEnsemble { fixture, folder in
      let step = ["SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "0"]
      try expectFailure(
        69, naming: ["4 tasks", "--mpi=pmix"], fixture.arguments(folder), in: folder, environment: step, ranks: [nil])
      let second = try run(fixture.arguments(folder), environment: step.merging(["SLURM_PROCID": "1"]) { $1 })
      #expect(second.status == 69)
      #expect(second.standardError.isEmpty)
      // With as many ranks as tasks, and in a step of one task, all is well.
      #expect(try run(fixture.arguments(folder), ranks: 2, environment: ["SLURM_STEP_NUM_TASKS": "2"]).status == 0)
      let one = try run(fixture.arguments(folder, ["--overwrite"]), environment: ["SLURM_STEP_NUM_TASKS": "1"])
      #expect(one.status == 0)
    }
  }

  @Test func configurations() throws {
    try withEnsemble { fixture, folder in
      let texts: [(Int32, String, [String])] = [
        (64, "epoch: 2\n", ["unknown key 'epoch'", "'epochs'"]), (64, "members: [A\n", ["no YAML"]),
        (64, "- a\n", ["c.yaml"]),
        (64, "overwrite: perhaps\n", ["'overwrite'", "perhaps"]), (64, "depth: {top: 0}\n", ["'depth'"]),
      ]
      for (code, text, parts) in texts {
        try writeText(text, to: "\(folder)/c.yaml")
        try expectFailure(code, naming: parts, fixture.arguments(folder, ["--config", "\(folder)/c.yaml"]), in: folder)
      }
      try expectFailure(
        66, naming: ["\(folder)/none.yaml"], fixture.arguments(folder, ["--config", "\(folder)/none.yaml"]), in: folder)
    }
  }
}

/// Runs alone and on three ranks and expects failure: its exit code, one line that names what is wrong, no new files.
@MainActor
func expectFailure(
  _ code: Int32, naming parts: [String], _ arguments: [String], in folder: String, keeping names: [String]? = nil,
  environment: [String: String] = [:], ranks: [Int?] = [nil, 3], location: SourceLocation = #_sourceLocation
) throws {
  let before = names ?? contents(of: folder)
  for ranks in ranks {
    let done = try run(arguments, ranks: ranks, environment: environment)
    let comment = Comment("\(parts), \(ranks ?? 0) ranks: \(done.standardError)")
    #expect(done.status == code, comment, sourceLocation: location)
    let lines = done.standardError.split(separator: "\n").filter { $0.hasPrefix("error:") }
    #expect(lines.count == 1, comment, sourceLocation: location)
    let line = String(lines.first ?? "")
    for part in parts { #expect(line.contains(part), comment, sourceLocation: location) }
    #expect(contents(of: folder) == before, comment, sourceLocation: location)
  }
}
