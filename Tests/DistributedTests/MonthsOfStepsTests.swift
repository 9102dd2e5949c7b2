import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Months made of finer steps, against sums over all steps that the tests make on their own.
@MainActor @Suite struct MonthsOfStepsTests {
  nonisolated static let first = Month(year: 2003, month: 1)
  nonisolated static let last = Month(year: 2004, month: 4)
  /// The cell that has no value at some steps, and the one that never has any.
  nonisolated static let (holed, empty) = (4, 5)

  nonisolated static func value(_ step: Int, _ cell: Int) -> Double {
    if cell == empty || (cell == holed && step % 40 == 7) { return .nan }
    return 20 + 5 * sin(0.05 * Double(step)) + 3 * Double(cell) + 0.01 * Double(step * step % 101)
  }

  private nonisolated func request(
    _ record: TestRecord, _ steps: StepRequest, in folder: String, allowsGaps: Bool = false
  ) throws -> SourceRequest {
    SourceRequest(
      name: "source", specification: try SourceSpecification(try record.write(to: folder)), steps: steps,
      allowsGaps: allowsGaps)
  }

  /// The steps of the job and their values by cell.
  private func read(
    _ record: TestRecord, _ steps: StepRequest = .months(), allowsGaps: Bool = false,
    period: ClosedRange<Month>? = nil, plan: ReadPlan? = nil, budget: Int = 1 << 20
  ) throws -> (catalogue: Catalogue, values: [[Double]]) {
    try withTemporaryFolder { folder in
      let catalogue = try Catalogue.make(
        [try request(record, steps, in: folder, allowsGaps: allowsGaps)], members: [], period: period, .single)
      let partition = Partition(cells: Array(0..<catalogue.grid.cellCount), ranks: 1)
      var collector = StepCollector(catalogue)
      _ = try Ingest(catalogue, partition, .single, EveryStep(catalogue), forced: plan, budget: budget)
        .run(into: &collector) { _ in }
      return (catalogue, collector.values[0])
    }
  }

  private func check(
    _ record: TestRecord, _ read: (catalogue: Catalogue, values: [[Double]]), share: Double = 1, _ comment: Comment,
    expected: (Month, Int) -> Double
  ) {
    for (month, values) in zip(read.catalogue.months, read.values) {
      for (cell, value) in values.enumerated() {
        let (mean, found) = record.mean(month, cell: cell)
        let isThere = !mean.isNaN && found >= share - 1e-9
        #expect(value.isNaN == !isThere, "\(comment) \(month) cell \(cell): \(value), share \(found)")
        if isThere {
          let expected = expected(month, cell)
          #expect(abs(value - expected) <= 1e-12 * abs(expected), "\(comment) \(month) cell \(cell)")
        }
      }
    }
  }

  @Test(arguments: TestRecord.Calendar.allCases)
  func monthsAreMeansWeightedByLength(calendar: TestRecord.Calendar) throws {
    let lengths: [(days: Double, beginWithYear: Bool, cadence: Cadence)] = [
      (1, false, .daily), (8, true, .days(8)), (10, false, .days(10)), (0.25, false, .hours(6)),
    ]
    for (days, beginWithYear, cadence) in lengths {
      for (hasBounds, stamp) in [
        (true, TestRecord.Stamp.start), (true, .middle), (true, .end), (false, .start), (false, .middle),
      ] {
        // Composites without bounds begin with the stamp.
        if !hasBounds, stamp == .middle, days > 1 { continue }
        for stepsPerFile in days == 1 ? [0, 50] : [days < 1 ? 0 : 13] {
          var record = TestRecord(
            from: Self.first, to: Self.last, calendar: calendar, days: days, beginWithYear: beginWithYear,
            value: Self.value)
          record.hasBounds = hasBounds
          record.stamp = stamp
          record.stepsPerFile = stepsPerFile
          record.unit = stamp == .end ? "hours" : "days"
          record.stepsPerChunk = hasBounds ? 7 : 1
          let comment: Comment = "\(calendar), \(cadence), bounds \(hasBounds), \(stamp), \(stepsPerFile) a file"
          let found = try read(record)
          #expect(found.catalogue.cadence == .monthly && found.catalogue.sources[0].cadence == cadence, comment)
          #expect(found.catalogue.period == "\(Self.first)/\(Self.last)", comment)
          check(record, found, comment) { record.mean($0, cell: $1).mean }
        }
      }
    }
  }

