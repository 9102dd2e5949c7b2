// Series per second of Sen's slope with interval, Mann-Kendall and least squares, for each level of the instruction set;
// each level's sum of slopes is printed too, since all must agree.
//
//   benchmark-trend [--smoke] [--years 77] [--level v3] [--json FILE]

import BenchmarkReport
import Kernels

let isSmoke = CommandLine.has("--smoke")
let count = CommandLine.value(of: "--years").flatMap { Int($0) } ?? 77
let levels = InstructionLevel.available.filter { level in
  CommandLine.value(of: "--level").map { $0 == "\(level)" } ?? true
}
let seriesCount = isSmoke ? 1_000 : 20_000
let times = (0..<count).map { 1948 + Double($0) }

/// What the values of a series are like.
enum Kind: String, CaseIterable {
  /// Noise about a trend: the sum of four uniform numbers
  case allDifferent = "all different"
  /// The same, one year in ten missing
  case gaps = "one in ten missing"
  /// Whole numbers from 0 to 16
  case ties = "many ties"
  /// Nine years in ten without anything
  case mostlyZero = "nine in ten 0"
  case constant = "constant"

  func value(_ year: Int, _ random: inout RandomSequence) -> Double {
    let noise = (0..<4).reduce(0.0) { sum, _ in sum + Double(random.nextUnit()) }
    let smooth = 500 + 20 * noise + 0.1 * Double(year)
    switch self {
    case .allDifferent: return smooth
    case .gaps: return random.nextIndex(below: 10) == 0 ? .nan : smooth
    case .ties: return (4 * noise).rounded()
    case .mostlyZero: return random.nextIndex(below: 10) == 0 ? noise : 0
    case .constant: return 5
    }
  }
}

var report = BenchmarkReport("trend")
for kind in Kind.allCases {
  let values = (0..<seriesCount).flatMap { cell -> [Double] in
    var random = RandomSequence(seed: 1, cell: cell, purpose: .resampling)
    return (0..<count).map { kind.value($0, &random) }
  }
  for level in levels {
    let estimator = TrendEstimator(maximumCount: count, level: level)
    var sum = 0.0
    let time = shortest(of: isSmoke ? 2 : 7) {
      sum = 0
      times.withUnsafeBufferPointer { times in
        values.withUnsafeBufferPointer { values in
          for cell in 0..<seriesCount {
            let series = UnsafeBufferPointer(rebasing: values[(cell * count)..<((cell + 1) * count)])
            sum += estimator.estimate(times: times, values: series).sen.slope
          }
        }
      }
    }
    report.add([
      "level": "\(level)", "values": "\(kind.rawValue)", "series/s": .number(Double(seriesCount) / time, digits: 0),
      "µs per series": .number(1e6 * time / Double(seriesCount), digits: 2), "sum of Sen's slopes": "\(sum)",
    ])
  }
}
try report.finish()
