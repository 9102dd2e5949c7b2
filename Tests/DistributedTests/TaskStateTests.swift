import Foundation
import TestSupport
import Testing

@testable import Distributed

/// What is kept of tasks under way.
@MainActor @Suite struct TaskStateTests {
  private func states(_ folder: String, identity: String = "a") -> TaskStates {
    TaskStates(output: "\(folder)/o.csv", identity: identity, discardOption: "--restart")
  }

  @Test func statesAndResultsAreKeptUntilTheyAreRemoved() throws {
    try withTemporaryFolder { folder in
      let states = states(folder)
      #expect(try states.resume(discard: false).finished.isEmpty && states.state(of: 1) == nil)
      let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }
      try states.keep(bytes, stateOf: 1)
      try states.keep(bytes.reversed(), stateOf: 1)
      try states.keep(bytes, stateOf: 2)
      try states.keep([], resultOf: 2)
      try states.keep([7], resultOf: 12)
      let left = try self.states(folder).resume(discard: false)
      #expect(left.finished == [2, 12] && left.begun == [1] && left.concerns.isEmpty)
      #expect(try states.state(of: 1) == bytes.reversed() && states.state(of: 2) == nil)
      #expect(try states.result(of: 2) == [] && states.result(of: 12) == [7])
      #expect(throws: JobError.self) { try states.result(of: 1) }
      try states.removeAll()
      #expect(contents(of: folder).isEmpty)
    }
  }

  @Test func damagedFilesAreDroppedAndThoseOfOtherJobsRefused() throws {
    try withTemporaryFolder { folder in
      let states = states(folder)
      let place = "\(folder)/o.csv.checkpoint"
      for task in 0..<4 { try states.keep([UInt8](repeating: 5, count: 1000), resultOf: task) }
      try truncate("\(place)/task-0.result", toShare: 0.5)
      var damaged = try Data(contentsOf: URL(fileURLWithPath: "\(place)/task-1.result"))
      damaged[600] ^= 1
      try damaged.write(to: URL(fileURLWithPath: "\(place)/task-1.result"))
      // A result under another task's name is none.
      try FileManager.default.removeItem(atPath: "\(place)/task-2.result")
      try FileManager.default.copyItem(atPath: "\(place)/task-3.result", toPath: "\(place)/task-2.result")
      try writeText("half", to: "\(place)/task-9.state.part-0123abcd")
      try writeText("mine", to: "\(place)/notes.txt")
      let other = #expect(throws: JobError.self) { try self.states(folder, identity: "b").resume(discard: false) }
      #expect(other?.exitCode == .usage && other?.message.contains("--restart") == true)
      let left = try states.resume(discard: false)
      #expect(left.finished == [3] && left.concerns.count == 1 && left.concerns[0].contains("3 damaged files"))
      #expect(contents(of: place) == ["notes.txt", "task-3.result"])
      #expect(try self.states(folder, identity: "b").resume(discard: true).finished.isEmpty)
      #expect(contents(of: place) == ["notes.txt"])
    }
  }

  @Test func groupsAreEvenAndLedByTheirFirstRank() {
    for ranks in 1...17 {
      for groups in 1...ranks {
        let numbers = (0..<ranks).map { RankGroup.group(of: $0, groups: groups, ranks: ranks) }
        #expect(numbers == numbers.sorted() && Set(numbers).count == groups)
        let sizes = (0..<groups).map { group in numbers.count { $0 == group } }
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        for group in 0..<groups {
          #expect(RankGroup.leader(of: group, groups: groups, ranks: ranks) == numbers.firstIndex(of: group))
        }
      }
    }
  }
}
