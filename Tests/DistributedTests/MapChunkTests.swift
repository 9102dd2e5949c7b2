import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Maps written as compressed chunks, read back through netCDF.
@MainActor @Suite struct MapChunkTests {
  /// Maps that may not fit are told of, and those that cannot are refused.
  @Test func roomForMaps() throws {
    try withTemporaryFolder { folder in
      let map = MapWriter.MapVariable("x", units: "1", longName: "x", fields: [{ $0[0] }])
      let path = "\(folder)/smt.nc"
      func concern(bytes: Double, rows: Int) throws -> String? {
        let grid = Grid(latitudes: (0..<rows).map(Double.init), longitudes: (0..<2 * rows).map(Double.init))
        let count = Int(bytes / Double(4 * grid.cellCount)) + 1
        return try MapWriter.checkSpace(
          for: [MapWriter.MapVariable](repeating: map, count: count), on: grid, path: path)
      }
      let free = Double(try #require(OutputFile.freeBytes(beside: path)))
      #expect(try concern(bytes: free / 4, rows: 1000) == nil)
      let told = try concern(bytes: 8 * free, rows: 20_000)
      #expect(told?.contains(path) == true && told?.contains("may take up to") == true, "\(told ?? "nothing")")
      let error = #expect(throws: JobError.self) { try concern(bytes: 2 * 1032 * free, rows: 20_000) }
      #expect(error?.exitCode == .cannotWrite && error?.message.contains("the disk is full") == true)
    }
  }

  private let grid = Grid(latitudes: [-10, 0, 10], longitudes: [0, 90, 180, 270])
  private let outer = MapAxis("outer", longName: "outer", names: ["a", "b"])
  private let inner = MapAxis("inner", longName: "inner", names: ["x", "y", "z"])

  /// Number of a cell's row at a place; every fifth is missing.
  private func number(_ cell: Int, _ place: Int) -> Double { (cell + place) % 5 == 3 ? .nan : Double(3 * place + cell) }

  /// Of the twelve cells two are not selected, and one holds no data.
  private var results: CellResults {
    let isSelected = (0..<12).map { $0 != 2 && $0 != 11 }
    let cells = (0..<12).filter { isSelected[$0] && $0 != 5 }
    return CellResults(
      cells.flatMap { cell in (0..<6).map { number(cell, $0) } }, Partition(cells: cells, ranks: 1), .single,
      isSelected: isSelected, rowWithoutData: [1, 1, 1, .nan, .nan, .nan], rowOutside: [0, 0, 0, 0, 0, .nan])
  }

  @Test func everyTypeAndIndexComesBack() throws {
    func fields(_ count: Int, _ value: @escaping @Sendable (Double) -> Double) -> [CellQuantity] {
      (0..<count).map { place in { value($0[place]) } }
    }
    let maps = [
      MapWriter.MapVariable(
        "floats", units: "1", longName: "floats", axes: [outer, inner], fields: fields(6) { $0 / 7 - 4 }),
      MapWriter.MapVariable("counts", units: "1", longName: "counts", isCount: true, fields: fields(1) { $0 * 70_000 }),
      MapWriter.MapVariable(
        "flags", units: "1", longName: "flags", flagMeanings: ["no", "yes"], axes: [inner],
        fields: fields(3) { $0.truncatingRemainder(dividingBy: 2) }),
      MapWriter.MapVariable(
        "many", units: "1", longName: "many", flagMeanings: (0..<300).map { "m\($0)" }, axes: [outer],
        fields: fields(2) { $0 * 12 }),
    ]
    let attributes = MapWriter.FileAttributes(title: "t", source: "s", references: "r", commandLine: "c")
    try withTemporaryFolder { folder in
      let path = "\(folder)/maps.nc"
      try MapWriter.write(maps, of: results, on: grid, attributes, to: path)
      #expect(contents(of: folder) == ["maps.nc"])
      let file = try NetCDFFile(path)
      for map in maps {
        let variable = try file.requiredVariable(map.name)
        let stored = try StoredValues(variable, in: file)
        let found = try file.values(variable).map(stored.value)
        try #require(found.count == 12 * map.fields.count)
        for (place, field) in map.fields.enumerated() {
          for cell in 0..<12 {
            let row =
              switch cell {
              case 2, 11: results.rowOutside
              case 5: results.rowWithoutData
              default: (0..<6).map { number(cell, $0) }
              }
            let expected = row.withUnsafeBufferPointer(field)
            let value = found[12 * place + cell]
            #expect(
              value == Double(Float(expected)) || value.isNaN && expected.isNaN, "\(map.name) \(place), cell \(cell)")
          }
        }
        let chunks = try file.chunks(variable)
        #expect(chunks?.lengths == map.axes.map { _ in 1 } + [3, 4])
        #expect(chunks?.filtered == true)
      }
    }
  }

  /// A file that cannot be completed leaves nothing under either name.
  @Test func whatIsNotCommittedIsGone() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(atPath: "\(folder)/maps.nc/full", withIntermediateDirectories: true)
      let map = MapWriter.MapVariable("m", units: "1", longName: "m", fields: [{ $0[0] }])
      let attributes = MapWriter.FileAttributes(title: "t", source: "s", references: "r", commandLine: "c")
      #expect(throws: JobError.self) {
        try MapWriter.write([map], of: results, on: grid, attributes, to: "\(folder)/maps.nc")
      }
      #expect(contents(of: folder) == ["maps.nc", "maps.nc/full"])
      let writer = try NetCDFWriter("\(folder)/other.nc")
      try writer.endDefinitions()
      do { _ = try writer.openChunks() }
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/other.nc.part"))
    }
  }

  /// Fields of other ranks' cells, with cells that no rank owns, ranks without cells, more fields than ranks and fewer.
  @Test(arguments: [1, 2, 3, 5, 8]) func fieldsAreAssembledOnAnyNumberOfRanks(ranks: Int) throws {
    let done = try run([], of: "rank-program", ranks: ranks)
    #expect(done.status == 0, "\(done.standardError)")
    #expect(done.standardOutput == "42 cases on \(ranks) ranks, 0 failures\n", "\(done.standardError)")
  }

  @Test func numbersArePackedWithTheSameBits() throws {
    let numbers = [0.1, -.infinity, .nan, Double(bitPattern: 0x7ff8_0000_0000_0001), -0.0]
    let data = try JSONEncoder().encode([PackedNumbers(wrappedValue: numbers), PackedNumbers(wrappedValue: [])])
    let decoded = try JSONDecoder().decode([PackedNumbers].self, from: data).map(\.wrappedValue)
    #expect(decoded.map { $0.map(\.bitPattern) } == [numbers.map(\.bitPattern), []])
  }
}
