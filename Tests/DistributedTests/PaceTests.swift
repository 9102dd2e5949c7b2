import Testing

@testable import Distributed

/// Ranks that share processors wait for those of their node that are behind; ranks with processors of their own never do.
@Suite struct PaceTests {
  private let sharing = WorkTime(cpu: 10, wall: 20)

  @Test func whoIsAheadByMoreThanAPartWaits() {
    var pace = Pace(others: [1, 4])
    pace.note(9.6, of: 1)
    #expect(pace.isAhead(sharing, partSeconds: 0.5), "rank 4 has not begun")
    // 1 % of its work, 0.03 s and a part are no lead.
    pace.note(9.36, of: 4)
    #expect(pace.isAhead(sharing, partSeconds: 0.5))
    #expect(!pace.isAhead(sharing, partSeconds: 0.52))
    pace.note(9.38, of: 4)
    #expect(!pace.isAhead(sharing, partSeconds: 0.5))
    // Messages may overtake each other, and ranks of other nodes ask for work as well.
    pace.note(3, of: 4)
    pace.note(0, of: 7)
    #expect(!pace.isAhead(sharing, partSeconds: 0.5))
  }

  @Test func nobodyWaitsForeverForARankThatDoesNotMove() {
    var pace = Pace(others: [1, 2])
    pace.note(9, of: 2)
    // Half a second a part: five seconds at most for each sign of life.
    let still = [0.0, 4.9, 5.1, 60].map { pace.waits(sharing, partSeconds: 0.5, now: $0) }
    #expect(still == [true, true, false, false])
    pace.note(1, of: 1)
    let moved = [61.0, 65.9, 66.1].map { pace.waits(sharing, partSeconds: 0.5, now: $0) }
    #expect(moved == [true, true, false])
    pace.note(10, of: 1)
    pace.note(10, of: 2)
    let abreast = pace.waits(sharing, partSeconds: 0.5, now: 67)
    #expect(!abreast)
  }

  @Test func aProcessorOfItsOwnIsNeverLeft() {
    let pace = Pace(others: [1])
    #expect(!pace.isAhead(WorkTime(cpu: 10, wall: 10.5), partSeconds: 0.1))
    #expect(!Pace(others: []).isAhead(sharing, partSeconds: 0.1))
  }

  @Test func othersHearOfWorkOnceAndNotTooOften() {
    var pace = Pace(others: Array(1...100))
    let later = WorkTime(cpu: 11, wall: 22)
    // At first, when they know, too early, and then.
    let told = [(sharing, 5.0), (sharing, 50), (later, 5.9), (later, 6.1)].map { pace.isDue($0, now: $1) }
    #expect(told == [true, false, false, true])
  }
}
