import Distributed
import Foundation

/// A file that a job writes, with the option that names it.
struct RunFile {
  let option: String
  let path: String
  let kind: RunOutput.Kind

  /// Nil where there is no path: the file is not wanted.
  init?(_ option: String, _ path: String?, _ kind: RunOutput.Kind) {
    guard let path else { return nil }
    (self.option, self.path, self.kind) = (option, path, kind)
  }
}

/// A folder that a job writes, with the option that names it, or what stands for it in messages.
struct RunFolder {
  let option: String
  let path: String
}

/// Where a job's results go and how it runs: `RunOptions` or `SharedRunOptions`, checked.
struct RunSettings {
  /// The files that the job writes besides its report, with the options that name them; the first is that of its maps.
  let outputs: [RunFile]
  /// Files of text that it writes besides them: its tables.
  private let texts: [RunFile]
  /// Folders that it writes.
  let folders: [RunFolder]
  let overwrites: Bool
  let report: String?
  /// The page that shows the results.
  let page: String?
  /// The folder of the maps as pictures.
  let pictures: String?
  /// Seconds between lines of progress.
  let progress: Double
  /// Bytes a rank may use.
  let memoryLimit: Int?
  let plan: ReadPlan?
  let restarts: Bool
  /// Whether warnings end the run.
  let isStrict: Bool

  /// The settings of a job in cells.
  ///
  /// - Parameters:
  ///   - records: records of maps beside its maps; nil where one is not wanted.
  ///   - tables: what else it writes; nil where one is not wanted.
  init(_ options: RunOptions, records: [RunFile?] = [], tables: [RunFile?]) throws {
    try self.init(
      options.shared, output: try options.outputPath(), records: records, tables: tables,
      plan: try options.forcedPlan(), restarts: options.restart)
  }

  /// The settings of a job whose output is maps, and records of maps beside it.
  ///
  /// - Throws: exit code 64 or 73 naming the option.
  init(
    _ options: SharedRunOptions, output: String, records: [RunFile?] = [], tables: [RunFile?] = [],
    plan: ReadPlan? = nil, restarts: Bool = false
  ) throws {
    let outputs = [RunFile("output", output, .maps)] + records
    for file in outputs.compactMap(\.self) where isDeviceOrPipe(file.path) {
      throw JobError(
        .cannotWrite, "--\(file.option) \(file.path) is a device or a pipe; expected the name of a file")
    }
    try self.init(options, outputs: outputs, tables: tables, plan: plan, restarts: restarts)
  }

  /// The settings of a job with some outputs, or none.
  ///
  /// - Throws: exit code 64 or 73 naming the option.
  init(
    _ options: SharedRunOptions, outputs: [RunFile?], tables: [RunFile?] = [], folders: [RunFolder] = [],
    plan: ReadPlan? = nil, restarts: Bool = false
  ) throws {
    self.folders = folders
    self.outputs = outputs.compactMap(\.self)
    texts = tables.compactMap(\.self)
    (page, pictures) = (options.html, options.png)
    self.plan = plan
    self.restarts = restarts
    overwrites = options.overwrite
    report = options.report
    progress = options.progress
    memoryLimit = try options.memoryLimitBytes()
    isStrict = options.strict
    for file in self.outputs + texts { try checkWritable(file.path, option: file.option) }
    if let page { try checkWritable(page, option: "html") }
    if let pictures { try checkPictures(pictures) }
    if let report, !isDeviceOrPipe(report) { try Self.checkFolder(of: report, option: "report") }
    if let ranks = options.ranks, !(1...SharedRunOptions.mostRanks).contains(ranks) {
      throw JobError(.usage, "--ranks \(ranks): expected 1 to \(SharedRunOptions.mostRanks)")
    }
    guard progress >= 0 else { throw JobError(.usage, "--progress \(progress.shortText): expected 0 or more seconds") }
    try checkDistinctOutputs()
  }

  /// The file of the maps, the first of the outputs.
  var output: String { outputs[0].path }

  /// Bytes of blocks in flight, under the memory limit if there is one.
  var readBudget: Int { min(SourceReadPlan.defaultBudget, (memoryLimit ?? .max) / 8) }

  /// Checks that a file may be written, into a file, a device or a pipe.
  ///
  /// - Throws: exit code 73 where it exists and is not to be replaced, or where its folder cannot be written.
  private func checkWritable(_ path: String, option: String) throws {
    guard !isDeviceOrPipe(path) else { return }
    guard !path.isEmpty else { throw JobError(.usage, "--\(option) has no name; expected that of a file") }
    try checkFree(path, option: option)
    try Self.checkFolder(of: path, option: option)
  }

