import Foundation
import TestSupport
import Testing

@testable import Distributed

@MainActor @Suite struct CheckpointTests {
  private func add(_ cells: [Int], to checkpoint: Checkpoint) throws {
    for cell in cells {
      values(cell).withUnsafeBufferPointer { checkpoint.add(cell: cell, values: $0) }
    }
    try checkpoint.flush()
  }

  private func values(_ cell: Int) -> [Double] { [Double(cell) + 0.1, cell % 2 == 0 ? .nan : -1 / 3] }

  private func finished(_ output: String, fingerprint: UInt64 = 7, discard: Bool = false) throws -> [Int: [Double]] {
    try Checkpoint(output: output, fingerprint: fingerprint, rowLength: 2, cellCount: 10, discardOption: "--restart")
      .resume(
        discard: discard, .single
      ).rows
  }

  private func isSame(_ found: [Int: [Double]], cells: [Int]) -> Bool {
    found.keys.sorted() == cells
      && cells.allSatisfy { cell in found[cell]?.map(\.bitPattern) == values(cell).map(\.bitPattern) }
  }

  @Test func resumesWithTheSameBits() throws {
    try withTemporaryFolder { folder in
      let output = "\(folder)/smt.nc"
      let first = Checkpoint(output: output, fingerprint: 7, rowLength: 2, cellCount: 10, discardOption: "--restart")
      #expect(try first.resume(discard: false, .single).rows.isEmpty)
      try add([4, 1, 9], to: first)
      #expect(isSame(try finished(output), cells: [1, 4, 9]))
      // What a resumed run adds is kept beside what it found, and twice over.
      let second = Checkpoint(output: output, fingerprint: 7, rowLength: 2, cellCount: 10, discardOption: "--restart")
      #expect(isSame(try second.resume(discard: false, .single).rows, cells: [1, 4, 9]))
      try add([2, 3], to: second)
      #expect(isSame(try finished(output), cells: [1, 2, 3, 4, 9]))
      #expect(isSame(try finished(output), cells: [1, 2, 3, 4, 9]))
      #expect(try finished(output, discard: true).isEmpty)
      first.remove()
      #expect(contents(of: folder).isEmpty)
    }
  }

  /// The only log of a checkpoint.
  private func log(_ output: String) throws -> URL {
    let names = try FileManager.default.contentsOfDirectory(atPath: output + ".checkpoint")
    #expect(names.count == 1)
    return URL(fileURLWithPath: "\(output).checkpoint/\(names[0])")
  }

  /// Makes a checkpoint of cells 0, 1 and 2, changes its bytes and resumes.
  private func resume(_ change: (inout Data) -> Void) throws -> Checkpoint.Resumed {
    try withTemporaryFolder { folder in
      let output = "\(folder)/smt.nc"
      _ = try written(output)
      var data = try Data(contentsOf: log(output))
      change(&data)
      try data.write(to: log(output))
      return try checkpoint(output).resume(discard: false, .single)
    }
  }

  private func checkpoint(_ output: String, cells: Int = 10) -> Checkpoint {
    Checkpoint(output: output, fingerprint: 7, rowLength: 2, cellCount: cells, discardOption: "--restart")
  }

  private func written(_ output: String) throws -> Checkpoint {
    let checkpoint = checkpoint(output)
    _ = try checkpoint.resume(discard: false, .single)
    try add([0, 1, 2], to: checkpoint)
    return checkpoint
  }

  @Test func tornRecordsAreIgnored() throws {
    let whole = 32 + 3 * 32
    for length in [0, 10, 32, 40, whole - 33, whole - 32, whole - 1, whole] {
      let resumed = try resume { data in
        #expect(data.count == whole)
        data = data.prefix(length)
      }
      #expect(isSame(resumed.rows, cells: Array(0..<max(0, (length - 32) / 32))), "\(length) bytes")
      #expect(resumed.concerns.isEmpty)
    }
  }

