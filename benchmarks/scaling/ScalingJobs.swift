import BenchmarkReport
import Distributed
import Foundation

/// The jobs of a scaling benchmark: on a synthetic ensemble that is made when it is needed, or of the user's own.
struct ScalingJobs {
  let launcher: Launcher
  let folder: String
  /// Whether the ensemble's columns grow with the ranks.
  let grows: Bool
  let smoke: Bool
  private var ensembles: [Int: String] = [:]

  init(launcher: Launcher, folder: String, grows: Bool, smoke: Bool) {
    self.launcher = launcher
    self.folder = folder
    self.grows = grows
    self.smoke = smoke
  }

  /// Runs a job on ranks, or as copies of one rank each at the same time.
  ///
  /// - Returns: the reports, one for each copy, and the seconds from launching to the end.
  mutating func run(processes: Int, areCopies: Bool) throws -> (reports: [RunReport], seconds: Double) {
    let options = try job(ranks: processes)
    let paths = (0..<(areCopies ? processes : 1)).map { "\(folder)/run-\($0)" }
    let elapsed = try seconds {
      let running = try paths.map { path in
        let arguments =
          options + ["--output", "\(path).nc", "--report", "\(path).json", "--overwrite", "--progress", "0"]
        return areCopies
          ? try launcher.start(arguments, log: "\(path).log")
          : try launcher.start(ranks: processes, arguments, log: "\(path).log")
      }
      for process in running { try process.wait() }
    }
    return (try paths.map { try RunReport.read(from: "\($0).json") }, elapsed)
  }

  /// Subcommand and options.
  private mutating func job(ranks: Int) throws -> [String] {
    if let text = CommandLine.value(of: "--job") { return text.split(separator: " ").map(String.init) }
    let ensemble = try ensemble(columns: number("--columns", smoke ? 9 : 36) * (grows ? ranks : 1))
    return [
      "threshold", "--members", "REF,EXP_01..EXP_85", "--response", "\(ensemble)/{member}.nc:GPP",
      "--moisture", "\(ensemble)/{member}.nc:SM", "--season", "\(ensemble)/season.nc:start_month,end_month",
      "--preset", "paper", "--epochs", "\(number("--epochs", smoke ? 50 : 1000))",
    ]
  }

  private mutating func ensemble(columns: Int) throws -> String {
    if let path = ensembles[columns] { return path }
    let path = "\(folder)/ensemble-\(columns)"
    try launcher.start(
      [
        "synthesize", path, "--rows", "\(number("--rows", smoke ? 6 : 24))", "--columns", "\(columns)",
        "--months", "\(number("--months", 12))",
      ], log: "\(folder)/synthesize.log"
    ).wait()
    ensembles[columns] = path
    return path
  }
}
