import Foundation
import TestSupport
import Testing

@testable import Distributed
@testable import smt_mpi

/// Predictors of networks: what years become of the steps of records, on the first one's grid.
@MainActor @Suite struct PredictorTests {
  /// The values of predictors by year, predictor and cell.
  private func read(_ texts: [String], _ years: ClosedRange<Int>) throws -> (PredictorReader, [[[Float]]]) {
    let options = try PredictorOptions.parse(texts.flatMap { ["--predictor", $0] })
    let reader = try PredictorReader(options, years: years, .single)
    var found: [[[Float]]] = []
    var order: [Int] = []
    try reader.read(Partition(cells: Array(0..<reader.grid.cellCount), ranks: 1)) { year, values in
      order.append(year)
      found.append(values)
    }
    #expect(order == Array(years))
    return (reader, found)
  }

  private func isNear(_ found: Float, _ expected: Double) -> Bool {
    found.isNaN && expected.isNaN || abs(Double(found) - expected) <= 1e-5 * max(1, abs(expected))
  }

  @Test("Means are weighted by days, sums and extremes are those of the steps, incomplete years are missing")
  func statistics() throws {
    try withTemporaryFolder { folder in
      // An @ in a folder is no statistic; the record begins in March and lacks a value.
      let place = "\(folder)/me@home"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      let first = Month(year: 2003, month: 3)
      let value = { @Sendable (step: Int, cell: Int) -> Double in
        step == 30 && cell == 2 ? .nan : cos(Double(3 * step + cell)) * 10
      }
      var record = TestRecord(from: first, count: 12 * 4 - 2, months: 1, calendar: .standard, value: value)
      record.stepsPerFile = 7
      let source = try record.write(to: place)
      let statistics = ["", "@mean", "@sum", "@min", "@max", "@month=7"]
      let (reader, found) = try read(statistics.enumerated().map { "P\($0)=\(source)\($1)" }, 2003...2006)
      #expect(reader.predictors.map(\.statistic) == ["mean", "mean", "sum", "min", "max", "month=7"])
      #expect(reader.predictors.allSatisfy { $0.units == "kg m-2" })
      #expect(reader.warnings.contains { $0.contains("2003-03/2006-12: 1 of 4 years is missing (2003)") })
      for (place, year) in (2003...2006).enumerated() {
        for cell in 0..<6 {
          let months = (1...12).map { Month(year: year, month: $0) }
          let values = months.map { month in
            month < first ? .nan : Double(Float(value(month.index - first.index, cell)))
          }
          let days = months.map { Double(TestRecord.Calendar.standard.length(of: $0)) }
          let isComplete = !values.contains(where: \.isNaN)
          let mean = zip(values, days).reduce(0) { $0 + $1.0 * $1.1 } / days.reduce(0, +)
          let expected = [
            mean, mean, values.reduce(0, +), isComplete ? values.min() ?? .nan : .nan,
            isComplete ? values.max() ?? .nan : .nan, values[6],
          ]
          for (predictor, own) in expected.enumerated() {
            #expect(
              isNear(found[place][predictor][cell], own), "\(statistics[predictor]) of \(year) in cell \(cell)")
          }
        }
      }
    }
  }

  @Test("Days and composites make years; a year that a record fills only in part is missing", arguments: [1.0, 8.0])
  func finerSteps(days: Double) throws {
    try withTemporaryFolder { folder in
      let value = { @Sendable (step: Int, cell: Int) -> Double in sin(Double(step * (cell + 1))) + Double(cell) }
      let record = TestRecord(
        from: Month(year: 2003, month: 1), to: Month(year: 2005, month: 6), calendar: .standard, days: days,
        beginWithYear: true, value: value)
      let source = try record.write(to: folder)
      let (_, found) = try read(["A=\(source)", "B=\(source)@max"], 2003...2005)
      for (place, year) in (2003...2005).enumerated() {
        let calendar = TestRecord.Calendar.standard
        let origin = Month(year: 2003, month: 1)
        let start = Double(calendar.days(from: origin, to: Month(year: year, month: 1)))
        let end = Double(calendar.days(from: origin, to: Month(year: year + 1, month: 1)))
        let own = record.steps.indices.filter { record.steps[$0].start >= start && record.steps[$0].end <= end }
        for cell in 0..<6 {
          let sum = own.reduce(0) { sum, step in
            sum + (record.steps[step].end - record.steps[step].start) * Double(Float(value(step, cell)))
          }
          let largest = own.map { Double(Float(value($0, cell))) }.max() ?? .nan
          #expect(isNear(found[place][0][cell], year < 2005 ? sum / (end - start) : .nan), "\(year), cell \(cell)")
          #expect(isNear(found[place][1][cell], year < 2005 ? largest : .nan), "\(year), cell \(cell)")
        }
      }
    }
  }

  @Test("Maps and years stand beside months; other grids come by the nearest cell")
  func otherGrids() throws {
    try withTemporaryFolder { folder in
      let fixture = try ApplyFixture(folder)
      let options = Array(fixture.predictors().enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
      let (reader, found) = try read(options, ApplyFixture.years)
      #expect(reader.predictors.map(\.name) == ApplyFixture.names)
      #expect(reader.predictors.map(\.statistic) == ApplyFixture.statistics)
      #expect(reader.notes.count == 1 && reader.notes[0].contains("brought from 18 × 24 to 6 × 8 cells by nearest"))
      for (place, year) in ApplyFixture.years.enumerated() {
        for channel in ApplyFixture.names.indices {
          for cell in 0..<ApplyFixture.cells {
            #expect(
              isNear(found[place][channel][cell], ApplyFixture.predictor(channel, cell, year)),
              "\(ApplyFixture.names[channel]) of \(year) in cell \(cell)")
          }
        }
      }
    }
  }
}
