import Testing

@testable import Distributed
@testable import smt_mpi

/// Growing seasons, and what the units of soil moisture say about layers.
@MainActor @Suite struct SeasonTests {
  @Test func seasonsWrapTheYearEnd() {
    func months(_ first: UInt8, _ last: UInt8) -> [Int] {
      (1...12).filter { Seasons.season(first, last, contains: UInt8($0)) }
    }
    #expect(months(4, 9) == [4, 5, 6, 7, 8, 9])
    #expect(months(11, 2) == [1, 2, 11, 12])
    #expect(months(5, 5) == [5])
    #expect(months(1, 12) == Array(1...12))
    #expect(months(12, 1) == [1, 12])
    #expect(months(0, 3) == [] && months(3, 0) == [])
  }

  private func map(_ name: String, _ values: [Double]) -> GridMap {
    GridMap(
      path: "season.nc", name: name, units: "", grid: Grid(latitudes: [0], longitudes: values.indices.map(Double.init)),
      values: values)
  }

  @Test func seasonMapsGiveMonthsOrNone() throws {
    let seasons = try Seasons(
      start: map("start", [11, .nan, 0, 4]), end: map("end", [2, 5, 5, .nan]), cells: [0, 1, 2, 3])
    #expect(seasons.first == [11, 0, 0, 4])
    #expect(seasons.last == [2, 5, 5, 0])
    #expect(seasons.contains(12, position: 0) && !seasons.contains(6, position: 0))
    #expect((1...12).allSatisfy { !seasons.contains($0, position: 1) && !seasons.contains($0, position: 3) })
    for wrong in [13, -1, 1.5, 300, 1e9, .infinity] {
      #expect(throws: JobError.self, "\(wrong)") {
        try Seasons(start: map("start", [wrong]), end: map("end", [2]), cells: [0])
      }
    }
    // A cell that is not worked on may hold anything.
    #expect(throws: Never.self) {
      try Seasons(start: map("start", [99, 1]), end: map("end", [99, 2]), cells: [1])
    }
  }

  @Test func sumsAreWeightedByTheLengthOfMonths() throws {
    let seasons = try Seasons(start: map("s", [2, 3]), end: map("e", [3, 3]), cells: [0, 1])
    // The second source has other values and months of another length.
    let sums = SeasonSums(seasons, sources: 2)
    let layout = StepFields.Layout(fieldCounts: [1, 1], calendars: [.standard, .day360])
    let values = Block(capacity: 8)
    for (month, fields) in [(1, [100.0, 100]), (2, [1, 50]), (3, [2, .nan]), (4, [9, 9])] {
      let other = fields.map { 2 * $0 }
      fields.withUnsafeBufferPointer { fields in
        other.withUnsafeBufferPointer { other in
          guard let first = fields.baseAddress, let second = other.baseAddress else { return }
          let step = StepFields(
            Step(Month(year: 2004, month: month)), at: month - 1, cells: 0..<2, layout, [first, second])
          sums.add(step, to: CellBlock(values.pointer, slotCount: sums.width, cellCount: 2))
        }
      }
    }
    #expect(Array(values.slice(0, 8)) == [29 + 62, 0, 60, 0, 60 + 120, 0, 60, 0])
  }

  @Test func ratesPerSecondCountAsAmountsOfTheirMonths() throws {
    let sums = SeasonSums(Seasons(wholeYear: 1), sources: 2, ratesPerSecond: [1])
    let layout = StepFields.Layout(fieldCounts: [1, 1], calendars: [.noLeap, .noLeap])
    let values = Block(capacity: 4)
    for (month, value) in [(1, 2.0), (2, 3)] {
      [value].withUnsafeBufferPointer { field in
        guard let field = field.baseAddress else { return }
        let step = StepFields(
          Step(Month(year: 2004, month: month)), at: month - 1, cells: 0..<1, layout, [field, field])
        sums.add(step, to: CellBlock(values.pointer, slotCount: sums.width, cellCount: 1))
      }
    }
    // 2 × 31 + 3 × 28, and with the months' seconds 86,400 × (2 × 31² + 3 × 28²).
    let expected: [Double] = [146, 59, 369_273_600, 59]
    #expect(Array(values.slice(0, 4)) == expected)
  }

  @Test func unitsTellWhetherLayersAddUp() {
    for units in ["kg m-2", "kg/m^2", "kg m**-2", "mm"] { #expect(SoilMoistureUnits.addUp(units), "\(units)") }
    for units in ["m3 m-3", "mm3/mm3", "%", "", "1"] { #expect(!SoilMoistureUnits.addUp(units), "\(units)") }
  }
}
