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
  var phases: [Phase] { [catalogue, cells, reading, computing, gathering, writing] }

  var seconds: Double { phases.reduce(0) { $0 + $1.seconds } }

  /// Headers are dealt out; what they say goes up a tree, is checked on rank 0 and broadcast.
  private var catalogue: Phase {
    let entries = Double(job.files * job.sources)
    var phase = Phase(name: "catalogue")
    phase.shared = max(share(job.files) * Constants.header, Double(job.files) / Constants.metadata)
    phase.constant = entries * (Constants.entry + Constants.decoding) + 4 * tree * Constants.latency
    phase.moved = ranks == 1 ? 0 : 90 * entries + 60 * entries
    phase.messages = 4 * tree
    phase.collectives = 5
    return phase
  }

  /// Months of the reference's first field are dealt out; maps of the season are broadcast.
  private var cells: Phase {
    let months = share(job.months)
    let mapBytes = ranks == 1 ? 0 : Double(job.sharedMaps * job.gridCells) * 8
    var phase = Phase(name: "cells")
    phase.shared = months * (Constants.open + job.fieldBytes / Constants.reading)
    phase.constant =
      Double(job.gridCells) * Constants.gridCell + mapBytes * (1 / Constants.unpacking + 1 / Constants.intoRoot)
    phase.read = months * job.fieldBytes
    phase.moved = ranks == 1 ? 0 : mapBytes + Double(job.gridCells)
    phase.messages = 2 * tree
    phase.collectives = 7
    return phase
  }

  /// Calendar years of members, or parts of them, are dealt out, read by one rank each, and exchanged with all owners of
  /// cells.
  private var reading: Phase {
    let division = TaskDivision(
      years: job.members * job.years, ranks: ranks, monthsPerChunk: 1,
      recordBytes: job.fields * Int(job.fieldBytes), fields: job.fields, width: job.width, cells: job.landCells)
    let months = division.monthsPerTask
    let rounds = Double(division.rounds(monthsPerTask: months))
    let taskBytes = Double(months * job.fields) * job.fieldBytes
    let sent = rounds * Double(division.slots(monthsPerTask: months) * job.landCells) * 8
    let stored =
      Double(job.members * job.months * job.fields) * job.fieldBytes * Constants.compressed / Constants.fileSystem
    var phase = Phase(name: "read")
    let alone = rounds * (Double(months) * Constants.open + taskBytes / Constants.reading)
    let files = Double(job.files) / Constants.metadata
    phase.shared = Double(job.sources) * (max(alone, stored, files) + (ranks == 1 ? 0 : sent / Constants.exchange))
    phase.messages = ranks == 1 ? 0 : Double(job.sources) * rounds * 2 * (count - 1)
    phase.constant = phase.messages * Constants.latency / 2
    phase.read = Double(job.sources) * rounds * taskBytes
    phase.moved = ranks == 1 ? 0 : Double(job.sources) * sent
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

  /// Rank 0 receives a message from every other and puts the numbers in their places.
  private var gathering: Phase {
    let bytes = Double(job.landCells * job.recordLength) * 8
    var phase = Phase(name: "gather")
    phase.constant =
      bytes / Constants.placing + (ranks == 1 ? 0 : bytes / Constants.intoRoot) + (count - 1) * Constants.latency
    phase.moved = ranks == 1 ? 0 : bytes
    phase.messages = count - 1
    return phase
  }

  /// Rank 0 hands out the fields of the maps to be compressed, and writes them.
  private var writing: Phase {
    let bytes = Double(job.recordLength) * job.fieldBytes
    let rounds = (Double(job.recordLength) / count).rounded(.up)
    var phase = Phase(name: "write")
    phase.shared = rounds * job.fieldBytes / Constants.deflating
    phase.constant =
      bytes / Constants.handingOut + (ranks == 1 ? 0 : bytes * (1 + Constants.compressed) / Constants.intoRoot)
    phase.constant += (count - 1) * Constants.latency
    phase.moved = ranks == 1 ? 0 : bytes * (1 + Constants.compressed)
    phase.messages = ranks == 1 ? 0 : 4 * Double(job.recordLength) + count
    phase.collectives = 1
    return phase
  }
}
