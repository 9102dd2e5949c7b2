// Damages files of every layout in many ways and runs the program on them, two runs at a time. Prints how they ended; every
// mutant follows from the seed and its number.
//
//   mutate-files [--count N] [--seed S] [--only NUMBER]
//
// Exit status: 0 where all ended well; 1 after a crash, a hang, a message without the file's name or partial output, whose
// files are kept.

import Distributed
import Foundation
import TestSupport

#if canImport(Glibc)
  typealias Resource = __rlimit_resource
#else
  typealias Resource = Int32
#endif

func option(_ name: String, default value: Int) -> Int {
  let arguments = CommandLine.arguments
  guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return value }
  return Int(arguments[place + 1]) ?? value
}

let seed = UInt64(option("--seed", default: 1))
let only = option("--only", default: -1)
let numbers = only >= 0 ? only...only : 0...max(0, option("--count", default: 500) - 1)
let program = Bundle.main.bundleURL.appendingPathComponent("smt-mpi").path
let root = FileManager.default.temporaryDirectory.appendingPathComponent("mutate-files-\(UUID().uuidString)").path

// Children inherit both limits.
for (resource, limit) in [(RLIMIT_AS, 5 << 30), (RLIMIT_CORE, 0)] as [(Resource, rlim_t)] {
  var limits = rlimit(rlim_cur: limit, rlim_max: limit)
  #if canImport(Glibc)
    setrlimit(__rlimit_resource_t(resource.rawValue), &limits)
  #else
    setrlimit(resource, &limits)
  #endif
}

/// Runs the program on undamaged files.
@MainActor func runUndamaged(_ arguments: [String], in folder: String) throws {
  try FileManager.default.createDirectory(atPath: "\(folder)/out", withIntermediateDirectories: true)
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  process.environment = trialEnvironment
  _ = FileManager.default.createFile(atPath: "\(folder)/stdout", contents: nil)
  process.standardOutput = FileHandle(forWritingAtPath: "\(folder)/stdout")
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    throw JobError(.internal, "the program fails on undamaged files: \(arguments.joined(separator: " "))")
  }
}

let subjects = try Subject.make(in: "\(root)/files") { try runUndamaged($0, in: "\(root)/made") }
var expectations: [String: String] = [:]

/// What the undamaged files of a subject lead to.
@MainActor func expected(_ subject: Subject) throws -> String {
  if let known = expectations[subject.name] { return known }
  let folder = "\(root)/undamaged \(expectations.count)"
  try runUndamaged(
    Trial.arguments(subject, files: subject.folder, output: "\(folder)/out/o.nc", isDry: false), in: folder)
  let result = try Trial.result(subject, in: folder)
  expectations[subject.name] = result
  return result
}

var counts: [String: [Outcome: Int]] = [:]
var faults = 0
var running: [Trial] = []
var next = numbers.lowerBound
let start = Date()

while next <= numbers.upperBound || !running.isEmpty {
  while running.count < 2, next <= numbers.upperBound {
    running.append(try Trial(next, of: subjects, seed: seed, program: program, in: root))
    next += 1
  }
  var stillRunning: [Trial] = []
  for trial in running {
    guard let outcome = try trial.outcome(expected: expected) else {
      stillRunning.append(trial)
      continue
    }
    let command = trial.subject.name.prefix { $0 != "," }
    counts[String(command), default: [:]][outcome, default: 0] += 1
    if outcome.isFault {
      faults += 1
      print("\(trial.number): \(outcome.rawValue) (\(trial.exitStatus)), \(trial.subject.name), \(trial.description)")
      print("  \(trial.standardError.suffix(400).replacingOccurrences(of: "\n", with: "\n  "))")
      print("  files are kept in \(trial.folder)")
    } else if only < 0 {
      trial.clear()
    }
  }
  running = stillRunning
  usleep(2000)
}

print("\(numbers.count) mutants of seed \(seed) in \(Int(Date().timeIntervalSince(start))) s")
let commands = counts.keys.sorted()
print("".padding(toLength: 36, withPad: " ", startingAt: 0) + commands.map { "\($0)\t" }.joined() + "all")
for outcome in Outcome.allCases {
  let row = commands.map { counts[$0]?[outcome] ?? 0 }
  print(
    outcome.rawValue.padding(toLength: 36, withPad: " ", startingAt: 0) + row.map { "\($0)\t\t" }.joined()
      + "\(row.reduce(0, +))")
}
if faults == 0, only < 0 { try? FileManager.default.removeItem(atPath: root) }
exit(faults == 0 ? 0 : 1)
