import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Maps written as compressed chunks, read back through netCDF.
@MainActor @Suite struct MapChunkTests {
  private let grid = Grid(latitudes: [-10, 0, 10], longitudes: [0, 90, 180, 270])
  private let outer = MapAxis("outer", longName: "outer", meanings: ["a", "b"])
  private let inner = MapAxis("inner", longName: "inner", meanings: ["x", "y", "z"])

  private func values(_ count: Int, _ value: (Int) -> Double) -> [Double] {
    (0..<count).map { $0 % 5 == 3 ? .nan : value($0) }
  }

  @Test func everyTypeAndIndexComesBack() throws {
    let maps = [
      MapWriter.MapVariable(
        "floats", units: "1", longName: "floats", axes: [outer, inner], values: values(72) { Double($0) / 7 - 4 }),
      MapWriter.MapVariable(
        "counts", units: "1", longName: "counts", isCount: true, values: values(12) { Double($0 * 70_000) }),
      MapWriter.MapVariable(
        "flags", units: "1", longName: "flags", flagMeanings: ["no", "yes"], axes: [inner],
        values: values(36) { Double($0 % 2) }),
      MapWriter.MapVariable(
        "many", units: "1", longName: "many", flagMeanings: (0..<300).map { "m\($0)" }, axes: [outer],
        values: values(24) { Double($0 * 12) }),
    ]
    let attributes = MapWriter.FileAttributes(title: "t", source: "s", references: "r", commandLine: "c")
    try withTemporaryFolder { folder in
      let path = "\(folder)/maps.nc"
      try MapWriter.write(maps, on: grid, attributes, to: path)
      #expect(contents(of: folder) == ["maps.nc"])
      let file = try NetCDFFile(path)
      for map in maps {
        let variable = try file.requiredVariable(map.name)
        let stored = try StoredValues(variable, in: file)
        let found = try file.values(variable).map(stored.value)
        #expect(found.count == map.values.count)
        for (found, expected) in zip(found, map.values) {
          #expect(found == Double(Float(expected)) || found.isNaN && expected.isNaN, "\(map.name)")
        }
        let chunks = try file.chunks(variable)
        #expect(chunks?.lengths == map.axes.map { _ in 1 } + [3, 4])
        #expect(chunks?.filtered == true)
      }
    }
  }

  @Test func numbersArePackedWithTheSameBits() throws {
    let numbers = [0.1, -.infinity, .nan, Double(bitPattern: 0x7ff8_0000_0000_0001), -0.0]
    let data = try JSONEncoder().encode([PackedNumbers(wrappedValue: numbers), PackedNumbers(wrappedValue: [])])
    let decoded = try JSONDecoder().decode([PackedNumbers].self, from: data).map(\.wrappedValue)
    #expect(decoded.map { $0.map(\.bitPattern) } == [numbers.map(\.bitPattern), []])
  }
}