  @Test func plansAndBudgetsGiveTheSameBits() throws {
    for (days, chunk) in [(1.0, 1), (1, 0), (1, 31), (8, 5), (0.25, 100), (1, 1000)] {
      var record = TestRecord(
        from: Self.first, to: Self.last, calendar: .standard, days: days, beginWithYear: days > 1, value: Self.value)
      record.stepsPerChunk = chunk
      record.stepsPerFile = chunk == 31 ? 100 : 0
      let expected = try read(record, plan: .field, budget: 1 << 20).values.map { $0.map(\.bitPattern) }
      for plan in ReadPlan.allCases {
        for budget in [1, 20_000] {
          let found = try read(record, plan: plan, budget: budget).values.map { $0.map(\.bitPattern) }
          #expect(found == expected, "\(days) days, chunks of \(chunk), \(plan), budget \(budget)")
        }
      }
    }
  }

  @Test func monthsNeedTheirShareOfValues() throws {
    let record = TestRecord(from: Self.first, to: Self.last, calendar: .standard, days: 1) { step, cell in
      // Of 31 days of January 2003 cell c lacks c.
      cell > 0 && step < cell ? .nan : Self.value(step, 0)
    }
    for (share, months) in [(1.0, [1]), (30.0 / 31, [1, 2]), (0.9, [1, 2, 3, 4]), (0, [1, 2, 3, 4, 5, 6])] {
      let found = try read(record, .months(minimumShare: share))
      #expect(found.values[0].map { $0.isNaN ? 0 : 1 } == (1...6).map { months.contains($0) ? 1 : 0 }, "\(share)")
      check(record, found, share: share, "share \(share)") { record.mean($0, cell: $1).mean }
    }
  }

