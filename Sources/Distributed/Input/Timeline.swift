/// Which step of which file holds which time, for every member of a source.
struct Timeline {
  /// How far apart the steps of the record are.
  let cadence: Cadence
  let calendar: ModelCalendar
  private let request: RecordRequest
  /// By member whose files are its own: the steps of its record in order.
  private let members: [[Entry]]

  /// A step of the record, the seconds from the calendar's origin between which it lies, and its place.
  private struct Entry {
    var step: Step
    var start: Int
    var end: Int
    var place: RecordCatalogue.StepPlace
  }

  /// Sorts the steps of all members' files in time.
  ///
  /// - Throws: exit code 65 where a step is there twice, or where the job makes nothing of such steps.
  static func make(
    _ request: RecordRequest, _ list: MemberFiles, _ times: [TimeAxis], calendar: ModelCalendar, members: [String]
  ) throws -> Timeline {
    let own = Cadence(of: list.files[0].map { times[$0] })
    if let month = request.specification.month, own != .monthly {
      throw JobError(
        .inputData,
        "\(list.paths[list.files[0].lowerBound]): the steps of '\(request.specification.variables[0])' are \(own); "
          + "@month=\(month) selects of monthly ones")
    }
    // One month of each year makes a record of years.
    let cadence = request.specification.month == nil ? own : .yearly
    try request.steps.check(cadence, request, path: list.paths[list.files[0].lowerBound])
    let entries = try list.files.enumerated().map { member, files in
      let owner = list.files.count > 1 ? " of member '\(members[member])'" : ""
      return try sorted(request, owner, files, list.paths, times, cadence, calendar)
    }
    return Timeline(cadence: cadence, calendar: calendar, request: request, members: entries)
  }

  private static func sorted(
    _ request: RecordRequest, _ owner: String, _ files: Range<Int>, _ paths: [String], _ times: [TimeAxis],
    _ cadence: Cadence, _ calendar: ModelCalendar
  ) throws -> [Entry] {
    var entries: [Entry] = []
    // A model writes a first step of no length, with the values that it begins with.
    let haveLength = cadence.isFinerThanMonths && files.contains { times[$0].haveLength }
    for file in files {
      let time = times[file]
      for index in 0..<time.count {
        let (start, end) = (time.starts[index], time.ends.isEmpty ? time.starts[index] : time.ends[index])
        if haveLength, time.hasBounds, start == end { continue }
        if let month = request.specification.month,
          Cadence.monthly.step(from: start, to: end, calendar).month.month != month
        {
          continue
        }
        entries.append(
          Entry(
            step: cadence.step(from: start, to: end, calendar), start: start, end: end,
            place: RecordCatalogue.StepPlace(file: file, index: index)))
      }
    }
    let order = entries.indices.sorted { (entries[$0].step, $0) < (entries[$1].step, $1) }
    // Of several steps that are there twice, the one that comes first in the files is named.
    let twice = zip(order, order.dropFirst()).filter { entries[$0].step == entries[$1].step }.min { $0.1 < $1.1 }
    if let (first, second) = twice {
      let (place, other) = (entries[second].place.file, entries[first].place.file)
      let places =
        other == place ? "twice in \(paths[place])" : "in \(paths[other]) and in \(paths[place])"
      throw JobError(
        .inputData,
        "\(request.words.source)\(owner): \(cadence.noun) \(cadence.text(of: entries[first].step)) of "
          + "'\(request.specification.variables[0])' is there \(places); expected one record a \(cadence.noun)")
    }
    entries = order.map { entries[$0] }
    try checkLength(request, owner, entries, paths, cadence)
    if cadence.isFinerThanMonths { align(&entries, cadence, calendar) }
    return entries
  }

