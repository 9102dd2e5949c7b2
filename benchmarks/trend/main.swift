// Series per second of Sen's slope with interval, Mann-Kendall and least squares, for each level of the instruction set;
// each level's sum of slopes is printed too, since all must agree.
//
//   benchmark-trend [--smoke] [--years 77] [--level v3]

import Kernels

let smoke = CommandLine.arguments.contains("--smoke")
func option(_ name: String) -> String? {
  CommandLine.arguments.firstIndex(of: name).flatMap { CommandLine.arguments.dropFirst($0 + 1).first }
}
let count = option("--years").flatMap { Int($0) } ?? 77
let levels = InstructionLevel.available.filter { level in option("--level").map { $0 == "\(level)" } ?? true }
let seriesCount = smoke ? 1_000 : 20_000
let clock = ContinuousClock()

/// The shortest of some runs, in seconds; the others were disturbed.
func shortest(of runs: Int, _ work: () -> Void) -> Double {
  var best = Double.infinity
  for _ in 0..<runs {
    let time = clock.measure(work)
    best = min(best, Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18)
  }
  return best
}

func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

let times = (0..<count).map { 1948 + Double($0) }
/// Noise about a trend: the sum of four uniform numbers, or of whole numbers, which are often tied.
func makeSeries(tied: Bool) -> [Double] {
  (0..<seriesCount).flatMap { cell -> [Double] in
    var random = RandomSequence(seed: 1, cell: cell, purpose: .resampling)
    return (0..<count).map { year in
      let noise = (0..<4).reduce(0.0) { sum, _ in sum + Double(random.nextUnit()) }
      return tied ? (4 * noise).rounded() : 500 + 20 * noise + 0.1 * Double(year)
    }
  }
}

print(row(["level", "values", "series/s", "µs per series", "sum of Sen's slopes"]))
print(row(Array(repeating: "---", count: 5)))
for (name, values) in [("all different", makeSeries(tied: false)), ("many ties", makeSeries(tied: true))] {
  for level in levels {
    let estimator = TrendEstimator(maximumCount: count, level: level)
    var sum = 0.0
    let time = shortest(of: smoke ? 2 : 7) {
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
    let rate = (Double(seriesCount) / time).rounded()
    print(row(["\(level)", name, "\(Int(rate))", "\((1e8 * time / Double(seriesCount)).rounded() / 100)", "\(sum)"]))
  }
}
