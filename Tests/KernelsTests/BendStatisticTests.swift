import Foundation
import Testing

@testable import Kernels

/// Moistures in ascending order: regular, random, or repeated.
enum MoistureKind: CaseIterable {
  case regular, random, repeated

  func values(_ count: Int, _ random: inout KeyedGenerator) -> [Double] {
    (0..<count).map { index in
      let uniform = 15 + 85 * random.uniform()
      switch self {
      case .regular: return 15 + 85 * Double(index) / Double(count - 1)
      case .random: return uniform
      case .repeated: return (uniform / 6).rounded() * 6
      }
    }.sorted()
  }
}

/// The statistic as its definition says it, by a least-squares fit for every break of every window.
private struct PlainStatistic {
  var largest = -Double.infinity
  var profile: [Double]

  init(x: [Double], y: [Double]) {
    let count = x.count
    profile = [Double](repeating: -.infinity, count: count)
    let common = 10 * noiseVariance(x: x, y: y)
    var size = Double(count)
    while Int(size.rounded()) >= max(9, count / 9) {
      let length = Int(size.rounded())
      var starts = Array(stride(from: 0, to: count - length, by: max(1, length / (count < 150 ? 6 : 4))))
      starts.append(count - length)
      for start in starts {
        let (x, y) = (Array(x[start..<start + length]), Array(y[start..<start + length]))
        guard let line = LinearFit([x.map { _ in 1 }, x], y) else { continue }
        let penalty = 0.7 * (2 * (1 + log(Double(count) / Double(length)))).squareRoot()
        let freedom = Double(length) + 7
        for inner in stride(from: 3, to: length - 3, by: max(1, (length - 6) / 15)) {
          let bend = x.map { max($0 - x[inner], 0) }
          guard let fit = LinearFit([x.map { _ in 1 }, x, bend], y), fit.coefficients[2] < 0 else { continue }
          let gain = line.rss - fit.rss
          let deviate = (freedom * log(1 + gain / (fit.rss + common))).squareRoot() * (1 - 0.75 / freedom) - penalty
          profile[start + inner] = max(profile[start + inner], deviate)
          largest = max(largest, deviate)
        }
      }
      size /= 1.5
    }
  }
}

private func areNear(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
  a == b || abs(a - b) <= tolerance * max(1, abs(b))
}

@Suite struct BendStatisticTests {
  private static let counts = [9, 10, 43, 86, 264]

  /// Responses of the tests: noise alone, a line, two slopes, a collapse, and one that steepens.
  private static func responses(_ x: [Double], _ random: inout KeyedGenerator) -> [[Double]] {
    let shapes: [(Double) -> Double] = [
      { _ in 100 }, { 20 + 0.8 * $0 }, { 100 - 0.5 * (100 - max($0, 60)) - 2 * max(60 - $0, 0) },
      { max(4 * ($0 - 50), 0) - 3.8 * max($0 - 75, 0) }, { 0.01 * $0 * $0 },
    ]
    return shapes.map { shape in x.map { shape($0) + 2 * random.normal() } }
  }

  @Test(arguments: MoistureKind.allCases)
  func isThatOfLeastSquaresFits(kind: MoistureKind) {
    for count in Self.counts {
      var random = KeyedGenerator(101, count)
      let x = kind.values(count, &random)
      let statistic = BendStatistic(x: x)
      var bent = 0
      for y in Self.responses(x, &random) {
        let expected = PlainStatistic(x: x, y: y)
        #expect(areNear(statistic(y), expected.largest, 1e-9), "\(count) pairs")
        let profile = statistic.profile(y)
        for (found, plain) in zip(profile, expected.profile) {
          #expect(areNear(found, plain, 1e-9), "\(count) pairs: \(found), \(plain)")
        }
        #expect(profile.max() == statistic(y))
        bent += expected.profile.count { $0.isFinite }
      }
      // Not all of the comparisons are of infinities: of nine pairs three can be breaks.
      #expect(bent >= 3, "\(count) pairs")
    }
  }

  @Test(arguments: MoistureKind.allCases)
  func linesAndFactorsChangeNothing(kind: MoistureKind) {
    for count in Self.counts {
      var random = KeyedGenerator(102, count)
      let x = kind.values(count, &random)
      let statistic = BendStatistic(x: x)
      for y in Self.responses(x, &random) {
        let value = statistic(y)
        for slope in [-3, 0.2, 5] {
          let tilted = zip(x, y).map { $1 + 700 + slope * $0 }
          #expect(areNear(statistic(tilted), value, 1e-8), "\(count) pairs, slope \(slope)")
        }
        for factor in [1e-6, 0.3, 40] {
          #expect(areNear(statistic(y.map { factor * $0 }), value, 1e-9), "\(count) pairs, factor \(factor)")
        }
        let moved = BendStatistic(x: x.map { 3 * $0 + 1000 })
        #expect(areNear(moved(y), value, 1e-8), "\(count) pairs")
      }
    }
  }

  /// Of what bends the other way everywhere nothing is left, and the opposite is as clear as can be.
  @Test func steepeningCurvesDoNotBend() {
    for count in Self.counts {
      var random = KeyedGenerator(103, count)
      for kind in MoistureKind.allCases {
        let x = kind.values(count, &random)
        let statistic = BendStatistic(x: x)
        let steepening = x.map { 0.01 * $0 * $0 }
        #expect(statistic(steepening) == -.infinity, "\(count) pairs")
        #expect(statistic.profile(steepening).allSatisfy { $0 == -.infinity })
        #expect(statistic(steepening.map { -$0 }) > 3.8, "\(count) pairs")
        #expect(statistic(x.map { _ in 50 }) == -.infinity)
      }
    }
  }

  /// The profile is highest where the curve bends.
  @Test func profilesPointAtTheBend() throws {
    for threshold in stride(from: 35.0, through: 85, by: 10) {
      var random = KeyedGenerator(104, Int(threshold))
      let x = MoistureKind.random.values(86, &random)
      let y = x.map { 100 - 0.5 * (100 - max($0, threshold)) - 2 * max(threshold - $0, 0) + 0.5 * random.normal() }
      let profile = BendStatistic(x: x).profile(y)
      let best = try #require(profile.indices.max { profile[$0] < profile[$1] })
      #expect(abs(x[best] - threshold) < 6, "\(threshold): \(x[best])")
    }
  }
}

extension BendStatistic {
  /// The statistic of values in memory of its own.
  fileprivate func callAsFunction(_ y: [Double]) -> Double {
    var sums = [Double](repeating: 0, count: 3 * (y.count + 1))
    return sums.withUnsafeMutableBufferPointer { sums in y.withUnsafeBufferPointer { self($0, sums: sums) } }
  }
}