  /// Checks that no more steps lie between the first and the last of a record than a job may have: all that are missing
  /// will be looked for.
  private static func checkLength(
    _ request: RecordRequest, _ owner: String, _ entries: [Entry], _ paths: [String], _ cadence: Cadence
  ) throws {
    guard cadence.isFinerThanMonths, let first = entries.first, let last = entries.last else { return }
    let count = (last.end - first.start) / cadence.seconds
    guard count > InputLimit.steps else { return }
    throw JobError(
      .inputData,
      "\(request.words.source)\(owner): the times of '\(request.specification.variables[0])' reach from "
        + "\(cadence.text(of: first.step)) in \(paths[first.place.file]) to \(cadence.text(of: last.step)) in "
        + "\(paths[last.place.file]), \(count) \(cadence) steps; expected \(InputLimit.steps) at most")
  }

  /// Makes each step end where the next begins, unless something is missing between them.
  ///
  /// Bounds are taken as they are but for a twentieth of a step. Steps without bounds begin with their day, hour or
  /// minute and are as long as the record's cadence; where composites begin anew on 1 January, the last one of a year
  /// ends with it.
  private static func align(_ entries: inout [Entry], _ cadence: Cadence, _ calendar: ModelCalendar) {
    func startOfYear(_ year: Int) -> Int { calendar.start(of: Month(year: year, month: 1)) }
    let unbounded = entries.indices.filter { entries[$0].start == entries[$0].end }
    var beginWithYear = false
    if case .days(let count) = cadence, count > 1 {
      beginWithYear = unbounded.allSatisfy {
        let entry = entries[$0]
        return (entry.start - startOfYear(entry.step.year)) / 86400 % count == 0
      }
    }
    for index in unbounded {
      let start = calendar.second(of: entries[index].step)
      let end = start + cadence.seconds
      entries[index].start = start
      entries[index].end = beginWithYear ? min(end, startOfYear(entries[index].step.year + 1)) : end
    }
    let tolerance = cadence.seconds / 20
    for index in entries.indices.dropLast() where entries[index].end + tolerance >= entries[index + 1].start {
      entries[index].end = entries[index + 1].start
    }
  }

  /// The timelines of records that are joined step by step: of each the steps that all of them have, as long as in the
  /// first; nil where months are not made of steps that are alike.
  static func shared(_ timelines: [Timeline], members names: [String]) -> [Timeline]? {
    guard let first = timelines.first, first.cadence.isFinerThanMonths,
      timelines.allSatisfy({ $0.cadence == first.cadence && $0.calendar == first.calendar })
    else { return nil }
    let count = timelines.map(\.members.count).max() ?? 1
    func entries(_ timeline: Timeline, _ member: Int) -> [Entry] {
      timeline.members.count > 1 ? timeline.members[member] : timeline.members[0]
    }
    let common = (0..<count).map { member in
      timelines.dropFirst().reduce(entries(first, member)) { common, timeline in
        let steps = Set(entries(timeline, member).map(\.step))
        return common.filter { steps.contains($0.step) }
      }
    }
    guard common.allSatisfy({ !$0.isEmpty }) else { return nil }
    return timelines.map { timeline in
      let own = (0..<count).map { member in
        let places = Dictionary(
          uniqueKeysWithValues: entries(timeline, member).map { ($0.step, $0.place) })
        return common[member].compactMap { entry in
          places[entry.step].map { Entry(step: entry.step, start: entry.start, end: entry.end, place: $0) }
        }
      }
      return Timeline(cadence: timeline.cadence, calendar: timeline.calendar, request: timeline.request, members: own)
    }
  }

  // MARK: The job's steps

  /// The steps of the job: those of the period asked for, or those that the reference has in every source.
  ///
  /// - Throws: exit code 65 where sources share no steps, naming their periods, or have steps of different length.
  static func common(
    _ timelines: [Timeline], period: ClosedRange<Month>?, warnings: inout [String]
  ) throws -> [Step] {
    for timeline in timelines {
      let other = timelines.first { !$0.canStandBeside(timeline) }
      guard let other else { continue }
      throw JobError(
        .inputData,
        "\(timeline.request.words.source) is \(timeline.timelineCadence) and \(other.request.words.source) "
          + "\(other.timelineCadence); expected sources whose steps are of one length")
    }
    switch cadence(of: timelines) {
    case .static: return [.timeless]
    case .monthly: return try period?.steps ?? commonMonths(timelines, warnings: &warnings)
    default: return try commonSteps(timelines, period: period, warnings: &warnings)
    }
  }

