import BenchmarkReport
import Distributed

/// The tables of a scaling benchmark.
///
/// Speed-up is the rate in cells a second over that of the smallest number of ranks, so that it holds for a fixed problem
/// and for one that grows with the ranks; efficiency is speed-up by ranks.
public struct ScalingTables {
  private let runs: [ScalingRun]
  private let copies: [Int: ScalingRun]
  private let base: ScalingRun

  /// Tables of runs on different numbers of ranks and of the copies that show the machine's ceiling; nil without runs.
  public init?(_ all: [ScalingRun]) {
    runs = all.filter { !$0.areCopies }.sorted { $0.processes < $1.processes }
    guard let first = runs.first else { return nil }
    base = first
    copies = Dictionary(all.filter(\.areCopies).map { ($0.processes, $0) }) { first, _ in first }
  }

  /// A curve of the plot: speed-ups by number of ranks.
  public struct Curve {
    let name: String
    let points: [(ranks: Int, speedUp: Double)]
  }

  /// The curves of the plot.
  public var curves: [Curve] {
    var curves = [
      Curve(name: "computing", points: runs.map { ($0.processes, speedUp($0, "compute")) }),
      Curve(name: "whole job", points: runs.map { ($0.processes, speedUp($0)) }),
    ]
    if !copies.isEmpty {
      let copies = copies.values.sorted { $0.processes < $1.processes }
      curves.append(
        Curve(
          name: "computing, independent copies",
          points: [(base.processes, Double(base.processes))] + copies.map { ($0.processes, speedUp($0, "compute")) }))
    }
    return curves
  }

  /// Adds the tables to a report.
  public func add(to report: inout BenchmarkReport) {
    for run in runs { addSpeedUp(of: run, to: &report) }
    for run in copies.values.sorted(by: { $0.processes < $1.processes }) { addSpeedUp(of: run, to: &report) }
    for run in runs { addCeiling(of: run, to: &report) }
    for run in runs { addPhases(of: run, to: &report) }
  }

  /// Adds where and when the runs were made; for reports that come from other machines.
  public func addOrigins(to report: inout BenchmarkReport) {
    for run in runs {
      let reports = run.reports.sorted { $0.started < $1.started }
      report.add(
        [
          "ranks": .count(run.processes),
          "host of rank 0": .text(Set(reports.map(\.host)).sorted().joined(separator: " ")),
          "first started": .text(reports.first?.started ?? ""),
          "smt-mpi": .text(Set(reports.compactMap { $0.versions["smt-mpi"] }).sorted().joined(separator: " ")),
        ],
        to: "Where the jobs ran")
    }
  }

  private func speedUp(_ run: ScalingRun, _ phase: String? = nil) -> Double {
    run.rate(phase) / base.rate(phase) * Double(base.processes)
  }

  private func efficiency(_ run: ScalingRun, _ phase: String? = nil) -> Double {
    speedUp(run, phase) / Double(run.processes)
  }

  private func addSpeedUp(of run: ScalingRun, to report: inout BenchmarkReport) {
    let cells = run.typical { Double($0.cellsComputed) }
    report.add(
      [
        "processes": .text(
          run.areCopies ? "\(run.processes) copies" : run.processes == 1 ? "1 rank" : "\(run.processes) ranks"),
        "cells": .number(cells, digits: 0),
        "computing, s": .number(run.seconds("compute"), digits: 2),
        "speed-up": .number(speedUp(run, "compute"), digits: 3),
        "efficiency": .number(efficiency(run, "compute"), digits: 3),
        "whole job, s": .number(run.typical(\.wallSeconds), digits: 2),
        "job speed-up": .number(speedUp(run), digits: 3),
        "job efficiency": .number(efficiency(run), digits: 3),
        "with launcher, s": .number(median(run.launched), digits: 2),
        "balance": .number(run.typical(\.balance), digits: 3),
        "µs per cell-epoch": .number(
          run.typical { $0.results["microseconds_per_cell_epoch"] ?? .nan }, digits: 1),
        "peak memory a rank, MiB": .number(run.typical { Double($0.peakMemory) } / 1_048_576, digits: 0),
      ],
      to: "Scaling, " + (repetitions == 1 ? "one run each" : "medians of \(repetitions) runs each"))
  }

  private var repetitions: Int { base.reports.count }

  /// Efficiency against copies that run at the same time: what the job loses beyond what the machine's processors lose to
  /// each other.
  private func addCeiling(of run: ScalingRun, to report: inout BenchmarkReport) {
    guard let copies = copies[run.processes] else { return }
    report.add(
      [
        "ranks": .count(run.processes),
        "computing: efficiency": .number(efficiency(run, "compute"), digits: 3),
        "of copies": .number(efficiency(copies, "compute"), digits: 3),
        "relative": .number(efficiency(run, "compute") / efficiency(copies, "compute"), digits: 3),
        "whole job: efficiency": .number(efficiency(run), digits: 3),
        "of the copies' jobs": .number(efficiency(copies), digits: 3),
        "job, relative": .number(efficiency(run) / efficiency(copies), digits: 3),
      ],
      to: "Against the machine's own ceiling: as many independent copies of the job on one rank, at the same time")
  }

  private func addPhases(of run: ScalingRun, to report: inout BenchmarkReport) {
    for phase in run.reports.first?.phases ?? [] {
      report.add(
        [
          "ranks": .count(run.processes),
          "phase": .text(phase.name),
          "least, s": .number(run.typical { $0.phase(phase.name)?.minimum ?? .nan }, digits: 3),
          "mean, s": .number(run.typical { $0.phase(phase.name)?.mean ?? .nan }, digits: 3),
          "most, s": .number(run.typical { $0.phase(phase.name)?.maximum ?? .nan }, digits: 3),
          "speed-up": .number(speedUp(run, phase.name), digits: 2),
        ],
        to: "Phases over ranks")
    }
  }
}
