import Testing

@testable import Kernels

/// Analysis of variance, tests of pairs and letters against R 4.2.2 and multcompView 0.1-8.
@Suite struct PairwiseTestsTests {
  private func isNear(_ found: Double, _ wanted: Double, _ tolerance: Double = 1e-11) -> Bool {
    abs(found - wanted) <= tolerance * abs(wanted)
  }

  private let zones = OneWayAnalysis(
    MixedRows.data.response, codes: MixedRows.data.categories[0].codes, groupCount: 4)

  @Test func oneWayAnalysisAsInR() {
    #expect(isNear(zones.between, 36.992908517109115) && isNear(zones.within, 84.091006311263499))
    #expect(zones.betweenFreedom == 3 && zones.withinFreedom == 56)
    #expect(isNear(zones.f, 8.2117496580235017) && isNear(zones.p, 0.00012793765575596584))
    #expect(zones.groups.map(\.count) == [18, 16, 14, 12])
    let means = [-64.154063319999963, -62.769545179853075, -63.539814532018006, -64.98330534276414]
    let deviations = [1.4780793247369017, 1.171691373639272, 0.94229098832382274, 1.1605258159719589]
    for (group, (mean, deviation)) in zip(zones.groups, zip(means, deviations)) {
      #expect(isNear(group.mean, mean) && isNear(group.standardDeviation, deviation))
    }
  }

  @Test func pairsAsInR() {
    // pairwise.t.test(y, zone, p.adjust.method = …); a to d are 0 to 3.
    let wanted: [(Int, Int, none: Double, holm: Double, bonferroni: Double)] = [
      (0, 1, 0.0017450593526847614, 0.0087252967634238073, 0.010470356116108567),
      (0, 2, 0.16505403049948322, 0.2242703528660796, 0.99032418299689939),
      (1, 2, 0.091393098087010349, 0.2242703528660796, 0.5483585885220621),
      (0, 3, 0.074756784288693201, 0.2242703528660796, 0.44854070573215921),
      (1, 3, 1.5582646164459346e-05, 9.3495876986756082e-05, 9.3495876986756082e-05),
      (2, 3, 0.0040892448674339447, 0.016356979469735779, 0.024535469204603668),
    ]
    for adjustment in PairwiseTests.Adjustment.allCases {
      let tests = PairwiseTests(zones, adjustment)
      #expect(tests.order == [1, 2, 0, 3] && tests.pairs.count == 6)
      for pair in tests.pairs {
        let (one, other) = (min(pair.first, pair.second), max(pair.first, pair.second))
        guard let found = wanted.first(where: { $0.0 == one && $0.1 == other }) else {
          Issue.record("no pair \(one), \(other)")
          continue
        }
        let p = [found.holm, found.bonferroni, found.none]
        let place = PairwiseTests.Adjustment.allCases.firstIndex(of: adjustment) ?? 0
        #expect(isNear(pair.p, found.none) && isNear(pair.adjustedP, p[place]), "\(adjustment) \(pair)")
        #expect(pair.difference >= 0 && pair.t >= 0)
      }
    }
    #expect(PairwiseTests(zones).letters == ["a", "ab", "bc", "c"])
    #expect(PairwiseTests(zones, alpha: 0.001).letters == ["a", "ab", "ab", "b"])
    // What is exactly alpha is not below it.
    let last = PairwiseTests(zones).pairs[2]
    #expect(PairwiseTests(zones, alpha: last.adjustedP).letters == ["a", "a", "a", "a"])
    #expect(PairwiseTests(zones, alpha: last.adjustedP.nextUp).letters == ["a", "ab", "ab", "b"])
  }

  /// `multcompLetters(P, threshold = alpha)` of matrices that R makes by the same formula.
  @Test func lettersOfRandomMatrices() {
    for (seed, count, alpha, wanted) in Self.letters {
      let different = Self.matrix(seed, count).map { row in row.map { $0 < alpha } }
      #expect(CompactLetters.letters(different) == wanted, "seed \(seed)")
    }
  }

  /// Two groups share a letter exactly where they do not differ, and no letter says what another one says.
  @Test func lettersTellWhoDiffers() {
    for seed in 1...60 {
      let count = 1 + seed % 17
      for alpha in [0.05, 0.2, 0.5, 0.8] {
        let different = Self.matrix(seed, count).map { row in row.map { $0 < alpha } }
        guard let letters = CompactLetters.letters(different) else {
          Issue.record("no letters of \(count) groups")
          continue
        }
        let words = letters.map(Self.parts)
        for one in 0..<count {
          #expect(!words[one].isEmpty)
          for other in one + 1..<max(count, one + 1) {
            #expect(words[one].isDisjoint(with: words[other]) == different[one][other], "seed \(seed), \(one) \(other)")
          }
        }
      }
    }
  }

