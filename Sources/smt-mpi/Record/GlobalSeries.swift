import Distributed
import Foundation
import Kernels

/// The mean over the globe, weighted by area, of the yearly value in each year of a period, and its trend.
///
/// Only cells count that have every year, so that years differ by their values and not by their cells. A year that no
/// cell has is left out.
struct GlobalSeries {
  /// The years that cells have.
  private(set) var years: [Int] = []
  private(set) var means: [Double] = []
  /// Number of the cells.
  private(set) var cellCount = 0
  private let trend: TrendEstimate

  /// - Parameter weights: By cell.
  init(_ maps: ResultMaps, period: Int, _ weights: [Double]) {
    let positions = maps.periods[period].positions(in: maps.years)
    let isCounted = maps.map("mean", period: period).map(\.isFinite)
    let present = positions.filter { year in zip(maps.yearly(year), isCounted).contains { $0.isFinite && $1 } }
    var isComplete = isCounted
    for year in present {
      for (cell, value) in maps.yearly(year).enumerated() where !value.isFinite { isComplete[cell] = false }
    }
    cellCount = isComplete.count { $0 }
    if cellCount > 0 {
      years = present.map { maps.years[$0] }
      means = present.map { year in
        MapMeans(zip(maps.yearly(year), isComplete).map { $1 ? $0 : .nan }, weights).area
      }
    }
    trend = TrendEstimator(maximumCount: max(2, years.count)).estimate(times: years.map(Double.init), values: means)
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