  /// The cadence of the steps of a job: months where sources of years stand beside some of months.
  static func cadence(of timelines: [Timeline]) -> Cadence {
    let cadences = timelines.map(\.timelineCadence)
    return cadences.contains(.monthly) ? .monthly : cadences.first ?? .static
  }

  /// The cadence of the job's steps, were the source alone.
  private var timelineCadence: Cadence { request.steps.makesMonths(of: cadence) ? .monthly : cadence }

  /// Whether the steps of both can be those of one job: of one length, or years and months of two sources that take years.
  private func canStandBeside(_ other: Timeline) -> Bool {
    if timelineCadence == other.timelineCadence { return true }
    return Set([timelineCadence, other.timelineCadence]) == [.yearly, .monthly]
      && request.steps.takesYears && other.request.steps.takesYears
      && request.words.source != other.request.words.source
  }

  /// The step of the record that a step of the job is, or a month lies in.
  private func ownStep(of step: Step) -> Step {
    cadence == .yearly ? Step(Month(year: step.year, month: 1)) : step
  }

  private static func commonMonths(_ timelines: [Timeline], warnings: inout [String]) throws -> [Step] {
    let spans = try timelines.map { timeline in
      guard let months = try timeline.wholeMonths() else { throw timeline.holdsNothing }
      return Step(months.lowerBound)...Step(months.upperBound)
    }
    let common = try common(timelines, spans, warnings: &warnings)
    return (common.lowerBound.month...common.upperBound.month).steps
  }

  private static func commonSteps(
    _ timelines: [Timeline], period: ClosedRange<Month>?, warnings: inout [String]
  ) throws -> [Step] {
    let spans = try timelines.map { timeline in
      guard let first = timeline.members[0].first, let last = timeline.members[0].last else {
        throw timeline.holdsNothing
      }
      return first.step...last.step
    }
    if let period {
      let steps = Set(timelines.flatMap { $0.expectedSteps() }).filter { period.contains($0.month) }.sorted()
      guard !steps.isEmpty else {
        throw JobError(
          .inputData,
          "the sources hold nothing of \(period.lowerBound)/\(period.upperBound): "
            + texts(timelines, spans).joined(separator: ", "))
      }
      return steps
    }
    let common = try common(timelines, spans, warnings: &warnings)
    return Set(timelines.flatMap { $0.expectedSteps() }).filter(common.contains).sorted()
  }

  private static func common(
    _ timelines: [Timeline], _ spans: [ClosedRange<Step>], warnings: inout [String]
  ) throws -> ClosedRange<Step> {
    let (texts, cadence) = (texts(timelines, spans), cadence(of: timelines))
    guard let first = spans.map(\.lowerBound).max(), let last = spans.map(\.upperBound).min(), first <= last else {
      throw JobError(
        .inputData,
        "the sources share no \(cadence.noun)s: \(texts.joined(separator: ", "))")
    }
    if Set(spans).count > 1 {
      warnings.append(
        "the sources cover different periods (\(texts.joined(separator: ", "))): "
          + "\(cadence.text(of: first))/\(cadence.text(of: last)) is used")
    }
    return first...last
  }

  /// What each has, by the sources' names, or by what they are where several have one name.
  private static func texts(_ timelines: [Timeline], _ spans: [ClosedRange<Step>]) -> [String] {
    let areNames = Set(timelines.map(\.request.name)).count == timelines.count
    return zip(timelines, spans).map { timeline, span in
      timeline.text(of: span, name: areNames ? timeline.request.name : "'\(timeline.request.specification.text)'")
    }
  }

  private func text(of span: ClosedRange<Step>, name: String) -> String {
    "\(name) \(timelineCadence.text(of: span.lowerBound))/\(timelineCadence.text(of: span.upperBound))"
  }

