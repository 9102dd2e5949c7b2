import Distributed
import Kernels
import TestSupport
import Testing

@testable import smt_mpi

/// Which instructions the ranks of a job compute with, and what the maps say of them.
@MainActor @Suite struct ArithmeticTests {
  private static let network = ["--model", "network", "--hidden", "16,16", "--networks", "2", "--significance", "1"]

  @Test func unknownLevelsAreRefused() throws {
    try withTemporaryFolder { folder in
      let fixture = ThresholdFixture.make(members: 4)
      try fixture.ensemble.write(to: folder)
      for name in ["v5", "V4", "avx2"] {
        for more in [[], ["--dry-run"]] {
          try expectFailure(
            64, naming: ["SMT_MPI_ISA '\(name)'", "baseline, v3, v4"], fixture.arguments(folder, more), in: folder,
            environment: ["SMT_MPI_ISA": name], ranks: more.isEmpty && name == "v5" ? [nil, 3] : [nil])
        }
      }
      // On one rank alone, which is not the first.
      let job = fixture.arguments(folder).map { "'\($0)'" }.joined(separator: " ")
      let done = try runShell("$MPIRUN -n 2 $SMT \(job) : -n 1 env SMT_MPI_ISA=fast $SMT \(job)")
      let errors = done.standardError.split(separator: "\n").filter { $0.hasPrefix("error:") }
      #expect(done.status == 64 && errors.count == 1 && errors[0].contains("'fast'"), "\(done.standardError)")
      #expect(!contents(of: folder).contains("smt.nc"))
      #expect(try run(fixture.arguments(folder), environment: ["SMT_MPI_ISA": ""]).status == 0)
    }
  }

  #if arch(x86_64)
    /// Ranks of several levels all use the lowest, so that a map has the bits of one of the two kinds of arithmetic.
    @Test(.enabled(if: InstructionLevel.highest > .baseline, "the processor has the baseline alone"))
    func ranksUseTheLowestLevelOfAll() throws {
      try withTemporaryFolder { folder in
        let fixture = ThresholdFixture.make(grid: .regular(rows: 4, columns: 5), members: 10)
        try fixture.ensemble.write(to: folder)
        func arithmetic(_ name: String) throws -> String? { try NetCDFFile("\(folder)/\(name).nc").text("arithmetic") }
        for level in InstructionLevel.available {
          let done = try run(
            fixture.arguments(folder, output: "\(level).nc", Self.network), environment: ["SMT_MPI_ISA": "\(level)"])
          #expect(done.status == 0, "\(done.standardError)")
          #expect(try arithmetic("\(level)") == level.arithmetic)
        }
        let (baseline, fused) = (try bits(of: "\(folder)/baseline.nc"), try bits(of: "\(folder)/v3.nc"))
        // Otherwise the test would prove nothing.
        #expect(baseline != fused)
        #expect(try arithmetic("baseline") == "separate multiply and add" && arithmetic("v3") == "fused multiply-add")
        if InstructionLevel.highest == .v4 { #expect(try bits(of: "\(folder)/v4.nc") == fused) }
        let job = fixture.arguments(folder, output: "mixed.nc", Self.network + ["--overwrite"])
          .map { "'\($0)'" }.joined(separator: " ")
        for (command, expected) in [
          ("-n 2 $SMT \(job) : -n 1 env SMT_MPI_ISA=baseline $SMT \(job)", "baseline"),
          (
            "-n 1 env SMT_MPI_ISA=baseline $SMT \(job) : -n 1 env SMT_MPI_ISA=v3 $SMT \(job) : -n 1 $SMT \(job)",
            "baseline"
          ),
          ("-n 1 $SMT \(job) : -n 1 env SMT_MPI_ISA=v3 $SMT \(job)", "v3"),
        ] {
          let done = try runShell("$MPIRUN \(command)")
          #expect(done.status == 0, "\(done.standardError)")
          #expect(try bits(of: "\(folder)/mixed.nc") == (expected == "v3" ? fused : baseline), "\(command)")
          #expect(try arithmetic("mixed") == arithmetic(expected))
        }
      }
    }
  #endif
}
