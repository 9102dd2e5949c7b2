// Whether ranks end together where all that costs time is in one corner of the grid, and where there are more ranks than
// cells: runs smt-mpi under mpirun and prints what its reports say.
import BenchmarkReport
import Distributed
import Foundation

let isSmoke = CommandLine.has("--smoke")
let program =
  CommandLine.value(of: "--program") ?? Bundle.main.bundleURL.appendingPathComponent("smt-mpi").path
let folder = FileManager.default.temporaryDirectory.appendingPathComponent("smt-mpi-balance-\(getpid())").path

/// What is run: an ensemble, and on how many ranks.
struct Job {
  var ensemble: CornerEnsemble
  var networks = 1
  var epochs: Int
  var ranks: [Int]
}

/// Runs the program and returns its report.
func run(_ job: Job, ranks: Int) throws -> RunReport {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments =
    ["mpirun", "-n", "\(ranks)", "--oversubscribe", "--bind-to", "none", program, "threshold"]
    + ["--members", "REF,EXP_01..EXP_85", "--response", "\(folder)/{member}.nc:GPP"]
    + ["--moisture", "\(folder)/{member}.nc:SM", "--preset", "paper"]
    + ["--networks", "\(job.networks)", "--epochs", "\(job.epochs)"]
    + ["--output", "\(folder)/smt.nc", "--overwrite", "--report", "\(folder)/run.json", "--progress", "0"]
  process.environment = ProcessInfo.processInfo.environment.merging(
    ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"]
  ) { given, _ in given }
  process.standardOutput = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    throw JobError(.internal, "\(program) failed with exit status \(process.terminationStatus)")
  }
  let decoder = JSONDecoder()
  decoder.nonConformingFloatDecodingStrategy = .convertFromString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  return try decoder.decode(RunReport.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json")))
}

let jobs =
  isSmoke
  ? [
    Job(ensemble: CornerEnsemble(rows: 12, columns: 18, corner: (6, 6)), epochs: 30, ranks: [2, 5]),
    Job(ensemble: CornerEnsemble(rows: 1, columns: 3, corner: (1, 3)), networks: 4, epochs: 30, ranks: [6]),
  ]
  : [
    Job(ensemble: CornerEnsemble(rows: 48, columns: 72, corner: (24, 24)), epochs: 2000, ranks: [2, 5]),
    Job(ensemble: CornerEnsemble(rows: 2, columns: 4, corner: (2, 4)), networks: 40, epochs: 1000, ranks: [16]),
  ]

var report = BenchmarkReport("balance")
for job in jobs {
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  try job.ensemble.write(to: folder)
  for ranks in job.ranks {
    let result = try run(job, ranks: ranks)
    let compute = result.phases.first { $0.name == "compute" }
    report.add([
      "cells": .count(job.ensemble.rows * job.ensemble.columns), "that cost": .count(job.ensemble.costly),
      "networks": .count(job.networks), "ranks": .count(ranks),
      "balance without sharing": .number(job.ensemble.balanceOfOwnCells(ranks: ranks), digits: 3),
      "balance": .number(result.balance, digits: 3), "CPU s": .number(result.cpuSeconds, digits: 1),
      "compute s": .number(compute?.maximum ?? .nan, digits: 1),
      "idle s, mean": .number(result.idle?.mean ?? .nan, digits: 2),
      "parts for others": .count(result.partsForOthers),
    ])
  }
  try FileManager.default.removeItem(atPath: folder)
}
try report.finish()
