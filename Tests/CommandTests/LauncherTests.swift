import Distributed
import Foundation
import TestSupport
import Testing

@testable import smt_mpi

/// What started the ranks, and how they end together.
@MainActor @Suite struct LauncherTests {
  /// Variables of launchers that MPI sees nothing of are those of N whole jobs.
  @Test func launchersOfOtherMPIsAreRefused() throws {
    let refused: [([String: String], String)] = [
      (["PMI_SIZE": "2", "PMI_RANK": "0"], "one rank of 2"), (["PMI_SIZE": "2"], "one rank of 2"),
      (["MPI_LOCALNRANKS": "4", "MPI_LOCALRANKID": "0"], "one rank of 4"),
      (["MPI_LOCALNRANKS": "4", "PMI_SIZE": "8"], "one rank of 8"), (["PMI_RANK": "0"], "unknown number"),
      (["PMI_RANK": "3"], "unknown number"), (["OMPI_COMM_WORLD_SIZE": "3"], "3 ranks"),
      // What srun --mpi=pmi2 sets.
      (["SLURM_STEP_NUM_TASKS": "2", "PMI_SIZE": "2", "PMI_RANK": "1", "SLURM_PROCID": "1"], "step of 2 tasks"),
    ]
    for (environment, part) in refused {
      let error = #expect(throws: JobError.self, "\(environment)") { try Launcher(environment).checkSingleRank() }
      #expect(error?.exitCode == .launch && error?.message.contains(part) == true, "\(environment): \(error as Any)")
    }
    let allowed: [[String: String]] = [
      [:], ["PMI_SIZE": "1", "PMI_RANK": "0", "MPI_LOCALNRANKS": "1"], ["SLURM_STEP_NUM_TASKS": "1"],
      ["SLURM_STEP_NUM_TASKS": "1", "PMI_SIZE": "1", "PMI_RANK": "0"], ["PMIX_RANK": "0"],
      // One rank of this MPI, started by what another launcher started.
      ["OMPI_COMM_WORLD_SIZE": "1", "PMI_SIZE": "2", "PMI_RANK": "1"], ["PMIX_RANK": "0", "PMI_RANK": "1"],
    ]
    for environment in allowed {
      #expect(throws: Never.self, "\(environment)") { try Launcher(environment).checkSingleRank() }
    }
  }

  @Test func ranksAreThoseOfTheLauncher() {
    for name in ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID", "MPI_LOCALRANKID"] {
      #expect(Launcher([name: "3"]).rank == 3)
    }
    #expect(Launcher([:]).rank == nil && Launcher(["PMI_RANK": ""]).rank == nil)
    #expect(Launcher(["PMI_RANK": "1", "PMIX_RANK": "0"]).rank == 0)
  }

  /// Told once, by the first process, and no file is left.
  @Test func copiesOfAJobAreRefusedOnce() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(members: 4)
      try fixture.ensemble.write(to: folder)
      for first in [["PMI_SIZE": "2", "PMI_RANK": "0"], ["MPI_LOCALNRANKS": "2", "MPI_LOCALRANKID": "0"]] {
        try expectFailure(
          69, naming: ["one rank of 2", "mpirun"], fixture.arguments(folder), in: folder, environment: first,
          ranks: [nil])
        let other = first.mapValues { $0 == "0" ? "1" : $0 }
        let second = try run(fixture.arguments(folder), environment: other)
        #expect(second.status == 69 && second.standardError.isEmpty, "\(second.standardError)")
      }
      // Ranks of this MPI do not mind what another launcher left.
      let done = try run(fixture.arguments(folder), ranks: 2, environment: ["PMI_SIZE": "2", "PMI_RANK": "1"])
      #expect(done.status == 0, "\(done.standardError)")
    }
  }

  /// What one rank alone meets ends all of them, which may be waiting for it, with its exit code and its message.
  ///
  /// The ranks are this test program, which runs the test below.
  @Test func anErrorOfOneRankAloneEndsAll() throws {
    let name = URL(fileURLWithPath: CommandLine.arguments[0]).lastPathComponent
    let program = ["smt-mpiPackageTests.xctest", name].first {
      FileManager.default.isExecutableFile(atPath: Bundle.main.bundleURL.appendingPathComponent($0).path)
    }
    let arguments = ["--testing-library", "swift-testing", "--filter", "LauncherTests/failsOnOneRank"]
    for (code, rank) in [(ExitCode.cannotWrite, 1), (.inputData, 0), (.launch, 2)] {
      let done = try run(
        arguments, of: try #require(program), ranks: 3,
        environment: [Self.failure: "\(code.rawValue) \(rank)"])
      #expect(done.status == code.rawValue, "\(done.status) \(done.standardError)")
      let errors = done.standardError.split(separator: "\n").filter { $0.hasPrefix("error:") }
      #expect(errors == ["error: rank \(rank): of one rank"], "\(done.standardError)")
    }
  }

  /// Exit code and rank of the error.
  nonisolated private static let failure = "SMT_MPI_TEST_FAILURE"
  nonisolated private static let wanted = ProcessInfo.processInfo.environment[failure]

  @Test(.enabled(if: wanted != nil, "is run by anErrorOfOneRankAloneEndsAll"))
  func failsOnOneRank() throws {
    let numbers = (Self.wanted ?? "").split(separator: " ").compactMap { Int($0) }
    try Launch.run { communicator in
      if communicator.rank == numbers[1] {
        throw JobError(try #require(ExitCode(rawValue: Int32(numbers[0]))), "of one rank")
      }
      try communicator.barrier()
    }
  }
}
