import Foundation
import TestSupport
import Testing

@testable import Distributed
@testable import smt_mpi

/// Configurations that are none: a message that names the file, whatever is in it.
@MainActor @Suite struct ConfigurationTests {
  private func options(_ text: String) throws -> [String] {
    try ConfigurationFile.options(text, "c.yaml", of: Threshold.self, given: ["threshold"])
  }

  private func expectRefusal(_ text: String, naming parts: [String], location: SourceLocation = #_sourceLocation) {
    let error = #expect(throws: JobError.self, sourceLocation: location) { try options(text) }
    #expect(error?.exitCode == .usage, sourceLocation: location)
    for part in ["c.yaml"] + parts {
      #expect(error?.message.contains(part) == true, "\(error?.message ?? "")", sourceLocation: location)
    }
  }

  @Test func whatOptionsAre() throws {
    #expect(
      try options("epochs: 7 # *seven*\nmoisture: 'x/*.nc:a'\npoint: ['0,1', \"2,3\"]\n") == [
        "--epochs=7", "--moisture=x/*.nc:a", "--point", "0,1", "--point", "2,3",
      ])
    #expect(try options("").isEmpty)
    #expect(try options("# nothing\n").isEmpty)
  }

  @Test func whatOptionsAreNot() {
    // Nine lists of nine of the list before: 9⁹ texts.
    var laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for (name, last) in zip("bcdefghi", "abcdefgh") {
      laughs += "\(name): &\(name) [\([String](repeating: "*\(last)", count: 9).joined(separator: ","))]\n"
    }
    expectRefusal(laughs, naming: ["line 1", "'&'", "anchor"])
    expectRefusal("epochs: *a\n", naming: ["line 1", "'*'"])
    expectRefusal("\npoint: [*a]\n", naming: ["line 2", "'*'"])
    expectRefusal("point: {&a 1: 2}\n", naming: ["line 1", "'&'"])
    expectRefusal("point: [1,*a]\n", naming: ["line 1", "'*'"])
    expectRefusal("? &a [x]\n: 1\n? *a\n: 2\n", naming: ["anchor"])
    for text in ["[", "{", "- ", "? ", "a: {"] {
      expectRefusal(String(repeating: text, count: 50_000), naming: [])
    }
    expectRefusal("epochs: 1\nepochs: 2\n", naming: [])
    expectRefusal("epochs: [1, [2]]\n", naming: ["'epochs'"])
    expectRefusal("epochs: {a: 1}\n", naming: ["'epochs'"])
    expectRefusal("[1]: 2\n", naming: ["key"])
    expectRefusal("uncertainty: maybe\n", naming: ["'uncertainty'"])
    expectRefusal("- epochs\n", naming: ["option: value"])
    expectRefusal("moisture: \"a\\0b\"\n", naming: ["NUL"])
    expectRefusal("no-option: 1\n", naming: ["'no-option'"])
  }

  @Test func filesThatAreNone() throws {
    try withTemporaryFolder { folder in
      let tooLarge = "\(folder)/large.yaml"
      try Data(repeating: 0x20, count: TextFile.largestSize + 1).write(to: URL(fileURLWithPath: tooLarge))
      let binary = "\(folder)/binary.yaml"
      try Data([0x65, 0, 0x66]).write(to: URL(fileURLWithPath: binary))
      let noText = "\(folder)/latin.yaml"
      try Data([0x65, 0xff, 0x66]).write(to: URL(fileURLWithPath: noText))
      let cases: [(String, ExitCode, String)] = [
        (folder, .noInput, "folder"), ("/dev/zero", .noInput, "device"), ("\(folder)/none", .noInput, "no such file"),
        (tooLarge, .usage, "1048576"), (binary, .usage, "NUL"), (noText, .usage, "UTF-8"),
      ]
      for (path, code, part) in cases {
        let error = #expect(throws: JobError.self) { try TextFile.read(path, what: "the file of --config") }
        #expect(error?.exitCode == code && error?.message.contains(part) == true, "\(path): \(error?.message ?? "")")
        let done = try run(["threshold", "--config", path, "--print-config"])
        #expect(done.status == code.rawValue && done.standardError.contains(path), "\(done.standardError)")
      }
    }
  }

  /// Configurations with some bytes changed, by numbers that are the same in every run: a list of arguments or an error
  /// with a message, and a job or an error after that.
  ///
  /// `SMT_MPI_MUTANTS=5000` asks for more of them.
  @Test func mutants() throws {
    let count = ProcessInfo.processInfo.environment["SMT_MPI_MUTANTS"].flatMap(Int.init) ?? 400
    try withTemporaryFolder { folder in
      let jobs: [(any JobCommand.Type, String)] = [
        (Threshold.self, "response: 'x.nc:a'\nmoisture: 'x.nc:b'\nmembers: 'A,B1..B9'\nhidden: '31,31'\n"),
        (Trend.self, "source: 'x.nc:a'\nperiod: ['1990-1999', '2000-2009']\nconfidence: 0.9\n"),
        (Attribute.self, "moisture: 'x.nc:a,b'\nlayer-bounds: '0,0.1,1'\nsplit: true\n"),
        (Correlate.self, "moisture: 'x.nc:a,b'\nresponse: 'x.nc:c'\nlag: 3\nfdr: false\n"),
      ]
      var state: UInt64 = 0x9e37_79b9_7f4a_7c15
      func random(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
      }
      let marks = Array("[]{}&*!|>'\"%@`,:-?#\n\t \u{0}9e.~".utf8)
      for number in 0..<count {
        let (command, text) = jobs[number % jobs.count]
        let all = number % 3 == 0 ? (try command.parse([]).configurationText) + text : text
        var bytes = Array((all + "output: '\(folder)/o.nc'\n").utf8)
        for _ in 0...random(6) {
          let place = random(bytes.count)
          switch random(4) {
          case 0: bytes[place] = UInt8(random(256))
          case 1: bytes[place] = marks[random(marks.count)]
          case 2: bytes.insert(contentsOf: bytes[place..<min(place + random(40), bytes.count)], at: random(bytes.count))
          default: bytes.removeSubrange(place..<min(place + 1 + random(8), bytes.count))
          }
          if bytes.isEmpty { bytes = [0x20] }
        }
        do {
          let text = String(decoding: bytes, as: UTF8.self)
          let arguments = try ConfigurationFile.options(text, "c.yaml", of: command, given: [])
          let parsed = try command.parse(arguments)
          try parsed.checkNumbers()
          _ = try parsed.makeJob()
        } catch let error as JobError {
          #expect(!error.message.isEmpty)
        } catch {
          #expect(SMTMPI.exitCode(for: error).rawValue == 64)
        }
      }
    }
  }
}
