import Foundation
import RealModule
import Testing

@testable import Kernels

@Suite struct BendEvidenceTests {
  /// A series of Resources/bend-expected.txt with AICc of line, parabola, exponential, power, one break and two.
  private struct Expected {
    var name: Substring
    var smooth: [Double]
    var broken: [Double]
    var pairs: SortedSamples
  }

  private static let expected: [Expected] = {
    guard let url = Bundle.module.url(forResource: "bend-expected", withExtension: "txt"),
      let text = try? String(contentsOf: url, encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let words = line.split(separator: " ")
      let numbers = words.dropFirst().map { Double($0) ?? .nan }
      let values = Array(numbers[6...])
      return Expected(
        name: words[0], smooth: Array(numbers[..<4]), broken: Array(numbers[4..<6]),
        pairs: SortedSamples(
          x: stride(from: 0, to: values.count, by: 2).map { values[$0] },
          y: stride(from: 1, to: values.count, by: 2).map { values[$0] }))
    }
  }()

  @Test func isThatOfBruteForce() throws {
    try #require(Self.expected.count == 32)
    for series in Self.expected {
      let smooth = try #require(series.smooth.min()), broken = try #require(series.broken.min())
      let evidence = series.pairs.bendEvidence
      #expect(abs(evidence - (smooth - broken)) < 1e-4, "\(series.name): \(evidence), expected \(smooth - broken)")
    }
  }

  /// Each family is the best of some series, so that the comparison above sees it.
  @Test func everyFamilyMatters() {
    let smooth = Self.expected.compactMap { series in
      series.smooth.indices.min { series.smooth[$0] < series.smooth[$1] }
    }
    let broken = Self.expected.compactMap { series in
      series.broken.indices.min { series.broken[$0] < series.broken[$1] }
    }
    #expect(Set(smooth) == [0, 1, 2, 3] && Set(broken) == [0, 1])
  }

  private static let smoothShapes: [(String, @Sendable (Double) -> Double)] = [
    ("exponential", { 100 * (1 - Double.exp(-0.04 * ($0 - 5))) }), ("logarithm", { 100 + 40 * Double.log($0 / 100) }),
    ("parabola", { 100 - 0.008 * (110 - $0) * (110 - $0) }), ("root", { 10 * $0.squareRoot() }),
  ]

  @Test(arguments: [0.2, 1, 3])
  func smoothCurvesAreSmoothAndBrokenLinesBroken(noise: Double) {
    var result = ThresholdResult(status: .computed)
    for (name, shape) in Self.smoothShapes {
      for cell in 0..<40 {
        var random = KeyedGenerator(151, cell)
        let x = MoistureKind.allCases[cell % 2].values(86, &random)
        result.bendEvidence = SortedSamples(x: x, y: x.map { shape($0) + noise * random.normal() }).bendEvidence
        #expect(result.bendEvidence <= 10 && result.isSmooth, "\(name), cell \(cell): \(result.bendEvidence)")
      }
    }
    for cell in 0..<40 {
      var random = KeyedGenerator(152, cell)
      let x = MoistureKind.allCases[cell % 2].values(86, &random)
      let threshold = 45 + 35 * random.uniform()
      let y = x.map { 100 - 0.5 * (100 - max($0, threshold)) - 2.5 * max(threshold - $0, 0) + noise * random.normal() }
      result.bendEvidence = SortedSamples(x: x, y: y).bendEvidence
      #expect(result.bendEvidence > 10 && !result.isSmooth, "cell \(cell), \(threshold): \(result.bendEvidence)")
    }
  }

  /// Moistures that reach 0 have no powers; too few pairs no broken lines; exact curves no infinities.
  @Test func degeneratePairs() {
    let x = (0..<30).map { 3 * Double($0) }
    let bent = SortedSamples(x: x, y: x.map { min($0, 40.5) + Double(Int($0) * 7 % 4) / 8 })
    #expect(bent.bendEvidence > 10)
    #expect(SortedSamples(x: [1, 2, 3, 4, 5], y: [1, 2, 4, 4, 4]).bendEvidence.isNaN)
    for y in [x.map { _ in 5 }, x, x.map { 0.1 * $0 * $0 }] {
      let evidence = SortedSamples(x: x, y: y).bendEvidence
      #expect(evidence.isFinite && evidence <= 10, "\(evidence)")
    }
    let exact = SortedSamples(x: x, y: x.map { min($0, 42) }).bendEvidence
    #expect(exact.isFinite && exact > 100)
    // NaN counts as no evidence either way.
    var none = ThresholdResult(status: .noThreshold)
    #expect(!none.isSmooth)
    none.bendEvidence = 10
    #expect(none.isSmooth)
  }
}