  @Test func damagedRecordsAreDroppedAndCounted() throws {
    // Every bit of the second record, and pairs of sign bits, which a weak checksum lets pass.
    for bit in 0..<256 {
      let resumed = try resume { $0[64 + bit / 8] ^= 1 << (bit % 8) }
      #expect(isSame(resumed.rows, cells: [0, 2]), "bit \(bit)")
      #expect(resumed.concerns.count == 1 && resumed.concerns[0].contains("1 damaged record"))
    }
    let signs = try resume { data in
      for word in [9, 10] { data[8 * word + 7] ^= 0x80 }
    }
    #expect(isSame(signs.rows, cells: [0, 2]))
    let zeros = try resume { $0.replaceSubrange(64..<128, with: Data(count: 64)) }
    #expect(isSame(zeros.rows, cells: [0]))
    #expect(zeros.concerns.first?.contains("2 damaged records") == true)
  }

  @Test func damagedRecordsOfAllLogsAreCounted() throws {
    try withTemporaryFolder { folder in
      let output = "\(folder)/smt.nc"
      _ = try written(output)
      let second = checkpoint(output)
      _ = try second.resume(discard: false, .single)
      try add([3, 4], to: second)
      let names = contents(of: output + ".checkpoint")
      #expect(names.count == 2)
      for name in names {
        let log = URL(fileURLWithPath: "\(output).checkpoint/\(name)")
        var data = try Data(contentsOf: log)
        data[40] ^= 1
        try data.write(to: log)
      }
      let resumed = try checkpoint(output).resume(discard: false, .single)
      #expect(isSame(resumed.rows, cells: [1, 2, 4]))
      #expect(resumed.concerns.count == 1 && resumed.concerns[0].contains("2 damaged records"), "\(resumed.concerns)")
    }
  }

