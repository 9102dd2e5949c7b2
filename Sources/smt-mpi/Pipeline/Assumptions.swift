import Distributed

/// Figures behind the predictions of dry runs that no file's header tells.
///
/// Measured on one core of an Intel Xeon (Sapphire Rapids), with files in memory, Open MPI 4.1 and HDF5 1.10.
enum Assumptions {
  /// Bytes of inflated data a second that a rank reads of a record: few large fields of a file.
  static let recordReading = 300e6
  /// The same of an ensemble, whose files hold many fields in a row.
  static let ensembleReading = 550e6

  /// Bytes that a start of MPI adds to a process.
  static let mpiBytes = 9 << 20
  /// Bytes that HDF5, netCDF, MPI and the program take while a job runs, seen with jobs of next to no data.
  static let libraryBytes = 20 << 20

  /// The seconds to read so many bytes in words, with what they rest on.
  static func readingText(_ bytes: Int, rate: Double, ranks: Int) -> String {
    "about \(durationText(Double(bytes) / Double(ranks) / rate)) reading (\(Int(rate / 1e6)) MB/s a rank assumed)"
  }
}
