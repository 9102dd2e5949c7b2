import Distributed
import Foundation
import TestSupport

/// Writes a record of maps of known values, in which every fifth cell has none.
///
/// `series FILE map|series cells|times ROWSxCOLUMNS TIMES BLOCKS`: ends with 75 as if interrupted when the rank has made so many
/// blocks (-1: never). Says how much it took up, and made.
func writeSeries(_ arguments: [String], _ ranks: Communicator) throws {
  let shape = arguments[3].split(separator: "x").compactMap { Int($0) }
  let most = Int(arguments[5]) ?? -1
  let grid = TestSeries.grid(rows: shape[0], columns: shape[1])
  let record = TestSeries.record(
    on: grid, times: Int(arguments[4]) ?? 1, SeriesChunks(rawValue: arguments[1]) ?? .map,
    arguments[2] == "cells" ? .cells : .times, to: arguments[0])
  let partition = Partition(cells: TestSeries.cells(of: grid), ranks: ranks.size)
  let output = try SeriesOutput(record, partition, identity: "test", ranks)
  var made = 0
  try output.fill { block in
    if made == most { throw JobError(.interrupted, "stopped") }
    made += 1
    return TestSeries.values(of: block, in: record, partition.cells)
  }
  try output.finish(
    MapWriter.FileAttributes(title: "series", source: "test", references: "", commandLine: "rank-program"))
  let all = try ranks.allReduce([made], .sum)[0]
  if ranks.isRoot {
    print("\(output.resumed) taken up, \(all) blocks made\(output.concerns.map { "; " + $0 }.joined())")
  }
}
