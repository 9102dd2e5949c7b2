import Distributed
import Foundation
import Kernels

/// The mean over the globe, weighted by area, of the yearly value in each year of a period, and its trend.
///
/// Only cells count that have every year, so that years differ by their values and not by their cells.
struct GlobalSeries {
  let years: [Int]
  let means: [Double]
  private let cellCount: Int
  private let trend: TrendEstimate

  init(_ cells: CompleteCells, _ means: SummaryMeans) {
    years = cells.years
    self.means = cells.fields.map { means[$0.name].area }
    cellCount = cells.count
    trend = TrendEstimator(
      options: TrendOptions(tieTolerance: TrendOptions.roundingOfSums), maximumCount: max(2, years.count)
    ).estimate(times: years.map(Double.init), values: self.means)
  }

  /// Numbers for the report.
  var results: [String: Double] {
    [
      "cells": Double(cellCount), "trend": trend.ordinary.slope, "trend_p": trend.ordinary.p,
      "sen_slope": trend.sen.slope, "sen_slope_low": trend.sen.low, "sen_slope_high": trend.sen.high,
      "mk_p": trend.mannKendall.p, "mk_z": trend.mannKendall.z,
    ]
  }

  /// The lines of the terminal.
  func lines(units: String) -> [String] {
    guard !years.isEmpty else { return ["  global mean: no cell has every year"] }
    let perYear = ["", "1"].contains(units) ? "year-1" : units + " year-1"
    var lines = ["  global mean, \(units), of the \(cellCount) cells with every year:"]
    for start in stride(from: 0, to: years.count, by: 10) {
      let row = means[start..<min(start + 10, means.count)]
      lines.append("    \(years[start])  " + row.map { String(format: "%.6g", $0) }.joined(separator: " "))
    }
    lines.append(
      String(
        format: "  its trend %.4g %@ (p %.2g), Sen's slope %.4g (%.4g to %.4g), Mann-Kendall p %.2g",
        trend.ordinary.slope, perYear, trend.ordinary.p, trend.sen.slope, trend.sen.low, trend.sen.high,
        trend.mannKendall.p))
    return lines
  }
}
