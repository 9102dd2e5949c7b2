/// Wall time of the phases of a job on this rank.
public final class PhaseTimer {
  /// The phase that is under way, or that an error ended.
  public private(set) var current: String?
  private var names: [String] = []
  private var seconds: [Double] = []
  private let progress: ProgressLine?

  /// A timer without phases.
  ///
  /// - Parameter progress: what tells of the phases while they last; nil tells nothing.
  public init(_ progress: ProgressLine? = nil) { self.progress = progress }

  /// Runs a phase and adds its time if it is completed; phases keep the order in which they first ended, which all ranks
  /// share.
  public func measure<Value>(_ name: String, _ body: () throws -> Value) rethrows -> Value {
    let start = wallSeconds()
    current = name
    Log.debug("phase \(name) begins")
    progress?.begin(name)
    defer { progress?.end() }
    let value = try body()
    current = nil
    let elapsed = wallSeconds() - start
    Log.debug("phase \(name) took \(durationText(elapsed))")
    if let index = names.firstIndex(of: name) {
      seconds[index] += elapsed
    } else {
      names.append(name)
      seconds.append(elapsed)
    }
    return value
  }

  /// The completed phases over all ranks, on rank 0; empty elsewhere.
  ///
  /// Collective.
  public func summary(_ communicator: Communicator) throws -> [PhaseSummary] {
    let all = try communicator.gather(seconds)
    let hosts = try communicator.hosts()
    guard communicator.isRoot else { return [] }
    return names.enumerated().map { index, name in
      PhaseSummary(
        name: name, values: (0..<communicator.size).map { all[$0 * names.count + index] }, hosts: hosts)
    }
  }

  /// The completed phases of this rank alone, where the others cannot be asked.
  public func own(rank: Int) -> [PhaseSummary] {
    zip(names, seconds).map { PhaseSummary(name: $0, values: [$1], hosts: [hostName()], firstRank: rank) }
  }
}

/// A quantity of all ranks: its smallest, mean and largest value and the rank that has the largest.
public struct PhaseSummary: Codable, Sendable {
  /// Name of the phase.
  public var name: String
  /// Least seconds of any rank.
  public var minimum: Double
  /// Mean seconds of the ranks.
  public var mean: Double
  /// Most seconds of any rank.
  public var maximum: Double
  /// The rank with the maximum.
  public var slowestRank: Int
  /// The machine of that rank; nil in reports of earlier versions.
  public var slowestHost: String?

  /// The quantity of so many ranks.
  ///
  /// - Parameters:
  ///   - hosts: the ranks' machines.
  ///   - firstRank: the rank of the first value.
  public init(name: String, values: [Double], hosts: [String], firstRank: Int = 0) {
    self.name = name
    minimum = values.min() ?? 0
    maximum = values.max() ?? 0
    mean = values.reduce(0, +) / Double(max(1, values.count))
    let slowest = values.indices.max { values[$0] < values[$1] } ?? 0
    slowestRank = firstRank + slowest
    slowestHost = slowest < hosts.count ? hosts[slowest] : nil
  }
}