  private var holdsNothing: JobError {
    JobError(.inputData, "\(request.words.source): the files of '\(request.specification.text)' hold no records")
  }

  /// The first and the last month of the reference's record; of finer steps those that are there as a whole, or,
  /// where the record may end within a month, for the share of it that the job wants.
  ///
  /// - Throws: exit code 65 where finer steps fill no month.
  private func wholeMonths() throws -> ClosedRange<Month>? {
    let entries = members[0]
    guard let begin = entries.first, let end = entries.last else { return nil }
    if cadence == .yearly { return begin.step.month...Month(year: end.step.year, month: 12) }
    guard cadence.isFinerThanMonths else { return begin.step.month...end.step.month }
    let (first, last) = (calendar.month(at: begin.start), calendar.month(at: max(begin.start, end.end - 1)))
    let member = parts(of: entries, in: first...last).member
    let share = request.allowsGaps || request.mayBeShorter ? request.steps.minimumShare : 1
    let whole = (0...last.index - first.index).filter { month in
      let seconds = calendar.seconds(of: Month(index: first.index + month))
      return MonthParts.isEnough(Double(member.seconds(ofMonth: month)), of: seconds, share: share)
    }
    guard let from = whole.first, let to = whole.last else {
      throw JobError(
        .inputData,
        "\(request.words.source): the \(cadence) steps of '\(request.specification.text)' "
          + "(\(cadence.text(of: begin.step))/\(cadence.text(of: end.step))) fill no month; expected whole months")
    }
    return Month(index: first.index + from)...Month(index: first.index + to)
  }

  /// The steps of the reference's record with those that are missing in between.
  private func expectedSteps() -> [Step] {
    let entries = members[0]
    guard let begin = entries.first, let end = entries.last else { return [] }
    switch cadence {
    case .static: return [.timeless]
    case .monthly: return (begin.step.month...end.step.month).steps
    case .yearly: return (begin.step.year...end.step.year).map { Step(Month(year: $0, month: 1)) }
    case .days, .hours, .minutes:
      return entries.map(\.step) + gaps(within: begin.start...end.end, of: entries)
    }
  }

  /// The steps that are missing between two instants: as many as fit between those that are there.
  private func gaps(within range: ClosedRange<Int>, of entries: [Entry]) -> [Step] {
    let length = cadence.seconds
    var gaps: [Step] = []
    var next = range.lowerBound
    func leave(until start: Int) {
      while next < start - length / 20 {
        gaps.append(cadence.step(from: next, to: next + length, calendar))
        next += length
      }
    }
    for entry in entries where entry.end > range.lowerBound && entry.start < range.upperBound {
      leave(until: entry.start)
      next = entry.end
    }
    leave(until: range.upperBound)
    return gaps
  }

  // MARK: The job's steps

  /// The places of every member: one for each step of the job, or, where months are made of finer steps, all that lie
  /// in its months, and their parts in them.
  ///
  /// - Throws: exit code 65 naming the steps that a member lacks.
  func places(
    of steps: [Step], members names: [String]
  ) throws -> (places: [[RecordCatalogue.StepPlace]], parts: MonthParts?) {
    let isShared = members.count < names.count
    func forAll<Value>(_ values: [Value]) -> [Value] { isShared ? names.map { _ in values[0] } : values }
    guard request.steps.makesMonths(of: cadence), cadence.isFinerThanMonths, let first = steps.first,
      let last = steps.last
    else {
      return (forAll(try members.enumerated().map { try places(of: steps, $1, owner: owner($0, names)) }), nil)
    }
    let months = first.month...last.month
    for (member, entries) in members.enumerated() {
      try checkGaps(in: months, entries, owner: owner(member, names))
    }
    let made = members.map { parts(of: $0, in: months) }
    let monthParts = MonthParts(
      statistic: request.steps.statistic, minimumShare: request.steps.minimumShare, nominalSeconds: cadence.seconds,
      monthSeconds: steps.map { calendar.seconds(of: $0.month) }, members: forAll(made.map(\.member)))
    return (forAll(made.map(\.places)), monthParts)
  }

