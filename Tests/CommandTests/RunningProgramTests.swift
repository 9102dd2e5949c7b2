import TestSupport
import Testing

/// The helper that other tests rely on.
@MainActor @Suite struct RunningProgramTests {
  @Test(arguments: [nil, 1, 2, 5])
  func oneProcessSpeaks(ranks: Int?) throws {
    let done = try run(["--help"], ranks: ranks)
    #expect(done.status == 0, "\(done.standardError)")
    #expect(done.standardOutput.ranges(of: "OVERVIEW").count == 1)
  }

  @Test(arguments: [nil, 1, 2, 5])
  func oneProcessWorksWhereOneIsEnough(ranks: Int?) throws {
    try withTemporaryFolder { folder in
      let options = ["--rows", "3", "--columns", "4", "--members", "1", "--months", "1"]
      let made = try run(["synthesize", folder] + options, ranks: ranks)
      #expect(made.status == 0, "\(made.standardError)")
      #expect(contents(of: folder) == ["EXP_01.nc", "REF.nc", "season.nc", "truth.nc"])
      #expect(made.standardOutput.ranges(of: "--members").count == 1)
      let compared = try run(["compare", "\(folder)/truth.nc:smt", "\(folder)/none.nc:smt"], ranks: ranks)
      #expect(compared.status == 66)
      #expect(compared.standardError.ranges(of: "no such file").count == 1)
    }
  }

  @Test func exitCodesAndMessagesComeThrough() throws {
    for ranks in [nil, 2] {
      let done = try run(["compare", "only-one.nc:smt"], ranks: ranks)
      #expect(done.status == 64)
      #expect(done.standardError.contains("expected two maps, found 1"))
    }
  }
}
