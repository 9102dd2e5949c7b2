import ArgumentParser
import Distributed

/// How a command runs: options of all commands that ranks work on.
struct SharedRunOptions: ParsableArguments {
  @Flag(help: "Replace output files that exist.")
  var overwrite = false

  @Option(
    help: ArgumentHelp("Write phases, balance, rates and memory of the run as JSON; e.g. run.json.", valueName: "FILE"),
    completion: .file())
  var report: String?

  @Option(
    help: ArgumentHelp(
      "Write a page with maps, statistics, tables and phases of the run, one file to open in a browser; e.g. run.html.",
      valueName: "FILE"), completion: .file(extensions: ["html"]))
  var html: String?

  @Option(
    help: ArgumentHelp("Write the maps as pictures (PNG) into this folder.", valueName: "FOLDER"),
    completion: .directory)
  var png: String?

  @Option(
    help: ArgumentHelp(
      """
      Seconds between lines that tell phase, share done, time left and memory; on a terminal one line is rewritten every \
      second. 0 for none.
      """, valueName: "seconds"))
  var progress = 10.0

  @Option(
    help: ArgumentHelp(
      """
      What is told on standard error: errors, warnings too, progress too (info), or also what each rank does: the files \
      it opens, what it sends and saves (debug).
      """, valueName: "level"))
  var logLevel = Log.Level.info

  @Option(
    help: ArgumentHelp("Most memory a rank may use; e.g. 900MiB or 2GiB. Default: no limit.", valueName: "size"))
  var memoryLimit: String?

  @Flag(
    help: """
      End with exit code 65 where there would be a warning; one that hardly any cell has a value comes once the maps are \
      written, and they stay.
      """)
  var strict = false

  @Flag(help: "Check the input and print grid, plan, and predicted memory, bytes and time; start neither MPI nor work.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "Ranks that --dry-run plans for. Default: those that mpirun or srun starts, else 1.", valueName: "n"))
  var ranks: Int?

  @Option(
    help: ArgumentHelp(
      "Read options from a YAML file, keys as these options' names; what the command line gives wins.",
      valueName: "FILE"), completion: .file())
  var config: String?

  @Flag(help: "Print all options as YAML for --config and exit.")
  var printConfig = false

  /// The largest memory limit, in bytes: more than any machine has.
  private static let largestLimit = 1 << 50
  /// The most ranks that `--dry-run` plans for.
  static let mostRanks = 1_000_000

  /// The memory limit in bytes.
  func memoryLimitBytes() throws -> Int? {
    guard let memoryLimit else { return nil }
    let number = memoryLimit.prefix { $0.isNumber || $0 == "." }
    let unit = memoryLimit.dropFirst(number.count).filter { $0 != " " }.lowercased()
    let factors = [
      "": 1.0, "b": 1, "k": 1024, "kb": 1e3, "kib": 1024, "m": 1_048_576, "mb": 1e6, "mib": 1_048_576,
      "g": 1_073_741_824, "gb": 1e9, "gib": 1_073_741_824,
    ]
    guard let value = Double(number), let factor = factors[unit], value * factor >= 1,
      value * factor <= Double(Self.largestLimit)
    else {
      throw JobError(
        .usage,
        "--memory-limit '\(memoryLimit)': expected a size of \(byteText(Self.largestLimit)) at most, for example "
          + "900MiB or 2GiB")
    }
    return Int(value * factor)
  }
}

extension Log.Level: ExpressibleByArgument {}
