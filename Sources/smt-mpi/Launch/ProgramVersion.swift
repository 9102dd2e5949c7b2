import BuildVersion
import Distributed

/// Versions of the program and of what it is built with.
enum ProgramVersion {
  /// The program's own version.
  static let number = Build.version

  /// All versions by name.
  static var all: [String: String] {
    LibraryVersions.all.merging(["smt-mpi": number, "Swift": Build.compiler, "target": Build.target]) { first, _ in
      first
    }
  }

  /// The text of `--version`.
  static var text: String {
    let versions = all
    return "smt-mpi \(number)\n"
      + ["Swift", "target", "MPI", "HDF5", "netCDF", "libdeflate", "libtiff", "libpng"].map {
        "\($0): \(versions[$0] ?? "unknown")"
      }.joined(
        separator: "\n")
  }

  /// One line for the `source` attribute.
  static var source: String {
    let versions = all
    return "smt-mpi \(number) ("
      + ["MPI", "HDF5", "netCDF"].map { "\($0) \(versions[$0] ?? "")" }.joined(separator: ", ")
      + ")"
  }
}
