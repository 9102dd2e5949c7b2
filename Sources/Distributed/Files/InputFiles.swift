import Synchronization

/// What this process did with files that it reads.
public enum InputFiles {
  private static let opened = Atomic<Int>(0)

  /// How often a file was opened for reading so far (`nc_open`, `H5Fopen`), headers, maps and data alike.
  public static var openCount: Int { opened.load(ordering: .relaxed) }

  /// Counts a file that is opened.
  static func countOpen() { opened.wrappingAdd(1, ordering: .relaxed) }
}
