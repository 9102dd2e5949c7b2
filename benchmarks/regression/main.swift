// Seconds of a multiple regression whose data are in memory, with and without classes and clusters.
//
//   benchmark-regression [--smoke] [--rows 1370000] [--json FILE]

import BenchmarkReport
import Kernels

let isSmoke = CommandLine.has("--smoke")
let rows = isSmoke ? 10_000 : CommandLine.value(of: "--rows").flatMap { Int($0) } ?? 1_370_000

/// Sums of four uniform numbers.
func noise(_ column: Int) -> [Double] {
  var random = RandomSequence(seed: 1, cell: column, purpose: .resampling)
  return (0..<rows).map { _ in (0..<4).reduce(0.0) { sum, _ in sum + Double(random.nextUnit()) } }
}

let columns = (0..<7).map(noise)
let response = zip(noise(7), zip(columns[0], columns[1])).map { $0 + 0.1 * $1.0 - 0.2 * $1.1 }
let classes = RegressionData.Category(codes: (0..<rows).map { Int32($0 % 11) }, classCount: 11, base: 0)
let blocks = (0..<rows).map { Int32($0 / 500) }

var report = BenchmarkReport("regression")
for (name, numbers, categories, clusters) in [
  ("7 numbers", columns, [], []), ("5 numbers, 11 classes", Array(columns[..<5]), [classes], []),
  ("5 numbers, 11 classes, clusters", Array(columns[..<5]), [classes], blocks),
] {
  let data = RegressionData(response: response, numbers: numbers, categories: categories)
  var slope = 0.0
  let time = shortest(of: isSmoke ? 2 : 7) {
    slope = Regression(data, Regression.Options(clusters: clusters)).terms[1].estimate
  }
  report.add([
    "rows": "\(rows)", "columns": "\(name)", "s": .number(time, digits: 3), "first slope": .number(slope, digits: 6),
  ])
}
try report.finish()
