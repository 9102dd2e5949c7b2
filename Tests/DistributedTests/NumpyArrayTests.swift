import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Arrays of numpy as maps on a given grid.
@MainActor @Suite struct NumpyArrayTests {
  private static let grid = Grid(latitudes: [10, 20], longitudes: [0, 1, 2])

  /// A file as numpy writes it.
  private static func bytes(
    _ code: String = "<f8", shape: String = "(2, 3)", fortran: String = "False", version: UInt8 = 1,
    header: String? = nil, data: [UInt8]
  ) -> [UInt8] {
    let text = header ?? "{'descr': '\(code)', 'fortran_order': \(fortran), 'shape': \(shape), }"
    let length = (text.utf8.count + 1 + 63) / 64 * 64
    let padded = Array(text.utf8) + [UInt8](repeating: 0x20, count: length - text.utf8.count - 1) + [0x0a]
    let size = withUnsafeBytes(of: UInt32(padded.count).littleEndian) { [UInt8]($0.prefix(version == 1 ? 2 : 4)) }
    return [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0] + size + padded + data
  }

  private static func stored<Number>(_ numbers: [Number]) -> [UInt8] { numbers.withUnsafeBytes { [UInt8]($0) } }

  private func read(_ bytes: [UInt8], fill: Double? = nil, on grid: Grid = Self.grid) throws -> GridMap {
    try withTemporaryFolder { folder in
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/array.npy"))
      #expect(GridMap.isArray("\(folder)/array.npy"))
      return try GridMap.read(array: "\(folder)/array.npy", on: grid, of: "g.nc", fill: fill)
    }
  }

  @Test func everyType() throws {
    let whole = [0.0, 1, 2, 3, 100, 127]
    let cases: [(String, [UInt8])] = [
      ("<f4", Self.stored(whole.map(Float.init))), ("<f8", Self.stored(whole)),
      ("|i1", Self.stored(whole.map { Int8($0) })), ("<i2", Self.stored(whole.map { Int16($0) })),
      ("<i4", Self.stored(whole.map { Int32($0) })), ("<i8", Self.stored(whole.map { Int64($0) })),
      ("|u1", Self.stored(whole.map { UInt8($0) })), ("<u2", Self.stored(whole.map { UInt16($0) })),
      ("<u4", Self.stored(whole.map { UInt32($0) })), ("<u8", Self.stored(whole.map { UInt64($0) })),
      (">i2", Self.stored(whole.map { Int16($0).bigEndian })),
      (">f8", Self.stored(whole.map { $0.bitPattern.bigEndian })),
    ]
    for (code, data) in cases {
      for version: UInt8 in 1...3 {
        #expect(try read(Self.bytes(code, version: version, data: data)).values == whole, "\(code) \(version)")
      }
    }
    let negative = [-1.0, -2, -128, -3, 0, 5]
    #expect(try read(Self.bytes("|i1", data: Self.stored(negative.map { Int8($0) }))).values == negative)
    #expect(try read(Self.bytes("|b1", data: [1, 0, 1, 1, 0, 0])).values == [1, 0, 1, 1, 0, 0])
  }

  @Test func missingNumbersAndShapes() throws {
    let numbers = [Double.nan, 2, -9999, 4, 5, 6]
    let map = try read(Self.bytes(data: Self.stored(numbers)), fill: -9999)
    #expect(map.values[0].isNaN && map.values[2].isNaN && map.values[3...] == [4, 5, 6])
    #expect(map.name == "array" && map.units.isEmpty)
    for shape in ["(6,)", "(1, 2, 3)", "(2L, 3L)", "(2,3)"] {
      #expect(try read(Self.bytes(shape: shape, data: Self.stored(numbers))).values.count == 6, "\(shape)")
    }
    for shape in ["(3, 2)", "(2, 2)", "(7,)", "(2, 3, 2)"] {
      let data = [UInt8](repeating: 0, count: 200)
      let error = #expect(throws: JobError.self, "\(shape)") { try read(Self.bytes(shape: shape, data: data)) }
      #expect(error?.exitCode == .inputData && error?.message.contains("expected 2 × 3") == true)
    }
  }

  @Test func damagedHeaders() throws {
    let data = [UInt8](repeating: 0, count: 48)
    let cases: [(String, [UInt8])] = [
      ("'<f2'", Self.bytes("<f2", data: data)), ("'|O'", Self.bytes("|O", data: data)),
      ("'<c8'", Self.bytes("<c8", data: data)), ("order of Fortran", Self.bytes(fortran: "True", data: data)),
      ("truncated", Self.bytes(data: Array(data.dropLast()))),
      ("truncated", Self.bytes(shape: "(2147483647,)", data: data)),
      (
        "9223372036854775807 × 9223372036854775807 values",
        Self.bytes(
          shape: "(9223372036854775807, 9223372036854775807)", data: data)
      ),
      ("0 × 3 values", Self.bytes(shape: "(0, 3)", data: data)),
      ("plain numbers", Self.bytes(shape: "(99999999999999999999, 3)", data: data)),
      ("plain numbers", Self.bytes(shape: "(-2, 3)", data: data)), ("plain numbers", Self.bytes(shape: "", data: data)),
      ("plain numbers", Self.bytes(header: "", data: data)),
      ("plain numbers", Self.bytes(header: "{'descr': ", data: data)),
      (
        "plain numbers",
        Self.bytes(header: "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,)}", data: data)
      ),
      ("plain numbers", Self.bytes(header: "{'descr': '<f8', 'shape': (2,)}", data: data)),
      ("version", Self.bytes(version: 9, data: data)),
    ]
    for (text, bytes) in cases {
      let error = #expect(throws: JobError.self, "\(text)") { try read(bytes) }
      #expect(error?.exitCode == .inputData, "\(text)")
      #expect(
        error?.message.contains(text) == true && error?.message.contains("/array.npy: ") == true,
        "\(error?.message ?? "")")
    }
    let whole = Self.bytes(data: data)
    for count in 6..<whole.count { #expect(throws: JobError.self, "\(count)") { try read(Array(whole.prefix(count))) } }
  }
}