  /// The parts of a record's steps in consecutive months, and the place of each.
  private func parts(
    of entries: [Entry], in months: ClosedRange<Month>
  ) -> (member: MonthParts.Member, places: [RecordCatalogue.StepPlace]) {
    var member = MonthParts.Member()
    var places: [RecordCatalogue.StepPlace] = []
    var next = 0
    for month in months.steps {
      let start = calendar.second(of: month)
      let end = start + calendar.seconds(of: month.month)
      while next < entries.count, entries[next].end <= start { next += 1 }
      for entry in entries[next...].prefix(while: { $0.start < end }) {
        let overlap = min(entry.end, end) - max(entry.start, start)
        // Rounding of bounds leaves slivers of a second in the neighbouring month.
        guard overlap > 1 else { continue }
        member.add(seconds: overlap, of: entry.end - entry.start)
        places.append(entry.place)
      }
      member.finishMonth()
    }
    return (member, places)
  }

  /// Seconds of each step of the job as the reference has them, where it is finer than a month; else none.
  func seconds(of steps: [Step]) -> [Int] {
    guard timelineCadence.isFinerThanMonths else { return [] }
    let found = Dictionary(uniqueKeysWithValues: members[0].map { ($0.step, $0.end - $0.start) })
    return steps.map { found[$0] ?? cadence.seconds }
  }

  private func owner(_ member: Int, _ names: [String]) -> String {
    members.count > 1 ? " of member '\(names[member])'" : ""
  }

  private func places(of steps: [Step], _ entries: [Entry], owner: String) throws -> [RecordCatalogue.StepPlace] {
    let found = Dictionary(uniqueKeysWithValues: entries.map { ($0.step, $0.place) })
    let own = steps.map(ownStep)
    let gaps = own.indices.filter { index in
      let step = own[index]
      // The months of a year that is missing are one gap.
      guard found[step] == nil, index == 0 || step != own[index - 1] else { return false }
      guard request.mayBeShorter, let first = entries.first?.step, let last = entries.last?.step else { return true }
      return step > first && step < last
    }
    try check(gaps.map { own[$0] }, steps, entries, owner: owner)
    return own.map { found[$0] ?? .gap }
  }

  private func checkGaps(in months: ClosedRange<Month>, _ entries: [Entry], owner: String) throws {
    guard !request.allowsGaps else { return }
    var start = calendar.start(of: months.lowerBound)
    var end = calendar.start(of: Month(index: months.upperBound.index + 1))
    if request.mayBeShorter, let first = entries.first, let last = entries.last {
      (start, end) = (max(start, first.start), min(end, last.end))
    }
    guard start < end else { return }
    try check(gaps(within: start...end, of: entries), months.steps, entries, owner: owner)
  }

  private func check(_ gaps: [Step], _ steps: [Step], _ entries: [Entry], owner: String) throws {
    guard !gaps.isEmpty, !request.allowsGaps else { return }
    let shown = gaps.prefix(6).map(cadence.text).joined(separator: ", ")
    let own = entries.map(\.step)
    let span =
      own.isEmpty
      ? "nothing"
      : "\(cadence.text(of: own[0]))/\(cadence.text(of: own[own.count - 1])), \(counted(own.count, cadence.noun))"
    let (first, last) = (timelineCadence.text(of: steps[0]), timelineCadence.text(of: steps[steps.count - 1]))
    throw JobError(
      .inputData,
      "\(request.words.source) '\(request.specification.text)'\(owner): \(cadence.noun)s are missing: \(shown)"
        + (gaps.count > 6 ? " … (\(gaps.count) in all)" : "")
        + "; expected \(first)/\(last), found \(span); \(request.words.period) selects a shorter period"
        + (request.words.gaps.map { ", \($0) takes them as missing data" } ?? ""))
  }
}
