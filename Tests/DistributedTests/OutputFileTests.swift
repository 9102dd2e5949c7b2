import Foundation
import TestSupport
import Testing

@testable import Distributed

@MainActor @Suite struct OutputFileTests {
  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func appearsWholeOrNotAtAll() throws {
    try withTemporaryFolder { folder in
      do {
        let file = try OutputFile("\(folder)/a.txt")
        try file.write(Array("half".utf8))
        #expect(contents(of: folder).count == 1 && !contents(of: folder).contains("a.txt"))
      }
      #expect(contents(of: folder).isEmpty)
      try OutputFile.write("whole", to: "\(folder)/a.txt")
      #expect(contents(of: folder) == ["a.txt"])
      #expect(try text("\(folder)/a.txt") == "whole")
    }
  }

  @Test func reservedSpaceIsGivenBack() throws {
    try withTemporaryFolder { folder in
      let file = try OutputFile("\(folder)/a.txt")
      try file.reserve(bytes: 1 << 20)
      #expect(try file.size() == 0)
      try file.write(Array("whole".utf8))
      try file.commit()
      var information = stat()
      #expect(stat("\(folder)/a.txt", &information) == 0)
      #expect(information.st_size == 5 && information.st_blocks <= 16, "\(information.st_blocks) blocks")
    }
  }

  @Test func linksStayAndTheirTargetsAreReplaced() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(atPath: "\(folder)/deep", withIntermediateDirectories: true)
      try writeText("old", to: "\(folder)/deep/target.txt")
      for (link, target) in [("one", "two"), ("two", "deep/target.txt"), ("dangling", "\(folder)/new.txt")] {
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(link)", withDestinationPath: target)
      }
      try OutputFile.write("new", to: "\(folder)/one")
      try OutputFile.write("new", to: "\(folder)/dangling")
      #expect(try text("\(folder)/deep/target.txt") == "new")
      #expect(try text("\(folder)/new.txt") == "new")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/one") == "two")
    }
  }

  @Test func pipesAndDevicesAreWrittenTo() throws {
    try withTemporaryFolder { folder in
      try OutputFile.write("dropped", to: "/dev/null")
      #expect(isDeviceOrPipe("/dev/null"))
      #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
      let reader = open("\(folder)/pipe", O_RDONLY | O_NONBLOCK)
      defer { close(reader) }
      try OutputFile.write("through", to: "\(folder)/pipe")
      var bytes = [UInt8](repeating: 0, count: 7)
      #expect(read(reader, &bytes, 7) == 7 && bytes == Array("through".utf8))
      #expect(throws: JobError.self) { try OutputFile("\(folder)/pipe") }
      #expect(contents(of: folder) == ["pipe"])
    }
  }

  @Test func remainsOfOthersStay() throws {
    try withTemporaryFolder { folder in
      let names = [
        "a.nc.part", "a.nc.part-0123abcd", "a.nc.part-0123abcg", "a.nc.part-0123abcde", "b.nc.part-0123abcd",
      ]
      for name in names { try writeText("", to: "\(folder)/\(name)") }
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/a.nc.part-11111111", withDestinationPath: "\(folder)/a.nc.part")
      OutputFile.removeRemains(of: "\(folder)/a.nc")
      #expect(
        contents(of: folder) == (names.filter { $0 != "a.nc.part-0123abcd" } + ["a.nc.part-11111111"]).sorted())
    }
  }

  @Test func fullDisksAreNamedWithBytes() {
    let error = OutputFile.lackOfSpace(ENOSPC, "/tmp/a.nc", needed: 3 << 20)
    #expect(error.exitCode == .cannotWrite)
    #expect(error.message.contains("disk is full: 3.0 MiB needed") && error.message.contains("free"))
    #expect(OutputFile.lackOfSpace(EDQUOT, "/tmp/a.nc", needed: 1).message.contains("quota"))
  }

  @Test func writersInAbsentFoldersSaySo() throws {
    try withTemporaryFolder { folder in
      do {
        _ = try NetCDFWriter("\(folder)/absent/a.nc")
        Issue.record("a file in a folder that is not there")
      } catch let error as JobError {
        #expect(error.exitCode == .cannotWrite && error.message.contains("No such file"), "\(error.message)")
      }
    }
  }
}
