import Distributed
import Kernels

/// All that describes a run of a method, checked; made of the command line before MPI starts.
protocol Job {
  associatedtype Analysis: Method
  /// What all jobs have, whatever their method.
  var settings: JobSettings { get }
  /// The method on its input, once the headers of the files are known.
  ///
  /// Collective: maps that the method needs are read here.
  /// - Throws: exit code 64 where options do not fit the input.
  func method(for catalogue: Catalogue, _ communicator: Communicator) throws -> Analysis
}

/// What all jobs have, whatever their method: what they read, on which cells they work, and how they run.
struct JobSettings {
  /// The subcommand's name.
  let commandName: String
  /// The sources.
  let requests: [SourceRequest]
  /// Members of an ensemble, the reference first; empty where there is none.
  let members: [String]
  /// First and last month; nil takes the months that all sources have.
  let period: ClosedRange<Month>?
  /// The cells that the user selects.
  var choice: CellSelection.Choice
  /// The source whose data tell land from sea.
  let landSource: Int
  let running: RunSettings
  /// The table of all columns by classes; nil where none is wanted.
  var classTable: ClassTableSettings?
  /// The effective options as YAML.
  let configuration: String
  /// What tells two jobs apart whose cells have different results.
  let identity: String

  /// The settings of a command.
  ///
  /// - Parameters:
  ///   - needsClasses: whether the method makes a table by classes of its own.
  ///   - classes: the classes of that table, where they are not those of the options alone.
  ///   - records: records of maps beside the output; nil where one is not wanted.
  ///   - tables: the method's own tables and pictures; nil where one is not wanted.
  /// - Throws: exit code 64 or 73 naming the option.
  init(
    _ command: some JobCommand, _ requests: [SourceRequest], members: [String] = [], period: ClosedRange<Month>?,
    choice: CellSelection.Choice, landSource: Int = 0, needsClasses: Bool = false, classes: ClassSettings? = nil,
    records: [RunFile?] = [], tables: [RunFile?] = []
  ) throws {
    commandName = type(of: command).commandName
    self.requests = requests
    self.members = members
    self.period = period
    self.choice = choice
    self.landSource = landSource
    running = try RunSettings(
      command.running, records: records, tables: tables + [RunFile("table", command.classTable.table, .table)])
    classTable = try ClassTableSettings(command.classTable, running, isNeeded: needsClasses, classes: classes)
    configuration = command.configurationText
    let own = Set((command.running.entries + command.classTable.entries).map(\.key))
    identity = command.entries.filter { !own.contains($0.key) }.map(\.yaml).joined(separator: "\n").withoutFolders
  }
}

extension String {
  /// Without the folders of files whose variables are named, NAME=FOLDER/FILE:VARIABLE: input that was moved is the same
  /// input.
  var withoutFolders: String {
    replacing(/([A-Za-z]\w*=)?[^\s',:;(\[\]]*\/([^\s',:\/]*:)/) { ($0.output.1 ?? "") + $0.output.2 }
  }
}

/// One method, on an input whose headers are known: what a block of steps leaves in a cell, what a cell's numbers become,
/// and which columns that leaves.
///
/// From this value the pipeline makes dry run, memory prediction, reading, the loop over cells with sharing, checkpoints and
/// signals, maps, summary and report.
protocol Method {
  /// Why a cell has a result, or none.
  associatedtype Status: ResultStatus
  /// What the method finds in a cell.
  associatedtype Result
  /// The reduced years of the cells that a rank owns.
  associatedtype Data: Collector
  /// The work in the cells of a rank.
  associatedtype Cells: MethodCells where Cells.Result == Result

  /// The columns; one of them is `status`.
  var columns: [Column<Result>] { get }
  /// First and last year of each period; empty where there are none.
  var periods: [ClosedRange<Int>] { get }
  /// Whether maps of several dimensions are split.
  var isSplit: Bool { get }
  /// Lines of `--dry-run`.
  var description: [String] { get }
  /// Attributes of the output file.
  var attributes: MapWriter.FileAttributes { get }
  /// The result of a cell that has nothing but a status.
  func result(_ status: Status) -> Result

  /// What a block of steps leaves in these cells, grid indices.
  ///
  /// - Throws: exit code 65 where a map that it needs holds something wrong.
  func reduction(on cells: [Int]) throws -> any Reduction
  /// Room for the reduced years of so many cells.
  func data(cells: Int) -> Data
  /// Bytes that these reduced years take.
  func dataBytes(cells: Int) -> Int
  /// The work in the cells of a rank, whose data are in.
  func cells(_ data: Data, _ partition: Partition, rank: Int) throws -> Cells
  /// Bytes that a rank's work takes besides the rows.
  func computingBytes(_ partition: Partition, rank: Int) -> Int
  /// Bytes of what the method keeps besides data and rows until the maps are written.
  func keptBytes(_ partition: Partition, rank: Int) -> Int
  /// The time that computing takes on so many ranks, in words; nil where reading takes nearly all of it.
  func computingTime(cells: Int, ranks: Int) -> String?
  /// Bytes of inflated data a second that a rank is taken to read, for the dry run.
  var readingRate: Double { get }

