import Distributed
import Foundation
import TestSupport

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Gives options absurd numbers: each is refused.
@MainActor
func absurdOptions(_ folder: String, _ random: inout Random) throws -> String {
  let options: [[String]] = [
    ["--members", "1..9223372036854775807"], ["--members", "A1..A1000000000"], ["--period", "0-2000000000"],
    ["--period", "9223372036854775807-9223372036854775807"], ["--ranks", "1000000000", "--dry-run"],
    ["--memory-limit", "99999999999GiB"], ["--epochs", "9223372036854775807"], ["--hidden", "1000000000,1000000000"],
    ["--networks", "9223372036854775807"], ["--minimum-pairs", "-1"], ["--seed", "1e400"],
  ]
  try Workload.ensemble.write(to: folder)
  for option in options {
    let done = try run(Workload.arguments(input: folder, output: "\(folder)/smt.nc", quick: true, option))
    try expect(done.status == 64, "\(option) ended with \(done.status): \(done.standardError.suffix(300))")
    try expect(!done.standardError.isEmpty, "\(option): no message")
    try Workload.expectNoOutput("\(folder)/smt.nc")
  }
  return "64"
}

/// Writes messages to a full device: they are dropped, and the map is made.
@MainActor
func fullStandardError(_ folder: String, _ random: inout Random) throws -> String {
  try Workload.ensemble.write(to: folder)
  let words = Workload.arguments(input: folder, output: "\(folder)/smt.nc", quick: true, ["--progress", "0.01"])
  let line = words.map { "'\($0)'" }.joined(separator: " ")
  let program = Bundle.main.bundleURL.appendingPathComponent("smt-mpi").path
  for streams in ["2>/dev/full", ">/dev/full", ">/dev/full 2>&1", "| true"] {
    try expect(
      command("sh", "-c", "'\(program)' \(line) --overwrite \(streams)") == 0, "ended badly with \(streams)")
    try Workload.expectWhole("\(folder)/smt.nc", quick: true)
  }
  return "0"
}

/// Starts copies as the launcher of another MPI does: they are refused.
@MainActor
func foreignLauncher(_ folder: String, _ random: inout Random) throws -> String {
  try Workload.ensemble.write(to: folder)
  for environment in [["PMI_SIZE": "2", "PMI_RANK": "0"], ["MPI_LOCALNRANKS": "2", "MPI_LOCALRANKID": "0"]] {
    let done = try run(
      Workload.arguments(input: folder, output: "\(folder)/smt.nc", quick: true), environment: environment)
    try Workload.expectRefusal(done, [69])
    try Workload.expectNoOutput("\(folder)/smt.nc")
  }
  return "69"
}

/// Puts a pipe, a folder and an empty file in the place of a member.
@MainActor
func noFile(_ folder: String, _ random: inout Random) throws -> String {
  try Workload.ensemble.write(to: folder)
  let member = "\(folder)/EXP_03.nc"
  for make in [{ mkfifo(member, 0o644) }, { mkdir(member, 0o755) }, { close(open(member, O_CREAT, 0o644)) }] {
    try FileManager.default.removeItem(atPath: member)
    _ = make()
    let done = try run(
      Workload.arguments(input: folder, output: "\(folder)/smt.nc", quick: true),
      ranks: .random(in: 1...3, using: &random))
    try Workload.expectRefusal(done, [65, 66], words: ["EXP_03.nc"])
    try Workload.expectNoOutput("\(folder)/smt.nc")
  }
  return "65 or 66"
}

