import Distributed
import Foundation
import TestSupport

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a job is disturbed.
enum Blow: CaseIterable {
  case killAll, killOneRank, crashOneRank, timeLimit, terminate, interrupt

  /// Disturbs the job whose launcher, or only process, is given.
  func strike(_ process: Process, naming text: String, _ random: inout Random) {
    let all = processes(in: text)
    let ranks = all.filter { $0 != process.processIdentifier }
    switch self {
    case .killAll: for number in all { kill(number, SIGKILL) }
    case .killOneRank: kill(ranks.randomElement(using: &random) ?? process.processIdentifier, SIGKILL)
    case .crashOneRank: kill(ranks.randomElement(using: &random) ?? process.processIdentifier, SIGSEGV)
    case .timeLimit: kill(process.processIdentifier, SIGUSR1)
    case .terminate: kill(process.processIdentifier, SIGTERM)
    case .interrupt: kill(process.processIdentifier, SIGINT)
    }
  }
}

/// Waits until no process is left of a job.
func awaitEnd(of output: String, after blow: Blow) throws {
  let deadline = wallSeconds() + 60
  while !processes(in: output).isEmpty {
    try expect(wallSeconds() < deadline, "processes are left a minute after \(blow)")
    usleep(20_000)
  }
}

/// Kills a job again and again and resumes it on other ranks, until the map is there.
///
/// - Parameter inWriting: whether the blow falls while the map is written, not at any moment.
@MainActor
func killAndResume(inWriting: Bool, _ folder: String, _ random: inout Random) throws -> String {
  let output = "\(folder)/out/smt.nc"
  try FileManager.default.createDirectory(atPath: "\(folder)/out", withIntermediateDirectories: true)
  try Workload.ensemble.write(to: folder)
  let arguments = Workload.arguments(input: folder, output: output)
  var story: [String] = []
  for attempt in 0..<4 {
    let ranks = Int.random(in: 0...5, using: &random)
    let blow = inWriting ? Blow.killAll : Blow.allCases.randomElement(using: &random) ?? .killAll
    var moment: Double? =
      inWriting ? nil : try wallSeconds() + .random(in: 0...1.2 * Workload.seconds(), using: &random)
    let delay = Double.random(in: 0...0.02, using: &random)
    let done = try run(arguments, ranks: ranks == 0 ? nil : ranks, interval: 0.0005) { process in
      guard attempt < 3 else { return }
      if inWriting, moment == nil {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/out")) ?? []
        if names.contains(where: { $0.hasPrefix("smt.nc.part-") }) { moment = wallSeconds() + delay }
      }
      guard let time = moment, wallSeconds() >= time else { return }
      blow.strike(process, naming: output, &random)
      moment = .infinity
    }
    try awaitEnd(of: output, after: blow)
    story.append(String(done.status))
    if done.status == 0 { break }
    if FileManager.default.fileExists(atPath: output) {
      // The blow fell after the map had its name, which it gets only when it is whole.
      try expect(try Workload.bits(of: output) == Workload.wholeBits(), "the map is there and not whole")
      return "killed with the map in place"
    }
    try expect(attempt < 3, "the undisturbed run failed: \(done.standardError.suffix(400))")
  }
  try Workload.expectWhole(output)
  try expect(
    try FileManager.default.contentsOfDirectory(atPath: "\(folder)/out") == ["smt.nc"], "something is beside the map")
  return story.count == 1 ? "0" : "interrupted, then 0"
}

/// Interrupts a job so that it has a checkpoint.
///
/// A launcher that is short of time may hand the signal on when the job is all but done; then the job is done again, and the
/// signal comes earlier.
@MainActor
func interrupted(_ arguments: [String], output: String, ranks: Int = 2) throws {
  for delay in [0.2, 0.05, 0, 0] {
    var moment: Double?
    let done = try run(arguments, ranks: ranks, interval: 0.002) { process in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: output + ".checkpoint")) ?? []
      if moment == nil, !names.isEmpty { moment = wallSeconds() + delay }
      if let time = moment, wallSeconds() >= time {
        kill(process.processIdentifier, SIGUSR1)
        moment = .infinity
      }
    }
    if done.status == 75 { return }
    try expect(done.status == 0, "SIGUSR1 ended it with \(done.status): \(done.standardError.suffix(300))")
    let folder = URL(fileURLWithPath: output).deletingLastPathComponent()
    for name in try RecordWorkload.names(of: output) {
      try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
    }
  }
  throw Broken("four jobs were done before SIGUSR1 reached them")
}

