/// How parts of cells go from rank to rank: a rank that has nothing to do asks others, one after the other, and computes
/// for their owners what it is given.
///
/// There is no master: who is asked is drawn by lot, who is asked answers between two parts, and half of what a rank has
/// goes at a time, so that work spreads over P ranks in about log₂ P steps. Every message is answered or awaited by
/// somebody: the end is where all cells are finished and nothing is on its way.
final class PartSharing {
  /// What a rank tells another.
  enum Message {
    /// The rank has nothing more to do.
    case request(from: Int, WorkTime)
    /// The answer: parts to compute; none where there are none to spare.
    case answer([PartJob])
    /// A part of one of the receiver's cells.
    case result(position: Int, part: Int, numbers: [Double])
    /// Parts of one of the receiver's cells that were not computed because the job is to stop.
    case returned(position: Int, parts: Range<Int>)
    /// The CPU seconds that a rank of this node has worked.
    case worked(from: Int, Double)
    /// Cells that a rank has finished since it last said so; for the progress line.
    case finished(Int)
    /// All are to stop: something went wrong on another rank.
    case stop
  }

  private enum Tag: Int {
    case request, answer, result, returned, worked, finished, stop
  }

  private let communicator: Communicator
  private let mailbox: Mailbox
  private var lot: UInt64
  private var isWaiting = false
  /// When to ask again, and how long to pause after an answer without parts.
  private var next = 0.0
  private var pause = PartSharing.shortestPause
  /// All cells are finished; nothing is on its way.
  private var finished: Barrier = .ahead
  private var silent: Barrier = .ahead

  private static let shortestPause = 0.0005
  private static let longestPause = 0.02

  private enum Barrier {
    case ahead
    case started(OpaquePointer?)
    case passed
  }

  init(_ communicator: Communicator) {
    self.communicator = communicator
    mailbox = Mailbox(communicator)
    lot = UInt64(communicator.rank)
  }

  /// A message that has arrived.
  func receive() throws -> Message? {
    guard let message = try mailbox.next() else { return nil }
    let numbers = message.numbers
    switch Tag(rawValue: message.tag) {
    case .request: return .request(from: message.source, WorkTime(cpu: numbers[0], wall: numbers[1]))
    case .answer:
      isWaiting = false
      let jobs = [PartJob](numbers: numbers)
      pause = jobs.isEmpty ? min(2 * pause, Self.longestPause) : Self.shortestPause
      next = wallSeconds() + pause
      return .answer(jobs)
    case .result: return .result(position: Int(numbers[0]), part: Int(numbers[1]), numbers: Array(numbers[2...]))
    case .returned: return .returned(position: Int(numbers[0]), parts: Int(numbers[1])..<Int(numbers[2]))
    case .worked: return .worked(from: message.source, numbers[0])
    case .finished: return .finished(Int(numbers[0]))
    case .stop: return .stop
    case nil: throw JobError(.internal, "a message of unknown kind \(message.tag)")
    }
  }

  /// Answers a request.
  func answer(_ rank: Int, _ jobs: [PartJob]) throws {
    try mailbox.send(jobs.numbers, to: rank, tag: Tag.answer.rawValue)
  }

  /// Sends a part to the owner of its cell.
  func send(_ numbers: [Double], of job: PartJob) throws {
    let place = [Double(job.position), Double(job.parts.lowerBound)]
    try mailbox.send(place + numbers, to: job.owner, tag: Tag.result.rawValue)
  }

  /// Gives parts back to the owner of their cell.
  func giveBack(_ job: PartJob) throws {
    let place = [job.position, job.parts.lowerBound, job.parts.upperBound].map(Double.init)
    try mailbox.send(place, to: job.owner, tag: Tag.returned.rawValue)
  }

  /// Tells other ranks of the node how many CPU seconds this one has worked; infinitely many if it works no more.
  func tellWorked(_ seconds: Double, to ranks: some Sequence<Int>) throws {
    guard case .ahead = silent else { return }
    for rank in ranks { try mailbox.send([seconds], to: rank, tag: Tag.worked.rawValue) }
  }

  /// Tells rank 0 that so many cells more are finished.
  func tellFinished(_ count: Int) throws {
    try mailbox.send([Double(count)], to: 0, tag: Tag.finished.rawValue)
  }

  /// Tells all other ranks to stop.
  func tellStop() throws {
    guard case .ahead = silent else { return }
    for rank in 0..<communicator.size where rank != communicator.rank {
      try mailbox.send([], to: rank, tag: Tag.stop.rawValue)
    }
  }

  /// Asks another rank for parts, unless an answer is awaited or the last one, without any, is too fresh.
  ///
  /// - Parameter time: this rank's work so far.
  func ask(_ time: WorkTime) throws {
    guard !isWaiting, case .ahead = silent, wallSeconds() >= next else { return }
    if case .passed = finished { return }
    // The constants are Knuth's (MMIX); the result of no cell depends on who computes it.
    lot = lot &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let other = Int(lot >> 33) % (communicator.size - 1)
    try mailbox.send(
      [time.cpu, time.wall], to: other < communicator.rank ? other : other + 1, tag: Tag.request.rawValue)
    isWaiting = true
  }

  /// Whether all ranks' cells are finished and no message is on its way; to be asked until it is so by every rank that
  /// has nothing to do.
  ///
  /// - Parameter isDone: whether the rank's own cells are finished, or never will be.
  func isOver(isDone: Bool) throws -> Bool {
    // The barrier of finished cells comes first: after it there are no parts, so nobody asks anymore. Those who have
    // asked get their answer before they come to the second.
    guard try pass(&finished, if: isDone) else { return false }
    return try pass(&silent, if: !isWaiting)
  }

  private func pass(_ barrier: inout Barrier, if isReady: Bool) throws -> Bool {
    switch barrier {
    case .ahead:
      if isReady, try mailbox.isAllReceived() { barrier = .started(try mailbox.startBarrier()) }
    case .started(let request):
      if try mailbox.isComplete(request) { barrier = .passed }
    case .passed: return true
    }
    return false
  }
}

extension [PartJob] {
  /// Jobs as a row of numbers.
  var numbers: [Double] {
    flatMap { job in
      [job.owner, job.position, job.parts.lowerBound, job.parts.upperBound, job.input.count].map(Double.init)
        + job.input
    }
  }

  /// Jobs of a row of numbers.
  init(numbers: [Double]) {
    self = []
    var start = 0
    while start < numbers.count {
      let head = numbers[start..<start + 5].map { Int($0) }
      let input = [Double](numbers[start + 5..<start + 5 + head[4]])
      append(PartJob(owner: head[0], position: head[1], parts: head[2]..<head[3], input: input))
      start += 5 + head[4]
    }
  }
}
