import Distributed
import Foundation
import TestSupport

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The job that faults are tried on where the output is a record of maps: drought indices with errors of their distributions,
/// which take two seconds or three, and the undisturbed files.
@MainActor
enum RecordWorkload {
  /// What the undisturbed job leaves, found once.
  private static let whole = Result { try undisturbed() }

  /// Writes the balance.
  static func writeInput(_ folder: String) throws {
    let made = try run([
      "synthesize", "\(folder)/balance", "--balance", "--months", "240", "--rows", "24", "--columns", "36",
      "--progress", "0",
    ])
    try expect(made.status == 0, made.standardError)
  }

  static func arguments(_ folder: String, output: String) -> [String] {
    let balance = "\(folder)/balance/balance.nc"
    return [
      "spei", "--precipitation", "\(balance):PR", "--evapotranspiration", "\(balance):PET", "--scales", "1,12",
      "--bootstrap", "400", "--progress", "0", "--output", output, "--save-parameters", output + ".fit.nc",
    ]
  }

  private static func undisturbed() throws -> (bits: [[String: [UInt64]]], seconds: Double) {
    try withTemporaryFolder { folder in
      try writeInput(folder)
      let start = wallSeconds()
      let done = try run(arguments(folder, output: "\(folder)/spei.nc"), ranks: 2)
      try expect(done.status == 0, done.standardError)
      return (try bits(of: "\(folder)/spei.nc"), wallSeconds() - start)
    }
  }

  private static func bits(of output: String) throws -> [[String: [UInt64]]] {
    try [output, output + ".fit.nc"].map { try Workload.bits(of: $0) }
  }

  /// Seconds that the job takes.
  static func seconds() throws -> Double { try whole.get().seconds }

  /// Makes sure that both files have the bits of the undisturbed ones and that nothing lies beside them.
  static func expectWhole(_ output: String) throws {
    try expect(try bits(of: output) == whole.get().bits, "the files differ from the undisturbed ones")
    let name = URL(fileURLWithPath: output).lastPathComponent
    let beside = try names(of: output).filter { ![name, name + ".fit.nc"].contains($0) }
    try expect(beside.isEmpty, "beside the files: \(beside)")
  }

  /// What lies in the folder of an output under its name or a longer one.
  static func names(of output: String) throws -> [String] {
    let url = URL(fileURLWithPath: output)
    return try FileManager.default.contentsOfDirectory(atPath: url.deletingLastPathComponent().path).filter {
      $0.hasPrefix(url.lastPathComponent)
    }
  }

  /// Makes sure that there is no file, whole or half-written; a checkpoint may be there.
  static func expectNoOutput(_ output: String) throws {
    let name = URL(fileURLWithPath: output).lastPathComponent
    let left = try names(of: output).filter { $0 != name + ".checkpoint" && $0 != name + ".fit.nc.checkpoint" }
    try expect(left.isEmpty, "there is \(left)")
  }
}

/// Kills a job that writes a record again and again and resumes it on other ranks, until the record is there.
@MainActor
func killedRecord(_ folder: String, _ random: inout Random) throws -> String {
  let output = "\(folder)/spei.nc"
  try RecordWorkload.writeInput(folder)
  let arguments = RecordWorkload.arguments(folder, output: output)
  var story: [String] = []
  for attempt in 0..<5 {
    let ranks = Int.random(in: 0...5, using: &random)
    let blow = Blow.allCases.randomElement(using: &random) ?? .killAll
    // While blocks are kept, or while the file is made of them.
    let isWriting = Bool.random(using: &random)
    var moment: Double? =
      isWriting ? nil : try wallSeconds() + .random(in: 0...1.2 * RecordWorkload.seconds(), using: &random)
    let done = try run(arguments, ranks: ranks == 0 ? nil : ranks, interval: 0.0005) { process in
      guard attempt < 4 else { return }
      if moment == nil, let names = try? RecordWorkload.names(of: output),
        names.contains(where: { $0.contains(".part") })
      {
        moment = wallSeconds()
      }
      guard let time = moment, wallSeconds() >= time else { return }
      blow.strike(process, naming: output, &random)
      moment = .infinity
    }
    try awaitEnd(of: output, after: blow)
    story.append(String(done.status))
    if done.status == 0 { break }
    let isThere = FileManager.default.fileExists(atPath: output)
    if isThere {
      // The blow fell after the record had its name, which it gets last, and only when it is whole.
      let again = try run(arguments + ["--overwrite"], ranks: 2)
      try expect(again.status == 0, "\(again.standardError.suffix(400))")
      break
    }
    try expect(attempt < 4, "the undisturbed run failed: \(done.standardError.suffix(400))")
  }
  try RecordWorkload.expectWhole(output)
  return story.count == 1 ? "0" : "interrupted, then 0"
}