  /// What a full disk cuts off is taken away again: records that follow are found.
  @Test func recordsThatAreCutOffHideNoOthers() throws {
    try withTemporaryFolder { folder in
      // Larger than anything else that is written meanwhile.
      let length = 1 << 21
      func checkpoint() -> Checkpoint {
        Checkpoint(
          output: "\(folder)/smt.nc", fingerprint: 7, rowLength: length, cellCount: 10, discardOption: "--restart")
      }
      let row = [Double](repeating: 0.5, count: length)
      let first = checkpoint()
      _ = try first.resume(discard: false, .single)
      try row.withUnsafeBufferPointer { row in
        first.add(cell: 0, values: row)
        try first.flush()
        first.add(cell: 1, values: row)
        try withLargestFile(3 * 8 * length / 2) { #expect(throws: JobError.self) { try first.flush() } }
        first.add(cell: 2, values: row)
        try first.flush()
      }
      let resumed = try checkpoint().resume(discard: false, .single)
      #expect(resumed.rows.keys.sorted() == [0, 1, 2] && resumed.concerns.isEmpty, "\(resumed.concerns)")
    }
  }

  /// Lets files grow so large and no larger, without a signal.
  private func withLargestFile(_ bytes: Int, _ body: () throws -> Void) throws {
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
    #else
      let resource = RLIMIT_FSIZE
    #endif
    let handler = signal(SIGXFSZ, SIG_IGN)
    var before = rlimit()
    #expect(getrlimit(resource, &before) == 0)
    var limits = before
    limits.rlim_cur = rlim_t(bytes)
    #expect(setrlimit(resource, &limits) == 0)
    defer {
      setrlimit(resource, &before)
      // Drops the signal, too, that waits where a thread takes none.
      signal(SIGXFSZ, SIG_IGN)
      signal(SIGXFSZ, handler)
    }
    try body()
  }

  @Test func cellsOutsideTheGridAreDropped() throws {
    try withTemporaryFolder { folder in
      let output = "\(folder)/smt.nc"
      _ = try written(output)
      let resumed = try checkpoint(output, cells: 2).resume(discard: false, .single)
      #expect(isSame(resumed.rows, cells: [0, 1]))
      #expect(resumed.concerns.count == 1)
    }
  }

  @Test func damagedHeadersAreNamedAndCostNothing() throws {
    for byte in 0..<32 {
      let resumed = try resume { $0[byte] ^= 0x10 }
      #expect(isSame(resumed.rows, cells: [0, 1, 2]), "byte \(byte)")
      #expect(resumed.concerns.count == 1 && resumed.concerns[0].contains("header is damaged"))
    }
    // The form of earlier versions is none that is damaged.
    let old = #expect(throws: JobError.self) { try resume { $0[0] = 0x31 } }
    #expect(old?.exitCode == .usage && old?.message.contains("another version") == true)
    do {
      _ = try resume { $0.replaceSubrange(0..<128, with: Data(repeating: 0x5a, count: 128)) }
      Issue.record("garbage was taken for a checkpoint")
    } catch let error as JobError {
      #expect(error.exitCode == .inputData && error.message.contains("header is damaged"), "\(error.message)")
    }
  }

  @Test func onlyLogsAreRemovedAndNoLinkIsFollowed() throws {
    try withTemporaryFolder { folder in
      let output = "\(folder)/smt.nc"
      let first = try written(output)
      let notes = "\(output).checkpoint/notes.log"
      try writeText("not a log", to: notes)
      try writeText("not a log", to: "\(folder)/victim")
      try FileManager.default.createSymbolicLink(
        atPath: "\(output).checkpoint/finished.log", withDestinationPath: "\(folder)/victim")
      #expect(isSame(try finished(output), cells: [0, 1, 2]))
      #expect(try String(contentsOfFile: "\(folder)/victim", encoding: .utf8) == "not a log")
      first.remove()
      #expect(contents(of: folder) == ["smt.nc.checkpoint", "smt.nc.checkpoint/notes.log", "victim"])
      try FileManager.default.removeItem(atPath: output + ".checkpoint")
      try FileManager.default.createSymbolicLink(atPath: output + ".checkpoint", withDestinationPath: folder)
      #expect(throws: JobError.self) { try finished(output) }
      #expect(throws: JobError.self) { try finished(output, discard: true) }
      #expect(contents(of: folder).contains("victim"))
    }
  }

  @Test func removedFoldersAreNamed() throws {
    try withTemporaryFolder { folder in
      let output = "\(folder)/smt.nc"
      let checkpoint = try written(output)
      try FileManager.default.removeItem(atPath: output + ".checkpoint")
      do {
        try add([3], to: checkpoint)
        Issue.record("a log without a name was written to")
      } catch let error as JobError {
        #expect(error.exitCode == .cannotWrite && error.message.contains("was removed"), "\(error.message)")
      }
    }
  }

  @Test func refusesTheCheckpointOfAnotherJob() throws {
    try withTemporaryFolder { folder in
      let output = "\(folder)/smt.nc"
      let checkpoint = Checkpoint(
        output: output, fingerprint: 7, rowLength: 2, cellCount: 10, discardOption: "--restart")
      _ = try checkpoint.resume(discard: false, .single)
      try add([3], to: checkpoint)
      #expect(throws: JobError.self) { try finished(output, fingerprint: 8) }
      #expect(throws: JobError.self) {
        try Checkpoint(output: output, fingerprint: 7, rowLength: 3, cellCount: 10, discardOption: "--restart").resume(
          discard: false, .single)
      }
      // A refusal leaves it as it was.
      #expect(isSame(try finished(output), cells: [3]))
      #expect(try finished(output, fingerprint: 8, discard: true).isEmpty)
    }
  }

  @Test func checksumsAreThoseOfTheLibrary() {
    // XXH3 of nothing with seed 0, from the library's own test vectors.
    #expect(Checksum.of("") == 0x2d06_8005_38d3_94c2)
    #expect(Checksum.of("a") != Checksum.of("b"))
  }

  @Test func checksumsOfFilesKnowBeginEndAndLength() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/data"
      func sum(_ bytes: [UInt8]) throws -> UInt64 {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try Checksum.ofFile(path)
      }
      let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
      var others = [[], bytes + [0], Array(bytes.prefix(100)), Array(bytes.prefix(99))]
      for place in [0, 4095, 100_000 - 4096, 99_999] {
        others.append(bytes)
        others[others.count - 1][place] ^= 1
      }
      let sums = try others.map(sum) + [sum(bytes)]
      #expect(Set(sums).count == sums.count)
      #expect(try sum(bytes) == sums[sums.count - 1])
    }
  }
}
