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
    try Checkpoint(output: output, fingerprint: fingerprint, rowLength: 2, discardOption: "--restart").resume(
      discard: discard, .single)
  }

  private func isSame(_ found: [Int: [Double]], cells: [Int]) -> Bool {
    found.keys.sorted() == cells
      && cells.allSatisfy { cell in found[cell]?.map(\.bitPattern) == values(cell).map(\.bitPattern) }
  }

  @Test func resumesWithTheSameBits() throws {
    try withTemporaryFolder { folder in
      let output = "\(folder)/smt.nc"
      let first = Checkpoint(output: output, fingerprint: 7, rowLength: 2, discardOption: "--restart")
      #expect(try first.resume(discard: false, .single).isEmpty)
      try add([4, 1, 9], to: first)
      #expect(isSame(try finished(output), cells: [1, 4, 9]))
      // What a resumed run adds is kept beside what it found, and twice over.
      let second = Checkpoint(output: output, fingerprint: 7, rowLength: 2, discardOption: "--restart")
      #expect(isSame(try second.resume(discard: false, .single), cells: [1, 4, 9]))
      try add([2, 3], to: second)
      #expect(isSame(try finished(output), cells: [1, 2, 3, 4, 9]))
      #expect(isSame(try finished(output), cells: [1, 2, 3, 4, 9]))
      #expect(try finished(output, discard: true).isEmpty)
      first.remove()
      #expect(contents(of: folder).isEmpty)
    }
  }

  @Test func tornAndDamagedRecordsAreIgnored() throws {
    let whole = 24 + 3 * 32
    for length in [0, 10, 24, 30, whole - 33, whole - 32, whole - 1, whole] {
      try withTemporaryFolder { folder in
        let output = "\(folder)/smt.nc"
        let checkpoint = Checkpoint(output: output, fingerprint: 7, rowLength: 2, discardOption: "--restart")
        _ = try checkpoint.resume(discard: false, .single)
        try add([0, 1, 2], to: checkpoint)
        let log = URL(fileURLWithPath: "\(output).checkpoint/rank-0.log")
        let data = try Data(contentsOf: log)
        #expect(data.count == whole)
        try data.prefix(length).write(to: log)
        let cells = Array(0..<max(0, (length - 24) / 32))
        #expect(isSame(try finished(output), cells: cells), "\(length) bytes")
      }
    }
    try withTemporaryFolder { folder in
      let output = "\(folder)/smt.nc"
      let checkpoint = Checkpoint(output: output, fingerprint: 7, rowLength: 2, discardOption: "--restart")
      _ = try checkpoint.resume(discard: false, .single)
      try add([0, 1, 2], to: checkpoint)
      let log = URL(fileURLWithPath: "\(output).checkpoint/rank-0.log")
      var data = try Data(contentsOf: log)
      data[24 + 32 + 9] ^= 1
      try data.write(to: log)
      #expect(isSame(try finished(output), cells: [0]))
    }
  }

  @Test func refusesTheCheckpointOfAnotherJob() throws {
    try withTemporaryFolder { folder in
      let output = "\(folder)/smt.nc"
      let checkpoint = Checkpoint(output: output, fingerprint: 7, rowLength: 2, discardOption: "--restart")
      _ = try checkpoint.resume(discard: false, .single)
      try add([3], to: checkpoint)
      #expect(throws: JobError.self) { try finished(output, fingerprint: 8) }
      #expect(throws: JobError.self) {
        try Checkpoint(output: output, fingerprint: 7, rowLength: 3, discardOption: "--restart").resume(
          discard: false, .single)
      }
      // A refusal leaves it as it was.
      #expect(isSame(try finished(output), cells: [3]))
      #expect(try finished(output, fingerprint: 8, discard: true).isEmpty)
    }
  }

  @Test func fingerprintsTellTextsApart() {
    // FNV-1a of nothing and of "a", from its authors' tables.
    #expect(fingerprint("") == 0xcbf2_9ce4_8422_2325)
    #expect(fingerprint("a") == 0xaf63_dc4c_8601_ec8c)
  }
}
