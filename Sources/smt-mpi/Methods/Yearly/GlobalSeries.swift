import Distributed
import Kernels

/// The mean over the globe, weighted by area, of the yearly value in each year of a period, and its trend.
///
/// Only cells count that have every year, so that years differ by their values and not by their cells.
struct GlobalSeries: SummaryPart {
  let period: Int
  let fields: [SummaryField] = []
  private let name: String
  private let units: String
  /// The period's years that cells have; a year that no cell has is left out.
  private let years: [Int]
  private let means: [Double]
  private let cellCount: Int
  private let trend: TrendEstimate

  /// Puts the series together on rank 0; elsewhere it is without meaning.
  ///
  /// Collective.
  init<Analysis: YearlyMethod>(_ results: MethodResults<Analysis>, of method: Analysis, period: Int) throws {
    let years = method.periods[period].positions(in: method.catalogue.years.map(\.year))
    let yearly = try YearlyMeans(results, of: method, period: period, quantities: 1) {
      Array(results.work.yearlyValues($0)[years])
    }
    self.period = period
    name = method.periods.names[period]
    units = results.rows.column("mean").units
    (self.years, means, cellCount) = (yearly.years, yearly.means.map { $0[0] }, yearly.cellCount)
    trend = TrendEstimator(
      options: TrendOptions(tieTolerance: TrendOptions.roundingOfSums), maximumCount: max(2, yearly.years.count)
    ).estimate(times: yearly.years.map(Double.init), values: means)
  }

  func describe(_: SummaryMeans, _ summary: inout Summary) {
    let numbers = [
      "cells": Double(cellCount), "trend": trend.ordinary.slope, "trend_p": trend.ordinary.p,
      "sen_slope": trend.sen.slope, "sen_slope_low": trend.sen.low, "sen_slope_high": trend.sen.high,
      "mk_p": trend.mannKendall.p, "mk_z": trend.mannKendall.z,
    ]
    for (key, value) in numbers { summary.add("\(name)_global_mean_\(key)", value) }
    summary.add("\(name)_years", years.map(Double.init))
    summary.add("\(name)_global_mean", means)
    lines.forEach { summary.add(line: $0) }
  }

  /// The lines of the terminal.
  private var lines: [String] {
    guard !years.isEmpty else { return ["global mean: no cell has every year"] }
    let perYear = ["", "1"].contains(units) ? "year-1" : units + " year-1"
    var lines = ["global mean, \(units.withWaterRemark), of the \(counted(cellCount, "cell")) with every year:"]
    for start in stride(from: 0, to: years.count, by: 10) {
      let row = means[start..<min(start + 10, means.count)]
      lines.append("  \(years[start])  " + row.map { numberText($0, "%.6g") }.joined(separator: " "))
    }
    let sen = [trend.sen.slope, trend.sen.low, trend.sen.high].map { numberText($0, "%.4g") }
    lines.append(
      "its trend \(numberText(trend.ordinary.slope, "%.4g")) \(perYear) (p \(numberText(trend.ordinary.p, "%.2g"))), Sen's "
        + "slope \(sen[0]) (\(sen[1]) to \(sen[2])), Mann-Kendall p \(numberText(trend.mannKendall.p, "%.2g"))")
    return lines
  }
}
