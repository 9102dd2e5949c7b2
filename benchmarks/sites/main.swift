// Speed of the fit of a station, how often its interval holds the true threshold, and how often a station without a
// threshold gets one.
//
//   benchmark-sites [--smoke] [--stations 300] [--refits 399] [--json FILE]

import BenchmarkReport
import Kernels
import RealModule

let isSmoke = CommandLine.has("--smoke")
let stations = CommandLine.value(of: "--stations").flatMap { Int($0) } ?? (isSmoke ? 5 : 300)
let refits = CommandLine.value(of: "--refits").flatMap { Int($0) } ?? (isSmoke ? 19 : 399)

/// How the evaporative fraction of a station depends on moisture.
enum Curve: String, CaseIterable {
  case plateau = "plateau, 6 % per % up to 18 %"
  case gentlePlateau = "plateau, 3 % per % up to 22 %"
  case level = "level"
  case line = "line, 2 % per %"
  case unevenLevel = "level, noise three times as large in dry soil"
  case unevenLine = "line, noise three times as large in dry soil"

  /// The true threshold, % vol.; nil where there is none.
  var threshold: Double? { self == .plateau ? 18 : self == .gentlePlateau ? 22 : nil }

  func fraction(_ moisture: Double) -> Double {
    switch self {
    case .plateau: 0.65 + 0.06 * min(moisture - 18, 0)
    case .gentlePlateau: 0.65 + 0.03 * min(moisture - 22, 0)
    case .level, .unevenLevel: 0.5
    case .line, .unevenLine: 0.5 + 0.02 * (moisture - 20)
    }
  }

  func noise(_ moisture: Double) -> Double {
    [.unevenLevel, .unevenLine].contains(self) ? max(0.3, 1.5 - (moisture - 12) / 12) : 1
  }
}

/// A station: moisture has a yearly cycle and a memory of 20 days; a quarter of the days is missing.
func station(_ curve: Curve, days count: Int, persistence: Double, noise: Double, number: Int) -> SiteSamples {
  var generator = KeyedGenerator(3, Curve.allCases.firstIndex(of: curve) ?? 0, count, Int(100 * persistence), number)
  var (soil, error) = (generator.normal(), generator.normal())
  var (days, moisture, response): ([Int], [Double], [Double]) = ([], [], [])
  for day in 0..<count {
    soil = 0.95 * soil + (1 - 0.95 * 0.95).squareRoot() * generator.normal()
    error = persistence * error + (1 - persistence * persistence).squareRoot() * generator.normal()
    let x = 20 + 6 * Double.cos(2 * .pi * Double(day) / 365) + 2.5 * soil
    guard generator.uniform() >= 0.25 else { continue }
    days.append(day)
    moisture.append(x)
    response.append(curve.fraction(x) + noise * curve.noise(x) * error)
  }
  return SiteSamples(days: days, moisture: moisture, response: response)
}

var report = BenchmarkReport("sites")

// Speed: fits of sorted days, and refits of both kinds, of which each is drawn, put in order and fitted.
for count in [400, 1067, 4000] {
  let samples = station(.plateau, days: count, persistence: 0.6, noise: 0.08, number: 0)
  let all = SiteRefits(samples, block: 30, seed: 1, site: 1)
  let (fits, numbers) = (isSmoke ? 5 : 50, isSmoke ? 2 : 20)
  let fit = shortest(of: isSmoke ? 2 : 40) { for _ in 0..<fits { _ = all.fit } } / Double(fits)
  let refit =
    shortest(of: isSmoke ? 2 : 40) { for number in 1...numbers { _ = all.refit(number) } } / Double(2 * numbers)
  report.add(
    [
      "days": "\(samples.days.count)", "ms a fit": .number(1e3 * fit, digits: 4),
      "ms a refit": .number(1e3 * refit, digits: 4),
    ], to: "Speed")
}

for curve in Curve.allCases {
  for count in [150, 365, 1095] {
    for persistence in [0, 0.5, 0.8] {
      for noise in curve.threshold == nil ? [0.08] : [0.05, 0.12] {
        var (found, significant, covered, wide) = (0, 0, 0, 0.0)
        for number in 0..<stations {
          let samples = station(curve, days: count, persistence: persistence, noise: noise, number: number)
          let all = SiteRefits(samples, block: 30, seed: 1, site: number)
          // What gains too little has no threshold, whatever its refits.
          guard let fit = all.fit, fit.isRising, fit.gain >= SiteThresholdRule().minimumGain else { continue }
          let result = SiteThreshold(
            fit, refits: (1...refits).map(all.refit), blocks: all.blocks, SiteThresholdRule())
          found += 1
          if result.p <= 0.05 { significant += 1 }
          wide += (result.interval.high - result.interval.low) / 2
          if let threshold = curve.threshold, result.interval.low <= threshold, threshold <= result.interval.high {
            covered += 1
          }
        }
        let part = { (count: Int, of: Int) in ReportValue.number(100 * Double(count) / Double(of), digits: 1) }
        let start: [(column: String, value: ReportValue)] = [
          ("curve", "\(curve.rawValue)"), ("days", "\(count)"), ("persistence", .number(persistence, digits: 1)),
          ("noise", .number(noise, digits: 2)), ("dAIC >= 2, %", part(found, stations)),
          ("and p <= 0.05, %", part(significant, stations)),
        ]
        if curve.threshold == nil {
          report.add(start, to: "Stations without a threshold that get one")
        } else {
          report.add(
            start + [
              ("interval holds the truth, %", part(covered, found)),
              ("half its width, % vol.", .number(wide / Double(found), digits: 2)),
            ], to: "Stations with a threshold")
        }
      }
    }
  }
}
try report.finish()
