import Distributed

/// Versions of the program and of what it is built with.
enum ProgramVersion {
  /// The program's own version.
  static let number = "0.1.0"

  /// All versions by name.
  static var all: [String: String] {
    LibraryVersions.all.merging(["smt-mpi": number, "Swift": compiler, "target": target]) { first, _ in first }
  }

  /// The text of `--version`.
  static var text: String {
    let versions = all
    return "smt-mpi \(number)\n"
      + ["Swift", "target", "MPI", "HDF5", "netCDF"].map { "\($0): \(versions[$0] ?? "unknown")" }.joined(
        separator: "\n")
  }

  /// One line for the `source` attribute.
  static var source: String {
    let versions = all
    return "smt-mpi \(number) ("
      + ["MPI", "HDF5", "netCDF"].map { "\($0) \(versions[$0] ?? "")" }.joined(separator: ", ")
      + ")"
  }

  private static var compiler: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #else
      "6.1"
    #endif
  }

  private static var target: String {
    #if arch(x86_64)
      let architecture = "x86_64"
    #elseif arch(arm64)
      let architecture = "aarch64"
    #else
      let architecture = "unknown"
    #endif
    #if os(Linux)
      return architecture + "-linux"
    #else
      return architecture + "-macos"
    #endif
  }
}