  /// What files' headers show that may be wrong; ends the run with `--strict`.
  var concerns: [String] { get }
  /// Remarks on the input, never errors.
  var notes: [String] { get }
  /// What may be wrong with the cells selected, grid indices.
  func concerns(on cells: [Int]) -> [String]
  /// What may be wrong, as the data of this rank's `count` cells show it.
  ///
  /// Collective; all ranks find the same.
  func concerns(about cells: Cells, count: Int, _ communicator: Communicator) throws -> [String]
  /// This rank's cells, `count` of them, whose status is `implausible_range` although no value is implausible by itself.
  func implausibleCells(_ cells: Cells, count: Int) -> [ImplausibleCell]
  /// What to look at where a status is that of most cells.
  func advice(_ status: Status) -> String?

  /// Writes what there is besides the maps.
  ///
  /// Collective.
  func writeMore(_ cells: Cells, _ warnings: inout Warnings, _ communicator: Communicator) throws
  /// What the summary tells besides the means of columns.
  ///
  /// Collective.
  func summaryParts(_ results: MethodResults<Self>) throws -> [any SummaryPart]
  /// Whether the method's own table by classes takes the place of the table of all columns, in `--table` and on the terminal.
  var hasOwnClassTable: Bool { get }
  /// Writes the method's own tables by classes, on rank 0 alone.
  ///
  /// - Throws: exit code 73 where one cannot be written.
  func writeTables(_ classes: ColumnClasses, _ results: MethodResults<Self>) throws
  /// Adds numbers of the method to a report that is otherwise complete.
  ///
  /// Collective.
  func complete(_ report: inout RunReport, _ results: MethodResults<Self>) throws
}

extension Method {
  var periods: [ClosedRange<Int>] { [] }
  var isSplit: Bool { false }
  var readingRate: Double { Assumptions.recordReading }
  var concerns: [String] { [] }
  var notes: [String] { [] }
  func computingBytes(_ partition: Partition, rank: Int) -> Int { 0 }
  func keptBytes(_ partition: Partition, rank: Int) -> Int { 0 }
  func computingTime(cells: Int, ranks: Int) -> String? { nil }
  func concerns(on cells: [Int]) -> [String] { [] }
  func concerns(about cells: Cells, count: Int, _ communicator: Communicator) throws -> [String] { [] }
  func implausibleCells(_ cells: Cells, count: Int) -> [ImplausibleCell] { [] }
  func advice(_ status: Status) -> String? { nil }
  func writeMore(_ cells: Cells, _ warnings: inout Warnings, _ communicator: Communicator) throws {}
  func summaryParts(_ results: MethodResults<Self>) throws -> [any SummaryPart] { [] }
  var hasOwnClassTable: Bool { false }
  func writeTables(_ classes: ColumnClasses, _ results: MethodResults<Self>) throws {}
  func complete(_ report: inout RunReport, _ results: MethodResults<Self>) throws {}
}

/// The results of all cells with what is needed to sum them up.
struct MethodResults<Analysis: Method> {
  let rows: Rows<Analysis.Result>
  let cells: CellResults
  let work: Analysis.Cells
  let grid: Grid
  /// The classes of the table by classes; nil where none is wanted.
  let classes: ClassSummary?
  let warnings: Warnings
}

/// What a method does in the cells of a rank.
///
/// Not to be shared between threads. A method whose cells are costly divides them into parts, each of which any rank can compute.
protocol MethodCells: AnyObject {
  associatedtype Result
  /// Whether cells are divided into parts that are worth a message: milliseconds or more each.
  var hasParts: Bool { get }
  /// Begins the cell at a position within the rank's share.
  func begin(_ position: Int) -> CellBeginning<Result>
  /// Computes a part of a cell, possibly another rank's; depends on the arguments and the job's options alone.
  func compute(part: Int, of input: [Double]) -> [Double]
  /// Makes the result of a cell of its parts, in order.
  func finish(_ position: Int, input: [Double], parts: [[Double]]) -> Result
  /// Whether a cell, a grid index, is computed although a checkpoint holds its row.
  func mustCompute(cell: Int) -> Bool
}

/// A cell that was begun.
enum CellBeginning<Result> {
  /// There was nothing to divide.
  case finished(Result)
  /// What its parts need.
  case divided(CellInput)
}

extension MethodCells {
  var hasParts: Bool { false }
  func compute(part: Int, of input: [Double]) -> [Double] { preconditionFailure("cells without parts") }
  func finish(_ position: Int, input: [Double], parts: [[Double]]) -> Result {
    preconditionFailure("cells without parts")
  }
  func mustCompute(cell: Int) -> Bool { false }
}

/// The work in cells as the cell loop wants it: rows in place of results.
final class RowWork<Cells: MethodCells>: CellWork {
  private let cells: Cells
  private let rows: Rows<Cells.Result>

  init(_ cells: Cells, _ rows: Rows<Cells.Result>) {
    self.cells = cells
    self.rows = rows
  }

  var hasParts: Bool { cells.hasParts }

  func begin(_ position: Int, row: UnsafeMutableBufferPointer<Double>) -> CellInput? {
    switch cells.begin(position) {
    case .finished(let result):
      _ = row.update(from: rows.row(result))
      return nil
    case .divided(let input): return input
    }
  }

  func compute(part: Int, of input: [Double]) -> [Double] { cells.compute(part: part, of: input) }

  func finish(_ position: Int, input: [Double], parts: [[Double]], row: UnsafeMutableBufferPointer<Double>) {
    _ = row.update(from: rows.row(cells.finish(position, input: input, parts: parts)))
  }
}