  @Test func lettersAtTheEnds() {
    #expect(CompactLetters.letters([]) == [])
    #expect(CompactLetters.letters([[false]]) == ["a"])
    let all = (0..<60).map { _ in [Bool](repeating: true, count: 60) }
    let letters = CompactLetters.letters(all) ?? []
    #expect(letters[0] == "a" && letters[51] == "Z" && letters[52] == ".a" && Set(letters).count == 60)
    #expect(CompactLetters.letters(all.map { $0.map { _ in false } }) == [String](repeating: "a", count: 60))
  }

  /// Groups of one value take part with the deviation of the others.
  @Test func groupsOfOneAndOfNone() {
    let analysis = OneWayAnalysis([1, 2, 3, 10, 4, 6], codes: [0, 0, 0, 1, 3, 3], groupCount: 4)
    #expect(analysis.withinFreedom == 3 && isNear(analysis.pooledDeviation, (4.0 / 3).squareRoot()))
    #expect(analysis.groups[1].standardDeviation.isNaN && analysis.groups[2].count == 0)
    let tests = PairwiseTests(analysis, .none)
    #expect(tests.order == [1, 3, 0] && tests.pairs.count == 3)
    #expect(isNear(tests.pairs[0].t, 5 / ((4.0 / 3).squareRoot() * 1.5.squareRoot())))
  }

  @Test func adjustmentLeavesOutWhatIsMissing() {
    #expect(PairwiseTests.adjusted([0.01, .nan, 0.04], .holm).map { $0.isNaN ? -1 : $0 } == [0.02, -1, 0.04])
    #expect(PairwiseTests.adjusted([0.7, 0.6], .bonferroni) == [1, 1])
  }

  // MARK: Matrices

  /// p of groups i < j, counted from 1: (37 i + 101 j + 53 seed + i j²) · 7919 mod 1009, over 1009.
  private static func matrix(_ seed: Int, _ count: Int) -> [[Double]] {
    (1...count).map { i in
      (1...count).map { j -> Double in
        let mixed: Int = (i * 37 + j * 101 + seed * 53 + i * j * j) * 7919
        return i < j ? Double(mixed % 1009) / 1009 : 1
      }
    }
  }

  /// The letters of a group: each with the points before it.
  private static func parts(_ text: String) -> Set<String> {
    var (parts, part) = (Set<String>(), "")
    for character in text {
      part.append(character)
      guard character != "." else { continue }
      parts.insert(part)
      part = ""
    }
    return parts
  }

  private static let letters: [(Int, Int, Double, [String])] = [
    (1, 3, 0.5, ["a", "b", "c"]), (2, 4, 0.2, ["a", "b", "c", "abc"]),
    (3, 5, 0.3, ["ab", "cd", "ac", "abcd", "bd"]), (4, 6, 0.5, ["ab", "cd", "ac", "bd", "b", "abcd"]),
    (5, 7, 0.2, ["ab", "ab", "a", "ab", "b", "ab", "ab"]),
    (6, 8, 0.3, ["abcd", "abcd", "ab", "abcd", "cd", "abcd", "ac", "bd"]),
    (7, 9, 0.5, ["abcd", "ab", "ac", "ef", "cdef", "aceg", "h", "bdfi", "ghi"]),
    (8, 10, 0.2, ["abcd", "a", "ab", "abcd", "abcd", "abcd", "ac", "abcd", "cd", "bd"]),
    (
      9, 12, 0.3,
      [
        "abcdefghijklmn", "abefglm", "acekopq", "bdfilrst", "cdhijkoprsuv", "abcdhoru", "efgnqtw", "fgijlmnstvw",
        "hjnuvw", "bdhijlmrsuv", "opqrstuvw", "egjkmnpqvw",
      ]
    ),
    (
      10, 20, 0.5,
      [
        "abcdefghijk", "acglmnopqr", "abdlmqstuvwxyzA", "BCDEF", "behsvG", "acdflnqtwxyzHIJK", "LMNOPQR", "eijBCGLMS",
        "ikLNOTUVW", "cfghknoHIJKTUXYZ", "TVWXY.a.b.c.d.e.f", "msuNPV.a", "uABCMP.a.b.c.g",
        "eghoprBDEGMQRXZ.b.d.e.g", "txDFHIQXY", "pEORW.d", "dfjtwzACFHJSY.c.f", "xyDIKQXZ", "lrvwGS.e.f",
        "noqyzAJKUZ.g",
      ]
    ),
  ]
}