  /// Checks that nothing that is written is one of the files that are read.
  ///
  /// - Throws: exit code 73 naming the option.
  func checkOutputs(against inputs: [String]) throws {
    try checkOutputs { path in inputs.contains { isSameFile($0, path) } }
  }

  /// Checks that nothing that is written is one of a catalogue's files.
  ///
  /// - Throws: exit code 73 naming the option.
  func checkOutputs(against catalogue: Catalogue) throws { try checkOutputs(catalogue.contains(file:)) }

  private func checkOutputs(_ isInput: (String) -> Bool) throws {
    for (option, path) in files where isInput(path) {
      throw JobError(.cannotWrite, "--\(option) \(path) is one of the input files; give another name")
    }
  }

  /// All files that are written, with the options that name them.
  var files: [(option: String, path: String)] {
    (outputs + texts).map { ($0.option, $0.path) }
      + [("report", report), ("html", page)].compactMap { option, path in
        path.map { (option, $0) }
      }
  }

  /// Whether there is to be a page, or pictures.
  var hasViews: Bool { page != nil || pictures != nil }

  /// Checks, before the work begins, that the page may be written, and makes the folder of the pictures.
  ///
  /// - Throws: exit code 73.
  func prepareViews() throws {
    if let page, !isDeviceOrPipe(page) { try checkFree(page, option: "html") }
    guard let pictures else { return }
    do {
      try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
    } catch {
      throw JobError(.cannotWrite, "--png \(pictures): the folder cannot be made: \(error.localizedDescription)")
    }
  }

  /// The files that a run leaves, its report aside; what went into devices and pipes is gone.
  var written: [RunOutput] {
    (outputs + texts).filter { !isDeviceOrPipe($0.path) }.map { RunOutput($0.kind, $0.path) }
  }

  /// Checks that no two options name one file.
  private func checkDistinctOutputs() throws {
    // Of files that are not there yet only the names tell.
    func place(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    let files = files.filter { !isDeviceOrPipe($0.path) }
    for (index, (option, path)) in files.enumerated()
    where files[..<index].contains(where: { place($0.path) == place(path) || isSameFile($0.path, path) }) {
      throw JobError(.usage, "--\(option) \(path) is the file of another option; give another name")
    }
  }

  /// Checks that a folder takes pictures, or can be made.
  ///
  /// - Throws: exit code 73 where it cannot, or holds pictures that are not to be replaced.
  private func checkPictures(_ folder: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      return try Self.checkFolder(of: folder, option: "png")
    }
    guard isFolder.boolValue, FileManager.default.isWritableFile(atPath: folder) else {
      throw JobError(.cannotWrite, "--png \(folder) is no folder that can be written; expected one, or a new name")
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    if !overwrites, let first = names.sorted().first(where: { $0.hasSuffix(".png") }) {
      throw JobError(
        .cannotWrite, "\(folder)/\(first) exists; give --overwrite to replace pictures, or another --png")
    }
  }

  private static func checkFolder(of path: String, option: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder), FileManager.default.isWritableFile(atPath: folder) else {
      throw JobError(.cannotWrite, "--\(option) \(path): the folder \(folder) is not there or cannot be written")
    }
  }

  /// Checks that a file may be written.
  ///
  /// - Throws: exit code 73 where it exists and is not to be replaced.
  func checkFree(_ path: String, option: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    if isFolder.boolValue { throw JobError(.cannotWrite, "--\(option) \(path) is a folder; expected a file name") }
    guard overwrites else {
      throw JobError(.cannotWrite, "\(path) exists; give --overwrite to replace it, or another --\(option)")
    }
  }

  /// Checks on all ranks that a job's prediction keeps to the memory limit.
  ///
  /// Collective.
  /// - Throws: exit code 71 with both sizes.
  func checkMemory(_ bytes: Int, ranks: Int, _ communicator: Communicator) throws {
    guard let memoryLimit else { return }
    let needed = try communicator.allReduce([bytes], .maximum)[0]
    try communicator.together {
      guard needed <= memoryLimit else {
        throw JobError(
          .memory,
          "--memory-limit \(byteText(memoryLimit)) is too small: the job needs \(byteText(needed)) a rank on "
            + "\(counted(ranks, "rank")); use more ranks or a larger limit")
      }
    }
  }
}
