import Synchronization

/// What the program tells of its work on standard error, line by line, down to the level that the user chose.
///
/// A line is written at once, so that those of several ranks do not mix.
public enum Log {
  /// How much is told; each level tells what those before it tell.
  public enum Level: String, CaseIterable, Sendable, Comparable {
    /// What ends the job.
    case error
    /// What may be wrong with the input.
    case warning
    /// How far the work is.
    case info
    /// What each rank does: the files it opens, what it sends, what it saves.
    case debug

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// Whether less is told.
    public static func < (first: Level, second: Level) -> Bool { first.rank < second.rank }
  }

  private static let chosen = Mutex(Level.info)
  private static let isDebugging = Atomic(false)
  /// The rank in lines of debugging; 0 until MPI has started.
  static let rank = Atomic(0)

  /// The level that the user chose.
  public static var level: Level {
    get { chosen.withLock { $0 } }
    set {
      chosen.withLock { $0 = newValue }
      isDebugging.store(newValue == .debug, ordering: .relaxed)
    }
  }

  /// Tells what may be wrong with the input.
  public static func warning(_ text: String) {
    if level >= .warning { StandardError.write(line: "warning: \(text)") }
  }

  /// Tells how far the work is.
  public static func info(_ text: String) {
    if level >= .info { StandardError.write(line: text) }
  }

  /// Tells what this rank does; the text is made only where it is wanted.
  public static func debug(_ text: @autoclosure () -> String) {
    guard isDebugging.load(ordering: .relaxed) else { return }
    StandardError.write(line: "debug: rank \(rank.load(ordering: .relaxed)): \(text())")
  }
}