  /// Looking for cells with data at few steps misses none that has a month.
  @Test func cellsOfMonthsAreFound() throws {
    for (days, chunk) in [(1.0, 1), (8, 5), (0.25, 0)] {
      for share in [1, 0.9, 0.5, 0] {
        var record = TestRecord(
          from: Self.first, to: Self.last, calendar: .standard, days: days, beginWithYear: days > 1
        ) { step, cell in
          // The higher the cell, the later in August 2003 its values begin; other months have none.
          let day = Double(step) * days - 212
          return day >= 0 && day < 31 && day >= Double(cell) * 31 / 11 ? 1 : .nan
        }
        record.stepsPerChunk = chunk
        record.shape = (1, 12)
        try withTemporaryFolder { folder in
          let catalogue = try Catalogue.make(
            [try request(record, .months(minimumShare: share), in: folder)], members: [], period: nil, .single)
          let found = try ValidCells.scan(source: 0, of: catalogue, .single)
          let values = try read(record, .months(minimumShare: share)).values
          for cell in 0..<12 where values.contains(where: { !$0[cell].isNaN }) {
            #expect(found[cell], "\(days) days, share \(share), cell \(cell)")
          }
          if days == 1 { #expect(found.count { $0 } < (share == 1 ? 3 : 12)) }
        }
      }
    }
  }

  @Test func sumsAreThoseOfAmounts() throws {
    let daily = TestRecord(from: Self.first, to: Self.last, calendar: .standard, days: 1, value: Self.value)
    check(daily, try read(daily, .months(statistic: .sum)), "daily") { month, cell in
      let (start, end) = daily.days(of: month)
      return (Int(start)..<Int(end)).reduce(0) { $0 + Double(Float(Self.value($1, cell))) }
    }
    // Where days are missing, the others stand for them.
    let lacking = try read(daily, .months(minimumShare: 0.9, statistic: .sum))
    check(daily, lacking, share: 0.9, "days that are missing") { month, cell in
      daily.mean(month, cell: cell).mean * Double(daily.calendar.length(of: month))
    }
    // Composites are amounts of all their days, of which a month gets its part.
    let composites = TestRecord(
      from: Self.first, to: Self.last, calendar: .standard, days: 8, beginWithYear: true, value: Self.value)
    check(composites, try read(composites, .months(statistic: .sum)), "composites") { month, cell in
      let (start, end) = composites.days(of: month)
      return composites.steps.enumerated().reduce(0) { sum, entry in
        let overlap = max(0, min(entry.element.end, end) - max(entry.element.start, start))
        guard overlap > 0 else { return sum }
        return sum + Double(Float(Self.value(entry.offset, cell))) * overlap / (entry.element.end - entry.element.start)
      }
    }
  }

  private func refusal(_ body: () throws -> Void) -> JobError? {
    do {
      try body()
      return nil
    } catch { return error as? JobError }
  }

  @Test func missingDaysAreNamedOrCountAsMissing() throws {
    for hasBounds in [true, false] {
      var record = TestRecord(from: Self.first, to: Self.last, calendar: .noLeap, days: 1, value: Self.value)
      record.hasBounds = hasBounds
      // 10 and 11 February 2003, and 1 March 2004.
      let gone = [40, 41, 365 + 59]
      let kept = record.steps.indices.filter { !gone.contains($0) }
      record.steps = kept.map { record.steps[$0] }
      record.value = { Self.value(kept[$0], $1) }
      let error = refusal { _ = try read(record) }
      #expect(error?.exitCode == .inputData)
      let message = error?.message ?? ""
      #expect(message.contains("days are missing: 2003-02-10, 2003-02-11, 2004-03-01;"), "\(message)")
      #expect(message.contains("found 2003-01-01/2004-04-30, 482 days"), "\(message)")
      let strict = try read(record, allowsGaps: true)
      check(record, strict, "gaps") { record.mean($0, cell: $1).mean }
      #expect(strict.catalogue.sources[0].gapCount() == 2)
      #expect(strict.values[1].allSatisfy(\.isNaN) && strict.values[14].allSatisfy(\.isNaN))
      let lenient = try read(record, .months(minimumShare: 0.9), allowsGaps: true)
      check(record, lenient, share: 0.9, "gaps allowed") { record.mean($0, cell: $1).mean }
      #expect(lenient.catalogue.sources[0].gapCount() == 0 && !lenient.values[1][0].isNaN)
      let sums = try read(record, .months(minimumShare: 0.9, statistic: .sum), allowsGaps: true)
      check(record, sums, share: 0.9, "sums over gaps") {
        record.mean($0, cell: $1).mean * Double(record.calendar.length(of: $0))
      }
      // The gaps are outside.
      let period = Month(year: 2003, month: 3)...Month(year: 2004, month: 2)
      #expect(try read(record, period: period).catalogue.months.count == 12)
    }
  }

  @Test func monthsAtTheEndsAreWhole() throws {
    var record = TestRecord(from: Self.first, to: Self.last, calendar: .standard, days: 1, value: Self.value)
    record.steps = Array(record.steps[17..<(record.steps.count - 2)])
    #expect(try read(record).catalogue.period == "2003-02/2004-03")
    #expect(try read(record, .months(minimumShare: 0.4)).catalogue.period == "2003-02/2004-03")
    for (share, period) in [(0.9, "2003-02/2004-04"), (0.4, "2003-01/2004-04"), (1, "2003-02/2004-03")] {
      let found = try read(record, .months(minimumShare: share), allowsGaps: true)
      #expect(found.catalogue.period == period)
      check(record, found, share: share, "ends within months") { record.mean($0, cell: $1).mean }
    }
    let error = refusal { _ = try read(record, period: Self.first...Self.last) }
    #expect(error?.message.contains("2003-01-01, 2003-01-02") == true, "\(error?.message ?? "")")
    record.steps = Array(record.steps[..<20])
    #expect(refusal { _ = try read(record) }?.message.contains("fill no month") == true)
  }

  @Test func stepsThatAreThereTwiceAreRefused() throws {
    var daily = TestRecord(from: Self.first, to: Self.first, calendar: .standard, days: 1, value: Self.value)
    daily.steps.insert(daily.steps[4], at: 9)
    let message = refusal { _ = try read(daily) }?.message ?? ""
    #expect(message.contains("day 2003-01-05 of 'v' is there twice in"), "\(message)")
    var monthly = TestRecord(from: Self.first, count: 12, months: 1, calendar: .standard, value: Self.value)
    monthly.steps[5] = monthly.steps[4]
    monthly.stepsPerFile = 5
    let twice = refusal { _ = try read(monthly) }?.message ?? ""
    #expect(twice.contains("the source 'source': month 2003-05 of 'v' is there in") && twice.contains("part1001.nc"))
    #expect(twice.hasSuffix("expected one record a month"))
  }

  @Test func yearsAndStaticFieldsAreNoMonths() throws {
    let yearly = TestRecord(from: Self.first, count: 5, months: 12, calendar: .standard, value: Self.value)
    let error = refusal { _ = try read(yearly) }
    #expect(error?.exitCode == .inputData)
    #expect(error?.message.contains("the steps of 'v' are yearly; expected monthly or finer steps") == true)
    var still = yearly
    still.isStatic = true
    #expect(refusal { _ = try read(still) }?.message.contains("has no time dimension; expected monthly") == true)
  }

  // MARK: Native steps

  @Test func nativeStepsAreReadAsTheyAre() throws {
    var records: [(TestRecord, Cadence, String, [Double])] = []
    for calendar in TestRecord.Calendar.allCases {
      let year = Double(calendar.days(from: Self.first, to: Month(year: 2004, month: 1)))
      records += [
        (
          TestRecord(from: Self.first, count: 4, months: 12, calendar: calendar, value: Self.value), .yearly,
          "2003/2006",
          [year]
        ),
        (
          TestRecord(from: Self.first, to: Self.last, calendar: calendar, days: 1, value: Self.value), .daily,
          "2003-01-01/2004-04-30", [1]
        ),
        (
          TestRecord(
            from: Self.first, to: Self.last, calendar: calendar, days: 8, beginWithYear: true, value: Self.value),
          .days(8), "2003-01-01/2004-04-", calendar == .day360 ? [8] : [8, year - 360]
        ),
        (
          TestRecord(from: Self.first, to: Self.first, calendar: calendar, days: 0.125, value: Self.value), .hours(3),
          "2003-01-01/2003-01-", [0.125]
        ),
        (
          TestRecord(from: Self.first, count: 14, months: 1, calendar: calendar, value: Self.value), .monthly,
          "2003-01/2004-02", [31, 28]
        ),
      ]
      var still = TestRecord(from: Self.first, count: 1, months: 12, calendar: calendar, value: Self.value)
      still.isStatic = true
      records.append((still, .static, "the one step/the one step", [0]))
    }
    for (source, cadence, period, days) in records {
      for hasBounds in [true, false] {
        var record = source
        record.hasBounds = hasBounds
        record.stepsPerFile = record.isStatic ? 0 : max(1, record.steps.count / 3)
        let comment: Comment = "\(record.calendar) \(cadence), bounds \(hasBounds)"
        let found = try read(record, .native())
        #expect(found.catalogue.cadence == cadence && found.catalogue.sources[0].cadence == cadence, comment)
        #expect(found.catalogue.period.hasPrefix(period), "\(comment.rawValue): \(found.catalogue.period)")
        #expect(found.values.count == record.steps.count, comment)
        for (step, values) in found.values.enumerated() {
          #expect(
            values.indices.allSatisfy { cell in
              let expected = Double(Float(Self.value(step, cell)))
              return values[cell] == expected || (values[cell].isNaN && expected.isNaN)
            }, comment)
        }
        let layout = StepFields.Layout(found.catalogue)
        let lengths = found.catalogue.steps.enumerated().map {
          StepFields($1, at: $0, cells: 0..<0, layout, []).days(ofSource: 0)
        }
        if cadence != .monthly || record.calendar != .day360 {
          #expect(days.allSatisfy(lengths.contains), "\(comment.rawValue): \(Set(lengths))")
        }
      }
    }
  }

