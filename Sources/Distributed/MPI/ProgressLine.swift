import Dispatch
import Foundation
import Synchronization

/// How far the work is, on standard error: one line of rank 0 now and then, also where nothing advances.
///
/// It tells the phase, the share of it that is done where that is known, the time since it began, the time that is left, and
/// memory. On a terminal the line is rewritten in place; in a log file each is a line of its own.
public final class ProgressLine: Sendable {
  /// What the work has come to.
  private struct State {
    var phase: String?
    var start = 0.0
    var share = 0.0
    /// Done, of all, and what they are.
    var count: (done: Int, all: Int, of: String)?
  }

  private let state = Mutex(State())
  /// Held while the line of a terminal is written or removed: none is to be written once its phase has ended.
  private let drawing = Mutex(())
  private let interval: Double
  /// Writes the lines; nil where there are none, as on all ranks but the first.
  private nonisolated(unsafe) let timer: (any DispatchSourceTimer)?

  /// Lines every so many seconds (0: none), on a terminal every second; none below the level `info`.
  public init(_ communicator: Communicator, interval: Double) {
    self.interval = Log.level < .info ? 0 : interval
    guard communicator.isRoot, self.interval > 0 else {
      timer = nil
      return
    }
    // No more often than a clock can, and no longer than it can count.
    let pause = min(max(interval, 0.01), StandardError.isTerminal ? 1 : 86_400)
    let source = DispatchSource.makeTimerSource(queue: .global())
    source.schedule(deadline: .now() + (StandardError.isTerminal ? min(pause, 0.2) : pause), repeating: pause)
    timer = source
    source.setEventHandler { [weak self] in self?.show() }
    source.resume()
  }

  deinit { timer?.cancel() }

  /// Whether anything is to be shown, on rank 0.
  var isWanted: Bool { interval > 0 }

  /// Begins a phase of the work.
  func begin(_ phase: String) {
    state.withLock { $0 = State(phase: phase, start: wallSeconds()) }
  }

  /// Ends it.
  func end() {
    state.withLock { $0 = State() }
    if timer != nil, StandardError.isTerminal { drawing.withLock { _ in StandardError.clearStatus() } }
  }

  /// Tells at once, in a line that stays, what the job is about.
  public func announce(_ text: String) {
    if timer != nil { StandardError.write(line: text) }
  }

  /// Tells how much of the phase is done.
  public func update(share: Double) {
    state.withLock { $0.share = share }
  }

  /// Tells how many of all cells, or other units, are done.
  func update(_ done: Int, of all: Int, _ units: String) {
    state.withLock {
      $0.share = Double(done) / Double(max(1, all))
      $0.count = (done, all, units)
    }
  }

  private func show() {
    // Written without the lock of the state: where standard error is blocked, the work goes on.
    guard StandardError.isTerminal else {
      if let text = state.withLock({ Self.text($0) }) { StandardError.write(line: text) }
      return
    }
    drawing.withLock { _ in
      if let text = state.withLock({ Self.text($0) }) { StandardError.rewrite(status: text) }
    }
  }

  private static func text(_ state: State) -> String? {
    guard let phase = state.phase else { return nil }
    return text(
      phase, share: state.share, count: state.count.map { "\(grouped($0.done)) of \(grouped($0.all)) \($0.of)" },
      seconds: wallSeconds() - state.start, memory: memoryBytes())
  }

  /// The line: `compute: 42 %, 50 of 120 cells, for 2 min 00 s, 2 min 46 s left, 310.2 MiB on rank 0`.
  static func text(_ phase: String, share: Double, count: String?, seconds: Double, memory: Int) -> String {
    var parts: [String] = []
    if share > 0 { parts.append("\(Int(share * 100)) %") }
    if let count { parts.append(count) }
    parts.append("for \(durationText(seconds))")
    if share > 0 { parts.append("\(durationText(seconds / share * (1 - share))) left") }
    parts.append("\(byteText(memory)) on rank 0")
    return "\(phase): " + parts.joined(separator: ", ")
  }
}

/// Seconds in words: `2 h 05 min`, `3 min 20 s`, `12.3 s`.
public func durationText(_ seconds: Double) -> String {
  guard abs(seconds) < 1e15 else { return "unknown" }
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
