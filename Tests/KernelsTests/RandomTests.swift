import Kernels
import Testing

@Suite struct RandomTests {
  /// Known answers of Random123 1.14 (tests/kat_vectors, philox4x32 10).
  @Test func philoxGivesThePublishedWords() {
    let answers: [(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, words: SIMD4<UInt32>)] = [
      (SIMD4(0, 0, 0, 0), SIMD2(0, 0), SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)),
      (
        SIMD4(repeating: .max), SIMD2(repeating: .max),
        SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)
      ),
      (
        SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), SIMD2(0xA409_3822, 0x299F_31D0),
        SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)
      ),
    ]
    for answer in answers {
      let words = Philox.words(counter: answer.counter, key: answer.key)
      #expect(words == answer.words)
    }
  }

  private func first(_ sequence: RandomSequence) -> [UInt32] {
    var sequence = sequence
    return (0..<6).map { _ in sequence.next() }
  }

  @Test func everyPartOfTheKeyCounts() {
    let all = [
      RandomSequence(seed: 1, cell: 0, purpose: .weights), RandomSequence(seed: 2, cell: 0, purpose: .weights),
      RandomSequence(seed: 1 << 40, cell: 0, purpose: .weights), RandomSequence(seed: 1, cell: 1, purpose: .weights),
      RandomSequence(seed: 1, cell: 1 << 40, purpose: .weights),
      RandomSequence(seed: 1, cell: 0, network: 1, purpose: .weights),
      RandomSequence(seed: 1, cell: 0, replicate: 1, purpose: .weights),
      RandomSequence(seed: 1, cell: 0, purpose: .resampling),
    ].map(first)
    #expect(Set(all).count == all.count)
    #expect(first(RandomSequence(seed: 1, cell: 0, purpose: .weights)) == all[0])
  }

  @Test func unitsAndIndicesStayInRange() {
    var random = RandomSequence(seed: 4, cell: 2, purpose: .resampling)
    var seen = Set<Int>()
    var sum: Float = 0
    for _ in 0..<20_000 {
      let unit = random.nextUnit()
      #expect(unit > 0 && unit < 1)
      sum += unit
      seen.insert(random.nextIndex(below: 7))
    }
    #expect(abs(sum / 20_000 - 0.5) < 0.01)
    #expect(seen == Set(0..<7))
  }
}
