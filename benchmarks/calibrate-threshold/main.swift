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
//   coverage  coverage of the 90 % interval; --truth FILE: also of the file's curves, threshold, slope above and below
//             in each line
//
// The seeds are of data and networks; level takes the first. The method's constants were chosen with seeds
// 1, 77 and 1001 to 1003.

import BenchmarkReport

let parts = ["level", "coverage"]
let part = CommandLine.arguments.dropFirst().first { !$0.hasPrefix("--") && parts.contains($0) }
let settings = Settings()
var report = BenchmarkReport("calibrate-threshold")
if part ?? "level" == "level" { Level(settings).run(&report) }
if part ?? "coverage" == "coverage" { try Coverage(settings: settings).run(&report) }
try report.finish()
