// MB of uncompressed data that a rank reads in a second of its CPU time, by read plan and storage layout: through the
// library's own filters (H5Dread), and chunk by chunk through libdeflate. Both in turn, medians of three.
//
//   benchmark-reading [--smoke] [--members 8] [--json FILE]
//   mpirun -n 2 benchmark-reading ...
//   benchmark-reading --variable GPP --files FILE...    files that are there, one a member, in one folder
//
// The last table has what the program's own reading, reduced to sums over years and exchanged, reaches of a loop that
// reads the same variables (--variable GPP,SM for several) of the same files whole, chunk by chunk; both in turn.

import BenchmarkReport
import Distributed
import Foundation

/// Takes the reduced years and forgets them.
struct Discard: Collector {
  mutating func take(member: Int, year: Int, values: CellBlock) {}
}

/// Sums over the months of a year, weighted by their length, and the days in them: what the threshold method keeps.
struct YearSums: Reduction {
  var sources = 1
  var width: Int { 2 * sources }

  func add(_ step: StepFields, to values: CellBlock) {
    for source in 0..<sources {
      let weight = Double(step.dayCount(ofSource: source))
      let field = step.field(0, ofSource: source)
      let (sums, days) = (values[2 * source], values[2 * source + 1])
      for position in field.indices {
        let value = field[position]
        sums[position] += value.isNaN ? 0 : weight * value
        days[position] += value.isNaN ? 0 : weight
      }
    }
  }
}

/// Both ways of reading in turn, and what they read in a second of CPU time of a rank.
struct Comparison {
  let communicator: Communicator
  let rounds: Int
  var report = BenchmarkReport("reading", versions: LibraryVersions.all)

  /// Adds a row for what `read` reads and returns the bytes of; without chunks the library alone reads.
  mutating func add(
    _ layout: String, _ what: String, hasChunks: Bool, title: String, _ read: (_ inflatesChunks: Bool) throws -> Int
  ) throws {
    var rates: [[Double]] = [[], []]
    for _ in 0..<rounds {
      for inflates in hasChunks ? [false, true] : [false] {
        try communicator.barrier()
        let start = cpuSeconds()
        let bytes = try read(inflates)
        let sums = try communicator.allReduce([Double(bytes), cpuSeconds() - start], .sum)
        rates[inflates ? 1 : 0].append(sums[0] / sums[1] / 1e6)
      }
    }
    let (library, chunks) = (median(rates[0]), median(rates[1]))
    report.add(
      [
        "layout": .text(layout), "read by": .text(what), "library, MB/s": .number(library, digits: 0),
        "chunks, MB/s": .number(chunks, digits: 0), "ratio": .number(chunks / library, digits: 2),
      ], to: title)
  }
}

extension Comparison {
  /// Adds a row for the program's own reading of some variables of members' files, compared with a loop over the files.
  mutating func addReadPhase(_ layout: String, _ variables: [String], in folder: String, members: [String]) throws {
    let requests = try variables.map {
      SourceRequest(name: $0, specification: try SourceSpecification("\(folder)/{member}.nc:\($0)"))
    }
    let catalogue = try Catalogue.make(requests, members: members, period: nil, chosenBy: 0, communicator)
    let valid = try ValidCells.scan(source: 0, of: catalogue, communicator)
    let partition = Partition(cells: valid.indices.filter { valid[$0] }, ranks: communicator.size)
    let reduction = YearSums(sources: variables.count)
    let ingest = Ingest(catalogue, partition, communicator, reduction, budget: SourceReadPlan.defaultBudget)
    let mine = stride(from: communicator.rank, to: members.count, by: communicator.size).map {
      "\(folder)/\(members[$0]).nc"
    }
    var rates: [[Double]] = [[], []]
    for _ in 0..<rounds {
      for isProgram in [false, true] {
        try communicator.barrier()
        let start = cpuSeconds()
        var discard = Discard()
        let bytes =
          isProgram
          ? try ingest.run(into: &discard) { _ in }.bytesRead
          : try ReadingBenchmark.readWhole(variables, of: mine, inflatesChunks: true)
        let sums = try communicator.allReduce([Double(bytes), cpuSeconds() - start], .sum)
        rates[isProgram ? 1 : 0].append(sums[0] / sums[1] / 1e6)
      }
    }
    let (loop, program) = (median(rates[0]), median(rates[1]))
    report.add(
      [
        "layout": .text(layout), "plan": .text(ingest.plans[0].plan.rawValue), "loop, MB/s": .number(loop, digits: 0),
        "program, MB/s": .number(program, digits: 0), "ratio": .number(program / loop, digits: 2),
      ], to: "The program's reading of \(members.count) files, over a loop over them")
  }
}

