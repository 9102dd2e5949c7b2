import Foundation
import HDF5TestFiles
import TestSupport
import Testing

@testable import Distributed

/// A dataset as the library's filters and as this program read it.
@MainActor struct ChunkedFile {
  let path: String
  let shape: [Int]
  let chunk: [Int]
  var dataset = hdf5_test_dataset()

  init(_ path: String, shape: [Int], chunk: [Int]) {
    self.path = path
    self.shape = shape
    self.chunk = chunk
    dataset.kind = Self.code("f")
    dataset.byte_count = 4
    dataset.storage = Self.code("k")
  }

  static func code(_ letter: Character) -> CChar { CChar(letter.asciiValue ?? 0) }

  var elementType: ElementType { dataset.byte_count > (dataset.kind == Self.code("f") ? 4 : 2) ? .double : .float }

  func create(_ filters: [Int32]) {
    #expect(
      hdf5_test_create(
        path, dataset, Int32(shape.count), shape.map(UInt64.init), chunk.map(UInt64.init), Int32(filters.count), filters
      ) >= 0)
  }

  /// Numbers of every size that the type holds, alike enough to be compressed.
  func write(start: [Int]? = nil, count: [Int]? = nil) {
    let count = count ?? shape
    let values = (0..<count.reduce(1, *)).map { index in
      let wave = sin(0.37 * Double(index)) + 0.001 * Double(index % 31)
      let bits = 8 * Double(dataset.byte_count) - 2
      return dataset.kind == Self.code("f")
        ? wave * pow(10, Double(index % 7))
        : (wave.magnitude * 0.4 * pow(2, bits)) * (isSigned && index % 3 == 0 ? -1 : 1)
    }
    let result = hdf5_test_write(
      path, Int32(shape.count), (start ?? shape.map { _ in 0 }).map(UInt64.init), count.map(UInt64.init), values)
    #expect(result >= 0)
  }

  private var isSigned: Bool { dataset.kind != Self.code("u") }

  func storedChunk(at start: [Int]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = hdf5_test_read_chunk(path, Int32(start.count), start.map(UInt64.init), &bytes, bytes.count)
    #expect(count > 0)
    return Array(bytes.prefix(max(0, Int(count))))
  }

  func store(_ bytes: [UInt8], at start: [Int], skipped: UInt32 = 0) {
    #expect(
      hdf5_test_write_chunk(path, Int32(start.count), start.map(UInt64.init), skipped, bytes, bytes.count) >= 0)
  }

  /// The bytes that a slab is read as, by the chunks alone (nil where they are left to the library) or by the library.
  func bytes(start: [Int], count: [Int], byChunks: Bool, with reader: ChunkReader = ChunkReader()) throws -> [UInt8]? {
    let file = try HDF5File(path, parallel: false)
    var bytes = [UInt8](repeating: 0xa5, count: max(8, count.reduce(elementType.byteCount, *)))
    let isRead = try bytes.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return false }
      guard !byChunks else {
        return try file.read("v", start: start, count: count, type: elementType, reader, into: base)
      }
      try file.read("v", start: start, count: count, type: elementType, by: nil, into: base)
      return true
    }
    return isRead ? bytes : nil
  }

  /// Slabs that are whole, one record, within a chunk, over edges, one element, nothing.
  var slabs: [(start: [Int], count: [Int])] {
    let zero = shape.map { _ in 0 }
    let last = shape.map { $0 - 1 }
    let one = shape.map { _ in 1 }
    let record = [1] + shape.dropFirst()
    return [
      (zero, shape), (zero, Array(record)), ([last[0]] + zero.dropFirst(), Array(record)), (last, one), (zero, one),
      (zip(shape, chunk).map { min($0 - 1, $1 - 1) }, zip(shape, chunk).map { min(2, $0 - min($0 - 1, $1 - 1)) }),
      (shape.map { $0 / 3 }, shape.map { $0 - $0 / 3 - $0 / 5 }), (zero, [0] + shape.dropFirst()),
    ]
  }

  /// Compares both ways of reading bit by bit.
  func check(_ comment: String, location: SourceLocation = #_sourceLocation) throws {
    let reader = ChunkReader()
    for (start, count) in slabs {
      let expected = try bytes(start: start, count: count, byChunks: false)
      let found = try bytes(start: start, count: count, byChunks: true, with: reader)
      #expect(found != nil, "\(comment) left to the library", sourceLocation: location)
      #expect(found == expected, "\(comment), slab \(start) \(count)", sourceLocation: location)
    }
  }
}

/// Chunks that the program inflates hold, bit for bit, what the library reads.
@MainActor @Suite struct ChunkReaderTests {
  static let types: [(Character, Int32)] = [
    ("i", 1), ("u", 1), ("i", 2), ("u", 2), ("i", 4), ("u", 4), ("i", 8), ("u", 8), ("f", 4), ("f", 8),
  ]
  static let pipelines: [[Int32]] = [[2, 1], [1], [2], [1, 2], [1, 1], [2, 1, 2]]

