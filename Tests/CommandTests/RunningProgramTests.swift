import TestSupport
import Testing

/// The helper that other tests rely on.
@MainActor @Suite struct RunningProgramTests {
  @Test(arguments: [1, 2, 5])
  func startsAsManyRanksAsAsked(ranks: Int) throws {
    let done = try run(["--help"], ranks: ranks)
    #expect(done.status == 0, "\(done.standardError)")
    #expect(done.standardOutput.ranges(of: "OVERVIEW").count == ranks)
  }

  @Test func exitCodesAndMessagesComeThrough() throws {
    for ranks in [nil, 2] {
      let done = try run(["compare", "only-one.nc:smt"], ranks: ranks)
      #expect(done.status == 64)
      #expect(done.standardError.contains("Missing expected argument"))
    }
  }
}
