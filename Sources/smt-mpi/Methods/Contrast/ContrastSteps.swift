import ArgumentParser
import Distributed

/// Of what the two runs are compared.
enum ContrastStep: String, CaseIterable, ExpressibleByArgument {
  /// Means of calendar years
  case year
  /// Means of December to February, March to May …
  case season
  /// Means of months
  case month
  /// Means of days
  case day
}

/// The steps in which two runs are compared, and what they are made of: months, or days.
struct ContrastSteps: Sendable {
  /// A step of the comparison.
  struct Step: Sendable {
    /// What it is called: `2001`, `2001-12/2002-02`, `2001-03` or `2001-03-14`.
    let name: String
    /// The months, or the day, that make it, positions in `bases`.
    let bases: Range<Int>
    /// Days of each of these.
    let weights: [Double]
    /// The first day and that after the last, by the number of the calendar.
    let days: Range<Int>
  }

  /// By year of the job: the slots of its months or days among those that a year leaves.
  let slots: [[Int]]
  /// Slots that a year of a source leaves: one for each month, or for each day of 12 months of 31 days.
  let slotsPerYear: Int
  let all: [Step]
  let calendar: ModelCalendar

  /// The slot of a day.
  static func slot(month: Int, day: Int) -> Int { 31 * (month - 1) + day - 1 }

  /// The steps that a catalogue's records make.
  ///
  /// - Throws: exit code 65 where they make none.
  init(_ step: ContrastStep, of catalogue: Catalogue) throws {
    let calendar = catalogue.sources[0].calendar
    self.calendar = calendar
    var slots: [[Int]] = []
    if step == .day {
      guard catalogue.cadence.isDailyOrFiner else {
        throw JobError(
          .inputData,
          "--step day: the steps of the runs are \(catalogue.cadence); expected daily or finer ones: give such records, or "
            + "--step month, season or year")
      }
      var all: [Step] = []
      for year in catalogue.years {
        var own: [Int] = []
        for step in catalogue.steps[year.steps] {
          let month = step.month
          let slot = Self.slot(month: month.month, day: step.day)
          guard own.last != slot else { continue }
          own.append(slot)
          let number = calendar.dayNumber(year: month.year, month: month.month, day: step.day)
          let name = "\(month)-\(step.day < 10 ? "0" : "")\(step.day)"
          all.append(Step(name: name, bases: all.count..<all.count + 1, weights: [1], days: number..<number + 1))
        }
        slots.append(own)
      }
      (self.slots, slotsPerYear, self.all) = (slots, 372, all)
      return
    }
    for year in catalogue.years { slots.append(catalogue.steps[year.steps].map { $0.month.month - 1 }) }
    let months = catalogue.months
    let (length, starts): (Int, Set<Int>) =
      switch step {
      case .year: (12, [1])
      case .season: (3, [12, 3, 6, 9])
      case .month, .day: (1, Set(1...12))
      }
    func firstDay(_ month: Month) -> Int { calendar.dayNumber(year: month.year, month: month.month, day: 1) }
    (self.slots, slotsPerYear) = (slots, 12)
    all = months.indices.compactMap { first in
      guard starts.contains(months[first].month), first + length <= months.count else { return nil }
      let (own, end) = (months[first..<first + length], months[first].index + length)
      let name =
        switch step {
        case .year: String("\(months[first])".dropLast(3))
        case .season: "\(months[first])/\(Month(index: end - 1))"
        case .month, .day: "\(months[first])"
        }
      return Step(
        name: name, bases: first..<first + length, weights: own.map { Double(calendar.dayCount(of: $0)) },
        days: firstDay(months[first])..<firstDay(Month(index: end)))
    }
    guard !all.isEmpty else {
      throw JobError(
        .inputData,
        "--step \(step.rawValue): the months that both runs have, \(catalogue.period), hold no whole \(step.rawValue); give "
          + "longer records, or --step \(step == .year ? "season or month" : "month")")
    }
  }

  /// Months or days in all.
  var baseCount: Int { slots.reduce(0) { $0 + $1.count } }

  /// The dimension of maps of each step.
  var axis: MapAxis {
    MapAxis(times: all.map { (86400 * $0.days.lowerBound, 86400 * $0.days.upperBound) }, calendar: calendar)
  }
}

extension Cadence {
  /// Whether days can be made of the steps.
  fileprivate var isDailyOrFiner: Bool {
    switch self {
    case .days(let count): count == 1
    case .hours, .minutes: true
    case .static, .yearly, .monthly: false
    }
  }
}

/// Means of days of steps that are days, hours or minutes: a slot of each source for each day of 12 months of 31 days, NaN
/// where too little of the day has values.
struct DailyMeans: Reduction {
  private let sources: Int
  private let minimumShare: Double
  private static let slots = 372

  /// - Parameter minimumShare: part of a day's length for which there must be values.
  init(sources: Int, minimumShare: Double) {
    self.sources = sources
    self.minimumShare = minimumShare
  }

  var width: Int { Self.slots * sources }
  /// The result, the sum and the days of the day that is being made by source, and the number of its slot, from 1.
  var workWidth: Int { width + 2 * sources + 1 }

  func add(_ step: StepFields, to values: CellBlock) {
    guard !step.cells.isEmpty else { return }
    let current = values[workWidth - 1]
    let slot = ContrastSteps.slot(month: step.month.month, day: step.step.day)
    if current[0] == 0 { for slot in 0..<width { values[slot].fill(.nan) } }
    if current[0] != Double(slot + 1) {
      finishDay(values)
      current.fill(Double(slot + 1))
    }
    for source in 0..<sources {
      let days = step.days(ofSource: source)
      let field = step.field(0, ofSource: source)
      let (sums, lengths) = (values[width + 2 * source], values[width + 2 * source + 1])
      for position in field.indices where !field[position].isNaN {
        sums[position] += days * field[position]
        lengths[position] += days
      }
    }
  }

  /// Makes means of the sums of the day that is being made.
  private func finishDay(_ work: CellBlock) {
    let slot = Int(work[workWidth - 1][0]) - 1
    guard slot >= 0 else { return }
    for source in 0..<sources {
      let target = work[Self.slots * source + slot]
      let (sums, lengths) = (work[width + 2 * source], work[width + 2 * source + 1])
      for position in target.indices {
        // Lengths are rounded to seconds; a millionth is forgiven.
        let isEnough = lengths[position] > 0 && lengths[position] >= minimumShare - 1e-6
        target[position] = isEnough ? sums[position] / lengths[position] : .nan
      }
      sums.fill(0)
      lengths.fill(0)
    }
  }

  func finish(year: Int, work: CellBlock, cells: Range<Int>, to values: CellBlock) {
    guard !cells.isEmpty else { return }
    finishDay(work)
    for slot in 0..<width { values[slot].copy(work[slot]) }
  }
}
