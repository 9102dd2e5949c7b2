// Faults put into a job from outside, each many times: what is promised of the program, tried. Prints a table and ends with
// 1 where a promise was not kept.
//
//   inject-faults [--long] [--seed N] [--only TEXT]

import Foundation
import TestSupport

let cases = [
  FaultCase(name: "killed at any moment, resumed on other ranks", rounds: (5, 160)) {
    try killAndResume(inWriting: false, $0, &$1)
  },
  FaultCase(name: "killed while the map is written, resumed", rounds: (4, 40)) {
    try killAndResume(inWriting: true, $0, &$1)
  },
  FaultCase(name: "disk full, then room made", rounds: (6, 60), obstacle: obstacleToDisks, attempt: fullDisk),
  FaultCase(name: "two jobs with one output, HDF5 locking off", rounds: (2, 30), attempt: sharedOutput),
  FaultCase(name: "input moved between interruption and resume", rounds: (1, 10), attempt: movedInput),
  FaultCase(name: "input changed at equal size before resume", rounds: (1, 10), attempt: changedInput),
  FaultCase(name: "bits of the checkpoint changed", rounds: (3, 60), attempt: damagedCheckpoint),
  FaultCase(name: "checkpoint removed while the job runs", rounds: (1, 10), attempt: removedCheckpoint),
  FaultCase(name: "a record of maps killed, resumed on other ranks", rounds: (3, 60), attempt: killedRecord),
  FaultCase(name: "bits of the blocks of a record changed", rounds: (2, 40), attempt: damagedRecordLogs),
  FaultCase(
    name: "disk full while a record is written, then room made", rounds: (3, 40), obstacle: obstacleToDisks,
    attempt: recordOnFullDisk),
  FaultCase(name: "blocks of a record removed while the job runs", rounds: (1, 10), attempt: removedRecordBlocks),
  FaultCase(name: "links, foreign files, devices where it writes", rounds: (1, 10), attempt: foreignNames),
  FaultCase(name: "standard output and error full or closed", rounds: (1, 5), attempt: fullStandardError),
  FaultCase(name: "an absurd value in one month of one cell", rounds: (2, 20), attempt: absurdValue),
  FaultCase(name: "a header with absurd or missing parts", rounds: (1, 20), attempt: absurdStructure),
  FaultCase(name: "a pipe, a folder, an empty file as input", rounds: (1, 10), attempt: noFile),
  FaultCase(name: "absurd numbers in options", rounds: (1, 1), attempt: absurdOptions),
  FaultCase(name: "the launcher of another MPI", rounds: (1, 1), attempt: foreignLauncher),
  FaultCase(name: "ranks of mixed instruction levels", rounds: (1, 2), attempt: mixedInstructions),
]

func value(of option: String) -> String? {
  let arguments = CommandLine.arguments
  return arguments.firstIndex(of: option).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
}
let isLong = CommandLine.arguments.contains("--long")
let seed = value(of: "--seed").flatMap(UInt64.init) ?? 1
var isBroken = false

print("| fault | rounds | kept | outcomes |\n|---|---|---|---|")
for fault in cases where value(of: "--only").map(fault.name.contains) ?? true {
  if let obstacle = fault.obstacle {
    print("| \(fault.name) | 0 | | skipped: \(obstacle) |")
    continue
  }
  let rounds = isLong ? fault.rounds.long : fault.rounds.short
  var outcomes: [String: Int] = [:]
  var failures: [String] = []
  for round in 0..<rounds {
    var random = Random(seed: seed &* 1_000_003 &+ UInt64(round))
    do {
      let outcome = try withTemporaryFolder { try fault.attempt($0, &random) }
      outcomes[outcome, default: 0] += 1
    } catch {
      failures.append("\(fault.name), round \(round) of seed \(seed): \(error)")
    }
  }
  let list = outcomes.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: "; ")
  print("| \(fault.name) | \(rounds) | \(rounds - failures.count) | \(list) |")
  fflush(nil)
  for failure in failures { FileHandle.standardError.write(Data((failure + "\n").utf8)) }
  isBroken = isBroken || !failures.isEmpty
}
exit(isBroken ? 1 : 0)
