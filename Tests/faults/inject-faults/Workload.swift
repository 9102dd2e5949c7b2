import Distributed
import Foundation
import TestSupport

/// The job that faults are tried on: networks in 60 cells, a second or two of work, and its undisturbed map.
@MainActor
enum Workload {
  private static let moisture = TestField("SM", units: "m3/m3") { sample in
    0.4 - 0.03 * Double(sample.member) + 0.001 * Double(sample.cell) + 0.002 * Double(sample.month.index % 7)
  }
  private static let productivity = TestField("GPP", units: "gC/m^2/s") { sample in
    let member = Double(sample.member)
    return 1e-5 * (30 - 0.5 * member * member + 0.3 * Double(sample.month.index % 5) + 0.1 * Double(sample.cell))
  }

  /// The input: six members of a year.
  static let ensemble: TestEnsemble = {
    var ensemble = TestEnsemble(
      grid: .regular(rows: 6, columns: 10), time: TestTime(from: Month(year: 2004, month: 1), count: 12),
      fields: [moisture, productivity], members: ["REF"] + (1..<6).map { "EXP_0\($0)" })
    // Stored as it is: numbers can be changed without the size.
    ensemble.storage.format = .classic
    return ensemble
  }()

  /// Arguments of the job in a folder.
  static func arguments(input: String, output: String, quick: Bool = false, _ more: [String] = []) -> [String] {
    let model =
      quick
      ? ["--model", "quadratic"]
      : [
        "--model", "network", "--hidden", "48,48", "--optimizer", "adam", "--noise-stop", "0", "--epochs", "20000",
        "--networks", "1",
      ]
    return [
      "threshold", "--members", "REF,EXP_01..EXP_05", "--response", ensemble.source("GPP", in: input), "--moisture",
      ensemble.source("SM", in: input), "--minimum-pairs", "3", "--minimum-span", "5", "--progress", "0", "--output",
      output,
    ] + model + more
  }

  /// Bits of all variables of a map but for texts.
  static func bits(of path: String) throws -> [String: [UInt64]] {
    let file = try NetCDFFile(path)
    return Dictionary(
      uniqueKeysWithValues: try file.variables.filter { $0.type != .character }.map {
        ($0.name, try file.values($0).map(\.bitPattern))
      })
  }

  /// The undisturbed maps and the seconds that they take, found once: of networks, and of closed forms.
  private static let networkMap = Result { try undisturbed(quick: false) }
  private static let closedFormMap = Result { try undisturbed(quick: true) }

  /// Bits of the undisturbed map.
  static func wholeBits(quick: Bool = false) throws -> [String: [UInt64]] {
    try (quick ? closedFormMap : networkMap).get().bits
  }

  /// Seconds that networks take.
  static func seconds() throws -> Double { try networkMap.get().seconds }

  private static func undisturbed(quick: Bool) throws -> (bits: [String: [UInt64]], seconds: Double) {
    try withTemporaryFolder { folder in
      try ensemble.write(to: folder)
      let start = wallSeconds()
      let done = try run(arguments(input: folder, output: "\(folder)/smt.nc", quick: quick), ranks: 2)
      try expect(done.status == 0, done.standardError)
      return (try bits(of: "\(folder)/smt.nc"), wallSeconds() - start)
    }
  }

  /// Makes sure that a map has the bits of the undisturbed one and that nothing lies beside it.
  static func expectWhole(_ output: String, quick: Bool = false) throws {
    try expect(try bits(of: output) == wholeBits(quick: quick), "the map differs from the undisturbed one")
    try expectNoRemains(of: output, andNo: false)
  }

  /// Makes sure that there is no map, and no file with a temporary name; a checkpoint may be there.
  static func expectNoOutput(_ output: String) throws { try expectNoRemains(of: output, andNo: true) }

  private static func expectNoRemains(of output: String, andNo map: Bool) throws {
    let url = URL(fileURLWithPath: output)
    let names = try FileManager.default.contentsOfDirectory(atPath: url.deletingLastPathComponent().path)
    let remains = names.filter { $0.hasPrefix(url.lastPathComponent + ".part-") || $0.hasSuffix(".lock") }
    try expect(remains.isEmpty, "left behind: \(remains)")
    if map { try expect(!names.contains(url.lastPathComponent), "there is a map although the job failed") }
  }

  /// Makes sure that a run ended with one of these codes and one message, soon.
  static func expectRefusal(_ done: ProgramRun, _ codes: Set<Int32>, words: [String] = []) throws {
    let errors = done.standardError.split(separator: "\n").filter { $0.lowercased().hasPrefix("error:") }
    try expect(codes.contains(done.status), "ended with \(done.status): \(done.standardError.suffix(400))")
    try expect(errors.count == 1, "\(errors.count) messages: \(done.standardError.suffix(400))")
    for word in words { try expect(done.standardError.contains(word), "no '\(word)' in: \(done.standardError)") }
  }
}
