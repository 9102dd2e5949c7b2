import Synchronization

/// What this process did with files that it reads.
public enum InputFiles {
  private static let opened = Mutex<(count: Int, paths: Set<String>)>((0, []))

  /// How often a file was opened for reading so far (`nc_open`, `H5Fopen`), headers, maps and data alike.
  public static var openCount: Int { opened.withLock { $0.count } }

  /// The files that were opened.
  static var paths: Set<String> { opened.withLock { $0.paths } }

  /// Counts a file that is opened.
  static func countOpen(_ path: String) {
    opened.withLock {
      $0.count += 1
      $0.paths.insert(path)
    }
    Log.debug("opens \(path)")
  }
}
