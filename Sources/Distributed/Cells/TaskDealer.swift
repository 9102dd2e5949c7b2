import Foundation

/// Deals tasks out to groups of ranks: a group that has none asks rank 0 for the next one, so that those that are fast do more.
///
/// Rank 0 works too, and answers between two steps of its own task. What a task becomes must not depend on who does it.
public final class TaskDealer {
  /// What a group is to do next, the same on all of its ranks.
  public enum Order: Sendable {
    /// Go on with the task.
    case goOn
    /// Keep the task's state, and go on.
    case keep
    /// Keep the task's state, and leave the task.
    case stop
  }

  /// What leaders and rank 0 tell each other.
  private enum Message: Int {
    /// Asks for a task; holds the number of tasks finished since the last message.
    case request
    /// The task, or −1.
    case answer
    /// How much of the sender's task is done.
    case share
    /// Nobody is to go on.
    case stop
  }

  private let communicator: Communicator
  private let group: RankGroup
  private let mailbox: Mailbox
  private let progress: ProgressLine
  private let units: String
  /// Tasks that nobody has, on rank 0; the next one last.
  private var open: [Int]
  private let all: Int
  private var finished: Int
  /// How much of the task is done that each group has, on rank 0.
  private var shares: [Double]
  /// Groups that have been told that there are no tasks, on rank 0.
  private var dismissed: Set<Int> = []
  private var answer: Int?
  private var isStopped = false
  /// What went wrong on this rank; every rank throws it at the end.
  private var failure: JobError?
  private var lastKept = ContinuousClock.now
  private var lastTold = ContinuousClock.now
  /// How long what was done of a task may be lost.
  private let interval: Duration
  /// Seconds of work on this rank's tasks.
  public private(set) var workSeconds = 0.0

  /// A dealer of tasks.
  ///
  /// - Parameters:
  ///   - tasks: those that are not finished, in the order in which they are dealt out; the same on all ranks.
  ///   - all: tasks with those that are finished.
  ///   - units: what messages call tasks, as `trainings`.
  ///   - interval: time after which a task's state is to be kept again.
  public init(
    _ group: RankGroup, tasks: [Int], of all: Int, units: String, interval: Duration = .seconds(5),
    _ progress: ProgressLine, _ communicator: Communicator
  ) {
    (self.group, self.communicator, self.progress, self.units) = (group, communicator, progress, units)
    (self.all, self.interval) = (all, interval)
    mailbox = Mailbox(communicator)
    open = tasks.reversed()
    finished = all - tasks.count
    shares = [Double](repeating: 0, count: group.count)
  }

  /// Does all tasks.
  ///
  /// Collective. Where a signal arrives, tasks end early.
  ///
  /// - Parameter perform: does a task on all ranks of a group, asks for orders again and again (`order(share:)`) and returns
  ///   whether it is finished. What only one rank can meet it must leave to `leading(_:)`.
  /// - Returns: whether all tasks are finished.
  /// - Throws: on all ranks, the error of one.
  public func run(_ perform: (_ task: Int) throws -> Bool) throws -> Bool {
    showProgress()
    var isFinished = false
    while let task = try next(afterFinished: isFinished) {
      lastKept = .now
      let start = wallSeconds()
      isFinished = try perform(task)
      workSeconds += wallSeconds() - start
    }
    try finish()
    try communicator.together { if let failure { throw failure } }
    return try communicator.allReduce([isStopped ? 1 : 0], .maximum)[0] == 0
  }

  /// What the group is to do, some steps further in its task.
  ///
  /// Collective within the group.
  /// - Parameter share: how much of the task is done, 0…1.
  public func order(share: Double) throws -> Order {
    if group.isLeader {
      try takeMessages()
      try tell(share)
    }
    let isDue = group.isLeader && ContinuousClock.now - lastKept > interval
    let stops = isStopped || failure != nil || Interruption.signalNumber != nil
    var votes = [Int64(stops ? 1 : 0), Int64(isDue ? 1 : 0)]
    try group.add(&votes)
    if votes[0] > 0 {
      try stop()
      return .stop
    }
    if votes[1] > 0 { lastKept = .now }
    return votes[1] > 0 ? .keep : .goOn
  }

