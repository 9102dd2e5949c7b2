/// How many cells are finished: of all ranks where they share work and tell rank 0, else of rank 0 alone.
final class CellProgress {
  private let line: ProgressLine
  private let own: Int
  private let all: Int
  private let sharing: PartSharing?
  private let communicator: Communicator
  /// Seconds between a rank's messages to rank 0, so many that it need not take more than a thousand a second.
  private let interval: Double
  private var last = wallSeconds()
  private var told = 0
  private var ofOthers = 0

  init(_ line: ProgressLine, own: Int, all: Int, _ sharing: PartSharing?, _ communicator: Communicator) {
    self.line = line
    self.own = own
    self.all = all
    self.sharing = sharing
    self.communicator = communicator
    interval = max(1, Double(communicator.size) / 1000)
  }

  /// Shows, or tells rank 0, that this many of the rank's cells are computed.
  func update(computed: Int) throws {
    guard let sharing else {
      line.update(computed, of: own, "cells of rank 0")
      return
    }
    if communicator.isRoot {
      told = computed
      show()
    } else if line.isWanted, wallSeconds() - last > interval || computed == own {
      try sharing.tellFinished(computed - told)
      (told, last) = (computed, wallSeconds())
    }
  }

  /// Counts cells that another rank has finished; on rank 0.
  func add(_ count: Int) {
    ofOthers += count
    show()
  }

  private func show() {
    line.update(told + ofOthers, of: all, "cells")
  }
}
