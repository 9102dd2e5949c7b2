import BenchmarkReport
import Kernels
import ThresholdCurves

/// How often the 90 % interval holds the true threshold, and what it costs.
struct Coverage {
  let settings: Settings

  private struct Cell {
    var error: Double
    var deviation: Double
    /// Whether the interval holds the truth; not where there is none.
    var isCovered: Bool
  }

  /// Adds a row for each set of cells and noise, and the rank correlations over noises and sets.
  ///
  /// - Throws: where the file of true curves cannot be read.
  func run(_ report: inout BenchmarkReport) throws {
    var sets = [CurveSet.publishedMaps, .synthesize]
    if let path = CommandLine.value(of: "--truth") { sets.append(try .file(path)) }
    var pooled: [(name: String, cells: [Cell])] = []
    for set in sets {
      var ofSet: [Cell] = []
      for noise in settings.isSmoke ? [1.0] : [1.0, 3.0] where settings.wants("\(set.name), \(noise) %") {
        ofSet += add(set, noise: noise, to: &report)
      }
      pooled.append((set.name, ofSet))
    }
    pooled.append(("all", pooled.flatMap(\.cells)))
    for (name, cells) in pooled where !cells.isEmpty {
      report.add(
        [
          "cells": .text(name), "with threshold": .count(cells.count),
          "rank correlation of standard error and error": .number(Self.correlation(cells), digits: 2),
          "coverage, %": .number(Self.coverage(cells), digits: 1),
        ], to: "Over all noises")
    }
  }

  private func add(_ set: CurveSet, noise: Double, to report: inout BenchmarkReport) -> [Cell] {
    var (found, count, time) = ([Cell](), 0, 0.0)
    for seed in settings.seeds {
      let options = ThresholdOptions.defaults {
        $0.seed = UInt64(seed)
        // As --uncertainty: 25 refits.
        $0.bootstrap = 25 / $0.networks
      }
      let kernel = ThresholdKernel(options: options, maximumPairs: 86)
      let cells = set.cells(settings.cells(500), noise: noise, seed: seed)
      count += cells.count
      let start = processorSeconds()
      for (index, cell) in cells.enumerated() {
        let result = kernel.compute(cell.pairs, cell: index).result
        guard result.status == .computed else { continue }
        let truth = cell.truth.threshold
        found.append(
          Cell(
            error: (result.smt - truth).magnitude, deviation: result.smtStandardDeviation,
            isCovered: result.smtP05 <= truth && truth <= result.smtP95))
      }
      time += processorSeconds() - start
    }
    let errors = found.map(\.error)
    report.add(
      [
        "curves": .text(set.name), "noise, %": .number(noise, digits: 0), "cells": .count(count),
        "with threshold, %": .number(100 * Double(found.count) / Double(count), digits: 1),
        "RMSE, %": .number(mean(errors.map { $0 * $0 }).squareRoot(), digits: 2),
        "within 5 %": .number(100 * Double(errors.count { $0 <= 5 }) / Double(count), digits: 1),
        "coverage, %": .number(Self.coverage(found), digits: 1),
        "median standard error, %": .number(percentile(found.map(\.deviation).filter(\.isFinite), 0.5), digits: 2),
        "rank correlation": .number(Self.correlation(found), digits: 2),
        "ms per cell": .number(1000 * time / Double(count), digits: 1),
      ], to: "Coverage of the 90 % interval, seeds \(settings.seeds.map(String.init).joined(separator: ", "))")
    return found
  }

  private static func coverage(_ cells: [Cell]) -> Double {
    100 * Double(cells.count(where: \.isCovered)) / Double(cells.count)
  }

  private static func correlation(_ cells: [Cell]) -> Double {
    let known = cells.filter(\.deviation.isFinite)
    return rankCorrelation(known.map(\.deviation), known.map(\.error))
  }
}
