/// Wall time of the phases of a job on this rank.
public final class PhaseTimer {
  private var names: [String] = []
  private var seconds: [Double] = []

  /// A timer without phases.
  public init() {}

  /// Runs a phase and adds its time; phases keep the order in which they first ran, which all ranks share.
  public func measure<Value>(_ name: String, _ body: () throws -> Value) rethrows -> Value {
    let start = wallSeconds()
    defer {
      let elapsed = wallSeconds() - start
      if let index = names.firstIndex(of: name) {
        seconds[index] += elapsed
      } else {
        names.append(name)
        seconds.append(elapsed)
      }
    }
    return try body()
  }

  /// The phases over all ranks, on rank 0; empty elsewhere.
  ///
  /// Collective.
  public func summary(_ communicator: Communicator) throws -> [PhaseSummary] {
    let all = try communicator.gather(seconds)
    guard communicator.isRoot else { return [] }
    return names.enumerated().map { index, name in
      PhaseSummary(name: name, values: (0..<communicator.size).map { all[$0 * names.count + index] })
    }
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

  /// The quantity of so many ranks.
  public init(name: String, values: [Double]) {
    self.name = name
    minimum = values.min() ?? 0
    maximum = values.max() ?? 0
    mean = values.reduce(0, +) / Double(max(1, values.count))
    slowestRank = values.indices.max { values[$0] < values[$1] } ?? 0
  }
}
