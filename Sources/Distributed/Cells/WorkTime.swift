/// How long a rank has worked in cells; messages and waiting are not in it.
struct WorkTime {
  /// Seconds on a processor.
  var cpu = 0.0
  /// Seconds by the clock.
  var wall = 0.0

  /// The clocks now.
  static var now: WorkTime { WorkTime(cpu: cpuSeconds(), wall: wallSeconds()) }

  /// Adds the time since `start`.
  mutating func add(since start: WorkTime) {
    cpu += cpuSeconds() - start.cpu
    wall += wallSeconds() - start.wall
  }

  /// Whether the rank had to leave its processor to others: to ranks, where there are more of them than processors.
  var sharesProcessor: Bool { cpu < 0.9 * wall }

  /// The share of this rank's remaining work that goes to another rank that has none.
  ///
  /// Half, so that both end together, if the other has a processor of its own. If it shares one, then with other ranks,
  /// who put it to use while it waits: then all are to end after the same CPU time. One that has not worked yet is taken
  /// to have what this rank has.
  func fraction(for other: WorkTime, secondsLeft: Double, ranks: Int) -> Double {
    guard (other.wall > 0 ? other : self).sharesProcessor, secondsLeft > 0 else { return 0.5 }
    return min(max(1 / Double(ranks) + (cpu - other.cpu) / secondsLeft, 0), 1)
  }
}
