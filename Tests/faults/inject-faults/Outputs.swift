import Distributed
import Foundation
import TestSupport

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs a command and gives its exit code.
@discardableResult
func command(_ words: String...) -> Int32 {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = words
  process.standardError = FileHandle.nullDevice
  process.standardOutput = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return -1 }
  process.waitUntilExit()
  return process.terminationStatus
}

/// Why no small disk can be made; nil where it can.
let obstacleToDisks: String? = {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("disk-\(getpid())").path
  guard mkdir(folder, 0o755) == 0 else { return "no temporary folder" }
  defer { rmdir(folder) }
  guard command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder) == 0 else {
    return "not allowed to mount a tmpfs"
  }
  command("umount", folder)
  return nil
}()

/// Runs a job whose output lies on a disk that is full sooner or later, then makes room: nothing computed is lost.
@MainActor
func fullDisk(_ folder: String, _ random: inout Random) throws -> String {
  let disk = "\(folder)/disk"
  try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
  try Workload.ensemble.write(to: folder)
  let size = Int.random(in: 1...45, using: &random) * 4
  try expect(
    command("mount", "-t", "tmpfs", "-o", "size=\(size)k", "tmpfs", disk) == 0, "a disk of \(size) KiB cannot be made")
  defer { command("umount", "-l", disk) }
  let output = "\(disk)/smt.nc"
  let isQuick = Bool.random(using: &random)
  let arguments = Workload.arguments(input: folder, output: output, quick: isQuick)
  let start = wallSeconds()
  let done = try run(arguments, ranks: .random(in: 1...3, using: &random))
  guard done.status != 0 else {
    try Workload.expectWhole(output, quick: isQuick)
    return "0"
  }
  try Workload.expectRefusal(done, [73], words: ["the disk is full", "needed", "free"])
  try expect(wallSeconds() - start < Workload.seconds() + 30, "it took long to end")
  try Workload.expectNoOutput(output)
  command("mount", "-o", "remount,size=4m", disk)
  let hasCheckpoint = FileManager.default.fileExists(atPath: output + ".checkpoint")
  let again = try run(arguments + ["--report", "\(folder)/run.json"], ranks: .random(in: 1...3, using: &random))
  try expect(again.status == 0, "\(again.status) with room: \(again.standardError.suffix(300))")
  if hasCheckpoint {
    try expect(try RunReportCounts(path: "\(folder)/run.json").cellsResumed > 0, "what was kept was not resumed")
  }
  try Workload.expectWhole(output, quick: isQuick)
  return "73, then 0"
}

/// Starts a second job with the same output while the first one runs.
@MainActor
func sharedOutput(_ folder: String, _ random: inout Random) throws -> String {
  let output = "\(folder)/smt.nc"
  try Workload.ensemble.write(to: folder)
  let arguments = Workload.arguments(input: folder, output: output, ["--overwrite"])
  let environment = ["HDF5_USE_FILE_LOCKING": "FALSE"]
  let moment = try wallSeconds() + .random(in: 0...Workload.seconds(), using: &random)
  var second: Result<ProgramRun, any Error>?
  let ranks = (Int.random(in: 1...3, using: &random), Int.random(in: 1...3, using: &random))
  let first = try run(arguments, ranks: ranks.0, environment: environment) { _ in
    guard second == nil, wallSeconds() >= moment else { return }
    second = Result { try run(arguments, ranks: ranks.1, environment: environment) }
  }
  let codes = [first.status, try second?.get().status ?? 0].sorted()
  try expect(codes == [0, 73] || codes == [0, 0], "ended with \(codes): \(first.standardError.suffix(300))")
  try Workload.expectWhole(output)
  return codes == [0, 73] ? "0 and 73" : "0, and 0 after it"
}

/// Puts links, foreign files and devices where a job writes.
@MainActor
func foreignNames(_ folder: String, _ random: inout Random) throws -> String {
  try Workload.ensemble.write(to: folder)
  let (output, victim) = ("\(folder)/smt.nc", "\(folder)/victim.txt")
  try writeText("not yours", to: victim)
  let manager = FileManager.default
  for name in ["\(output).part", "\(output).part-0123abcd"] {
    try manager.createSymbolicLink(atPath: name, withDestinationPath: victim)
  }
  try manager.createDirectory(atPath: "\(output).checkpoint", withIntermediateDirectories: true)
  try writeText("not yours", to: "\(output).checkpoint/notes.txt")
  try manager.createSymbolicLink(atPath: "\(output).checkpoint/finished.log", withDestinationPath: victim)
  let devices = mkdir("\(folder)/dev", 0o755) == 0 && command("mknod", "\(folder)/dev/null", "c", "1", "3") == 0
  var arguments = Workload.arguments(input: folder, output: output, quick: true)
  if devices { arguments += ["--report", "\(folder)/dev/null"] }
  let done = try run(arguments, ranks: .random(in: 1...3, using: &random))
  try expect(done.status == 0, "\(done.status): \(done.standardError.suffix(300))")
  try expect(
    try Workload.bits(of: output) == Workload.wholeBits(quick: true), "the map differs from the undisturbed one")
  for kept in [victim, "\(output).checkpoint/notes.txt"] {
    try expect(try String(contentsOfFile: kept, encoding: .utf8) == "not yours", "\(kept) was written to")
  }
  if devices { try expect(isDeviceOrPipe("\(folder)/dev/null"), "the device was replaced by a file") }
  // An output that is a link: the link stays, its target is replaced.
  let link = "\(folder)/link.nc"
  try manager.createSymbolicLink(atPath: link, withDestinationPath: "smt.nc")
  let linked = try run(
    Workload.arguments(input: folder, output: link, quick: true, ["--overwrite", "--restart"]), ranks: 2)
  try expect(linked.status == 0, "\(linked.status): \(linked.standardError.suffix(300))")
  try expect((try? manager.destinationOfSymbolicLink(atPath: link)) == "smt.nc", "the link was replaced")
  try expect(try Workload.bits(of: output) == Workload.wholeBits(quick: true), "the link's target was not written")
  return "0"
}

/// Removes the checkpoint of a job that runs.
@MainActor
func removedCheckpoint(_ folder: String, _ random: inout Random) throws -> String {
  let output = "\(folder)/smt.nc"
  try Workload.ensemble.write(to: folder)
  var isRemoved = false
  let done = try run(Workload.arguments(input: folder, output: output), ranks: .random(in: 1...3, using: &random)) {
    _ in
    if !isRemoved, FileManager.default.fileExists(atPath: output + ".checkpoint") {
      isRemoved = (try? FileManager.default.removeItem(atPath: output + ".checkpoint")) != nil
    }
  }
  if done.status == 0 {
    try Workload.expectWhole(output)
  } else {
    try Workload.expectRefusal(done, [73], words: ["removed"])
    try Workload.expectNoOutput(output)
  }
  return String(done.status)
}
