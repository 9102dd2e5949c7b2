/// How far apart the steps of a record are.
public enum Cadence: Hashable, Codable, Sendable, CustomStringConvertible {
  /// The record has no time.
  case `static`
  /// A step is a calendar year.
  case yearly
  /// A step is a calendar month.
  case monthly
  /// A step is this many days; composites that begin anew with each year have a shorter last one.
  case days(Int)
  /// A step is this many hours.
  case hours(Int)
  /// A step is this many minutes, fewer than 60.
  case minutes(Int)

  /// A step is a day.
  public static let daily = Cadence.days(1)

  /// The cadence of steps that typically are this many seconds long.
  ///
  /// Months are known by more than 27½ days, years by 360, the shortest that a calendar has.
  init(typicalSeconds seconds: Int) {
    let day = 86400
    switch seconds {
    case ..<3570: self = .minutes(max(1, (seconds + 30) / 60))
    case ..<(day - 1800): self = .hours((seconds + 1800) / 3600)
    case ..<(27 * day + day / 2): self = .days((seconds + day / 2) / day)
    case ..<(360 * day - day / 2): self = .monthly
    default: self = .yearly
    }
  }

  /// The cadence of the record in a member's files.
  ///
  /// It is that of the bounds, or, where no file has any, the typical difference between neighbouring stamps of all
  /// files together. One stamp alone stands for a month.
  init(of times: [TimeAxis]) {
    guard !times.contains(where: \.isStatic) else {
      self = .static
      return
    }
    var lengths = times.flatMap { time in zip(time.starts, time.ends).map { $1 - $0 }.filter { $0 > 0 } }
    if lengths.isEmpty {
      let stamps = times.flatMap(\.starts).sorted()
      lengths = zip(stamps, stamps.dropFirst()).map { $1 - $0 }.filter { $0 > 0 }
    }
    lengths.sort()
    self = lengths.isEmpty ? .monthly : Cadence(typicalSeconds: lengths[lengths.count / 2])
  }

  /// Seconds of a step that is no month or year; 0 for those.
  var seconds: Int {
    switch self {
    case .static, .yearly, .monthly: 0
    case .days(let count): 86400 * count
    case .hours(let count): 3600 * count
    case .minutes(let count): 60 * count
    }
  }

  /// Whether months are made of such steps.
  var isFinerThanMonths: Bool { seconds > 0 }

  /// The step that lies between two seconds, counted from the calendar's origin; they are one where only a stamp is known.
  ///
  /// Years, months and days are those of the middle, because CLM stamps the end of the interval; composites of several
  /// days have the day, and shorter steps the hour or minute, that they begin with.
  func step(from start: Int, to end: Int, _ calendar: ModelCalendar) -> Step {
    let middle = (start + end) >> 1
    switch self {
    case .static: return .timeless
    case .yearly: return Step(Month(year: calendar.month(at: middle).year, month: 1))
    case .monthly: return Step(calendar.month(at: middle))
    case .days(1): return calendar.step(at: middle).rounded(to: 86400)
    case .days: return calendar.step(at: start).rounded(to: 86400)
    // Stamps in single precision are off by up to some minutes, from a day to thousands of days.
    case .hours, .minutes:
      return calendar.step(at: start + seconds / 20).rounded(to: 86400 % seconds == 0 ? seconds : 60)
    }
  }

  /// As `daily`, `8-daily` or `3-hourly`.
  public var description: String {
    switch self {
    case .static: "static"
    case .yearly: "yearly"
    case .monthly: "monthly"
    case .days(1): "daily"
    case .days(let count): "\(count)-daily"
    case .hours(1): "hourly"
    case .hours(let count): "\(count)-hourly"
    case .minutes(let count): "\(count)-minutely"
    }
  }

  /// What a step is called: `day`.
  public var noun: String {
    switch self {
    case .yearly: "year"
    case .monthly: "month"
    case .days(1): "day"
    default: "step"
    }
  }

  /// A step in the shortest form that tells it from others: `2004`, `2004-01`, `2004-01-17`.
  public func text(of step: Step) -> String {
    switch self {
    case .static: "the one step"
    case .yearly: String(step.month.description.dropLast(3))
    case .monthly: step.month.description
    case .days, .hours, .minutes: step.description
    }
  }
}