  @Test func nativeStepsAreChosenAndMissed() throws {
    var record = TestRecord(from: Self.first, to: Self.last, calendar: .standard, days: 1, value: Self.value)
    let march = Month(year: 2004, month: 3)
    let chosen = try read(record, .native([.daily]), period: march...march)
    #expect(chosen.catalogue.period == "2004-03-01/2004-03-31")
    #expect(chosen.values[30][0] == Double(Float(Self.value(365 + 31 + 29 + 30, 0))))
    let refused = refusal { _ = try read(record, .native([.yearly, .static])) }
    #expect(refused?.message.contains("the steps of 'v' are daily; expected yearly or static ones") == true)
    let all = record.steps
    record.steps = Array(all[..<40] + all[42...])
    record.hasBounds = false
    let gaps = refusal { _ = try read(record, .native()) }
    #expect(gaps?.message.contains("days are missing: 2003-02-10, 2003-02-11;") == true, "\(gaps?.message ?? "")")
    let allowed = try read(record, .native(), allowsGaps: true)
    #expect(allowed.values.count == all.count && allowed.values[40].allSatisfy(\.isNaN))
    #expect(allowed.values[42][0] == Double(Float(Self.value(40, 0))))
  }

  @Test func sourcesOfDifferentStepsShareMonths() throws {
    try withTemporaryFolder { folder in
      let daily = TestRecord(from: Self.first, to: Self.last, calendar: .noLeap, days: 1, value: Self.value)
      let monthly = TestRecord(
        from: Month(year: 2003, month: 3), count: 20, months: 1, calendar: .standard, value: Self.value)
      func requests(_ steps: StepRequest) throws -> [SourceRequest] {
        try [("a", daily), ("b", monthly)].map { name, record in
          try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
          var request = try request(record, steps, in: "\(folder)/\(name)")
          request.name = name
          return request
        }
      }
      let catalogue = try Catalogue.make(try requests(.months()), members: [], period: nil, .single)
      #expect(catalogue.period == "2003-03/2004-04")
      #expect(
        catalogue.warnings == [
          "the sources cover different periods (a 2003-01/2004-04, b 2003-03/2004-10): 2003-03/2004-04 is used"
        ])
      let partition = Partition(cells: [0, 1, 2, 3], ranks: 1)
      var collectors = [0, 1].map { StepCollector(catalogue, source: $0) }
      for source in [0, 1] {
        _ = try Ingest(catalogue, partition, .single, EveryStep(catalogue), budget: 1 << 20)
          .run(into: &collectors[source]) { _ in }
      }
      for (index, month) in catalogue.months.enumerated() {
        let mean = daily.mean(month, cell: 2).mean
        #expect(abs(collectors[0].values[0][index][2] - mean) < 1e-12 * mean)
        #expect(collectors[1].values[0][index][2] == Double(Float(Self.value(index, 2))))
      }
      let message = refusal { _ = try Catalogue.make(try requests(.native()), members: [], period: nil, .single) }?
        .message
      #expect(message?.contains("is daily and the source") == true, "\(message ?? "")")
    }
  }

  // MARK: Ranks and sizes

  @Test func ranksGiveTheSameBits() throws {
    try withTemporaryFolder { folder in
      for (days, chunk, rows) in [(1.0, 1, 7), (8, 5, 7), (0.25, 0, 7), (1, 31, 1)] {
        let own = "\(folder)/\(days)-\(rows)"
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        var record = TestRecord(
          from: Self.first, to: Self.last, calendar: .standard, days: days, beginWithYear: days > 1, value: Self.value)
        record.shape = (rows, rows == 1 ? 3 : 5)
        record.stepsPerChunk = chunk
        record.stepsPerFile = days == 1 ? 100 : 0
        let source = try record.write(to: own)
        for steps in ["mean", "sum", "native"] {
          var digests: Set<String> = []
          for ranks in [1, 2, 3, 5] {
            for plan in ["slab", "field"] {
              let done = try run(["steps", source, steps, plan], of: "rank-program", ranks: ranks)
              #expect(done.status == 0, "\(done.standardError)")
              digests.insert(done.standardOutput)
            }
          }
          #expect(digests.count == 1, "\(days) days, chunks of \(chunk), \(rows) rows, \(steps): \(digests)")
        }
      }
    }
  }

  /// Eighty years of hours, sorted and encoded: what went with the square of their number would take hours.
  @Test func hoursOfDecadesAreFeasible() throws {
    let calendar = ModelCalendar.noLeap
    let times = (0..<80).map { year in
      let start = calendar.start(of: Month(year: 1940 + year, month: 1))
      return TimeAxis(
        starts: (0..<8760).map { start + 3600 * $0 }, ends: (1...8760).map { start + 3600 * $0 }, calendar: calendar)
    }
    let list = MemberFiles(paths: (0..<80).map { "\($0).nc" }, files: [0..<80])
    for steps in [StepRequest.native([.hours(1)]), .months()] {
      let request = SourceRequest(name: "v", specification: try SourceSpecification("*.nc:v"), steps: steps)
      let start = wallSeconds()
      let timeline = try Timeline.make(request.records[0], list, times, calendar: calendar, members: [""])
      var warnings: [String] = []
      let own = try Timeline.common([timeline], period: nil, warnings: &warnings)
      let places = try timeline.places(of: own, members: [""])
      struct Encoded: Codable {
        @PackedSteps var steps: [Step]
        @PackedPlaces var stepPlaces: [[RecordCatalogue.StepPlace]]
        var parts: MonthParts?
      }
      let encoded = Encoded(steps: own, stepPlaces: places.places, parts: places.parts)
      let data = try JSONEncoder().encode(encoded)
      let decoded = try JSONDecoder().decode(Encoded.self, from: data)
      #expect(decoded.stepPlaces == places.places && decoded.steps == own && places.places[0].count == 700_800)
      #expect(own.count == (steps == .months() ? 960 : 700_800))
      #expect(data.count < 5_000_000, "\(data.count) bytes")
      #expect(wallSeconds() - start < 120)
    }
  }
}
