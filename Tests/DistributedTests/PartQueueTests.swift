import Testing

@testable import Distributed

/// What is left to do is neither lost nor doubled when it is handed on, and travels unchanged.
@Suite struct PartQueueTests {
  private func job(_ position: Int, _ parts: Range<Int>) -> PartJob {
    PartJob(owner: 3, position: position, parts: parts, input: [Double(position), .nan, -0.0])
  }

  @Test func halfOfTheCellsGoFromTheEnd() {
    var queue = PartQueue(cells: [4, 5, 6, 7, 8])
    #expect(queue.removeCells(0.5) == [7, 8])
    #expect(queue.removeCells(0.5) == [6])
    #expect(queue.removeCells(0.5) == [5])
    #expect(queue.isOneCell && queue.removeCells(0.5).isEmpty)
    // A cell that is not begun has no parts to divide.
    #expect(queue.removeJobs(0.5).isEmpty)
    #expect(queue.nextCell() == 4 && queue.nextCell() == nil && queue.isEmpty)
    queue = PartQueue(cells: Array(0..<1000))
    #expect(queue.removeCells(0.5) == Array(1000 - PartQueue.largestGift..<1000))
    #expect(queue.removeCells(0).isEmpty && queue.cellCount == 1000 - PartQueue.largestGift)
    queue.add(job(1, 2..<4))
    #expect(queue.removeJobs(1).isEmpty, "cells go before parts of the cell at hand")
  }

  @Test func theLastCellIsDividedByParts() {
    var queue = PartQueue(cells: [])
    queue.add(job(1, 0..<6))
    #expect(queue.nextPart()?.parts == 0..<1)
    #expect(queue.removeJobs(0.5).map(\.parts) == [4..<6])
    #expect(queue.removeJobs(0.1).isEmpty)
    #expect(queue.partCount == 3)
    #expect(queue.removeJobs(1).map(\.parts) == [1..<4])
    #expect(queue.isEmpty)
  }

  @Test(arguments: [0.1, 0.3, 0.5, 0.8, 1])
  func everyPartIsSomewhereOnce(fraction: Double) {
    var queue = PartQueue(cells: Array(0..<37))
    var found: [Int: Int] = [:]
    var step = 0
    func count(_ job: PartJob) { for part in job.parts { found[10 * job.position + part, default: 0] += 1 } }
    while !queue.isEmpty {
      step += 1
      if let part = queue.nextPart() {
        #expect(part.parts.count == 1)
        count(part)
      } else if let cell = queue.nextCell() {
        queue.add(job(cell, 0..<1 + cell % 5))
      }
      guard step % 7 == 0 else { continue }
      for cell in queue.removeCells(fraction) { count(job(cell, 0..<1 + cell % 5)) }
      for job in queue.removeJobs(fraction) { count(job) }
    }
    let expected = (0..<37).flatMap { cell in (0..<1 + cell % 5).map { 10 * cell + $0 } }
    #expect(found.keys.sorted() == expected.sorted() && found.values.allSatisfy { $0 == 1 })
  }

  @Test func jobsTravelBitByBit() {
    let jobs = [job(2, 0..<1), PartJob(owner: 0, position: 1 << 40, parts: 255..<256, input: []), job(7, 3..<9)]
    let arrived = [PartJob](numbers: jobs.numbers)
    #expect(arrived.map(\.owner) == [3, 0, 3] && arrived.map(\.position) == [2, 1 << 40, 7])
    #expect(arrived.map(\.parts) == jobs.map(\.parts))
    #expect(arrived.map { $0.input.map(\.bitPattern) } == jobs.map { $0.input.map(\.bitPattern) })
    #expect([PartJob](numbers: []).isEmpty)
  }

  @Test func workIsSharedByTime() {
    let busy = WorkTime(cpu: 10, wall: 10)
    // With processors of their own both end together after half of what is left.
    #expect(busy.fraction(for: WorkTime(cpu: 2, wall: 2), secondsLeft: 4, ranks: 5) == 0.5)
    #expect(busy.fraction(for: WorkTime(), secondsLeft: 4, ranks: 5) == 0.5)
    #expect(WorkTime(cpu: 2, wall: 4).fraction(for: WorkTime(), secondsLeft: 4, ranks: 5) == 0.7)
    // Where processors are shared, who has had more of them gets less.
    #expect(busy.fraction(for: WorkTime(cpu: 10, wall: 20), secondsLeft: 4, ranks: 5) == 0.2)
    #expect(busy.fraction(for: WorkTime(cpu: 9, wall: 20), secondsLeft: 4, ranks: 5) == 0.45)
    #expect(busy.fraction(for: WorkTime(cpu: 11, wall: 20), secondsLeft: 4, ranks: 5) == 0)
    #expect(busy.fraction(for: WorkTime(cpu: 2, wall: 20), secondsLeft: 4, ranks: 5) == 1)
  }
}
