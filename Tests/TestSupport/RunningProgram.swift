import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a run of the program left behind.
public struct ProgramRun: Sendable {
  /// The exit code; of `mpirun` where ranks were asked for.
  public var status: Int32
  /// All of standard output.
  public var standardOutput: String
  /// All of standard error.
  public var standardError: String
}

/// Runs the program that lies beside the test bundle and waits for its end, five minutes at most.
///
/// Standard input is the null device, and variables of an enclosing MPI job are kept from the program.
///
/// - Parameters:
///   - name: the program.
///   - ranks: started by `mpirun`; nil starts the program itself.
///   - environment: variables set in addition.
///   - directory: the working directory; nil for that of the tests.
///   - interval: seconds between two calls of `watch`.
///   - watch: called again and again while it runs, with the process that was started.
@MainActor
public func run(
  _ arguments: [String], of name: String = "smt-mpi", ranks: Int? = nil, environment: [String: String] = [:],
  directory: String? = nil, interval: Double = 0.01,
  watch: (Process) -> Void = { _ in }
) throws -> ProgramRun {
  let program = [programPath(name)] + arguments
  return try start(
    ranks.map { launcher + ["-n", String($0)] + program } ?? program, environment: environment, directory: directory,
    interval: interval, watch: watch)
}

/// Runs a command of the shell in the same way: `$SMT` is the program, `$MPIRUN` the launcher with its options but for `-n`.
@MainActor
public func runShell(_ command: String, environment: [String: String] = [:]) throws -> ProgramRun {
  let words = ["SMT": programPath("smt-mpi"), "MPIRUN": launcher.joined(separator: " ")]
  return try start(
    ["/bin/sh", "-c", command], environment: words.merging(environment) { $1 }, directory: nil, interval: 0.01,
    watch: { _ in })
}

/// Numbers of the processes, other than this one, in whose command line a path occurs: those of a job that works there.
///
/// - Parameter name: of the program; nil for any, such as `mpirun`.
public func processes(in folder: String, named name: String? = nil) -> [pid_t] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  return names.compactMap { pid_t($0) }.filter { number in
    guard number != getpid(), let data = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") else {
      return false
    }
    if let name, FileManager.default.contents(atPath: "/proc/\(number)/comm") != Data((name + "\n").utf8) {
      return false
    }
    return String(decoding: data, as: UTF8.self).contains(folder)
  }
}

private func programPath(_ name: String) -> String { Bundle.main.bundleURL.appendingPathComponent(name).path }

private let launcher = [
  "/usr/bin/env", "mpirun", "--oversubscribe", "--bind-to", "none", "--timeout", String(Int(timeLimit)),
]

@MainActor
private func start(
  _ command: [String], environment: [String: String], directory: String?, interval: Double, watch: (Process) -> Void
) throws -> ProgramRun {
  try withTemporaryFolder { folder in
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.environment = cleanEnvironment.merging(environment) { $1 }
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    // Files, not pipes, which block a program that writes more than they hold.
    let outputs = ["out", "err"].map { "\(folder)/\($0)" }
    let handles = try outputs.map { path in
      try writeText("", to: path)
      return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    try withSignalsOpen { try process.run() }
    let deadline = Date(timeIntervalSinceNow: timeLimit + 10)
    while process.isRunning, Date() < deadline {
      watch(process)
      Thread.sleep(forTimeInterval: interval)
    }
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
    let texts = try outputs.map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self) }
    return ProgramRun(status: process.terminationStatus, standardOutput: texts[0], standardError: texts[1])
  }
}

/// Runs `body` while no signal is blocked: a child inherits what its parent's thread blocks, and those of Dispatch block
/// nearly everything.
private func withSignalsOpen(_ body: () throws -> Void) rethrows {
  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_UNBLOCK, &all, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  try body()
}

/// Seconds.
private let timeLimit = 300.0

/// The environment without an enclosing MPI or Slurm job, in which root may call `mpirun`.
private let cleanEnvironment: [String: String] = {
  let foreign = ["OMPI_", "PMIX_", "PMI_", "MPI_LOCAL", "ORTE_", "PRTE_", "SLURM_", "SMT_MPI_"]
  var environment = ProcessInfo.processInfo.environment.filter { name, _ in !foreign.contains { name.hasPrefix($0) } }
  // Else each start waits two seconds for MUNGE where its service has ended and left its socket.
  environment["PMIX_MCA_psec"] = "native"
  environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
  environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
  return environment
}()
