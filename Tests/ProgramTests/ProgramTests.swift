import Foundation
import Testing

/// What the Makefile starts from the folder of the build: this target has all programs built (Package.swift).
@Suite struct ProgramTests {
  @Test func everyProgramOfTheMakefileIsBuilt() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let makefile = try String(contentsOf: root.appendingPathComponent("Makefile"), encoding: .utf8)
    let names = Set(makefile.matches(of: /\.build\/release\/([a-z-]+)/).map { String($0.1) })
    #expect(names.count > 15 && names.contains("smt-mpi"))
    for name in names.sorted() {
      let path = Bundle.main.bundleURL.appendingPathComponent(name).path
      #expect(FileManager.default.isExecutableFile(atPath: path), "\(name)")
    }
  }
}
