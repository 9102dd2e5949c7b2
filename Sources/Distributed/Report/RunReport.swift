import Foundation

/// What a run did: phases, balance, rates, memory, versions.
///
/// Written as JSON, and in short on the terminal.
public struct RunReport: Codable, Sendable {
  /// The subcommand.
  public var command: String
  /// The whole command line.
  public var commandLine: String
  /// Start of the run, ISO 8601, UTC.
  public var started: String
  /// The machine of rank 0.
  public var host: String
  /// Versions of the program and its libraries.
  public var versions: [String: String]
  /// The number of ranks.
  public var ranks: Int
  /// Seconds from start to end on rank 0.
  public var wallSeconds = 0.0
  /// Phases over ranks.
  public var phases: [PhaseSummary] = []
  /// Mean over maximum of the ranks' CPU time in the cells' work; 1 is perfect.
  public var balance = 1.0
  /// CPU seconds of all ranks in the cells' work; messages and waiting are not in it.
  public var cpuSeconds = 0.0
  /// Seconds of the ranks without anything to do, or waiting for ranks that were behind, while others were computing.
  public var idle: PhaseSummary?
  /// Parts of cells that were computed by another rank than the cell's.
  public var partsForOthers = 0
  /// Cells computed by this run.
  public var cellsComputed = 0
  /// Cells taken from a checkpoint.
  public var cellsResumed = 0
  /// The files that the run has written, in the order of the options; nil in reports of earlier versions.
  public var outputs: [RunOutput]?
  /// Machines of the ranks, each once; nil in reports of earlier versions.
  public var hosts: [String]?
  /// Counts per status.
  public var statusCounts: [String: Int] = [:]
  /// Read plans by source.
  public var readPlans: [String: SourceReadPlan] = [:]
  /// Bytes read by all ranks, after decompression.
  public var bytesRead = 0
  /// How often files were opened for reading by all ranks, for headers, maps and data.
  public var filesOpened = 0
  /// Bytes sent from rank to rank while reading.
  public var bytesExchanged = 0
  /// Predicted peak memory of the rank that needs most, bytes.
  public var predictedPeakMemory = 0
  /// Measured peak memory of the rank that needs most, bytes.
  public var peakMemory = 0
  /// What the run noticed that may be wrong with its input.
  public var warnings: [String] = []
  /// What means by area are weighted with: `area × landfrac of FILE`, or `cos latitude`.
  public var areaWeights: String?
  /// Numbers of the method: name and value, NaN where there is none.
  @NullableNumbers public var results: [String: Double] = [:]
  /// Sequences of numbers of the method, where it has any: name and values, NaN where there is none.
  @NullableSeries public var series: [String: [Double]]?

  /// Why the run ended without its maps, or with `--strict` after them; nil where it did not.
  public var error: Failure?

  /// An error that ended a run.
  public struct Failure: Codable, Sendable {
    /// What the terminal was told.
    public var message: String
    /// The exit code of the program.
    public var exitCode: Int
    /// The phase that it ended; nil between phases.
    public var phase: String?
    /// The rank that met it; nil where that was all of them.
    public var rank: Int?

    /// What ended a run in a phase.
    public init(_ error: JobError, phase: String?) {
      message = error.message
      exitCode = Int(error.exitCode.rawValue)
      self.phase = phase
      rank = error.rank
    }
  }

  /// A report of a run that starts now.
  public init(command: String, commandLine: String, versions: [String: String], ranks: Int) {
    self.command = command
    self.commandLine = commandLine
    self.versions = versions
    self.ranks = ranks
    started = ISO8601DateFormatter().string(from: Date())
    host = hostName()
  }

  /// Adds a file that the run has written.
  public mutating func addOutput(_ kind: RunOutput.Kind, _ path: String) {
    outputs = (outputs ?? []) + [RunOutput(kind, path)]
  }

  /// Reads a report that `write(to:)` wrote.
  ///
  /// - Throws: exit code 65 where it cannot, 66 where there is no such file.
  public static func read(from path: String) throws -> RunReport {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw JobError(.noInput, "\(path): the report of a run cannot be read")
    }
    do {
      return try JSONDecoder.exact.decode(RunReport.self, from: data)
    } catch {
      throw JobError(.inputData, "\(path) is not the report of a run: \(error)")
    }
  }

  /// Writes the report as JSON.
  ///
  /// - Throws: exit code 73 where it cannot.
  public func write(to path: String) throws {
    let encoder = JSONEncoder.exact
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try OutputFile.write(String(decoding: try encoder.encode(self), as: UTF8.self) + "\n", to: path)
  }

  /// The phase table of the terminal.
  public var phaseTable: String {
    func pad(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let number = { (value: Double) in pad(String(format: "%.2f", value), 10) }
    var lines = ["phase" + pad("min s", 15) + pad("mean s", 10) + pad("max s", 10) + pad("slowest", 10)]
    for phase in phases {
      let name = phase.name.padding(toLength: 10, withPad: " ", startingAt: 0)
      lines.append(
        name + number(phase.minimum) + number(phase.mean) + number(phase.maximum) + pad("rank \(phase.slowestRank)", 10)
          + (phase.slowestHost.map { " on \($0)" } ?? ""))
    }
    lines.append(
      "wall \(durationText(wallSeconds)), \(counted(ranks, "rank")), balance \(String(format: "%.3f", balance)), peak memory "
        + "\(byteText(peakMemory)) a rank (predicted \(byteText(predictedPeakMemory)))")
    return lines.joined(separator: "\n")
  }
}