  @Test func everyTypeInEveryPipeline() throws {
    for (kind, size) in Self.types {
      for bigEndian in [Int32(0), 1] {
        for filters in Self.pipelines {
          try withTemporaryFolder { folder in
            var file = ChunkedFile("\(folder)/v.h5", shape: [3, 11, 29], chunk: [2, 4, 29])
            file.dataset.kind = ChunkedFile.code(kind)
            file.dataset.byte_count = size
            file.dataset.big_endian = bigEndian
            file.create(filters)
            file.write()
            try file.check("\(kind)\(size), big-endian \(bigEndian), filters \(filters)")
          }
        }
      }
    }
  }

  @Test func everyShapeOfChunks() throws {
    let shapes: [([Int], [Int])] = [
      ([5, 6, 7], [1, 6, 7]), ([5, 6, 7], [5, 6, 7]), ([5, 6, 7], [2, 4, 3]), ([5, 6, 7], [1, 1, 1]),
      ([5, 6, 7], [4, 8, 16]), ([40], [7]), ([40], [64]), ([3, 100, 137], [1, 100, 137]),
      ([3, 100, 137], [2, 33, 50]),
      ([2, 3, 4, 5, 6], [1, 2, 3, 2, 4]), ([2, 3, 4, 5, 6], [2, 1, 4, 5, 6]), ([1, 1], [1, 1]),
    ]
    for (shape, chunk) in shapes {
      for newest in [Int32(0), 1, 2] where newest < 2 || zip(shape, chunk).allSatisfy({ $0 >= $1 }) {
        try withTemporaryFolder { folder in
          var file = ChunkedFile("\(folder)/v.h5", shape: shape, chunk: chunk)
          file.dataset.newest_format = newest
          file.create([2, 1])
          file.write()
          try file.check("\(shape) in chunks \(chunk), format \(newest)")
        }
      }
    }
  }

  @Test func chunksThatWereNeverWritten() throws {
    for fill in [HDF5_TEST_FILL_DEFAULT, HDF5_TEST_FILL_SEVEN] {
      for (kind, size) in Self.types {
        try withTemporaryFolder { folder in
          var file = ChunkedFile("\(folder)/v.h5", shape: [6, 8, 5], chunk: [2, 3, 5])
          file.dataset.kind = ChunkedFile.code(kind)
          file.dataset.byte_count = size
          file.dataset.fill = Int32(fill.rawValue)
          file.create([2, 1])
          try file.check("nothing written, fill \(fill) \(kind)\(size)")
          file.write(start: [2, 3, 0], count: [2, 5, 5])
          try file.check("some written, fill \(fill) \(kind)\(size)")
        }
      }
    }
    // Where the file says nothing either, the values are missing.
    try withTemporaryFolder { folder in
      var file = ChunkedFile("\(folder)/v.h5", shape: [2, 3], chunk: [1, 3])
      file.dataset.fill = Int32(HDF5_TEST_FILL_NEVER.rawValue)
      file.create([2, 1])
      file.write(start: [0, 0], count: [1, 3])
      let found = try #require(try file.bytes(start: [0, 0], count: [2, 3], byChunks: true))
      let values = found.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      #expect(values.map(\.isNaN) == [false, false, false, true, true, true])
    }
  }

  /// Filter masks: chunks that went through all filters, one of them or none.
  @Test func filtersThatWereSkipped() throws {
    for (kind, size) in [("f", 4), ("i", 2)] as [(Character, Int32)] {
      try withTemporaryFolder { folder in
        @MainActor func file(_ name: String) -> ChunkedFile {
          var file = ChunkedFile("\(folder)/\(name).h5", shape: [8, 7], chunk: [2, 7])
          file.dataset.kind = ChunkedFile.code(kind)
          file.dataset.byte_count = size
          return file
        }
        let mixed = file("mixed")
        mixed.create([2, 1])
        // A chunk that is replaced by one of its size keeps its mask, so all are stored once.
        for (row, filters, skipped) in [(0, [1], 1), (2, [2], 2), (4, [], 3), (6, [2, 1], 0)]
          as [(Int, [Int32], UInt32)]
        {
          let other = file("other\(row)")
          other.create(filters)
          other.write()
          mixed.store(other.storedChunk(at: [row, 0]), at: [row, 0], skipped: skipped)
        }
        try mixed.check("masks of \(kind)\(size)")
        let plain = file("plain")
        plain.create([])
        plain.write()
        let all = try #require(try mixed.bytes(start: [0, 0], count: [8, 7], byChunks: true))
        #expect(try plain.bytes(start: [0, 0], count: [8, 7], byChunks: false) == all)
      }
    }
  }

