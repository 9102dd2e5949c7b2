// What windows over the borders of ranks cost where networks are applied to the land of 0.05°: the plan, the exchange of a year,
// and gathering windows, beside the time that the network takes: run it under mpirun.
import BenchmarkReport
import Distributed
import Kernels

let isSmoke = CommandLine.has("--smoke")
let ranks = try Communicator.start()
let channels = 13

/// Land in patches, about a quarter of the cells, or a small grid.
let (rows, columns) = isSmoke ? (90, 180) : (3600, 7200)
let grid = Grid(
  latitudes: (0..<rows).map { 90 - 180 * (Double($0) + 0.5) / Double(rows) },
  longitudes: (0..<columns).map { 360 * (Double($0) + 0.5) / Double(columns) - 180 })
let land = (0..<rows * columns).filter { cell in
  let (row, column) = (cell / columns * 360 / rows, cell % columns * 720 / columns)
  return (row / 60 + column / 90) % 4 == 0
}
let windows = try CellWindows(grid, width: 3, path: "the grid")
let cells = windows.cells(withNeighboursOf: land)
let isLand = Set(land)
let isCentre = cells.map(isLand.contains)
let partition = Partition(cells: cells, ranks: ranks.size)
let share = partition.share(of: ranks.rank)

/// Seconds of the slowest rank.
func slowest(_ body: () throws -> Void) throws -> Double {
  try ranks.barrier()
  let start = wallSeconds()
  try body()
  return try ranks.allReduce([wallSeconds() - start], .maximum)[0]
}

/// The middle one of several times.
func median(_ count: Int, _ body: () throws -> Double) rethrows -> Double {
  try (0..<count).map { _ in try body() }.sorted()[count / 2]
}

var made: Halo?
let planning = try slowest { made = try Halo(partition, windows, isCentre: isCentre, ranks) }
guard let halo = made else { throw JobError(.internal, "no halo") }
let values = (0..<channels).map { channel in share.map { Float(cells[$0] % 1000) / 7 + Float(channel) } }
var foreign: [Float] = []
let exchange = try median(isSmoke ? 1 : 11) { try slowest { foreign = try halo.exchange(values) } }

// Windows of some cells of every rank; the network's time does not depend on which.
let sample = Array(share.filter { isCentre[$0] }.prefix(isSmoke ? 512 : 65_536).map { cells[$0] })
let trial = WindowTrial(channels: channels, cells: sample)
let count = Double(max(1, sample.count))
let repeats = isSmoke ? 1 : 5
let both = try ranks.allReduce(
  [median(repeats) { trial.seconds(halo, values, foreign, network: true) } / count], .maximum)[0]
let gathering = try ranks.allReduce(
  [median(repeats) { trial.seconds(halo, values, foreign, network: false) } / count], .maximum)[0]
let own = Double(share.count { isCentre[$0] })
let year = try ranks.allReduce([own * both], .maximum)[0]
let bytes = try ranks.allReduce([halo.bytes(channels: channels)], .maximum)[0]
let memory = try ranks.allReduce([peakMemoryBytes()], .maximum)[0]
var report = BenchmarkReport("halo")
report.add([
  "ranks": .count(ranks.size), "land cells": .count(land.count), "with neighbours": .count(cells.count),
  "plan, s": .number(planning, digits: 3), "bytes of a year": .text(byteText(bytes)),
  "exchange of a year, ms": .number(1e3 * exchange, digits: 2), "gathering, µs": .number(1e6 * gathering, digits: 3),
  "with network, µs": .number(1e6 * both, digits: 3), "windows a second and rank": .number(1 / both, digits: 0),
  "network of a year, s": .number(year, digits: 2), "exchange of it, %": .number(100 * exchange / year, digits: 3),
  "peak memory": .text(byteText(memory)),
])
if ranks.isRoot { try report.finish() }
Communicator.finish()
