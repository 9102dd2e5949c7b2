import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Records of maps on several ranks, read back through netCDF.
@MainActor @Suite struct SeriesOutputTests {
  private static let (rows, columns, times) = (7, 11, 9)

  /// Writes a record on some ranks, each of which stops after so many blocks.
  private func write(
    _ path: String, _ chunks: String, _ division: String, ranks: Int, blocks: Int = -1
  ) throws -> ProgramRun {
    try run(
      ["series", path, chunks, division, "\(Self.rows)x\(Self.columns)", "\(Self.times)", "\(blocks)"],
      of: "rank-program", ranks: ranks)
  }

  /// The values of a variable that differ from what they should be.
  private func wrongValues(of path: String) throws -> Int {
    let grid = TestSeries.grid(rows: Self.rows, columns: Self.columns)
    let record = TestSeries.record(on: grid, times: Self.times, .map, .cells, to: path)
    let own = Set(TestSeries.cells(of: grid))
    let file = try NetCDFFile(path)
    var wrong = 0
    for (number, variable) in record.variables.enumerated() {
      let found = try file.values(try file.requiredVariable(variable.name))
      let count = variable.hasTime ? Self.times : 1
      #expect(found.count == variable.outerCount * count * grid.cellCount)
      for (index, value) in found.enumerated() {
        let (field, cell) = (index / grid.cellCount, index % grid.cellCount)
        let expected =
          own.contains(cell)
          ? TestSeries.value(
            number, outer: field % variable.outerCount, time: field / variable.outerCount, cell: cell)
          : variable.outside
        let missing = variable.type == .double ? 9.969_209_968_386_869e36 : Double(MapWriter.floatFill)
        let stored = expected.isNaN ? missing : variable.type == .double ? expected : Double(Float(expected))
        if value != stored { wrong += 1 }
      }
    }
    return wrong
  }

  /// Bytes in which two files differ, but for the time in their history.
  private func differences(_ path: String, _ other: String) throws -> Int {
    let files = try [path, other].map { path in
      var data = try Data(contentsOf: URL(fileURLWithPath: path))
      let place = try #require(data.range(of: Data("Z: rank-program".utf8)))
      data.replaceSubrange(place.lowerBound - 19..<place.lowerBound, with: Data(count: 19))
      return data
    }
    guard files[0].count == files[1].count else { return files[0].count }
    return zip(files[0], files[1]).count { $0 != $1 }
  }

  /// Bytes of the checksum that HDF5 has of a header with a time.
  private static let checksumBytes = 4

  @Test(arguments: ["map", "series"], ["cells", "times"])
  func everyValueOnAnyNumberOfRanks(chunks: String, division: String) throws {
    try withTemporaryFolder { folder in
      for ranks in [1, 2, 3, 5] {
        let path = "\(folder)/\(ranks).nc"
        let done = try write(path, chunks, division, ranks: ranks)
        #expect(done.status == 0, "\(done.standardError)")
        #expect(try wrongValues(of: path) == 0)
        #expect(try differences(path, "\(folder)/1.nc") <= Self.checksumBytes, "\(ranks) ranks write another file")
      }
      #expect(contents(of: folder) == ["1.nc", "2.nc", "3.nc", "5.nc"])
    }
  }

  @Test(arguments: ["map", "series"], ["cells", "times"])
  func takesUpWhatIsFinished(chunks: String, division: String) throws {
    try withTemporaryFolder { folder in
      let (path, whole) = ("\(folder)/a.nc", "\(folder)/whole.nc")
      #expect(try write(whole, chunks, division, ranks: 1).status == 0)
      #expect(try write(path, chunks, division, ranks: 2, blocks: 1).status == 75)
      #expect(!contents(of: folder).contains("a.nc"))
      #expect(try write(path, chunks, division, ranks: 3, blocks: 1).status == 75)
      let done = try write(path, chunks, division, ranks: 5)
      #expect(done.status == 0, "\(done.standardError)")
      let taken = Int(done.standardOutput.prefix { $0.isNumber }) ?? 0
      #expect(taken > 1 && !done.standardOutput.contains("damaged"), "\(done.standardOutput)")
      #expect(try differences(path, whole) <= Self.checksumBytes)
      #expect(contents(of: folder) == ["a.nc", "whole.nc"])
    }
  }

