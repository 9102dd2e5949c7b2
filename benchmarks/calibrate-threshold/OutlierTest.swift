import BenchmarkReport
import Kernels
import ThresholdCurves

/// What pairs that are off by 40 % of normal do to thresholds, and what bounding them costs where none is.
struct OutlierTest {
  let settings: Settings

  /// Adds a row for each number of outliers and noise, with and without the bound.
  func run(_ report: inout BenchmarkReport) {
    for (outliers, noise) in [(0, 0.2), (0, 1), (0, 3), (1, 1), (3, 1)] {
      for isBounded in [true, false] { add(outliers, noise, isBounded: isBounded, to: &report) }
    }
  }

  private func add(_ outliers: Int, _ noise: Double, isBounded: Bool, to report: inout BenchmarkReport) {
    guard settings.wants("\(outliers) outliers, \(noise) %") else { return }
    let options = ThresholdOptions.defaults {
      $0.seed = UInt64(settings.seed)
      if !isBounded { $0.outlierBound = .infinity }
    }
    let kernel = ThresholdKernel(options: options, maximumPairs: 86)
    let cells = settings.cells(1000)
    let errors = (0..<cells).compactMap { cell -> Double? in
      var random = KeyedGenerator(settings.seed, cell)
      let curve = TwoSlopeCurve.ofPublishedMaps(&random)
      var pairs = Pairs.ensemble(86, noise: noise, &random) { curve($0) }
      // Any but the reference, which is 100 % by definition.
      for place in (0..<85).shuffled(using: &random).prefix(outliers) {
        pairs.y[place] += random.uniform() < 0.5 ? -40 : 40
      }
      let result = kernel.compute(pairs, cell: cell).result
      return result.status == .computed ? result.smt - curve.threshold : nil
    }
    report.add(
      [
        "pairs off by ±40 %": .count(outliers), "noise, %": .number(noise, digits: 1),
        "bound": isBounded ? "\(options.outlierBound)" : "none", "cells": .count(cells),
        "with threshold, %": .number(100 * Double(errors.count) / Double(cells), digits: 1),
        "within 5 %, % of all": .number(
          100 * Double(errors.count { $0.magnitude <= 5 }) / Double(cells), digits: 1),
        "RMSE, %": .number(mean(errors.map { $0 * $0 }).squareRoot(), digits: 2),
      ], to: "Outliers")
  }
}
