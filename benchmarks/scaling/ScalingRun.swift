import BenchmarkReport
import Distributed

/// Runs of one job on one number of ranks, or as independent copies that run at the same time.
public struct ScalingRun {
  /// Ranks of the job, or copies of one rank each.
  public let processes: Int
  /// Whether these are copies of the job on one rank, which share nothing but the machine.
  public let areCopies: Bool
  /// Reports of the repetitions; of copies, those of every copy.
  public private(set) var reports: [RunReport] = []
  /// Seconds from launching to the end; none where reports were collected.
  public private(set) var launched: [Double] = []

  /// No runs yet.
  public init(processes: Int, areCopies: Bool = false) {
    self.processes = processes
    self.areCopies = areCopies
  }

  /// Adds the reports of a launch and the seconds it took.
  public mutating func add(_ reports: [RunReport], launched seconds: Double? = nil) {
    self.reports += reports
    if let seconds { launched.append(seconds) }
  }

  /// The median over repetitions.
  func typical(_ quantity: (RunReport) -> Double) -> Double { median(reports.map(quantity)) }

  /// Seconds of the slowest rank in a phase.
  func seconds(_ phase: String) -> Double { typical { $0.phase(phase)?.maximum ?? .nan } }

  /// Cells a second, of all processes together: in the phase, or in the whole job.
  func rate(_ phase: String? = nil) -> Double {
    let together = areCopies ? Double(processes) : 1
    return together * typical { Double($0.cellsComputed) / (phase.map($0.seconds) ?? $0.wallSeconds) }
  }
}

extension RunReport {
  func phase(_ name: String) -> PhaseSummary? { phases.first { $0.name == name } }

  func seconds(_ phase: String) -> Double { self.phase(phase)?.maximum ?? .nan }
}
