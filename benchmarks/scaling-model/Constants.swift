/// What the model is calculated with; the one place for its numbers.
///
/// Measured: on one core of an Intel Xeon (Sapphire Rapids, x86-64-v4), quiet, warm files. Assumed: a cluster of nodes
/// with 64 ranks each, a 200 Gbit/s network and a parallel file system of middling size.
enum Constants {
  // Measured: CPU seconds, so that they hold for a rank with a core of its own.

  /// To open a file and read its header.
  static let header = 1.4e-3
  /// To open a file for data.
  static let open = 0.1e-3
  /// Bytes of numbers a second: read, inflated, unshuffled, put at their cells and reduced.
  static let reading = 300e6
  /// To combine, check and encode what the header of one file says of one source, on rank 0.
  static let entry = 9e-6
  /// To decode the record and path of one file of one source, on every rank.
  static let decoding = 4e-6
  /// Bytes that say what is in a file of a source, on their way to rank 0.
  static let entryBytes = 90.0
  /// Bytes of a file's name of 45 letters, and of its entry in the catalogue, on their way to all ranks.
  static let nameBytes = 53.0
  static let stepBytes = 105.0
  /// For each cell of the grid: to choose cells and to fill tables; on every rank.
  static let gridCell = 0.1e-6
  /// Bytes of maps a second that a rank copies into a broadcast and out of it.
  static let unpacking = 170e6
  /// Bytes of results a second of which a rank makes fields.
  static let fields = 900e6
  /// Bytes of maps a second that a rank puts together, shuffles and deflates.
  static let deflating = 105e6
  /// Values a second that a rank adds up for the summary, some of them sorted for their median.
  static let means = 50e6
  /// To find the threshold of a cell by the defaults (86 pairs).
  static let threshold = 8e-3
  /// To attribute the variability of a cell (77 years, 4 layers).
  static let attributing = 66e-6

  // Assumed.

  /// Of a message between two nodes, seconds; 0.3 µs were measured within a node.
  static let latency = 2e-6
  /// Bytes a second into or out of one rank, when all ranks of a node exchange; 9e9 were measured between two ranks of a
  /// node.
  static let exchange = 25e9 / 64
  /// Bytes a second into rank 0 alone.
  static let intoRoot = 10e9
  /// Bytes a second of the file system, all ranks together.
  static let fileSystem = 20e9
  /// Files a second that the file system opens or makes, all ranks together.
  static let metadata = 20e3
  /// Bytes a second that one rank writes to one file; 3.4e9 were measured into memory.
  static let oneFile = 2e9
  /// Compressed bytes by bytes of numbers, of fields with ocean.
  static let compressed = 0.4
}