  /// Does on the leader of the group what can go wrong there alone; an error stops all work, and all ranks throw it at the end.
  ///
  /// - Returns: what the leader found, on all ranks of the group; empty after an error.
  public func leading(_ body: () throws -> [UInt8]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    if group.isLeader {
      do { bytes = try body() } catch { failure = failure ?? JobError(wrapping: error) }
    }
    return try group.broadcast(bytes)
  }

  // MARK: Tasks

  /// The group's next task; nil where there is none.
  private func next(afterFinished isFinished: Bool) throws -> Int? {
    var task = -1
    if group.isLeader {
      if failure != nil { try stop() }
      if communicator.isRoot {
        if isFinished { count(finished: 1, of: 0) }
        try takeMessages()
        task = isStopped || Interruption.signalNumber != nil ? -1 : open.popLast() ?? -1
        if task < 0, Interruption.signalNumber != nil { try stop() }
        Log.debug(task < 0 ? "no more \(units)" : "takes \(task) of the \(units)")
      } else {
        try mailbox.send([isFinished ? 1 : 0], to: 0, tag: Message.request.rawValue)
        answer = nil
        while answer == nil {
          try takeMessages()
          if answer == nil { Thread.sleep(forTimeInterval: 0.0002) }
        }
        task = answer ?? -1
      }
    }
    let bytes = try group.broadcast(withUnsafeBytes(of: Int64(task)) { [UInt8]($0) })
    task = bytes.withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) }
    return task < 0 ? nil : task
  }

  /// Waits on rank 0 until no group has a task, and on all leaders until what they sent has arrived.
  private func finish() throws {
    guard group.isLeader else { return }
    while true {
      if communicator.isRoot, Interruption.signalNumber != nil { try stop() }
      try takeMessages()
      let isDone = !communicator.isRoot || dismissed.count == group.count - 1
      if isDone, try mailbox.isAllReceived() { return }
      Thread.sleep(forTimeInterval: 0.001)
    }
  }

  /// Tells all groups that nobody is to go on.
  private func stop() throws {
    guard !isStopped else { return }
    isStopped = true
    guard group.isLeader else { return }
    if communicator.isRoot { try tellAllToStop() } else { try mailbox.send([], to: 0, tag: Message.stop.rawValue) }
  }

  private func tellAllToStop() throws {
    for other in 1..<max(1, group.count) where !dismissed.contains(other) {
      try mailbox.send([], to: group.leader(of: other), tag: Message.stop.rawValue)
    }
  }

  private func takeMessages() throws {
    guard communicator.size > 1 else { return }
    while let message = try mailbox.next() {
      let sender = message.source * group.count / communicator.size
      switch Message(rawValue: message.tag) {
      case .request:
        count(finished: Int(message.numbers[0]), of: sender)
        let task = isStopped || Interruption.signalNumber != nil ? -1 : open.popLast() ?? -1
        if task < 0 { dismissed.insert(sender) }
        try mailbox.send([Double(task)], to: message.source, tag: Message.answer.rawValue)
      case .answer: answer = Int(message.numbers[0])
      case .share:
        shares[sender] = message.numbers[0]
        showProgress()
      case .stop:
        if communicator.isRoot, !isStopped { try tellAllToStop() }
        isStopped = true
      case nil: break
      }
    }
  }

  // MARK: Progress

  /// Tells rank 0 now and then how far the group's task is.
  private func tell(_ share: Double) throws {
    guard ContinuousClock.now - lastTold > .seconds(1) else { return }
    lastTold = .now
    if communicator.isRoot {
      shares[0] = share
      showProgress()
    } else {
      try mailbox.send([share], to: 0, tag: Message.share.rawValue)
    }
  }

  private func count(finished number: Int, of group: Int) {
    finished += number
    shares[group] = 0
    showProgress()
  }

  private func showProgress() {
    guard communicator.isRoot else { return }
    progress.update(finished, of: all, units)
    // Shares of unfinished tasks tell of time before the first one is finished.
    progress.update(share: (Double(finished) + shares.reduce(0, +)) / Double(max(1, all)))
  }
}
