import Distributed
import Foundation
import Kernels

extension InstructionLevel {
  /// Makes the lowest level of all ranks that of each of them: a job on processors of several kinds gives the bits of the
  /// oldest.
  ///
  /// Collective.
  /// - Throws: exit code 64 where a rank's environment names no level.
  static func agree(_ communicator: Communicator) throws {
    let chosen = try communicator.together {
      if let own { return own }
      let name = ProcessInfo.processInfo.environment[variable] ?? ""
      throw JobError(
        .usage, "\(variable) '\(name)' in the environment: expected \(allCases.map { "\($0)" }.joined(separator: ", "))"
      )
    }
    let lowest = try communicator.allReduce([chosen.rawValue], .minimum)[0]
    use(allCases.first { $0.rawValue == lowest } ?? .baseline)
  }
}
