/// Keeps the ranks of a node abreast that share its processors.
///
/// The system gives processes unequal shares of the processors, where they are fewer, and a rank that is ahead would work
/// itself through what the others are to take over. So it waits, and leaves its processor to them. A rank that has a
/// processor to itself never waits.
struct Pace {
  /// CPU seconds of the work of the node's other ranks, as they told last.
  private(set) var others: [Int: Double]
  private var told = 0.0
  private var next = 0.0
  /// Since when the rank waits, and for whom to work: the least CPU seconds then.
  private var waiting: (since: Double, least: Double)?

  /// Seconds between two messages of a rank, for each rank that gets them.
  private static let interval = 0.01
  /// A lead that is no reason to wait, beside that of a part: what the system's turns and late messages make of equal
  /// ranks, in seconds and as a share of a rank's work.
  private static let lead = (seconds: 0.03, share: 0.01)

  /// Parts that a rank waits while none of those that are behind moves: they may be without work, and nobody has asked
  /// the rank for it, or wait for the answer of a rank in the middle of a long part.
  private static let patience = 10.0

  /// The pace of a rank among others of its node.
  init(others: [Int]) { self.others = Dictionary(uniqueKeysWithValues: others.map { ($0, 0) }) }

  /// Takes note of another rank's CPU seconds.
  mutating func note(_ seconds: Double, of rank: Int) {
    if let known = others[rank] { others[rank] = max(known, seconds) }
  }

  /// Whether a rank that has worked for so long is ahead of another by more than a part's seconds.
  func isAhead(_ time: WorkTime, partSeconds: Double) -> Bool {
    guard time.sharesProcessor, let least = others.values.min() else { return false }
    return time.cpu * (1 - Self.lead.share) > least + partSeconds + Self.lead.seconds
  }

  /// Whether a rank that has work, and has worked for so long, is to wait now for those that are behind.
  mutating func waits(_ time: WorkTime, partSeconds: Double, now: Double) -> Bool {
    guard isAhead(time, partSeconds: partSeconds), let least = others.values.min() else {
      waiting = nil
      return false
    }
    guard let begun = waiting, begun.least == least else {
      waiting = (now, least)
      return true
    }
    return now - begun.since < Self.patience * partSeconds
  }

  /// Whether the others are to hear of this time now; not of one that they know.
  ///
  /// They hear of all ranks: whoever waits does so until a rank that is behind works, or tells that it has worked.
  mutating func isDue(_ time: WorkTime, now: Double) -> Bool {
    guard time.cpu > told, now >= next else { return false }
    (told, next) = (time.cpu, now + Self.interval * Double(others.count))
    return true
  }
}