/// Puts an absurd value into one member, month and cell: that cell has no threshold, all others keep theirs.
@MainActor
func absurdValue(_ folder: String, _ random: inout Random) throws -> String {
  let cell = Int.random(in: 0..<60, using: &random)
  let absurd = [1e6, 1e15, 1e20, 3e38, -1e20].randomElement(using: &random) ?? 1e20
  var ensemble = Workload.ensemble
  let plain = ensemble.fields[0]
  ensemble.fields[0] = TestField("SM", units: "m3/m3") { sample in
    sample.member == 2 && sample.month.month == 5 && sample.cell == cell
      ? absurd : plain.value(sample)
  }
  try ensemble.write(to: folder)
  let done = try run(
    Workload.arguments(input: folder, output: "\(folder)/smt.nc", quick: true),
    ranks: .random(in: 1...3, using: &random))
  try expect(done.status == 0, "\(absurd): \(done.status): \(done.standardError.suffix(300))")
  let (found, expected) = (try Workload.bits(of: "\(folder)/smt.nc"), try Workload.wholeBits(quick: true))
  for (name, values) in expected where values.count == 60 {
    let differing = values.indices.filter { found[name]?[$0] != values[$0] && $0 != cell }
    try expect(differing.isEmpty, "\(absurd): \(name) differs in cells \(differing)")
  }
  try expect(done.standardError.contains("SM"), "\(absurd): no warning names the variable")
  return "0 with a warning"
}

/// Damages a file of the input in a way that its header or its storage shows.
@MainActor
func absurdStructure(_ folder: String, _ random: inout Random) throws -> String {
  try Workload.ensemble.write(to: folder)
  let member = "\(folder)/EXP_02.nc"
  // A file of the 64-bit data format with one dimension of 2^61, and a variable on it.
  func big(_ number: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } }
  func name(_ text: String) -> [UInt8] {
    big(UInt64(text.utf8.count)) + text.utf8 + [0, 0, 0].prefix((4 - text.utf8.count % 4) % 4)
  }
  let dimensions: [UInt8] = [0, 0, 0, 10] + big(1) + name("lat ") + big(1 << 61)
  let variables: [UInt8] =
    [0, 0, 0, 11] + big(1) + name("GPP") + big(1) + big(0) + [0, 0, 0, 0] + big(0) + [0, 0, 0, 6] + big(1 << 61)
    + big(200)
  let header = Array("CDF".utf8) + [5] + big(0) + dimensions + [0, 0, 0, 0] + big(0) + variables
  for length in [header.count, header.count - Int.random(in: 1..<header.count, using: &random)] {
    try Data(header.prefix(length)).write(to: URL(fileURLWithPath: member))
    let done = try run(Workload.arguments(input: folder, output: "\(folder)/smt.nc", quick: true))
    try Workload.expectRefusal(done, [65], words: ["EXP_02.nc"])
    try Workload.expectNoOutput("\(folder)/smt.nc")
  }
  return "65"
}

/// Starts ranks that would compute with different instructions: all take the least.
@MainActor
func mixedInstructions(_ folder: String, _ random: inout Random) throws -> String {
  try Workload.ensemble.write(to: folder)
  func job(_ output: String) -> [String] {
    Workload.arguments(input: folder, output: "\(folder)/\(output)", ["--epochs", "200"])
  }
  let plain = try run(job("plain.nc"), environment: ["SMT_MPI_ISA": "baseline"])
  try expect(plain.status == 0, plain.standardError)
  let program = Bundle.main.bundleURL.appendingPathComponent("smt-mpi").path
  let part = { (words: [String]) in words.map { "'\($0)'" }.joined(separator: " ") }
  let launch = "mpirun --allow-run-as-root --oversubscribe --bind-to none"
  let mixed =
    "\(launch) -n 1 env SMT_MPI_ISA=baseline '\(program)' \(part(job("mixed.nc"))) : "
    + "-n 2 '\(program)' \(part(job("mixed.nc")))"
  try expect(command("sh", "-c", mixed) == 0, "ranks of mixed instructions ended badly")
  try expect(
    try Workload.bits(of: "\(folder)/mixed.nc") == Workload.bits(of: "\(folder)/plain.nc"),
    "the map of mixed ranks is not that of the least")
  try Workload.expectRefusal(
    try run(job("other.nc"), environment: ["SMT_MPI_ISA": "v9"]), [64], words: ["SMT_MPI_ISA", "v9"])
  return "0; 64 for an unknown one"
}
