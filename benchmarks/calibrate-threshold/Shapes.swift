import BenchmarkReport
import Kernels
import ThresholdCurves

/// What is found on smooth curves, and how many of these thresholds are flagged as a convention; two slopes beside them.
struct Shapes {
  let settings: Settings

  /// Adds a row for each curve and noise.
  func run(_ report: inout BenchmarkReport) {
    for curve in SmoothCurve.allCases {
      for noise in noises { add(curve.rawValue, noise, to: &report) { curve.drawn(&$0) } }
    }
    for noise in noises {
      add("two slopes", noise, to: &report) { random in
        let curve = TwoSlopeCurve.ofPublishedMaps(&random)
        return { curve($0) }
      }
    }
  }

  private var noises: [Double] { settings.isSmoke ? [1] : [0.2, 1, 3] }

  private func add(
    _ name: String, _ noise: Double, to report: inout BenchmarkReport,
    _ curve: (inout KeyedGenerator) -> (Double) -> Double
  ) {
    guard settings.wants("\(name), \(noise) %") else { return }
    let options = ThresholdOptions.defaults { $0.seed = UInt64(settings.seed) }
    let kernel = ThresholdKernel(options: options, maximumPairs: 86)
    let cells = settings.cells(400)
    let results = (0..<cells).map { cell in
      var random = KeyedGenerator(settings.seed, Int(10 * noise), cell)
      let truth = curve(&random)
      return kernel.compute(Pairs.ensemble(86, noise: noise, &random, truth), cell: cell).result
    }
    let found = results.filter { $0.status == .computed }
    let share = Double(found.count) / Double(cells)
    report.add(
      [
        "curve": .text(name), "noise, %": .number(noise, digits: 1), "cells": .count(cells),
        "with threshold, %": .number(100 * share, digits: 1),
        "upper 95 % limit": .number(upperLimit(found.count, of: cells), digits: 1),
        "flagged as smooth, % of these": .number(
          100 * Double(found.count(where: \.isSmooth)) / Double(found.count), digits: 1),
        "median bend evidence": .number(percentile(found.map(\.bendEvidence), 0.5), digits: 1),
      ], to: "Smooth curves and two slopes")
  }
}
