// How fast ranks write a record of maps, compared with processes that write the same compressed chunks each to a file of its
// own: run it under mpirun. Both make the values themselves; the time for that is not counted.
import BenchmarkReport
import Distributed
import Foundation

let isSmoke = CommandLine.has("--smoke")
let chunks = SeriesChunks(rawValue: CommandLine.value(of: "--chunks") ?? "map") ?? .map
let folder = CommandLine.value(of: "--folder") ?? FileManager.default.temporaryDirectory.path
let ranks = try Communicator.start()
let number = try ranks.onRoot { Int(getpid()) }

/// SPEI of three scales on half a degree, 67,420 cells of land, or a small part of it.
let (rows, columns, times) = isSmoke ? (18, 36, 24) : (360, 720, Int(CommandLine.value(of: "--times") ?? "") ?? 240)
let record = SeriesRecord(rows: rows, columns: columns, times: times, chunks)

/// Seconds of the slowest rank.
func slowest(_ body: () throws -> [Double]) throws -> [Double] {
  try ranks.barrier()
  return try ranks.allReduce(try body(), .maximum)
}

let bytes = 4 * SeriesRecord.scales * times * record.cells.count
var report = BenchmarkReport("series")
for _ in 0..<(isSmoke ? 1 : 3) {
  let (path, own) = ("\(folder)/series-\(number).nc", "\(folder)/series-\(number)-\(ranks.rank).nc")
  let together = try slowest { try record.writeTogether(to: path, ranks) }
  let alone = try slowest { try record.writeAlone(to: own, rank: ranks.rank, of: ranks.size) }
  let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  let memory = try ranks.allReduce([peakMemoryBytes()], .maximum)[0]
  try ranks.barrier()
  for path in [path, own] { try? FileManager.default.removeItem(atPath: path) }
  report.add([
    "ranks": .count(ranks.size), "chunks": .text(chunks.rawValue), "values of cells": .text(byteText(bytes)),
    "file": .text(byteText(size)), "one file, s": .number(together[0], digits: 2),
    "of that blocks, s": .number(together[1], digits: 2), "own files, s": .number(alone[0], digits: 2),
    "throughput to that of own files": .number(alone[0] / together[0], digits: 2),
    "peak memory": .text(byteText(memory)),
  ])
}
if ranks.isRoot { try report.finish() }
Communicator.finish()
