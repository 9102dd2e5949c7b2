import Foundation

/// Progress of long work on standard error: on rank 0 alone, one line now and then with the time that is left.
///
/// On a terminal the line is rewritten in place; in a log file each is a line of its own.
public final class ProgressLine {
  private let title: String
  private let isActive: Bool
  private let interval: Double
  private let isTerminal = standardErrorIsTerminal()
  private let start = wallSeconds()
  private var next: Double
  private var hasShown = false

  /// A line with a title, at most every `interval` seconds (0: never).
  public init(_ title: String, _ communicator: Communicator, interval: Double) {
    self.title = title
    self.interval = isTerminal ? min(interval, 1) : interval
    isActive = communicator.isRoot && interval > 0
    next = start + self.interval
  }

  /// Whether anything is to be shown, on rank 0.
  var isWanted: Bool { interval > 0 }

  /// Tells how much of the work is done, in cells or other units where there is a count.
  public func update(share: Double, _ count: @autoclosure () -> String = "") {
    guard isActive else { return }
    let now = wallSeconds()
    guard now >= next, share > 0 else { return }
    next = now + interval
    hasShown = true
    let left = (now - start) / share * (1 - share)
    var text = "\(title): \(Int(share * 100)) %"
    let count = count()
    if !count.isEmpty { text += ", \(count)" }
    text += ", \(durationText(left)) left"
    StandardStreams.writeError(isTerminal ? "\r\u{1B}[K\(text)" : text + "\n")
  }

  /// Ends the line.
  public func finish() {
    if isActive, hasShown, isTerminal { StandardStreams.writeError("\r\u{1B}[K") }
  }
}

/// Seconds in words: `2 h 05 min`, `3 min 20 s`, `12.3 s`.
public func durationText(_ seconds: Double) -> String {
  guard seconds.isFinite else { return "unknown" }
  if seconds < 60 { return String(format: seconds < 10 ? "%.1f s" : "%.0f s", seconds) }
  let whole = Int(seconds.rounded())
  if whole < 3600 { return "\(whole / 60) min \(String(format: "%02d", whole % 60)) s" }
  return "\(whole / 3600) h \(String(format: "%02d", whole % 3600 / 60)) min"
}

/// Bytes in words: `512 B`, `3.2 MiB`, `1.5 GiB`.
public func byteText(_ bytes: Int) -> String {
  let units = ["B", "KiB", "MiB", "GiB", "TiB"]
  var value = Double(bytes)
  var unit = 0
  while value >= 1024, unit < units.count - 1 {
    value /= 1024
    unit += 1
  }
  return unit == 0 ? "\(bytes) B" : String(format: "%.1f %@", value, units[unit])
}
