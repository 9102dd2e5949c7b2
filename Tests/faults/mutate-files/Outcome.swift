import Distributed
import Foundation

/// How a run on a damaged file ended.
enum Outcome: String, CaseIterable {
  case rejected
  /// With the maps of the undamaged file, or with others: damage to values and names shows nowhere.
  case same = "accepted, same maps"
  case other = "accepted, other maps"
  case unnamed = "rejected without the file's name"
  case code = "undocumented exit code"
  case crash, hang
  case leftover = "partial output"

  var isFault: Bool { ![.rejected, .same, .other].contains(self) }
}

/// One run of the program on a damaged file.
final class Trial {
  let number: Int
  let subject: Subject
  let description: String
  let folder: String
  let victim: String
  let isDry: Bool
  private let process = Process()
  private let start = Date()

  /// Seconds after which a run counts as hanging; damage may cost ten of CPU time.
  private static let timeLimit = 180.0

  /// Makes the files and starts the program.
  init(_ number: Int, of subjects: [Subject], seed: UInt64, program: String, in root: String) throws {
    self.number = number
    var random = SeededGenerator(seed: seed, number: number)
    subject = subjects[number % subjects.count]
    isDry = subject.hasDryRun && number / subjects.count % 10 != 0
    victim = subject.victims.randomElement(using: &random) ?? ""
    folder = "\(root)/trial-\(number)"
    let manager = FileManager.default
    try manager.createDirectory(atPath: "\(folder)/out", withIntermediateDirectories: true)
    try manager.createDirectory(atPath: "\(folder)/in", withIntermediateDirectories: true)
    // Of a store all files but the damaged one are copies.
    let store = victim.contains("/") ? victim.split(separator: "/").first.map(String.init) : nil
    if let store { try manager.copyItem(atPath: "\(subject.folder)/\(store)", toPath: "\(folder)/in/\(store)") }
    for name in try manager.contentsOfDirectory(atPath: subject.folder) where name != victim && name != store {
      try manager.createSymbolicLink(
        atPath: "\(folder)/in/\(name)", withDestinationPath: "\(subject.folder)/\(name)")
    }
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(subject.folder)/\(victim)")))
    let mutation = Mutation.allCases.randomElement(using: &random) ?? .flips
    let damaged = mutation.applied(to: bytes, &random)
    description = "\(victim): \(damaged.description)"
    try Data(damaged.bytes).write(to: URL(fileURLWithPath: "\(folder)/in/\(victim)"))

    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = Self.arguments(subject, files: "\(folder)/in", output: "\(folder)/out/o.nc", isDry: isDry)
    process.environment = trialEnvironment
    process.standardInput = FileHandle.nullDevice
    for name in ["stdout", "stderr"] { _ = manager.createFile(atPath: "\(folder)/\(name)", contents: nil) }
    process.standardOutput = FileHandle(forWritingAtPath: "\(folder)/stdout")
    process.standardError = FileHandle(forWritingAtPath: "\(folder)/stderr")
    try process.run()
  }

  /// The command line of a subject.
  static func arguments(_ subject: Subject, files: String, output: String, isDry: Bool) -> [String] {
    subject.arguments.map { $0.replacingOccurrences(of: "@/", with: files + "/") }
      + (subject.writesMaps ? ["--output", output, "--progress", "0"] : []) + (isDry ? ["--dry-run"] : [])
  }

  /// How it ended; nil while it runs.
  ///
  /// `expected` are the maps of the undamaged files, or what was printed.
  func outcome(expected: (Subject) throws -> String) throws -> Outcome? {
    if process.isRunning {
      guard Date().timeIntervalSince(start) > Self.timeLimit else { return nil }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      return .hang
    }
    guard process.terminationReason == .exit else { return .crash }
    let status = process.terminationStatus
    let left = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/out")
    if status != 0 {
      guard left.isEmpty else { return .leftover }
      // 64: a period that the record does not cover; 71: more memory than allowed.
      guard [64, 65, 66, 71].contains(status) else { return .code }
      let lines = standardError.split(separator: "\n").filter { $0.lowercased().hasPrefix("error:") }
      // What is wrong with a member's times is said of the member.
      let name = victim.prefix { $0 != "." }
      return lines.contains { status == 64 || status == 71 || $0.contains(name) } ? .rejected : .unnamed
    }
    guard left.allSatisfy({ $0 == "o.nc" }) else { return .leftover }
    if isDry { return .same }
    return try Self.result(subject, in: folder) == expected(subject) ? .same : .other
  }

  /// What a run left: the bits of its maps, or what it printed.
  static func result(_ subject: Subject, in folder: String) throws -> String {
    guard subject.writesMaps else { return try String(contentsOfFile: "\(folder)/stdout", encoding: .utf8) }
    let file = try NetCDFFile("\(folder)/out/o.nc")
    return try file.variables.map { variable in
      guard variable.type != .character, variable.type != .string else { return variable.name }
      return "\(variable.name) \(try file.values(variable).map(\.bitPattern))"
    }.joined(separator: "\n")
  }

  var exitStatus: Int32 { process.terminationStatus }

  var standardError: String {
    String(decoding: FileManager.default.contents(atPath: "\(folder)/stderr") ?? Data(), as: UTF8.self)
  }

  /// Removes the files.
  func clear() { try? FileManager.default.removeItem(atPath: folder) }
}

/// The environment of a program that starts MPI alone, with little memory.
let trialEnvironment = ProcessInfo.processInfo.environment.merging([
  "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_btl": "self",
]) { $1 }
