import Distributed
import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What is no file, or a file on which a library would crash, ends with its name.
@MainActor @Suite struct ForeignFileTests {
  private func withEnsemble(
    _ format: NetCDFFormat = .netCDF4, _ body: (_ arguments: [String], _ folder: String, _ path: String) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      var fixture = ThresholdFixture.make(members: 3)
      fixture.ensemble.storage.format = format
      try fixture.ensemble.write(to: folder)
      try body(fixture.arguments(folder), folder, "\(folder)/EXP_01.nc")
    }
  }

  @Test func whatIsNoFile() throws {
    let makers: [(String, (String) -> Bool)] = [
      ("FIFO", { mkfifo($0, 0o600) == 0 }), ("folder", { mkdir($0, 0o700) == 0 }),
      ("device", { symlink("/dev/zero", $0) == 0 }), ("socket", Self.makeSocket),
    ]
    for (name, make) in makers {
      try withEnsemble { arguments, folder, path in
        try FileManager.default.removeItem(atPath: path)
        // The address of a socket is short; it is made with a name of its own.
        let place = name == "socket" ? "/tmp/smt-mpi-\(getpid()).socket" : path
        #expect(make(place), "\(name): \(errno)")
        defer { unlink(place) }
        if place != path { #expect(symlink(place, path) == 0) }
        try expectFailure(65, naming: [path, name], arguments, in: folder)
        try expectFailure(
          65, naming: [path, name], ["compare", "\(path):smt", "\(path):smt"], in: folder, ranks: [nil])
      }
    }
  }

  private static func makeSocket(_ path: String) -> Bool {
    #if canImport(Glibc)
      let type = Int32(SOCK_STREAM.rawValue)
    #else
      let type = SOCK_STREAM
    #endif
    let socket = socket(AF_UNIX, type, 0)
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }

  @Test func superblocks() throws {
    // Version 2: what is at a byte, and what the message says of it.
    let damages: [(Int, UInt8, String)] = [
      (8, 9, "version 9"), (9, 7, "offsets of 7 bytes"), (33, 1, "superblock says"),
    ]
    for (place, byte, text) in damages {
      try withEnsemble { arguments, folder, path in
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(data[8] == 2 || data[8] == 0)
        data[data[8] == 2 || place == 8 ? place : place == 9 ? 13 : 45] = byte
        try data.write(to: URL(fileURLWithPath: path))
        try expectFailure(65, naming: [path, text], arguments, in: folder, ranks: [nil])
      }
    }
  }

  @Test func filesThatEndWithinTheirSuperblock() throws {
    for count in [8, 9, 20, 47] {
      try withEnsemble { arguments, folder, path in
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        try data.prefix(count).write(to: URL(fileURLWithPath: path))
        try expectFailure(65, naming: [path, "within its HDF5 superblock"], arguments, in: folder, ranks: [nil])
      }
    }
  }

  /// HDF5 leaves room for the user's own bytes at the begin: none, 512, or twice that again and again.
  @Test func blocksOfTheUser() throws {
    try withEnsemble { _, _, path in
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      for count in [0, 512, 1024, 4096] {
        try (Data(count: count) + data).write(to: URL(fileURLWithPath: path))
        #expect(try ForeignFile(path).byteCount == data.count + count)
      }
      // Text may stand there.
      try (Data("<?xml?>".utf8) + Data(repeating: 32, count: 505) + data).write(to: URL(fileURLWithPath: path))
      #expect(try ForeignFile(path).byteCount == data.count + 512)
      for count in [8, 700, 1536] {
        try (Data(count: count) + data).write(to: URL(fileURLWithPath: path))
        #expect(throws: JobError.self, "\(count)") { try ForeignFile(path) }
      }
    }
  }

  /// Beside the package.
  private nonisolated static let hostile = RealRecord.data + "/../hostile"

  /// Files that crash the library, or keep it in a loop; some read by chance, by what is in memory.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: hostile))) func hostileFiles() throws {
    for name in contents(of: Self.hostile) where name.hasPrefix("b_") && name.hasSuffix(".nc") {
      let path = "\(Self.hostile)/\(name)"
      try withTemporaryFolder { folder in
        let command = try String(contentsOfFile: "\(path).txt", encoding: .utf8)
          .replacingOccurrences(of: "crashes/", with: Self.hostile + "/")
          .replacingOccurrences(of: "fz/", with: folder + "/")
        let done = try run(command.split(separator: " ").map(String.init), environment: ["OMPI_MCA_btl": "self"])
        let comment = Comment("\(name): \(done.status) \(done.standardError)")
        #expect(done.status == 65 || done.status == 0, comment)
        let lines = done.standardError.split(separator: "\n").filter { $0.hasPrefix("error:") }
        #expect(lines.count == (done.status == 0 ? 0 : 1) && lines.allSatisfy { $0.contains(path) }, comment)
        #expect(done.status == 0 || contents(of: folder).isEmpty, comment)
      }
    }
  }
}
