import Distributed

/// A run of a job on this rank: the locks of its outputs, its progress, phases and report.
final class JobRun {
  let communicator: Communicator
  let progress: ProgressLine
  let timer: PhaseTimer
  let start = wallSeconds()
  var report: RunReport
  /// Bytes of data that this rank has read, of a job on maps.
  var bytesRead = 0
  /// Pairs that the page shows besides those of tables.
  var pairs: [PagePairs] = []
  /// Maps of the input that the page shows beside those that were written, FILE:VARIABLE.
  var shownInput: [String] = []
  private let settings: RunSettings
  private var locks: [OutputLock] = []

  init(command: String, _ settings: RunSettings, _ communicator: Communicator) {
    self.settings = settings
    self.communicator = communicator
    progress = ProgressLine(communicator, interval: settings.progress)
    timer = PhaseTimer(progress)
    report = RunReport(
      command: command, commandLine: commandLine, versions: ProgramVersion.all, ranks: communicator.size)
  }

  /// Does the work; the report is written where it fails too.
  ///
  /// Collective.
  func perform(_ work: () throws -> Void) throws {
    let files = settings.outputs.filter { !isDeviceOrPipe($0.path) }
    defer { locks.forEach { $0.release() } }
    try communicator.together {
      guard communicator.isRoot else { return }
      for file in files { locks.append(try OutputLock(output: file.path)) }
      // Another job may have written them since the options were checked.
      for file in files { try settings.checkFree(file.path, option: file.option) }
      for file in settings.files where !isDeviceOrPipe(file.path) {
        try OutputTrial.run(file.path, option: "--\(file.option)")
      }
      for folder in settings.folders { try OutputTrial.run(folder: folder.path, option: folder.option) }
      try settings.prepareViews()
    }
    do {
      try work()
    } catch {
      if let path = settings.report { writeReport(to: path, after: JobError(wrapping: error)) }
      throw error
    }
  }

  /// Ends a run that is complete: writes its report and its page, and tells what it found and what it wrote.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - lines: what the terminal is told besides phases and files.
  ///   - isData: whether these are for another program, and nothing else is told.
  func end(_ lines: [String], hasPhases: Bool = true, isData: Bool = false) throws {
    try communicator.together {
      guard communicator.isRoot else { return }
      report.outputs = settings.written + (report.outputs ?? [])
      let views = settings.hasViews ? PageContents(report, pairs: pairs, input: shownInput) : nil
      if let path = settings.page, !isDeviceOrPipe(path) { report.addOutput(.page, path) }
      if let path = settings.pictures { report.addOutput(.pictures, path) }
      if let path = settings.report { try report.write(to: path) }
      if hasPhases { print(report.phaseTable) }
      lines.forEach { print($0) }
      try views?.write(page: settings.page, pictures: settings.pictures)
      if !isData, let outputs = report.outputs, !outputs.isEmpty { print(outputs.announcement) }
    }
  }

  /// Checks that no other job has taken an output.
  ///
  /// Collective.
  func checkLocks() throws { try communicator.together { for lock in locks { try lock.check() } } }

  /// Writes the report of a run that failed; what is wrong with that is a warning, and the error stays what it is.
  private func writeReport(to path: String, after failure: JobError) {
    report.complete(failure, timer, start: start, communicator)
    guard communicator.isRoot || !failure.isAgreed else { return }
    do {
      try report.write(to: path)
    } catch let second as JobError {
      if second.message != failure.message { Log.warning(second.message) }
    } catch { Log.warning("\(error)") }
  }
}
