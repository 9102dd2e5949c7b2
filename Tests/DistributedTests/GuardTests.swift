import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A crash of a library on a file's bytes, or a call that never returns, ends all ranks with the file's name; a crash of the
/// program itself stays one.
@MainActor @Suite struct GuardTests {
  private static let path = "/data/a file.nc"

  /// Runs with a fault, and gives what the run left with its lines of errors.
  ///
  /// - Parameter signal: sent once the `sleep` has begun.
  private func fail(
    _ fault: String, _ place: String, ranks: Int?, signal: Int32? = nil
  ) throws -> (run: ProgramRun, error: String) {
    try withTemporaryFolder { folder in
      let mark = "\(folder)/mark"
      var isSent = false
      let done = try run(["guard", fault, place, Self.path, mark], of: "rank-program", ranks: ranks) { process in
        guard let signal, !isSent, FileManager.default.fileExists(atPath: mark) else { return }
        kill(process.processIdentifier, signal)
        isSent = true
      }
      let lines = done.standardError.split(separator: "\n").filter { $0.hasPrefix("error:") }
      return (done, lines.joined(separator: "\n"))
    }
  }

  @Test(arguments: [nil, 3]) func crashesInCalls(ranks: Int?) throws {
    for (fault, signal) in [("segv", "SIGSEGV"), ("abort", "SIGABRT"), ("trap", "SIG"), ("overflow", "SIGSEGV")] {
      for place in ["call", "after"] {
        let (done, error) = try fail(fault, place, ranks: ranks)
        let comment = Comment("\(fault) \(place): \(done.standardError)")
        #expect(done.status == 65, comment)
        #expect(error.hasPrefix("error: \(Self.path): the file is damaged: "), comment)
        #expect(error.contains("(\(signal)") && !error.contains("\n"), comment)
        #expect(error.contains("after") == (place == "after"), comment)
      }
    }
  }

  /// Such as a bug of the program, or of MPI while its thread reads.
  @Test func crashesElsewhere() throws {
    for (fault, place) in [("segv", "before"), ("abort", "before"), ("segv", "thread")] {
      let (done, error) = try fail(fault, place, ranks: nil)
      #expect(done.status == (fault == "abort" ? SIGABRT : SIGSEGV), "\(fault) \(place): \(done.status)")
      #expect(error.isEmpty, "\(fault) \(place): \(error)")
    }
  }

  @Test func callsThatNeverReturn() throws {
    let (done, error) = try fail("loop", "call", ranks: 3)
    #expect(done.status == 65, "\(done.standardError)")
    #expect(error.hasPrefix("error: \(Self.path): the file is damaged: ") && error.contains("end"), "\(error)")
  }

  /// Time counts from the begin of a call, not from that of the thread.
  @Test func callsAfterLongWork() throws {
    let (done, error) = try fail("none", "later", ranks: nil)
    #expect(done.status == 0 && error.isEmpty, "\(done.standardError)")
  }

  @Test func signalsDuringSuchCalls() throws {
    // Between two calls that are watched together, too.
    let (watched, error) = try fail("sleep", "watch", ranks: nil, signal: SIGTERM)
    #expect(watched.status == 75 && error.contains(Self.path), "\(watched.standardError)")
    for (signal, ranks) in [(SIGTERM, nil), (SIGINT, nil), (SIGUSR1, nil), (SIGUSR1, 3)] as [(Int32, Int?)] {
      let (done, error) = try fail("sleep", "call", ranks: ranks, signal: signal)
      #expect(done.status == 75, "\(signal): \(done.standardError)")
      #expect(error.contains(Self.path) && error.contains("interrupted"), "\(signal): \(error)")
    }
  }
}
