// Time of the drought index of a series, k-month sums, fit and scores, for each level of the instruction set; the sum of the
// scores is printed too, since all must agree.
//
//   benchmark-drought [--smoke] [--months 1296] [--scale 12] [--level v3] [--json FILE]

import BenchmarkReport
import Kernels

let isSmoke = CommandLine.has("--smoke")
let months = CommandLine.value(of: "--months").flatMap { Int($0) } ?? 1296
let scale = CommandLine.value(of: "--scale").flatMap { Int($0) } ?? 12
let levels = InstructionLevel.available.filter { level in
  CommandLine.value(of: "--level").map { $0 == "\(level)" } ?? true
}
let series = isSmoke ? 64 : 2_000
/// By month and series, as a rank has them.
let balance = (0..<months).flatMap { month in
  (0..<series).map { cell -> Double in
    var random = RandomSequence(seed: 1, cell: cell, replicate: month, purpose: .resampling)
    return (0..<4).reduce(-80.0) { sum, _ in sum + 40 * Double(random.nextUnit()) }
  }
}

var report = BenchmarkReport("drought")
for index in DroughtIndex.allCases {
  for level in levels where index == .spei || level == levels.last {
    let work = DroughtSeries(
      index, scale: scale, count: months, firstMonth: 0, reference: 0..<months, months: Array(0..<12), limit: 3.09)
    let kernel = DroughtKernel(work, level: level)
    // The index of precipitation is of amounts from zero.
    let values = index == .spei ? balance : balance.map { max(0, $0) }
    var sum = 0.0
    let time = shortest(of: isSmoke ? 2 : 7) {
      sum = 0
      values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        for first in stride(from: 0, to: series, by: DroughtKernel.width) {
          let count = min(DroughtKernel.width, series - first)
          _ = kernel.compute(base + first, stride: series, series: count)
          sum += kernel.scores[DroughtKernel.width * (months - 1)]
        }
      }
    }
    report.add([
      "index": "\(index.rawValue)", "level": "\(level)", "series/s": .number(Double(series) / time, digits: 0),
      "ms per series": .number(1e3 * time / Double(series), digits: 4), "sum of last scores": "\(sum)",
    ])
  }
}
try report.finish()
