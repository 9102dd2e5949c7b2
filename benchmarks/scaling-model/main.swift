// What limits a job on 64, 1,024 and 16,384 ranks, calculated from constants measured on one core and assumptions on a
// cluster (Constants.swift).
//
//   benchmark-scaling-model [--ranks 1,64,1024,16384] [--json FILE]
//   benchmark-scaling-model --cells 864 --land 292 --months 24 [--members 8]    a record, or with members an ensemble

import BenchmarkReport

let numbers = CommandLine.value(of: "--ranks") ?? "1,2,64,1024,16384"
let ranks = numbers.split(separator: ",").compactMap { Int($0) }
func count(_ option: String) -> Int? { CommandLine.value(of: option).flatMap { Int($0) } }
var jobs = Job.all
if let cells = count("--cells"), let land = count("--land"), let months = count("--months") {
  let grid = "\(cells) cells"
  jobs = [
    count("--members").map {
      Job.threshold(grid, gridCells: cells, landCells: land, members: $0, months: months)
    } ?? Job.attribution(grid, gridCells: cells, landCells: land, months: months)
  ]
}
var report = BenchmarkReport("scaling-model")
for job in jobs {
  for count in ranks {
    let prediction = Prediction(job: job, ranks: count)
    func seconds(_ name: String) -> ReportValue {
      .number(prediction.phases.first { $0.name == name }?.seconds ?? .nan, digits: 2)
    }
    let slowest = prediction.phases.max { $0.seconds < $1.seconds }
    report.add(
      [
        "job": .text(job.name), "ranks": .count(count), "catalogue, s": seconds("catalogue"),
        "cells, s": seconds("cells"),
        "read, s": seconds("read"), "compute, s": seconds("compute"), "write, s": seconds("write"),
        "summary, s": seconds("summary"), "job, s": .number(prediction.seconds, digits: 1),
        "limited by": .text(slowest?.name ?? ""),
      ], to: "Seconds of the slowest rank")
  }
}
for job in jobs {
  for count in ranks where count > 2 {
    for phase in Prediction(job: job, ranks: count).phases {
      report.add(
        [
          "job": .text(job.name), "ranks": .count(count), "phase": .text(phase.name),
          "read, MB": .number(phase.read / 1e6, digits: 1),
          "sent or received, MB": .number(phase.moved / 1e6, digits: 1),
          "messages": .number(phase.messages, digits: 0), "collectives": .count(phase.collectives),
          "shared among ranks, s": .number(phase.shared, digits: 3), "constant, s": .number(phase.constant, digits: 3),
        ], to: "Traffic of the busiest rank")
    }
  }
}
try report.finish()
