import Distributed
import Foundation

/// Time and traffic of a job on a number of ranks, phase by phase, as the program's sources have it.
struct Prediction {
  let job: Job
  let ranks: Int

  /// One phase: what it costs the slowest rank.
  struct Phase {
    var name: String
    /// Seconds that shrink with the ranks, and those that do not.
    var shared = 0.0
    var constant = 0.0
    /// Bytes of numbers that the busiest rank reads.
    var read = 0.0
    /// Bytes that the busiest rank sends or receives.
    var moved = 0.0
    /// Messages of the busiest rank.
    var messages = 0.0
    /// Collective calls.
    var collectives = 0

    var seconds: Double { shared + constant }
  }

  private var count: Double { Double(ranks) }
  private var tree: Double { log2(count).rounded(.up) }
  private func share(_ total: Int) -> Double { (Double(total) / count).rounded(.up) }

  /// The phases of the program's own report.
  var phases: [Phase] { [catalogue, cells, reading, computing, writing, summarising] }

  var seconds: Double { phases.reduce(0) { $0 + $1.seconds } }

  /// Messages of the busiest rank, in and out, of so many calls that combine a few bytes over all ranks.
  private func agreements(_ calls: Int) -> Double { 2 * Double(calls) * tree }

  /// Bytes that rank 0 sends to broadcast so many.
  ///
  /// Messages are passed on along a binomial tree where they are small, along a binary one where they are large (traced
  /// with 16 ranks; with 8 Open MPI sends one to each).
  private func broadcast(_ bytes: Double) -> Double { bytes * (bytes < 1e6 ? tree : min(2, tree)) }

  /// Headers are dealt out; what they say goes up a tree, is checked on rank 0 and broadcast.
  ///
  /// Three agreements, a message for each level of the tree with its length before it, and two broadcasts likewise.
  private var catalogue: Phase {
    let entries = Double(job.files * job.sources)
    var phase = Phase(name: "catalogue")
    phase.shared = max(share(job.files) * Constants.header, Double(job.files) / Constants.metadata)
    phase.messages = agreements(3) + 2 * tree + 4 * tree
    // Rank 0 sends more than it receives.
    phase.moved = broadcast(Constants.nameBytes * entries) + broadcast(Constants.stepBytes * entries)
    phase.constant =
      entries * (Constants.entry + Constants.decoding) + phase.messages * Constants.latency / 2
      + (phase.moved + (ranks == 1 ? 0 : Constants.entryBytes * entries)) / Constants.intoRoot
    phase.collectives = 7
    return phase
  }

  /// Months of the reference's first field are dealt out; maps of the season are broadcast.
  ///
  /// The ranks agree, then combine a byte for each cell (twice along a tree); a map comes after what describes it, each
  /// with its length before it.
  private var cells: Phase {
    let months = share(job.months)
    let mapBytes = ranks == 1 ? 0 : Double(job.sharedMaps * job.gridCells) * 8
    var phase = Phase(name: "cells")
    phase.messages = agreements(1 + 2 + job.sharedMaps) + 4 * tree * Double(job.sharedMaps)
    phase.shared = months * (Constants.open + job.fieldBytes / Constants.reading)
    phase.moved =
      Double(job.sharedMaps) * broadcast(Double(job.gridCells) * 8) + 2 * Double(job.gridCells) * (1 - 1 / count)
    phase.constant =
      Double(job.gridCells) * Constants.gridCell + mapBytes / Constants.unpacking + phase.moved / Constants.intoRoot
      + phase.messages * Constants.latency / 2
    phase.read = months * job.fieldBytes
    phase.collectives = 2 + 5 * job.sharedMaps
    return phase
  }

  /// Calendar years of members, or parts of them, are dealt out, read by one rank each, and exchanged with all owners of
  /// cells.
  private var reading: Phase {
    let division = TaskDivision(
      years: job.members * job.years, ranks: ranks, monthsPerChunk: 1,
      stepBytes: job.fields * Int(job.fieldBytes), fields: job.fields, width: job.width, cells: job.landCells)
    let months = division.monthsPerTask
    let rounds = Double(division.rounds(monthsPerTask: months))
    let taskBytes = Double(months * job.fields) * job.fieldBytes
    let sent = rounds * Double(division.slots(monthsPerTask: months) * job.landCells) * 8 * (1 - 1 / count)
    let stored =
      Double(job.members * job.months * job.fields) * job.fieldBytes * Constants.compressed / Constants.fileSystem
    var phase = Phase(name: "read")
    let alone = rounds * (Double(months) * Constants.open + taskBytes / Constants.reading)
    let files = Double(job.files) / Constants.metadata
    phase.shared = Double(job.sources) * (max(alone, stored, files) + sent / Constants.exchange)
    phase.messages = Double(job.sources) * rounds * 2 * (count - 1)
    phase.constant = phase.messages * Constants.latency / 2
    phase.read = Double(job.sources) * rounds * taskBytes
    phase.moved = Double(job.sources) * sent
    phase.collectives = job.sources * Int(rounds)
    return phase
  }

  private var computing: Phase {
    var phase = Phase(name: "compute")
    phase.shared = share(job.landCells) * job.cell
    // A rank that computes for seconds makes a log of its own.
    if phase.shared > 5 { phase.constant = count / Constants.metadata }
    phase.collectives = 4
    return phase
  }

  /// Fields of the maps are dealt out, put together and deflated by one rank each; rank 0 takes in the compressed bytes, one
  /// field after the other, and writes them.
  private var writing: Phase {
    var phase = Phase(name: "write")
    let fields = assemble(job.maps, in: &phase)
    phase.shared += fields * job.fieldBytes / Constants.deflating
    let stored = Double(job.maps) * job.fieldBytes * Constants.compressed
    let received = stored * (1 - 1 / count)
    phase.constant += stored / Constants.oneFile + received / Constants.intoRoot
    phase.moved += received
    phase.messages += ranks == 1 ? 0 : Double(job.maps)
    return phase
  }

  /// Fields whose means are told are dealt out in the same way; only their means go to rank 0.
  private var summarising: Phase {
    var phase = Phase(name: "summary")
    let fields = assemble(job.means, in: &phase)
    phase.shared += fields * Double(job.landCells) / Constants.means
    phase.messages += ranks == 1 ? 0 : Double(job.means)
    return phase
  }

  /// Every rank makes all fields of its own cells, and gets its share of them of all cells; returns how many.
  private func assemble(_ fields: Int, in phase: inout Phase) -> Double {
    let rounds = share(fields)
    let field = 8 * Double(job.landCells)
    phase.shared = Double(fields) * 8 * share(job.landCells) / Constants.fields
    guard ranks > 1 else { return rounds }
    phase.moved = rounds * field
    phase.shared += phase.moved / Constants.exchange
    // A message from every other rank; besides the exchange a gathering of lengths and an agreement, which counts twice.
    phase.messages = rounds * 2 * (count - 1)
    phase.constant = (phase.messages / 2 + rounds * 3 * tree) * Constants.latency
    phase.collectives = 3 * Int(rounds)
    return rounds
  }
}
