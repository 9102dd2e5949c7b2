import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Classic headers, and files that appear when they are complete.
@MainActor @Suite struct FileFormatTests {
  /// A file with fixed variables of one byte, two and eight, and record variables if `records` is not 0.
  private func write(_ format: NetCDFFormat, fixed: Bool, records: Int, recordVariables: Int, to path: String) throws {
    let writer = try NetCDFWriter(path, format: format)
    let three = try writer.dimension("three", 3)
    let time = try writer.dimension("time", records, unlimited: true)
    var variables: [NetCDFWriter.Variable] = []
    if fixed {
      for (name, type) in [("bytes", NetCDFType.int8), ("shorts", .int16), ("doubles", .double)] {
        variables.append(
          try writer.variable(
            name, type, [three], attributes: [("units", .text("odd")), ("limits", .numbers([1, 2, 3], .int16))]))
      }
    }
    for number in 0..<recordVariables {
      variables.append(try writer.variable("r\(number)", .int16, [time, three]))
    }
    try writer.endDefinitions()
    for variable in variables {
      let isFixed = variable.shape.count == 1
      let shape = isFixed ? [3] : [records, 3]
      if records > 0 || isFixed {
        try writer.write(
          [Double](repeating: 7, count: shape.reduce(1, *)), to: variable, start: shape.map { _ in 0 }, count: shape)
      }
    }
    try writer.commit()
  }

  @Test(arguments: [NetCDFFormat.classic, .offset64, .data64])
  func everyCutOfAClassicFileIsFound(format: NetCDFFormat) throws {
    let kinds: [(fixed: Bool, records: Int, variables: Int)] = [
      (true, 0, 0), (true, 4, 1), (true, 4, 2), (false, 5, 1), (false, 3, 3), (true, 0, 2),
    ]
    for kind in kinds {
      try withTemporaryFolder { folder in
        let path = "\(folder)/c.nc"
        try write(format, fixed: kind.fixed, records: kind.records, recordVariables: kind.variables, to: path)
        #expect(throws: Never.self, "\(kind)") { try ClassicHeader.checkLength(of: path) }
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        // Padding, at most three bytes each, may be cut off at the end.
        for cut in [8, 9, 16, 20] {
          try data.prefix(data.count - cut).write(to: URL(fileURLWithPath: path))
          #expect(throws: JobError.self, "\(kind) less \(cut) bytes") { try ClassicHeader.checkLength(of: path) }
        }
        try (data + Data([1, 2, 3])).write(to: URL(fileURLWithPath: path))
        #expect(throws: Never.self, "\(kind) and more") { try ClassicHeader.checkLength(of: path) }
      }
    }
  }

  @Test func whatIsNoClassicFileIsLeftToTheLibrary() throws {
    try withTemporaryFolder { folder in
      for (number, text) in ["", "CDF", "CDF\u{1}", "nothing at all of the kind"].enumerated() {
        try writeText(text, to: "\(folder)/\(number)")
        #expect(throws: Never.self) { try ClassicHeader.checkLength(of: "\(folder)/\(number)") }
      }
    }
  }

  @Test(arguments: [NetCDFFormat.classic, .netCDF4])
  func withoutCommitNothingIsLeft(format: NetCDFFormat) throws {
    try withTemporaryFolder { folder in
      do {
        let writer = try NetCDFWriter("\(folder)/w.nc", format: format)
        let variable = try writer.variable("v", .double, [try writer.dimension("n", 3)])
        try writer.endDefinitions()
        try writer.write([1.0, 2, 3], to: variable)
        #expect(!contents(of: folder).contains("w.nc"))
        _ = consume writer
      }
      #expect(contents(of: folder).isEmpty)
      try writeText("old", to: "\(folder)/w.nc")
      _ = try NetCDFWriter("\(folder)/w.nc", format: format)
      #expect(contents(of: folder) == ["w.nc"])
      #expect(try String(contentsOfFile: "\(folder)/w.nc", encoding: .utf8) == "old")
      let error = #expect(throws: JobError.self) { try NetCDFWriter("\(folder)/none/w.nc", format: format) }
      #expect(error?.exitCode == .cannotWrite && error?.message.contains("\(folder)/none/w.nc") == true)
    }
  }

  @Test func filesThatDoNotOpenSayWhy() throws {
    try withTemporaryFolder { folder in
      func error(_ name: String, _ content: [UInt8]?) throws -> JobError {
        if let content { try Data(content).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
        do {
          _ = try NetCDFFile("\(folder)/\(name)")
        } catch { return JobError(wrapping: error) }
        return JobError(.internal, "it opens")
      }
      let none = try error("none.nc", nil)
      #expect(none.exitCode == .noInput && none.message.contains("no such file"))
      let empty = try error("empty.nc", [])
      #expect(empty.exitCode == .inputData && empty.message.contains("empty"))
      let text = try error("text.nc", Array("lat lon".utf8))
      #expect(text.exitCode == .inputData && text.message.contains("not a netCDF file"))
      let hdf5 = try error("hdf5.nc", [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0])
      #expect(hdf5.exitCode == .inputData && hdf5.message.contains("HDF5"))
      let classic = try error("classic.nc", [0x43, 0x44, 0x46, 1, 0, 0])
      #expect(classic.exitCode == .inputData && classic.message.contains("classic"))
      #expect([none, empty, text, hdf5, classic].allSatisfy { $0.message.hasPrefix(folder) })
    }
  }
}
