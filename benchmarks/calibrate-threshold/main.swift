// Whether thresholds are found where they are and nowhere else, and whether their intervals hold.
//
//   calibrate-threshold [level|power|shapes|outliers|coverage] [--cells N] [--seeds 2101,2102,2103] [--only TEXT]
//                       [--smoke] [--json FILE]
//
// Without a part, all. --only: the cases whose name contains the text. Pairs are in percent of normal.
//
//   level     cells with a threshold on straight responses, for the default, its raw derivative and every model;
//             --derivative raw or --model NAME: for that alone; --preset paper: for that preset with the tests and by the
//             published rule (30 ms a cell: --cells 100 --only '86 pairs')
//   power     share found and error by ratio of slopes, threshold, noise and pairs; --plot FILE.svg: as a picture
//   shapes    what is found on convex and smooth concave curves, and how many of these are flagged
//   outliers  the same with one or three pairs off by 40 % of normal, and what bounding them costs
//   coverage  coverage of the 90 % interval; --truth FILE: also of the file's curves, threshold, slope above and below
//             in each line
//
// The seeds are of data and networks; all parts but coverage take the first. The method's constants were chosen with seeds
// 1, 77 and 1001 to 1003.

import BenchmarkReport

let parts = ["level", "power", "shapes", "outliers", "coverage"]
let part = CommandLine.arguments.dropFirst().first.flatMap { $0.hasPrefix("--") ? nil : $0 }
if let part, !parts.contains(part) { refuse(part, expected: parts) }
let settings = Settings()
var report = BenchmarkReport("calibrate-threshold")
for name in parts where part ?? name == name {
  switch name {
  case "level": Level(settings).run(&report)
  case "power": try Power(settings: settings).run(&report)
  case "shapes": Shapes(settings: settings).run(&report)
  case "outliers": OutlierTest(settings: settings).run(&report)
  default: try Coverage(settings: settings).run(&report)
  }
}
try report.finish()
