import Kernels
import Testing

/// Moisture [year][month][layer] with a season, a trend and noise.
private func syntheticMoisture(cell: Int, years: Int, layers: Int) -> [Double] {
  var random = RandomSequence(seed: 7, cell: cell, purpose: .resampling)
  return (0..<(years * 12 * layers)).map { index in
    let (year, month, layer) = (index / (12 * layers), index / layers % 12, index % layers)
    let season = Double(abs(month - 6)) * Double(layer + 1)
    return 50 + 20 * Double(layer) + season - 0.1 * Double(year * layer) + 10 * Double(random.nextUnit())
  }
}

private func attribution(_ kernel: AttributionKernel, _ moisture: [Double], _ years: [Int]) -> AttributionResult {
  moisture.withUnsafeBufferPointer { kernel.compute(moisture: $0, years: years) }
}

private func covariance(_ a: [Double], _ b: [Double]) -> Double {
  let (x, y) = (mean(a), mean(b))
  return zip(a, b).reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) } / Double(a.count)
}

@Suite struct AttributionTests {
  @Test func monthsAreRankedWettestFirstAndEarlierOnTies() {
    let totals: [Double] = [1, 5, 5, 3, 9, 9, 9, 2, 0, 3, 3, 4]
    // Wet to dry: months 4 5 6 | 1 2 11 | 3 9 10 | 7 0 8.
    #expect(SeasonRanking(totals: totals, groupCount: 4).groups == [3, 1, 1, 2, 0, 0, 0, 3, 3, 2, 2, 1])
    #expect(SeasonRanking(totals: totals, groupCount: 1).groups == Array(repeating: 0, count: 12))
    #expect(SeasonRanking(totals: totals, groupCount: 12).groups == [10, 3, 4, 6, 0, 1, 2, 9, 11, 7, 8, 5])
    let flat = SeasonRanking(totals: Array(repeating: 2, count: 12), groupCount: 4)
    #expect(flat.groups == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    #expect(!SeasonRanking.isPossible(groupCount: 5) && !SeasonRanking.isPossible(groupCount: 0))
    for groups in [1, 2, 3, 4, 6, 12] { #expect(SeasonRanking.isPossible(groupCount: groups)) }
  }

  @Test func aYearIsReducedToSeasonMeans() {
    // Layer 0 falls from 24 in steps of 2, layer 1 is the number of the month.
    let year = (0..<12).flatMap { [24 - 2 * Double($0), Double($0)] }
    var seasons = [Double](repeating: 0, count: 8)
    var reduction = SeasonReduction(layers: 2)
    func reduce(_ values: [Double]) -> Bool {
      values.withUnsafeBufferPointer { values in
        seasons.withUnsafeMutableBufferPointer { reduction.reduce(year: values, into: $0) }
      }
    }
    #expect(reduce(year))
    #expect(seasons == [22, 1, 16, 4, 10, 7, 4, 10])
    var gap = year
    gap[7] = .nan
    #expect(!reduce(gap))
    #expect(seasons.allSatisfy { $0.isNaN })
  }

  @Test(arguments: [1, 2, 3, 4, 6, 12], [1, 2, 4])
  func termsSumToOneAndAreTheCovariancesOfTheDefinition(groups: Int, layers: Int) throws {
    let years = Array(1990...2002) + Array(2005...2024)
    let kernel = AttributionKernel(layers: layers, groups: groups, maximumYears: years.count)
    let moisture = syntheticMoisture(cell: groups * 10 + layers, years: years.count, layers: layers)
    let result = attribution(kernel, moisture, years)
    #expect(result.status == .computed && result.yearCount == years.count)
    #expect(abs(result.contributions.reduce(0, +) - 1) < 1e-12)
    #expect(abs(result.seasonContributions.reduce(0, +) - 1) < 1e-12)
    #expect(abs(result.layerContributions.reduce(0, +) - 1) < 1e-12)
    #expect(abs(result.componentContributions.reduce(0, +) - 1) < 1e-12)
    #expect(abs(result.shares.reduce(0, +) - 1) < 1e-12)

    let series = kernel.series
    func split(_ values: [Double]) -> (line: [Double], rest: [Double]) {
      let fit = OrdinaryTrend(times: series.years, values: values)
      let line = series.years.map { fit.intercept + fit.slope * $0 }
      return (line, zip(values, line).map { $0 - $1 })
    }
    let total = split(series.total)
    let scale = Double(groups) * covariance(series.total, series.total)
    for season in 0..<groups {
      for layer in 0..<layers {
        let part = split(series.moisture(season: season, layer: layer))
        let trend = covariance(total.line, part.line) / scale
        let interannual = covariance(total.rest, part.rest) / scale
        #expect(abs(result.contribution(.trend, season: season, layer: layer) - trend) < 1e-9)
        #expect(abs(result.contribution(.interannual, season: season, layer: layer) - interannual) < 1e-9)
        let index = season * layers + layer
        #expect(abs(result.omega[index] * result.shares[index] - trend - interannual) < 1e-9)
        #expect(abs(result.meanMoisture[index] - mean(series.moisture(season: season, layer: layer))) < 1e-9)
      }
    }
    let top = try #require(result.topTerms)
    let sorted = result.contributions.sorted(by: >)
    #expect(result.contributions[top.first] == sorted[0])
    #expect(result.contributions[top.second] == sorted[1])
  }

  @Test func seriesAddUp() {
    let kernel = AttributionKernel(layers: 3, maximumYears: 12)
    _ = attribution(kernel, syntheticMoisture(cell: 5, years: 12, layers: 3), Array(2001...2012))
    let series = kernel.series
    for year in 0..<12 {
      let layers = (0..<3).reduce(0) { $0 + series.annual(layer: $1)[year] }
      let seasons = (0..<4).reduce(0) { $0 + series.total(season: $1)[year] } / 4
      #expect(abs(layers - series.total[year]) < 1e-10 && abs(seasons - series.total[year]) < 1e-10)
      // Wettest first.
      for season in 1..<4 { #expect(series.total(season: season - 1)[year] >= series.total(season: season)[year]) }
    }
  }

  @Test func missingMonthsMakeMissingYears() {
    let years = Array(2001...2014)
    let moisture = syntheticMoisture(cell: 1, years: 14, layers: 2)
    var gappy = moisture
    gappy[3 * 24 + 11] = .nan
    let kernel = AttributionKernel(layers: 2, maximumYears: 14)
    let result = attribution(kernel, gappy, years)
    #expect(result.status == .computed && result.yearCount == 13)
    #expect(kernel.series.years == years.filter { $0 != 2004 }.map(Double.init))
    let shorter = Array(moisture[..<72] + moisture[96...])
    #expect(attribution(kernel, shorter, years.filter { $0 != 2004 }).contributions == result.contributions)

    for year in [5, 6, 7, 8] { gappy[year * 24] = .nan }
    let few = attribution(kernel, gappy, years)
    #expect(few.status == .tooFewYears && few.yearCount == 9 && few.topTerms == nil)
    #expect(few.contributions.allSatisfy { $0.isNaN } && few.meanTotal.isNaN)
  }

  @Test func constantMoistureHasItsOwnStatus() {
    let kernel = AttributionKernel(layers: 2, maximumYears: 12)
    let result = attribution(kernel, Array(repeating: 0.1, count: 288), Array(1...12))
    #expect(result.status == .noVariance)
    #expect(abs(result.meanTotal - 0.2) < 1e-15)
    #expect(!result.shares.contains { abs($0 - 0.125) > 1e-12 })
    #expect(!result.contributions.contains { !$0.isNaN })
    #expect(!result.omega.contains { !$0.isNaN })
    let dry = attribution(kernel, Array(repeating: 0, count: 288), Array(1...12))
    #expect(dry.status == .noVariance && dry.shares.allSatisfy { $0.isNaN })
  }

  @Test func climatologyRanksAllYearsAlike() {
    var options = AttributionOptions()
    options.basis = .climatology
    let kernel = AttributionKernel(options: options, layers: 1, groups: 12, maximumYears: 10)
    // Month m holds 12 − m, but every other year is turned round and weighs less.
    let moisture = (0..<120).map { index -> Double in
      let (year, month) = (index / 12, index % 12)
      return Double(year) + (year % 2 == 0 ? 2 * Double(12 - month) : Double(month))
    }
    let result = attribution(kernel, moisture, Array(1...10))
    #expect(result.status == .computed)
    for month in 0..<12 {
      #expect(kernel.series.moisture(season: month, layer: 0) == (0..<10).map { moisture[12 * $0 + month] })
    }
    #expect(abs(result.contributions.reduce(0, +) - 1) < 1e-12)
  }

  @Test func seasonMeansMadeBeforeGiveTheSameBits() {
    let moisture = syntheticMoisture(cell: 9, years: 20, layers: 4)
    let kernel = AttributionKernel(layers: 4, maximumYears: 20)
    let direct = attribution(kernel, moisture, Array(2001...2020))
    var reduction = SeasonReduction(layers: 4)
    var means = [Double](repeating: 0, count: 20 * 16)
    moisture.withUnsafeBufferPointer { moisture in
      means.withUnsafeMutableBufferPointer { means in
        for year in 0..<20 {
          reduction.reduce(
            year: UnsafeBufferPointer(rebasing: moisture[(48 * year)..<(48 * year + 48)]),
            into: UnsafeMutableBufferPointer(rebasing: means[(16 * year)..<(16 * year + 16)]))
        }
      }
    }
    let second = means.withUnsafeBufferPointer { kernel.compute(seasonMeans: $0, years: Array(2001...2020)) }
    #expect(second.contributions == direct.contributions && second.omega == direct.omega)
  }

  @Test func termsAreNamed() {
    let result = AttributionResult(status: .computed, groups: 4, layers: 4)
    for index in 0..<32 {
      let term = result.term(index)
      #expect(result.index(term.component, season: term.season, layer: term.layer) == index)
    }
    #expect(AttributionStatus.allCases.map(\.name).contains("no_variance"))
    #expect(Set(TrendStatus.allCases.map(\.name)).count == TrendStatus.allCases.count)
  }
}
