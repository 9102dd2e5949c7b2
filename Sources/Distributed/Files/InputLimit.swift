/// How large what a file or the command line gives may be.
///
/// Sizes are compared with these where they are taken over. Behind that they can be multiplied without a look: the limits
/// are far above what any job has, and far below where products leave 64 bits.
public enum InputLimit {
  /// Cells of a grid: a global grid of 1 km has half as many.
  public static let cells = Int(Int32.max)
  /// Times of a file and steps of a job, those between the first and the last that are missing among them.
  public static let steps = 1 << 24
  /// Levels of a variable.
  public static let levels = 10_000
  /// Members of an ensemble.
  public static let members = 100_000
  /// Values of one variable in one file.
  public static let values = 1 << 48
  /// Bytes of a chunk: HDF5's own limit.
  public static let chunkBytes = 1 << 32
  /// Bytes that all fields of all steps and members of a source would take as doubles.
  public static let sourceBytes = 0x1p56
  /// Bytes of a text attribute or of a member's label, and numbers of a numeric attribute.
  public static let (attributeBytes, labelBytes, attributeNumbers) = (1 << 20, 4096, 1000)
  /// Texts of an attribute that is a list of them.
  public static let attributeTexts = 10_000
  /// Columns of a table, and bytes of one of its rows.
  public static let (tableColumns, tableRowBytes) = (100_000, 1 << 24)
  /// The last calendar year, and the negative of the first one.
  public static let year = 99_999

  /// The product of lengths; nil where one is negative or the product is larger than a limit.
  static func product(_ lengths: some Sequence<Int>, atMost limit: Int) -> Int? {
    var product = 1
    for length in lengths {
      let (next, overflows) = product.multipliedReportingOverflow(by: length)
      // A later 0 makes nothing of the lengths before it, which are wrong all the same.
      guard length >= 0, !overflows, next <= limit else { return nil }
      product = next
    }
    return product
  }
}