  /// Runs a job that stops, changes its only log, and runs it again.
  private func rerun(_ change: (inout Data) -> Void) throws -> (ProgramRun, wrong: Int) {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.nc"
      #expect(try write(path, "map", "cells", ranks: 1, blocks: 3).status == 75)
      let logs = try FileManager.default.contentsOfDirectory(atPath: path + ".checkpoint")
      #expect(logs.count == 1)
      let log = URL(fileURLWithPath: "\(path).checkpoint/\(logs[0])")
      var data = try Data(contentsOf: log)
      change(&data)
      try data.write(to: log)
      let done = try write(path, "map", "cells", ranks: 2)
      return (done, done.status == 0 ? try wrongValues(of: path) : 0)
    }
  }

  @Test func computesDamagedBlocksAgain() throws {
    let (whole, _) = try rerun { _ in }
    #expect(whole.status == 0 && !whole.standardOutput.contains("damaged"))
    let taken = Int(whole.standardOutput.prefix { $0.isNumber }) ?? 0
    // Within values, within the second header, and at the end, as a killed process leaves it.
    let blockBytes = try #require(taken > 0 ? taken : nil)
    #expect(blockBytes > 2)
    let (inside, wrongInside) = try rerun { $0[100] ^= 1 }
    #expect(inside.status == 0 && wrongInside == 0)
    #expect(inside.standardOutput.contains("1 damaged block was dropped"), "\(inside.standardOutput)")
    let (header, wrongHeader) = try rerun { $0[20] ^= 1 }
    #expect(header.status == 0 && wrongHeader == 0)
    #expect(header.standardOutput.hasPrefix("0 taken up") && header.standardOutput.contains("1 damaged"))
    let (cut, wrongCut) = try rerun { $0.removeLast(5) }
    #expect(cut.status == 0 && wrongCut == 0 && !cut.standardOutput.contains("damaged"))
    #expect((Int(cut.standardOutput.prefix { $0.isNumber }) ?? 0) < taken)
  }

  /// The layout of the logs below, of a record of 12 cells and 3 times.
  private static let layout = SeriesLayout(variables: [
    SeriesLayout.Variable(outer: 2, hasTime: true, valueBytes: 4),
    SeriesLayout.Variable(outer: 1, hasTime: false, valueBytes: 8),
  ])
  private static let whole = SeriesBlock(cells: 0..<12, times: 0..<3)

  private func store(_ folder: String) -> SeriesStore {
    SeriesStore(
      CheckpointFolder(output: "\(folder)/a.nc", discardOption: "--restart"), Self.layout, of: Self.whole,
      fingerprint: 7, rank: 0)
  }

  /// Writes a log of three blocks, in which the value of a cell is `100 outer + 10 time + cell`, and gives its path.
  private func writeLog(_ folder: String) throws -> String {
    let store = store(folder)
    for cells in [0..<5, 5..<9, 9..<12] {
      let values = [0, 1].flatMap { outer in
        (0..<3).flatMap { time in cells.map { Double(100 * outer + 10 * time + $0) } }
      }
      try store.append(SeriesBlock(cells: cells, times: 0..<3), [values, cells.map(Double.init)])
    }
    try store.flush()
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/a.nc.checkpoint")
    return "\(folder)/a.nc.checkpoint/\(names[0])"
  }

  /// The number of values of cells and times that a log gives, all of them right.
  private func rightValues(_ store: SeriesStore) throws -> Int {
    var count = 0
    for outer in 0..<2 {
      try store.read(Float.self, of: 0, outer: outer, times: 0..<3, cells: 0..<12) { time, cell, values in
        for (place, value) in values.enumerated() {
          #expect(value == Float(100 * outer + 10 * time + cell + place))
          count += 1
        }
      }
    }
    return count
  }

  /// 20,000 logs with bits changed, bytes removed, doubled or zeroed: whole blocks are taken up, damaged ones are dropped.
  @Test func damagedLogsGiveWholeBlocksAlone() throws {
    try withTemporaryFolder { folder in
      let path = try writeLog(folder)
      let log = try Data(contentsOf: URL(fileURLWithPath: path))
      var random = SystemRandomNumberGenerator()
      var (dropped, kept) = (0, 0)
      for _ in 0..<20_000 {
        var bytes = log
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          let end = min(bytes.count, place + Int.random(in: 1...200, using: &random))
          switch Int.random(in: 0..<5, using: &random) {
          case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
          case 1: bytes.removeSubrange(place...)
          case 2: bytes.insert(contentsOf: Data(bytes[place..<end]), at: place)
          case 3: bytes.removeSubrange(place..<end)
          default: bytes.replaceSubrange(place..<end, with: Data(count: end - place))
          }
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        let store = store(folder)
        let concerns = try store.resume(discard: false, .single)
        #expect(Set(store.blocks).isSubset(of: [0..<5, 5..<9, 9..<12].map { SeriesBlock(cells: $0, times: 0..<3) }))
        let values = try rightValues(store)
        #expect(values == store.blocks.reduce(0) { $0 + 6 * $1.cells.count })
        dropped += concerns.isEmpty ? 0 : 1
        kept += values > 0 ? 1 : 0
      }
      #expect(dropped > 5000 && kept > 5000)
    }
  }

  /// Headers whose checksums are right and whose numbers are not of the record end nothing.
  @Test func headersWithAbsurdNumbersAreDropped() throws {
    try withTemporaryFolder { folder in
      let path = try writeLog(folder)
      let numbers = [0, 1, 3, 4, 5, 12, 13, 1 << 31, 1 << 40, 1 << 61, Int.max]
      for last in numbers {
        for times in numbers {
          for count in [0, 168, 1 << 40, Int.max] {
            var header = [UInt8](repeating: 0, count: 1).withUnsafeBytes {
              SeriesBlockHeader(Self.whole, $0, fingerprint: 7)
            }
            (header.block, header.byteCount) = (SeriesBlock(cells: 0..<last, times: 0..<times), count)
            try Data(header.bytes + [UInt8](repeating: 0, count: 400)).write(to: URL(fileURLWithPath: path))
            let store = store(folder)
            _ = try store.resume(discard: false, .single)
            #expect(store.blocks.isEmpty, "\(last) cells, \(times) times, \(count) bytes")
          }
        }
      }
    }
  }

  /// Records have time as an unlimited dimension of all lengths, as programs that append to them expect.
  @Test func timeIsUnlimited() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.nc"
      #expect(try write(path, "map", "cells", ranks: 1).status == 0)
      let file = try NetCDFFile(path)
      let unlimited = file.dimensions.filter(\.isUnlimited)
      #expect(unlimited.map(\.name) == ["time"] && unlimited.map(\.length) == [Self.times])
    }
  }

  /// Cells that take long are kept a second's work at a time, so that a signal is seen soon.
  @Test func dividesBlocksThatTakeLong() throws {
    try withTemporaryFolder { folder in
      let grid = TestSeries.grid(rows: 15, columns: 20)
      var record = TestSeries.record(on: grid, times: 3, .map, .cells, to: "\(folder)/a.nc")
      record.sizes.block = 1 << 20
      let partition = Partition(cells: TestSeries.cells(of: grid), ranks: 1)
      let output = try SeriesOutput(record, partition, identity: "test", .single)
      var blocks: [Range<Int>] = []
      let each = 0.01
      try output.fill { block in
        Thread.sleep(forTimeInterval: each * Double(block.count))
        blocks.append(block)
        return TestSeries.values(of: block, in: record, partition.cells)
      }
      #expect(output.blocks == [0..<partition.cells.count], "one block by its size")
      #expect(blocks.flatMap { $0 } == Array(partition.cells.indices))
      #expect(blocks.allSatisfy { Double($0.count) * each <= 1 }, "\(blocks)")
    }
  }

  @Test func refusesBlocksOfAnotherJob() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.nc"
      #expect(try write(path, "map", "cells", ranks: 1, blocks: 2).status == 75)
      let before = contents(of: folder)
      let done = try write(path, "map", "times", ranks: 2)
      #expect(done.status == 64 && done.standardError.contains("give --restart to discard it"), "\(done.standardError)")
      #expect(contents(of: folder) == before)
    }
  }

  /// A disk that is full while blocks are kept leaves nothing under the name, and the job can go on with room.
  @Test func fullDisk() throws {
    try withTemporaryFolder { folder in
      guard getuid() == 0, try runShell("mount -t tmpfs -o size=64k tmpfs \(folder)").status == 0 else { return }
      defer { _ = try? runShell("umount -l \(folder)") }
      let path = "\(folder)/a.nc"
      let command = { (path: String) in ["series", path, "map", "cells", "40x50", "30", "-1"] }
      let done = try run(command(path), of: "rank-program", ranks: 2)
      #expect(done.status == 73 && done.standardError.contains("the disk is full"), "\(done.standardError)")
      #expect(!contents(of: folder).contains { $0.hasPrefix("a.nc") && !$0.hasPrefix("a.nc.checkpoint") })
      // Room for the blocks, but not for the file as well.
      #expect(try runShell("mount -o remount,size=1200k \(folder)").status == 0)
      let second = try run(command(path), of: "rank-program", ranks: 2)
      #expect(second.status == 73 && second.standardError.contains("the disk is full"), "\(second.standardError)")
      #expect(!contents(of: folder).contains { $0.hasPrefix("a.nc") && !$0.hasPrefix("a.nc.checkpoint") })
      #expect(try runShell("mount -o remount,size=20m \(folder)").status == 0)
      let third = try run(command(path), of: "rank-program", ranks: 3)
      #expect(third.status == 0 && third.standardOutput.contains(" 0 blocks made"), "\(third.standardOutput)")
      #expect(contents(of: folder) == ["a.nc"])
    }
  }

  @Test func unstructuredGridsAndFewCells() throws {
    for (rows, columns) in [(1, 1), (1, 2), (3, 1)] {
      try withTemporaryFolder { folder in
        let path = "\(folder)/a.nc"
        let done = try run(
          ["series", path, "series", "cells", "\(rows)x\(columns)", "3", "-1"], of: "rank-program", ranks: 3)
        #expect(done.status == 0, "\(done.standardError)")
        #expect(try NetCDFFile(path).values(try NetCDFFile(path).requiredVariable("b")).count == 3 * rows * columns)
      }
    }
  }
}