  @Test func whatIsLeftToTheLibrary() throws {
    let cases: [(String, [Int32], (inout ChunkedFile) -> Void)] = [
      ("no filters", [], { _ in }), ("fletcher32", [2, 1, 3], { _ in }), ("szip", [4], { _ in }),
      ("contiguous", [], { $0.dataset.storage = ChunkedFile.code("c") }),
      ("compact", [], { $0.dataset.storage = ChunkedFile.code("o") }),
      (
        "plain edges", [2, 1],
        {
          $0.dataset.plain_edges = 1
          $0.dataset.newest_format = 1
        }
      ),
    ]
    for (name, filters, change) in cases {
      try withTemporaryFolder { folder in
        var file = ChunkedFile("\(folder)/v.h5", shape: [5, 9], chunk: [2, 4])
        change(&file)
        file.create(filters)
        file.write()
        #expect(try file.bytes(start: [0, 0], count: [5, 9], byChunks: true) == nil, "\(name)")
        var reference = ChunkedFile("\(folder)/reference.h5", shape: [5, 9], chunk: [2, 4])
        reference.dataset.storage = ChunkedFile.code("c")
        reference.create([])
        reference.write()
        let expected = try reference.bytes(start: [0, 0], count: [5, 9], byChunks: false)
        #expect(try file.bytes(start: [0, 0], count: [5, 9], byChunks: false) == expected, "\(name)")
      }
    }
    // Enumerations, numbers in another type than asked for, and slabs that reach beyond the dataset.
    try withTemporaryFolder { folder in
      var file = ChunkedFile("\(folder)/e.h5", shape: [4], chunk: [2])
      file.dataset.kind = ChunkedFile.code("e")
      file.dataset.byte_count = 1
      file.create([2, 1])
      let enumeration = try file.bytes(start: [0], count: [4], byChunks: true)
      #expect(enumeration == nil)
      let floats = ChunkedFile("\(folder)/f.h5", shape: [4], chunk: [2])
      floats.create([2, 1])
      floats.write()
      var doubles = floats
      doubles.dataset.byte_count = 8
      #expect(try doubles.bytes(start: [0], count: [4], byChunks: true) == nil)
      #expect(try floats.bytes(start: [2], count: [3], byChunks: true) == nil)
      #expect(throws: JobError.self) { try floats.bytes(start: [2], count: [3], byChunks: false) }
    }
  }

  /// One reader and its memory serve chunks of any size and files in turn.
  @Test func oneReaderForAllFiles() throws {
    try withTemporaryFolder { folder in
      let reader = ChunkReader()
      let files = [[1, 2], [4, 50], [2, 3]].enumerated().map { number, chunk in
        let file = ChunkedFile("\(folder)/\(number).h5", shape: [4, 50], chunk: chunk)
        file.create(number == 1 ? [1] : [2, 1])
        file.write(start: [0, 0], count: [4, 50 - 7 * number])
        return file
      }
      for index in [0, 1, 0, 2, 1, 1] {
        let expected = try files[index].bytes(start: [1, 3], count: [3, 47], byChunks: false)
        #expect(try files[index].bytes(start: [1, 3], count: [3, 47], byChunks: true, with: reader) == expected)
      }
    }
  }

  /// Streams that are cut, changed, of another length or no streams at all end in an error that names file and variable.
  @Test func damagedChunks() throws {
    try withTemporaryFolder { folder in
      let file = ChunkedFile("\(folder)/v.h5", shape: [4, 300], chunk: [2, 300])
      file.create([2, 1])
      file.write()
      let whole = file.storedChunk(at: [2, 0])
      let short = ChunkedFile("\(folder)/short.h5", shape: [4, 200], chunk: [2, 200])
      short.create([2, 1])
      short.write()
      // By so little that a buffer of the usual size holds it, and by more.
      var tooLong: [(String, [UInt8])] = []
      for length in [301, 600] {
        let long = ChunkedFile("\(folder)/long\(length).h5", shape: [4, length], chunk: [2, length])
        long.create([2, 1])
        long.write()
        tooLong.append(("long \(length)", long.storedChunk(at: [2, 0])))
      }
      var damages: [(String, [UInt8])] =
        tooLong + [
          ("short", short.storedChunk(at: [2, 0])), ("cut", Array(whole.dropLast(9))),
          ("head", [0, 0] + whole.dropFirst(2)),
          ("noise", (0..<500).map { UInt8(truncatingIfNeeded: 89 * $0 * $0 + 17) }), ("one byte", [0x78]),
        ]
      for position in stride(from: 2, to: whole.count, by: max(1, whole.count / 12)) {
        var changed = whole
        changed[position] ^= 0x55
        damages.append(("byte \(position)", changed))
      }
      for (name, bytes) in damages {
        file.store(bytes, at: [2, 0])
        do {
          let opened = try HDF5File(file.path, parallel: false)
          var values = [Float](repeating: 0, count: 1200)
          try opened.read("v", start: [0, 0], count: [4, 300], type: .float, by: ChunkReader(), into: &values)
          Issue.record("\(name): read without an error")
        } catch {
          let error = JobError(wrapping: error)
          #expect(
            error.exitCode == .inputData && error.message.hasPrefix("\(file.path): variable 'v'"), "\(name): \(error)")
          let isOfWrongLength = name.hasPrefix("long") || name == "short"
          #expect(!isOfWrongLength || error.message.contains("the chunk at [2, 0]"), "\(name): \(error)")
        }
        // What is whole can still be read.
        let expected = try file.bytes(start: [0, 0], count: [2, 300], byChunks: false)
        #expect(try file.bytes(start: [0, 0], count: [2, 300], byChunks: true) == expected, "\(name)")
      }
    }
  }
}
