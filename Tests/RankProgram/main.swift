// What ranks do together, tried on as many ranks as started the program: fields put together of few cells and many, more
// fields than ranks and fewer. Says on standard error what went wrong, and on standard output how much was tried.

//
//   rank-program steps SOURCE mean|sum|native slab|field [values]    what the ranks read of a record, as one
//                                                                     number, and the first cell's values
//   rank-program environment NAME                                    a variable once MPI has started
//   rank-program stall LEVEL        a phase of a second in which nothing advances, and a warning
//   rank-program streams            1 where a file that is opened becomes a standard stream that was closed
//   rank-program series FILE map|series cells|times SHAPE TIMES BLOCKS    a record of maps, see writeSeries
//   rank-program halo                                                 windows over borders of ranks, see checkHalo
//   rank-program guard FAULT PLACE FILE MARK                          a fault on the last rank, see failGuarded

import Distributed
import Foundation
import TestSupport

if CommandLine.arguments.dropFirst().first == "streams" {
  StandardStreams.prepare()
  exit(open("/dev/null", O_RDONLY) > 2 ? 0 : 1)
}

Interruption.listen()
let ranks = try Communicator.start()

/// Reads all steps of a record and prints a number that depends on every bit of every cell and step.
func readSteps(_ arguments: [String]) throws {
  let steps: StepRequest =
    arguments[1] == "native" ? .native() : .months(minimumShare: 0.9, statistic: arguments[1] == "sum" ? .sum : .mean)
  let request = SourceRequest(name: "source", expression: try SourceExpression(arguments[0]), steps: steps)
  let catalogue = try Catalogue.make([request], members: [], period: nil, ranks)
  let valid = try ValidCells.scan(source: 0, of: catalogue, ranks)
  let partition = Partition(cells: valid.indices.filter { valid[$0] }, ranks: ranks.size)
  var collector = StepCollector(catalogue)
  let plan = ReadPlan(rawValue: arguments[2])
  _ = try Ingest(catalogue, partition, ranks, EveryStep(catalogue), forced: plan, budget: 20_000)
    .run(into: &collector) { _ in }
  let own = partition.share(of: ranks.rank)
  let bits = own.indices.flatMap { position in
    collector.values[0].flatMap { values in
      withUnsafeBytes(of: values[position - own.lowerBound].bitPattern, Array.init)
    }
  }
  let all = try ranks.gatherBytes(bits).joined()
  guard ranks.isRoot else { return }
  let digest = all.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
  if arguments.count > 3 {
    for (step, values) in zip(catalogue.steps, collector.values[0]) { print(step, values[0]) }
  }
  print("\(catalogue.period) \(partition.cells.count) cells \(all.count) bytes \(String(digest, radix: 16))")
}

if CommandLine.arguments.dropFirst().first == "steps" {
  do {
    try readSteps(Array(CommandLine.arguments.dropFirst(2)))
    Communicator.finish()
    exit(0)
  } catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    Communicator.abort(.internal)
  }
}

if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "environment" {
  print(ProcessInfo.processInfo.environment[CommandLine.arguments[2]] ?? "")
  Communicator.finish()
  exit(0)
}

if CommandLine.arguments.dropFirst().first == "stall" {
  Log.level = Log.Level(rawValue: CommandLine.arguments[2]) ?? .info
  PhaseTimer(ProgressLine(ranks, interval: 0.1)).measure("stalled-\(ranks.rank)") { Thread.sleep(forTimeInterval: 1) }
  if ranks.isRoot { Log.warning("something") }
  Communicator.finish()
  exit(0)
}

if CommandLine.arguments.dropFirst().first == "series" {
  do {
    try writeSeries(Array(CommandLine.arguments.dropFirst(2)), ranks)
    Communicator.finish()
    exit(0)
  } catch {
    let failure = JobError(wrapping: error)
    if ranks.isRoot { FileHandle.standardError.write(Data("\(failure)\n".utf8)) }
    Communicator.finish()
    exit(failure.exitCode.rawValue)
  }
}

