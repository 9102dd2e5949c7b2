import CVectorised
import Synchronization
import Vectorised
import VectorisedLayout
import VectorisedV3
import VectorisedV4

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A level of the instruction set that the code for networks and pair slopes was compiled for.
///
/// `v3` and `v4` give the same bits. `baseline` has no fused multiply–add on x86-64 and rounds differently. On arm64, where
/// it is the only level, it has, and gives the bits of `v3` and `v4`.
package enum InstructionLevel: Int, CaseIterable, Comparable, Sendable {
  /// What every processor of the architecture has
  case baseline = 1
  /// x86-64-v3: AVX2 and fused multiply–add
  case v3 = 3
  /// x86-64-v4: AVX-512
  case v4 = 4

  /// The highest level that this processor offers.
  package static let highest: InstructionLevel = {
    let level = Int(cpu_x86_64_level())
    return allCases.last { $0.rawValue <= level } ?? .baseline
  }()

  /// The environment variable that names a level (`v4`, `v3` or `baseline`) lower than the highest.
  package static let variable = "SMT_MPI_ISA"

  /// The level that this process would choose: the highest, or the lower one that ``variable`` names; nil where that names
  /// none.
  package static let own: InstructionLevel? = {
    guard let value = getenv(variable), value.pointee != 0 else { return highest }
    let name = String(cString: value)
    return allCases.first { "\($0)" == name }.map { min($0, highest) }
  }()

  /// What `use(_:)` was given; 0 before.
  private static let agreed = Atomic<Int>(0)

  /// The level in use: the one that was given to ``use(_:)``, else the process' own.
  package static var preferred: InstructionLevel {
    InstructionLevel(rawValue: agreed.load(ordering: .relaxed)) ?? own ?? highest
  }

  /// Makes a level that all processes of a job have the one in use; before any kernel is made.
  package static func use(_ level: InstructionLevel) { agreed.store(level.rawValue, ordering: .relaxed) }

  /// How products are added up: levels that say the same give the same bits.
  package var arithmetic: String {
    #if arch(x86_64)
      self == .baseline ? "separate multiply and add" : "fused multiply-add"
    #else
      "fused multiply-add"
    #endif
  }

  /// The levels that this processor offers.
  package static var available: [InstructionLevel] { allCases.filter { $0 <= highest } }

  /// The functions compiled for the level: the one place where the code of a level is chosen.
  var functions: any LevelFunctions.Type {
    switch self {
    case .baseline: Vectorised.Functions.self
    case .v3: VectorisedV3.Functions.self
    case .v4: VectorisedV4.Functions.self
    }
  }

  /// Orders levels from the oldest to the newest.
  package static func < (a: InstructionLevel, b: InstructionLevel) -> Bool { a.rawValue < b.rawValue }
}
