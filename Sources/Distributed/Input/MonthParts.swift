/// How months are made of the finer steps of a record.
struct MonthParts: Codable, Sendable {
  /// What a month becomes of its steps.
  var statistic: StepRequest.Statistic
  /// The share of a month's length for which there must be values.
  var minimumShare: Double
  /// Seconds of a step where nothing is known of it.
  var nominalSeconds: Int
  /// Seconds of each month of the job.
  @PackedIntegers var monthSeconds: [Int]
  /// By member: its steps.
  var members: [Member]

  init(
    statistic: StepRequest.Statistic, minimumShare: Double, nominalSeconds: Int, monthSeconds: [Int], members: [Member]
  ) {
    self.statistic = statistic
    self.minimumShare = minimumShare
    self.nominalSeconds = nominalSeconds
    self.monthSeconds = monthSeconds
    self.members = members
  }

  /// The parts of a record's steps that lie in the months of a job, in the order of time.
  ///
  /// A step that lies in two months is there twice. Parts are parallel to the member's list of places.
  struct Member: Codable, Sendable {
    /// By month, where its parts begin; and the end of the last one's.
    @PackedIntegers private(set) var starts: [Int] = [0]
    /// Seconds of each step that lie in the month.
    @PackedIntegers private(set) var seconds: [Int] = []
    /// Seconds of each step in all.
    @PackedIntegers private(set) var lengths: [Int] = []

    init() {}

    /// Adds a part to the month that is being made.
    mutating func add(seconds part: Int, of length: Int) {
      seconds.append(part)
      lengths.append(length)
    }

    /// Ends a month.
    mutating func finishMonth() { starts.append(seconds.count) }

    /// The positions of a month's parts.
    func parts(ofMonth month: Int) -> Range<Int> { starts[month]..<starts[month + 1] }

    /// Seconds of a month for which there are steps.
    func seconds(ofMonth month: Int) -> Int { parts(ofMonth: month).reduce(0) { $0 + seconds[$1] } }

    fileprivate mutating func keepFirst() {
      let count = min(1, seconds.count)
      (seconds, lengths, starts) = (Array(seconds.prefix(count)), Array(lengths.prefix(count)), [0, count])
    }
  }

  /// Keeps the first part of the first month alone.
  mutating func keepFirst() {
    monthSeconds = Array(monthSeconds.prefix(1))
    for member in members.indices { members[member].keepFirst() }
  }

  /// What a part counts for in its month: its seconds in a mean; its share of the step in a sum, as the value of a step is
  /// an amount of all of it.
  func weight(_ part: Int, member: Int) -> Double {
    let seconds = Double(members[member].seconds[part])
    return statistic == .mean ? seconds : seconds / Double(members[member].lengths[part])
  }

  /// The steps that make a month, with parts of steps and those that are missing.
  func stepCount(ofMonth month: Int, member: Int) -> Double {
    let own = members[member]
    let parts = own.parts(ofMonth: month)
    let missing = monthSeconds[month] - own.seconds(ofMonth: month)
    return parts.reduce(Double(missing) / Double(nominalSeconds)) {
      $0 + Double(own.seconds[$1]) / Double(own.lengths[$1])
    }
  }

  /// The fewest seconds with values that make a month; a millionth is forgiven, as bounds are rounded to seconds.
  func neededSeconds(ofMonth month: Int) -> Double { Self.neededSeconds(minimumShare, of: monthSeconds[month]) }

  /// The first of the reference's parts of a month, as many that a month without values at any of them lacks too much.
  func neededSteps(ofMonth month: Int) -> Range<Int> {
    let all = members[0].parts(ofMonth: month)
    let mayLack = Double(monthSeconds[month]) - neededSeconds(ofMonth: month)
    var seconds = 0.0
    let last = all.first { part in
      seconds += Double(members[0].seconds[part])
      return seconds > mayLack
    }
    return all.lowerBound..<(last.map { $0 + 1 } ?? all.upperBound)
  }

  /// Whether so many seconds are a share of a length; none never are.
  static func isEnough(_ seconds: Double, of length: Int, share: Double) -> Bool {
    seconds > 0 && seconds >= neededSeconds(share, of: length)
  }

  private static func neededSeconds(_ share: Double, of seconds: Int) -> Double { (share - 1e-6) * Double(seconds) }
}
