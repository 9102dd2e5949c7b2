import Foundation

/// Starts the program under test, alone or on several ranks.
struct Launcher {
  /// The program under test.
  let program: String
  /// What stands before the program, `{ranks}` for their number; nil for `mpirun`.
  let command: String?

  /// A program that runs.
  final class Running {
    private let process = Process()
    private let arguments: [String]
    private let log: String

    fileprivate init(_ arguments: [String], log: String) throws {
      self.arguments = arguments
      self.log = log
      _ = FileManager.default.createFile(atPath: log, contents: nil)
      guard let output = FileHandle(forWritingAtPath: log) else { throw ScalingError("\(log) cannot be written") }
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = arguments
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = output
      process.standardError = output
      var environment = ProcessInfo.processInfo.environment
      if getuid() == 0 {
        // Open MPI refuses to run as root, as in most containers, unless it is told twice.
        environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
        environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
      }
      process.environment = environment
      try process.run()
    }

    /// Waits for the end.
    ///
    /// - Throws: the program's messages where it fails.
    func wait() throws {
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        throw ScalingError("\(arguments.joined(separator: " ")) failed (\(process.terminationStatus)):\n\(text)")
      }
    }
  }

  /// Starts the program without a launcher.
  func start(_ arguments: [String], log: String) throws -> Running { try Running([program] + arguments, log: log) }

  /// Starts the program on ranks.
  func start(ranks: Int, _ arguments: [String], log: String) throws -> Running {
    try Running(words(ranks: ranks) + [program] + arguments, log: log)
  }

  private func words(ranks: Int) -> [String] {
    if let command {
      return command.replacingOccurrences(of: "{ranks}", with: "\(ranks)").split(separator: " ").map(String.init)
    }
    let fits = ranks <= ProcessInfo.processInfo.activeProcessorCount
    return ["mpirun", "-n", "\(ranks)"] + (fits ? [] : ["--oversubscribe", "--bind-to", "none"])
  }
}

/// Why a benchmark cannot go on.
public struct ScalingError: Error, CustomStringConvertible {
  /// The message.
  public let description: String

  init(_ description: String) { self.description = description }
}