/// Interrupts a job that writes a record, changes bits of its logs and resumes: the record is right.
@MainActor
func damagedRecordLogs(_ folder: String, _ random: inout Random) throws -> String {
  let output = "\(folder)/spei.nc"
  try RecordWorkload.writeInput(folder)
  let arguments = RecordWorkload.arguments(folder, output: output)
  try interrupted(arguments, output: output)
  let checkpoint = output + ".checkpoint"
  let logs = try FileManager.default.contentsOfDirectory(atPath: checkpoint).sorted().map { "\(checkpoint)/\($0)" }
  for _ in 0..<Int.random(in: 1...6, using: &random) {
    let path = logs.randomElement(using: &random) ?? ""
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    guard !data.isEmpty else { continue }
    let place = Int.random(in: 0..<data.count, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: data[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: data.removeLast(data.count - place)
    case 2: data.insert(contentsOf: data.prefix(100), at: place)
    default: data.replaceSubrange(place..<min(data.count, place + 300), with: Data(count: 300))
    }
    try data.write(to: URL(fileURLWithPath: path))
  }
  let done = try run(arguments, ranks: .random(in: 1...5, using: &random))
  try expect(done.status == 0, "\(done.status): \(done.standardError.suffix(300))")
  try RecordWorkload.expectWhole(output)
  return done.standardError.contains("damaged") ? "0 with a warning" : "0"
}

/// Writes a record to a disk that is full while blocks are kept, or while the file is made of them, then makes room.
@MainActor
func recordOnFullDisk(_ folder: String, _ random: inout Random) throws -> String {
  let disk = "\(folder)/disk"
  try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
  try RecordWorkload.writeInput(folder)
  let size = Int.random(in: 100...3000, using: &random)
  try expect(
    command("mount", "-t", "tmpfs", "-o", "size=\(size)k", "tmpfs", disk) == 0, "a disk of \(size) KiB cannot be made")
  defer { command("umount", "-l", disk) }
  let output = "\(disk)/spei.nc"
  let arguments = RecordWorkload.arguments(folder, output: output)
  let done = try run(arguments, ranks: .random(in: 1...3, using: &random))
  if done.status != 0 {
    try Workload.expectRefusal(done, [73], words: ["disk is full"])
    try RecordWorkload.expectNoOutput(output)
    try expect(command("mount", "-o", "remount,size=40m", disk) == 0, "no room can be made")
    let again = try run(arguments, ranks: .random(in: 1...3, using: &random))
    try expect(again.status == 0, "\(again.status) with room: \(again.standardError.suffix(300))")
  }
  try RecordWorkload.expectWhole(output)
  return done.status == 0 ? "0" : "73, then 0"
}

/// Removes the blocks of a job that writes a record while it runs.
@MainActor
func removedRecordBlocks(_ folder: String, _ random: inout Random) throws -> String {
  let output = "\(folder)/spei.nc"
  try RecordWorkload.writeInput(folder)
  let moment = try wallSeconds() + .random(in: 0...RecordWorkload.seconds(), using: &random)
  var isRemoved = false
  let arguments = RecordWorkload.arguments(folder, output: output)
  let done = try run(arguments, ranks: .random(in: 1...3, using: &random)) { _ in
    guard !isRemoved, wallSeconds() >= moment else { return }
    isRemoved = (try? FileManager.default.removeItem(atPath: output + ".checkpoint")) != nil
  }
  if done.status != 0 {
    try Workload.expectRefusal(done, [73], words: ["removed"])
    try RecordWorkload.expectNoOutput(output)
    let again = try run(arguments, ranks: 2)
    try expect(again.status == 0, "\(again.status): \(again.standardError.suffix(300))")
  }
  try RecordWorkload.expectWhole(output)
  return done.status == 0 ? "0" : "73, then 0"
}