func compareLayouts(_ comparison: inout Comparison, in folder: String) throws {
  let communicator = comparison.communicator
  let isSmoke = CommandLine.has("--smoke")
  let (rows, columns, months) = isSmoke ? (24, 36, 24) : (192, 288, 132)
  let count = CommandLine.value(of: "--members").flatMap { Int($0) } ?? (isSmoke ? 2 : 8)
  let members = (0..<count).map { "m\($0)" }
  let title = "\(communicator.size) ranks, \(count) files of \(rows) × \(columns) × \(months) months"
  for (number, layout) in StorageLayout.all(months: months, rows: rows, columns: columns).enumerated() {
    let own = "\(folder)/\(number)"
    let text = try communicator.onRoot {
      try layout.write(to: own, members: members, months: months, rows: rows, columns: columns)
    }
    let hasChunks = layout.chunks != nil
    if layout.format.isHDF5 {
      let mine = stride(from: communicator.rank, to: count, by: communicator.size).map { "\(own)/\(members[$0]).nc" }
      try comparison.add(layout.name, "loop over files", hasChunks: hasChunks, title: title) {
        try ReadingBenchmark.readWhole(["v"], of: mine, inflatesChunks: $0)
      }
    }
    let request = SourceRequest(name: "v", specification: try SourceSpecification(text))
    let catalogue = try Catalogue.make([request], members: members, period: nil, communicator)
    let valid = try ValidCells.scan(source: 0, of: catalogue, communicator)
    let partition = Partition(cells: valid.indices.filter { valid[$0] }, ranks: communicator.size)
    for plan in ReadPlan.allCases {
      try comparison.add(layout.name, "\(plan.rawValue) plan", hasChunks: hasChunks, title: title) {
        var discard = Discard()
        var ingest = Ingest(
          catalogue, partition, communicator, YearSums(), forced: plan,
          budget: SourceReadPlan.defaultBudget)
        ingest.inflatesChunks = $0
        return try ingest.run(into: &discard) { _ in }.bytesRead
      }
    }
    if layout.format.isHDF5, hasChunks, text.contains("{member}.nc") {
      try comparison.addReadPhase(layout.name, ["v"], in: own, members: members)
    }
    try communicator.barrier()
    if communicator.isRoot { try FileManager.default.removeItem(atPath: own) }
  }
}

func run(_ communicator: Communicator) throws {
  var comparison = Comparison(communicator: communicator, rounds: CommandLine.has("--smoke") ? 1 : 3)
  if let variable = CommandLine.value(of: "--variable") {
    let arguments = CommandLine.arguments
    let files = arguments.drop { $0 != "--files" }.dropFirst().prefix { !$0.hasPrefix("--") }
    let variables = variable.split(separator: ",").map(String.init)
    try comparison.add("files given", "loop over files", hasChunks: true, title: "\(files.count) files") {
      let mine = stride(from: communicator.rank, to: files.count, by: communicator.size).map { Array(files)[$0] }
      return try ReadingBenchmark.readWhole(variables, of: mine, inflatesChunks: $0)
    }
    let places = files.map { URL(fileURLWithPath: $0) }
    let folders = Set(places.map { $0.deletingLastPathComponent().path })
    if let folder = folders.first, folders.count == 1, places.allSatisfy({ $0.pathExtension == "nc" }) {
      try comparison.addReadPhase(
        "files given", variables, in: folder, members: places.map { $0.deletingPathExtension().lastPathComponent })
    }
  } else {
    let folder = try communicator.onRoot {
      FileManager.default.temporaryDirectory.appendingPathComponent("benchmark-reading-\(UUID())").path
    }
    defer { if communicator.isRoot { try? FileManager.default.removeItem(atPath: folder) } }
    try compareLayouts(&comparison, in: folder)
  }
  if communicator.isRoot { try comparison.report.finish() }
}

let communicator = try Communicator.start()
do {
  try run(communicator)
  Communicator.finish()
} catch {
  FileHandle.standardError.write(Data("benchmark-reading: \(error)\n".utf8))
  Communicator.abort(.internal)
}