/// Interrupts a job, changes bits of its checkpoint and resumes: the map is right, or the job refused.
@MainActor
func damagedCheckpoint(_ folder: String, _ random: inout Random) throws -> String {
  let output = "\(folder)/smt.nc"
  try Workload.ensemble.write(to: folder)
  let arguments = Workload.arguments(input: folder, output: output)
  try interrupted(arguments, output: output)
  let logs = try FileManager.default.contentsOfDirectory(atPath: output + ".checkpoint").sorted()
  for _ in 0..<Int.random(in: 1...6, using: &random) {
    let path = output + ".checkpoint/" + (logs.randomElement(using: &random) ?? "")
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    switch Int.random(in: 0..<4, using: &random) {
    case 0: data[.random(in: 0..<data.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    // The sign of two numbers.
    case 1 where data.count > 40:
      for _ in 0..<2 { data[.random(in: 4..<data.count / 8, using: &random) * 8 + 7] ^= 0x80 }
    case 2: data.removeLast(.random(in: 0..<data.count, using: &random))
    default:
      let start = Int.random(in: 0..<data.count, using: &random)
      data.replaceSubrange(start..<min(data.count, start + 300), with: Data(count: min(300, data.count - start)))
    }
    if data.isEmpty { data = Data([0]) }
    try data.write(to: URL(fileURLWithPath: path))
  }
  let done = try run(arguments, ranks: .random(in: 1...3, using: &random))
  guard done.status == 0 else {
    try Workload.expectRefusal(done, [64, 65], words: ["--restart"])
    try Workload.expectNoOutput(output)
    return String(done.status)
  }
  try Workload.expectWhole(output)
  return done.standardError.contains("damaged") ? "0 with a warning" : "0"
}

/// Interrupts a job, copies its input elsewhere, at another time, and resumes: nothing is computed twice.
@MainActor
func movedInput(_ folder: String, _ random: inout Random) throws -> String {
  let output = "\(folder)/smt.nc"
  let (before, after) = ("\(folder)/before", "\(folder)/after")
  try FileManager.default.createDirectory(atPath: after, withIntermediateDirectories: true)
  try Workload.ensemble.write(to: before)
  try interrupted(Workload.arguments(input: before, output: output), output: output)
  for name in contents(of: before) {
    // A copy is another file, made at another time.
    try Data(contentsOf: URL(fileURLWithPath: "\(before)/\(name)")).write(
      to: URL(fileURLWithPath: "\(after)/\(name)"))
  }
  try FileManager.default.removeItem(atPath: before)
  let done = try run(
    Workload.arguments(input: after, output: output, ["--report", "\(folder)/run.json"]),
    ranks: .random(in: 1...3, using: &random))
  try expect(done.status == 0, "\(done.status): \(done.standardError.suffix(300))")
  let report = try RunReportCounts(path: "\(folder)/run.json")
  try expect(report.cellsResumed > 0, "no cell was resumed")
  try Workload.expectWhole(output)
  return "75, then 0"
}

/// Interrupts a job, changes its input without the size, and resumes: that is refused.
@MainActor
func changedInput(_ folder: String, _ random: inout Random) throws -> String {
  let output = "\(folder)/smt.nc"
  try Workload.ensemble.write(to: folder)
  let arguments = Workload.arguments(input: folder, output: output)
  try interrupted(arguments, output: output)
  let path = "\(folder)/EXP_0\(Int.random(in: 1...5, using: &random)).nc"
  var data = try Data(contentsOf: URL(fileURLWithPath: path))
  // A digit of the last value that the file holds.
  data[data.count - 2] ^= 1
  try data.write(to: URL(fileURLWithPath: path))
  try Workload.expectRefusal(
    try run(arguments, ranks: .random(in: 1...3, using: &random)), [64], words: ["other options or input"])
  try Workload.expectNoOutput(output)
  return "75, then 64"
}

/// What a report tells of cells.
struct RunReportCounts: Decodable {
  let cellsResumed: Int

  init(path: String) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }
}
