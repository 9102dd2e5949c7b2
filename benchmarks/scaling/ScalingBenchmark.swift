import BenchmarkReport
import Distributed
import Foundation

/// A scaling benchmark: runs one job on several numbers of ranks, or collects reports of jobs that ran elsewhere.
///
/// Options, besides `--json FILE` of every benchmark:
///
///     --ranks 1,2,4        numbers of ranks
///     --repetitions 3      of each, in turn; medians are given
///     --rows 24 --columns 36 --months 12 --epochs 1000   of the synthetic ensemble and the job
///     --job 'threshold …'  another job instead: a subcommand and its options, without --output and --report
///     --program FILE       the program, if not the one beside the benchmark
///     --launcher 'srun -n {ranks}'   instead of mpirun
///     --no-copies          leave out the independent copies that show the machine's ceiling
///     --plot FILE.svg      draw speed-ups
///     --smoke              a size of a few seconds
///     --collect FILE …     make tables of these reports (smt-mpi … --report FILE) and run nothing
public struct ScalingBenchmark {
  let name: String
  let title: String
  /// Whether the ensemble's columns grow with the ranks.
  let grows: Bool

  /// A benchmark of a fixed problem, or of one that grows with the ranks.
  public init(_ name: String, title: String, grows: Bool) {
    self.name = name
    self.title = title
    self.grows = grows
  }

  /// Runs the benchmark that the command line asks for; ends the process with status 1 where it fails.
  public func main() {
    do {
      var report = BenchmarkReport(name, versions: LibraryVersions.all)
      let runs = CommandLine.has("--collect") ? try collected() : try measured()
      guard let tables = ScalingTables(runs) else { throw ScalingError("there are no reports") }
      tables.add(to: &report)
      if CommandLine.has("--collect") { tables.addOrigins(to: &report) }
      if let path = CommandLine.value(of: "--plot") {
        let picture = SpeedUpPicture(title: title, curves: tables.curves)
        try picture.svg.write(toFile: path, atomically: true, encoding: .utf8)
      }
      try report.finish()
    } catch {
      let message = (error as? JobError)?.message ?? "\(error)"
      FileHandle.standardError.write(Data("\(name): \(message)\n".utf8))
      exit(1)
    }
  }

  private func collected() throws -> [ScalingRun] {
    let start = CommandLine.arguments.firstIndex(of: "--collect") ?? 0
    let paths = CommandLine.arguments[(start + 1)...].prefix { !$0.hasPrefix("--") }
    var runs: [Int: ScalingRun] = [:]
    for path in paths {
      let report = try RunReport.read(from: path)
      runs[report.ranks, default: ScalingRun(processes: report.ranks)].add([report])
    }
    return Array(runs.values)
  }

  private func measured() throws -> [ScalingRun] {
    let smoke = CommandLine.has("--smoke")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(name)-\(getpid())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ranks = try (CommandLine.value(of: "--ranks") ?? "1,2").split(separator: ",").map { word in
      guard let number = Int(word), number > 0 else { throw ScalingError("--ranks: '\(word)' is no number of ranks") }
      return number
    }
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let launcher = Launcher(
      program: CommandLine.value(of: "--program") ?? beside.appendingPathComponent("smt-mpi").path,
      command: CommandLine.value(of: "--launcher"))
    var jobs = ScalingJobs(launcher: launcher, folder: folder, grows: grows, smoke: smoke)
    let repetitions = number("--repetitions", smoke ? 1 : 3)
    var runs = ranks.map { ScalingRun(processes: $0) }
    // A problem that grows has no copies: they would have to be of different sizes.
    let processors = ProcessInfo.processInfo.activeProcessorCount
    if !grows, !CommandLine.has("--no-copies") {
      runs += ranks.filter { $0 > 1 && $0 <= processors }.map { ScalingRun(processes: $0, areCopies: true) }
    }
    for repetition in 1...repetitions {
      for index in runs.indices {
        let run = runs[index]
        say("\(repetition) of \(repetitions): \(run.processes) \(run.areCopies ? "copies" : "ranks")")
        let outcome = try jobs.run(processes: run.processes, areCopies: run.areCopies)
        runs[index].add(outcome.reports, launched: outcome.seconds)
      }
    }
    return runs
  }

  private func say(_ text: String) { FileHandle.standardError.write(Data("\(name): \(text)\n".utf8)) }
}

/// A whole number of the command line, or the default.
func number(_ option: String, _ otherwise: Int) -> Int {
  CommandLine.value(of: option).flatMap { Int($0) } ?? otherwise
}
