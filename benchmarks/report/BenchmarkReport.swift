import BuildVersion
import Foundation

/// What a benchmark measured, with the machine, the versions and the date: Markdown tables and JSON.
///
///     var report = BenchmarkReport("network", versions: ["JAX": "0.7.2"])
///     report.add(["level": "v4", "rate, GFLOP/s": .number(157.5, digits: 1)])
///     try report.finish()
public struct BenchmarkReport: Encodable {
  /// Name of the benchmark.
  public let benchmark: String
  /// When it began, ISO 8601, UTC.
  public let date: String
  /// Where it ran.
  public let machine: Machine
  /// Versions by name: `smt-mpi`, `Swift` and what the benchmark adds.
  public var versions: [String: String]
  /// The measurements.
  public private(set) var tables: [ReportTable] = []

  /// A report of a benchmark that begins now.
  ///
  /// - Parameter versions: of libraries and peers that take part.
  public init(_ benchmark: String, versions: [String: String] = [:]) {
    self.benchmark = benchmark
    self.versions = versions.merging(["smt-mpi": Build.version, "Swift": Build.compiler]) { given, _ in given }
    date = ISO8601DateFormatter().string(from: Date())
    machine = .current
  }

  /// Adds a row to the table with a title; the first row of a title begins its table and names its columns.
  public mutating func add(_ row: KeyValuePairs<String, ReportValue>, to title: String = "") {
    add(row.map { ($0.key, $0.value) }, to: title)
  }

  /// The same with columns that are not known beforehand.
  public mutating func add(_ row: [(column: String, value: ReportValue)], to title: String = "") {
    let cells = row.map { ReportTable.Cell(column: $0.column, value: $0.value) }
    if let index = tables.firstIndex(where: { $0.title == title }) {
      tables[index].rows.append(ReportTable.Row(cells: cells))
    } else {
      tables.append(ReportTable(title: title, rows: [ReportTable.Row(cells: cells)]))
    }
  }

  /// One line on machine, versions and date, and the tables.
  public var markdown: String {
    let versions = versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return (["\(machine); \(versions.joined(separator: ", ")); \(date)"] + tables.map(\.markdown))
      .joined(separator: "\n\n")
  }

  /// Prints the tables and writes the JSON file that the command line asks for with `--json FILE`.
  ///
  /// - Throws: where the file cannot be written.
  public func finish() throws {
    print(markdown)
    guard let path = CommandLine.value(of: "--json") else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