if CommandLine.arguments.dropFirst().first == "halo" {
  try checkHalo(ranks)
  Communicator.finish()
  exit(0)
}

if CommandLine.arguments.dropFirst().first == "guard" {
  try failGuarded(Array(CommandLine.arguments.dropFirst(2)), ranks)
}

var failures: [String] = []
var tried = 0

/// A number of a cell that no other cell and place has.
func number(_ cell: Int, _ place: Int) -> Double {
  cell % 4 == 3 ? -0.0 : Double(cell) / 7 + Double(1000 * place) + 3
}

/// Results of a grid of which every third cell is not selected, and the last cells hold no data.
func results(owned: Int, rowLength: Int) -> (CellResults, [Int]) {
  let isSelected = (0..<2 * owned + 3).map { $0 % 3 != 1 }
  let cells = Array(isSelected.indices.filter { isSelected[$0] }.prefix(owned))
  let partition = Partition(cells: cells, ranks: ranks.size)
  let own = partition.share(of: ranks.rank).map { cells[$0] }
  return (
    CellResults(
      own.flatMap { cell in (0..<rowLength).map { number(cell, $0) } }, partition, ranks, isSelected: isSelected,
      rowWithoutData: [Double](repeating: 1, count: rowLength), rowOutside: [Double](repeating: 2, count: rowLength)),
    cells
  )
}

for owned in [0, 1, 2, 3, 5, 40] {
  for count in [0, 1, 2, 3, 5, 7, 12] {
    let (cellResults, cells) = results(owned: owned, rowLength: max(1, count))
    let name = "\(owned) cells, \(count) fields, \(ranks.size) ranks"
    // The last field is of two numbers of the row.
    let fields = (0..<count).map { place -> CellQuantity in
      let other = place + 1 < count ? 0 : 0.5
      return { row in row[place] + other * row[0] }
    }
    var taken = 0
    var makers = 0
    try cellResults.assemble(fields) { field, values in
      makers += 1
      return [UInt8(field)] + UnsafeRawBufferPointer(values)
    } take: { field, bytes in
      let other = field + 1 < count ? 0 : 0.5
      let expected = cells.map { cell in number(cell, field) + other * number(cell, 0) }
      if field != taken { failures.append("\(name): field \(field) came in place of \(taken)") }
      if bytes != [UInt8(field)] + expected.withUnsafeBytes(Array.init) {
        failures.append("\(name): field \(field) is wrong")
      }
      taken += 1
    }
    if taken != (ranks.isRoot ? count : 0) { failures.append("\(name): \(taken) fields on rank \(ranks.rank)") }
    // A field is made once, by ranks in turn.
    let most = (count + ranks.size - 1) / ranks.size
    let all = try ranks.allReduce([makers], .sum)[0]
    if all != count || makers > most { failures.append("\(name): \(makers) of \(all) fields made on one rank") }
    let counts = try cellResults.counts { row in row[0] == 1 || row[0] == 2 ? row[0] : 3 }
    let outside = (2 * owned + 4) / 3
    if Array(counts[1...3]) != [owned + 3 - outside, outside, owned] {
      failures.append("\(name): counts \(counts.prefix(4))")
    }
    // What fails on rank 0 fails everywhere, and all go on together.
    for bad in 0..<count {
      var error: JobError?
      do {
        try cellResults.assemble(fields, { _, _ in [1] }) { field, _ in
          if field == bad { throw JobError(.cannotWrite, "field \(field)") }
        }
      } catch let failure as JobError { error = failure }
      if error?.message != "field \(bad)" { failures.append("\(name): \(error?.message ?? "no error") at \(bad)") }
    }
    tried += 1
  }
}
for failure in failures { FileHandle.standardError.write(Data("\(failure)\n".utf8)) }
let failed = try ranks.allReduce([failures.count], .sum)[0]
if ranks.isRoot { print("\(tried) cases on \(ranks.size) ranks, \(failed) failures") }
Communicator.finish()
