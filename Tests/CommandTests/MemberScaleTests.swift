import Testing

@testable import smt_mpi

/// Medians over cells of ensembles, right and wrong.
@Suite struct MemberScaleTests {
  /// The reference and 85 members.
  private let moisture = (0...85).map { 1 - 0.01 * Double($0) }
  /// Falls slowly, then steeply, to nothing in the driest.
  private var response: [Double] { moisture.map { min(0.6 + 0.4 * $0, max(0, 2 * $0 - 0.5)) } }

  private func strays(_ medians: [Double], response: Bool = false) -> [Int] {
    let order = Array(medians.indices)
    return MemberScale.stray(medians, order: order, mayCollapse: response ? moisture : nil)?.members ?? []
  }

  private func changed(_ values: [Double], _ members: some Sequence<Int>, by factor: Double) -> [Double] {
    var values = values
    for member in members { values[member] *= factor }
    return values
  }

  @Test func rightEnsemblesHaveNone() {
    #expect(strays(moisture).isEmpty)
    #expect(strays(response, response: true).isEmpty)
    // Coarse steps, any order, a single dry member, and constant responses.
    #expect(
      strays([1, 0.5, 0.15]).isEmpty && strays([1, 0.15]).isEmpty && strays([1, 0.1, 0.9, 0.2, 0.7, 0.4]).isEmpty)
    #expect(strays(moisture.map { _ in 1 }).isEmpty)
    // A collapse from a tenth to nearly nothing, but not to 0.
    #expect(strays(response.map { $0 > 0.1 ? $0 : 1e-7 }, response: true).isEmpty)
    // Noise around 0, of either sign.
    let noisy = response.enumerated().map { $1 < 0.05 ? [0.03, 4e-4, -0.01, 0.02, 1e-5][$0 % 5] : $1 }
    #expect(strays(noisy, response: true).isEmpty)
    // Nothing is left from the first dry member on, in steps of 5 %.
    let coarse = stride(from: 1, through: 0.2, by: -0.05).map { $0 }
    let collapsed = coarse.map { $0 > 0.6 ? $0 : 1e-9 }
    #expect(MemberScale.stray(collapsed, order: Array(coarse.indices), mayCollapse: coarse) == nil)
  }

  @Test(arguments: [1000, 0.001, 100, 0.01, 86400])
  func otherUnitsAreFound(factor: Double) {
    for members in [0...0, 1...1, 2...2, 30...30, 40...60, 84...84] {
      #expect(strays(changed(moisture, members, by: factor)) == Array(members), "moisture of \(members)")
    }
    for members in [0...0, 1...1, 5...5, 20...30] {
      #expect(
        strays(changed(response, members, by: factor), response: true) == Array(members), "response of \(members)")
    }
    #expect(strays(changed(moisture, [3, 17, 50], by: factor)) == [3, 17, 50])
    #expect(strays(changed(moisture, 20...85, by: factor)) == Array(0..<20))
  }

  @Test func theExampleStandsBesideOneOfTheOthers() throws {
    let medians = changed(moisture, 40...60, by: 1000)
    let stray = try #require(MemberScale.stray(medians, order: Array(medians.indices), mayCollapse: nil))
    #expect(stray.example == 40 && stray.neighbour == 39)
    #expect(abs(stray.factor / 983.6 - 1) < 1e-3)
  }

  @Test func mediansAreThoseOfTheCounts() {
    var counts = [Int](repeating: 0, count: RatioClasses.count)
    #expect(RatioClasses.median(counts[...]).isNaN)
    for ratio in [0.5, 0.52, 0.51, 900, 0] {
      if let place = RatioClasses.index(of: ratio) { counts[place] += 1 }
    }
    #expect(abs(RatioClasses.median(counts[...]) / 0.51 - 1) < 0.1)
    #expect(RatioClasses.index(of: .nan) == nil && RatioClasses.index(of: .infinity) == nil)
    #expect(RatioClasses.index(of: -3) == 0 && RatioClasses.index(of: 1e-300) == 0)
    #expect(RatioClasses.index(of: 1e300) == RatioClasses.count - 1)
  }
}
