/// Samples dealt out to folds, groups of samples kept together: each fold is the test part once, the others train.
package struct FoldPlan: Sendable, Equatable {
  /// The fold of each sample, from 0.
  package let fold: [Int]
  /// The number of folds.
  package let count: Int

  /// Deals groups out, the largest first, each to the fold that has fewest samples so far; nil where there are fewer groups
  /// than folds.
  ///
  /// Groups of one size come in an order that the seed gives.
  /// - Parameters:
  ///   - groups: the group of each sample, numbered from 0 without gaps.
  ///   - folds: from 2.
  package init?(groups: [Int], folds: Int, seed: UInt64) {
    precondition(folds >= 2, "at least two folds")
    var sizes = [Int](repeating: 0, count: (groups.max() ?? -1) + 1)
    for group in groups { sizes[group] += 1 }
    guard sizes.count >= folds else { return nil }
    var random = SplitRandom(seed: seed, training: 0, iteration: 0, purpose: .folds)
    let shuffled = random.choice(of: sizes.count, from: sizes.count)
    // Swift's sort is stable.
    let order = shuffled.sorted { sizes[$0] > sizes[$1] }
    var filled = [Int](repeating: 0, count: folds)
    var foldOfGroup = [Int](repeating: 0, count: sizes.count)
    for group in order {
      let fold = filled.indices.min { (filled[$0], $0) < (filled[$1], $1) } ?? 0
      foldOfGroup[group] = fold
      filled[fold] += sizes[group]
    }
    fold = groups.map { foldOfGroup[$0] }
    count = folds
  }

  /// The samples of both parts of a fold, ascending.
  package func parts(of fold: Int) -> SampleParts {
    SampleParts(
      training: self.fold.indices.filter { self.fold[$0] != fold },
      test: self.fold.indices.filter { self.fold[$0] == fold })
  }

  /// Samples of the test part by those of the training part, the mean of the folds.
  package var testShare: Double {
    (0..<count).reduce(0.0) { sum, fold in
      let test = self.fold.count { $0 == fold }
      return sum + Double(test) / Double(self.fold.count - test)
    } / Double(count)
  }
}

/// The samples that train a network and those that test it, both ascending.
package struct SampleParts: Sendable, Equatable {
  /// Samples that train.
  package var training: [Int]
  /// Samples that test.
  package var test: [Int]
}

extension SampleParts {
  /// A random split of 10 : 3, another one at every iteration, as in the paper: what tests now has trained before.
  ///
  /// It depends on the seed, the training and the iteration alone.
  package init(randomOf count: Int, seed: UInt64, training number: Int, iteration: Int) {
    var random = SplitRandom(seed: seed, training: number, iteration: iteration, purpose: .iteration)
    test = random.choice(of: SampleParts.randomTestCount(count), from: count).sorted()
    var isTest = [Bool](repeating: false, count: count)
    for sample in test { isTest[sample] = true }
    training = isTest.indices.filter { !isTest[$0] }
  }

  /// Samples of the test part of a random split: three thirteenths.
  package static func randomTestCount(_ count: Int) -> Int { (3 * count + 6) / 13 }
}

/// Random numbers of one split, by their key alone (Philox).
struct SplitRandom {
  /// What is split; sequences of different purposes are independent.
  enum Purpose: UInt32 {
    /// Groups dealt out to folds.
    case folds = 0x464F_4C44
    /// The split of an iteration.
    case iteration = 0x5350_4C49
  }

  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var words = SIMD4<UInt32>()
  private var used = 4

  init(seed: UInt64, training: Int, iteration: Int, purpose: Purpose) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = SIMD4(
      0, UInt32(truncatingIfNeeded: iteration), UInt32(truncatingIfNeeded: training), purpose.rawValue)
  }

  /// So many different ones of the numbers below `count`, in random order (Fisher & Yates).
  mutating func choice(of wanted: Int, from count: Int) -> [Int] {
    var numbers = Array(0..<count)
    for place in 0..<wanted { numbers.swapAt(place, place + index(below: count - place)) }
    return Array(numbers.prefix(wanted))
  }

  private mutating func index(below count: Int) -> Int {
    if used == 4 {
      words = Philox.words(counter: counter, key: key)
      counter.x &+= 1
      used = 0
    }
    defer { used += 1 }
    return Int((UInt64(words[used]) * UInt64(count)) >> 32)
  }
}
