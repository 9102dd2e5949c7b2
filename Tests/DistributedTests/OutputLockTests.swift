import Foundation
import TestSupport
import Testing

@testable import Distributed

@MainActor @Suite struct OutputLockTests {
  /// A holder that is another process of this machine, which runs, unless told otherwise.
  private func holder(
    host: String? = nil, process: Int32 = getppid(), begin: String? = nil, job: String? = nil, restart: String? = nil
  ) -> OutputLock.Holder {
    OutputLock.Holder(
      host: host ?? hostName(), process: process, begin: begin ?? OutputLock.Holder.begin(of: process) ?? "",
      since: "2026-01-01T00:00:00Z", slurmJob: job, slurmRestart: restart)
  }

  /// Writes the lock of a holder who renewed it so many seconds ago, and tells whether another job gets it.
  private func isTaken(
    from holder: OutputLock.Holder, secondsAgo: Double = 0, by other: OutputLock.Holder = .current
  ) throws -> Bool {
    try withTemporaryFolder { folder in
      let path = "\(folder)/smt.nc.lock"
      try JSONEncoder().encode(holder).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -secondsAgo)], ofItemAtPath: path)
      do {
        let lock = try OutputLock(output: "\(folder)/smt.nc", holder: other)
        try lock.check()
        lock.release()
        #expect(contents(of: folder).isEmpty)
        return true
      } catch let error as JobError {
        #expect(error.exitCode == .cannotWrite && error.message.contains("another job"), "\(error.message)")
        #expect(error.message.contains("\(holder.process) on \(holder.host)"))
        #expect(contents(of: folder) == ["smt.nc.lock"])
        return false
      }
    }
  }

  @Test func oneJobAtATime() throws {
    try withTemporaryFolder { folder in
      let first = try OutputLock(output: "\(folder)/smt.nc")
      #expect(throws: JobError.self) { try OutputLock(output: "\(folder)/smt.nc") }
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/link.nc", withDestinationPath: "smt.nc")
      #expect(throws: JobError.self) { try OutputLock(output: "\(folder)/link.nc") }
      let other = try OutputLock(output: "\(folder)/other.nc")
      other.release()
      first.release()
      try OutputLock(output: "\(folder)/smt.nc").release()
      #expect(contents(of: folder) == ["link.nc"])
    }
  }

  @Test func voidLocksAreTaken() throws {
    // Of a process that runs, however long ago it was renewed: it may have been suspended.
    #expect(try !isTaken(from: holder(), secondsAgo: 3600))
    // Of one that is gone, and of one whose number another process has got since.
    #expect(try isTaken(from: holder(process: 0x3fff_fff0, begin: "1")))
    #expect(try isTaken(from: holder(begin: "1")))
    // Of another machine: by age.
    #expect(try !isTaken(from: holder(host: "elsewhere", process: 1), secondsAgo: 100))
    #expect(try isTaken(from: holder(host: "elsewhere", process: 1), secondsAgo: 130))
  }

  #if os(Linux)
    /// A process that has ended stays in the list until its parent asks after it.
    @Test func endedProcessesAreGone() throws {
      var child: pid_t = 0
      var words: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
      defer { free(words[0]) }
      #expect(posix_spawnp(&child, "true", nil, nil, &words, environ) == 0)
      defer { waitpid(child, nil, 0) }
      let deadline = Date(timeIntervalSinceNow: 60)
      while OutputLock.Holder.begin(of: child) != nil, Date() < deadline { usleep(1000) }
      #expect(kill(child, 0) == 0 && OutputLock.Holder.begin(of: child) == nil)
    }
  #endif

  @Test func requeuedJobsTakeTheirOwnLock() throws {
    let before = holder(host: "elsewhere", process: 1, job: "17", restart: "0")
    #expect(try isTaken(from: before, by: holder(process: getpid(), job: "17", restart: "1")))
    // Another step of the same job, and another job.
    #expect(try !isTaken(from: before, by: holder(process: getpid(), job: "17", restart: "0")))
    #expect(try !isTaken(from: before, by: holder(process: getpid(), job: "18", restart: "1")))
  }

  @Test func lossesAreNoticed() throws {
    try withTemporaryFolder { folder in
      let lock = try OutputLock(output: "\(folder)/smt.nc")
      try lock.check()
      try JSONEncoder().encode(holder()).write(to: URL(fileURLWithPath: "\(folder)/smt.nc.lock"))
      #expect(throws: JobError.self) { try lock.check() }
      // What is another's stays.
      lock.release()
      #expect(contents(of: folder) == ["smt.nc.lock"])
    }
  }

  @Test func linksAndFoldersAreNoLocks() throws {
    try withTemporaryFolder { folder in
      try writeText("victim", to: "\(folder)/victim")
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/smt.nc.lock", withDestinationPath: "\(folder)/victim")
      #expect(throws: JobError.self) { try OutputLock(output: "\(folder)/smt.nc") }
      #expect(try String(contentsOfFile: "\(folder)/victim", encoding: .utf8) == "victim")
    }
  }
}
