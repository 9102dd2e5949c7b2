import Distributed
import Foundation

/// What a page and pictures are made of: files, and the report of the run that wrote them.
struct PageContents {
  /// Where a file that cannot be shown is told: on the page of a run, whose results are there all the same; else it is an
  /// error.
  private let isLenient: Bool
  private var title = ""
  private var command: String?
  private var maps: [MapSource] = []
  private var tables: [RunOutput] = []
  private var pictures: [String] = []
  private var pairs: [PagePairs] = []
  private var report: RunReport?
  /// The most maps.
  private var mostMaps = Self.defaultMaps

  /// The most maps where nothing else is asked for.
  static let defaultMaps = 60

  /// What a run wrote.
  ///
  /// - Parameter input: maps of the input that are shown, too.
  init(_ report: RunReport, pairs: [PagePairs], input: [String]) {
    isLenient = true
    self.pairs = pairs
    maps = input.compactMap { try? MapSource($0) }
    let outputs = report.outputs ?? []
    title = "smt-mpi \(report.command)" + (outputs.first.map { ": \($0.path)" } ?? "")
    add(report, showsMaps: true)
  }

  /// Files that the user names.
  ///
  /// - Parameter report: of the run that wrote them; nil where there is none.
  init(_ maps: [MapSource], tables: [String], _ report: RunReport?, command: String, mostMaps: Int) {
    isLenient = false
    self.maps = maps
    // A table with a time is a series, too; one with observed values holds pairs.
    self.tables = tables.map { RunOutput(.table, $0) }
    self.mostMaps = mostMaps
    let titles = maps.compactMap(\.title)
    title = titles.count == 1 ? titles[0] : (maps.map(\.path) + tables).joined(separator: ", ")
    self.command = command
    if let report { add(report, showsMaps: maps.isEmpty) }
  }

  private mutating func add(_ report: RunReport, showsMaps: Bool) {
    self.report = report
    // Results are the same on any number of ranks; the time is not.
    command = (report.ranks > 1 ? "mpirun -n \(report.ranks) " : "") + report.commandLine
    for output in report.outputs ?? [] {
      switch output.kind {
      case .maps, .record: if showsMaps { maps.append(MapSource(file: output.path)) }
      case .table, .series, .pairs: tables.append(output)
      case .picture: pictures.append(output.path)
      case .arrays, .curves, .models, .folder, .page, .pictures: break
      }
    }
  }

  /// Writes the page, and the maps as pictures.
  ///
  /// - Parameters:
  ///   - path: of the page; nil for none.
  ///   - folder: of the pictures; nil for none.
  /// - Throws: exit code 73 where they cannot be written; 65, 66 or 71 where a file that the user named cannot be shown.
  func write(page path: String?, pictures folder: String?) throws {
    var page = PageData()
    var data: [String] = []
    try attempt(&page) { page in
      var variables: [MapVariable] = []
      for source in maps { try attempt(&page) { _ in variables += try source.variables() } }
      let choice = try MapChoice(variables, most: mostMaps)
      let summaries = try FieldSummary.all(of: choice)
      if let folder { try MapPictures(choice, summaries).write(to: folder) }
      page.notes += choice.notes
      if path != nil { data = try addMaps(choice, summaries, to: &page) }
    }
    if let path {
      try addTables(to: &page)
      addPictures(to: &page)
      page.title = title
      page.command = command
      page.pairs += pairs
      page.warnings = report?.warnings ?? []
      page.run = report.map(PageRun.init)
      if let report { page.tables += [PageTable(report)].compactMap(\.self) }
      try PageWriter(page: page, data: data).write(to: path)
    }
  }

  /// Does a part of the page; what is wrong with it is told there where the page is that of a run.
  ///
  /// - Throws: what the body throws, but for what is told; a page that cannot be written and a signal end the job.
  func attempt(_ page: inout PageData, _ body: (inout PageData) throws -> Void) throws {
    do {
      try body(&page)
    } catch let error as JobError where isLenient && ![.cannotWrite, .interrupted].contains(error.exitCode) {
      page.notes.append(error.message)
    }
  }

  /// - Returns: the values of the maps.
  private func addMaps(_ choice: MapChoice, _ summaries: [FieldSummary], to page: inout PageData) throws -> [String] {
    let made = try PageMaps(choice, summaries)
    (page.grids, page.maps) = (made.grids, made.maps)
    page.notes += made.notes
    return made.data
  }

  private func addTables(to page: inout PageData) throws {
    for output in tables {
      try attempt(&page) { page in
        let table = try TableFile(output.path)
        let units = Dictionary(page.maps.map { ($0.name, $0.units) }) { first, _ in first }
        page.tables += table.tables({ units[$0] }, notes: &page.notes)
        if output.kind == .series || !isLenient { page.series += table.series(notes: &page.notes) }
        if output.kind == .pairs || !isLenient { page.pairs += table.pairs(notes: &page.notes) }
      }
    }
  }

  private static let (mostPictures, mostPictureBytes) = (24, 1_000_000)

  private func addPictures(to page: inout PageData) {
    for path in pictures.prefix(Self.mostPictures) where path.hasSuffix(".svg") {
      guard let data = FileManager.default.contents(atPath: path), data.count <= Self.mostPictureBytes else {
        page.notes.append("\(path): the picture cannot be read, or is too large to be shown")
        continue
      }
      page.pictures.append(PagePicture(path: path, svg: String(decoding: data, as: UTF8.self)))
    }
    if pictures.count > Self.mostPictures {
      page.notes.append("\(pictures.count - Self.mostPictures) of \(pictures.count) pictures are left out")
    }
  }
}

extension PageRun {
  init(_ report: RunReport) {
    self.init(
      ranks: report.ranks, hosts: report.hosts ?? [report.host], wallSeconds: report.wallSeconds,
      phases: report.phases.map {
        Phase(name: $0.name, minimum: $0.minimum, mean: $0.mean, maximum: $0.maximum)
      },
      // Nothing measures the work of jobs on maps.
      balance: report.cpuSeconds > 0 || report.balance < 1 ? report.balance : nil, peakMemory: report.peakMemory,
      version: report.versions["smt-mpi"] ?? "", started: report.started)
  }
}

extension PageTable {
  /// The numbers of a run; nil where there are none.
  init?(_ report: RunReport) {
    let numbers = report.results.filter(\.value.isFinite).sorted { $0.key < $1.key }
    guard !numbers.isEmpty else { return nil }
    self.init(
      path: "numbers of the run", header: ["name", "value"], rows: numbers.map { [$0.key, $0.value.shortText] },
      boxes: nil, units: nil)
  }
}
