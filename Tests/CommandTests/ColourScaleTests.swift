import Testing

@testable import smt_mpi

/// Which colours maps are drawn in.
@Suite struct ColourScaleTests {
  private func scale(
    _ name: String, _ values: ClosedRange<Double>, validRange: ClosedRange<Double>? = nil
  ) -> ColourScale {
    let step = (values.upperBound - values.lowerBound) / 1000
    return ColourScale.fitting(
      name: name, validRange: validRange,
      sorted: (0...1000).map { values.lowerBound + Double($0) * step })
  }

  @Test(
    arguments: [
      ("smt", 60.0...130.0, nil, ColourScale.Kind.sequential, 60.0...130.0),
      ("GPP", 0.1...13.7, nil, .sequential, 0...14),
      ("r2", 0.2...0.97, 0...1, .sequential, 0...1),
      ("r2", 0.81...0.99, 0...1, .sequential, 0.8...1),
      ("threshold_probability", 0...1, 0...1, .sequential, 0...1),
      ("layer_trend_p", 0...1, 0...1, .sequential, 0...0.1),
      ("trend_q[depth=1]", 0...1, nil, .sequential, 0...0.1),
      ("start_month", 1...9, nil, .sequential, 1...12),
      ("bend_year", 1982...2012, nil, .sequential, 1980...2015),
      // Both signs.
      ("amount", -3...10, nil, .diverging, -10...10),
      ("trend", -0.013...0.002, nil, .diverging, -0.014...0.014),
      // One sign, but a difference.
      ("sen_slope", 0.1...3, nil, .diverging, -3...3),
      ("mk_z", 0.1...3, nil, .diverging, -3...3),
      ("correlation", -0.2...0.95, -1...1, .diverging, -1...1),
      // No differences, though their names say so.
      ("trend_stddev", 0.1...3, nil, .sequential, 0...3),
      ("interannual_change", 0...3, 0...10, .sequential, 0...3),
    ] as [(String, ClosedRange<Double>, ClosedRange<Double>?, ColourScale.Kind, ClosedRange<Double>)])
  func scaleFitsTheQuantity(
    name: String, values: ClosedRange<Double>, validRange: ClosedRange<Double>?, kind: ColourScale.Kind,
    limits: ClosedRange<Double>
  ) {
    let scale = scale(name, values, validRange: validRange)
    #expect(scale.kind == kind)
    #expect(scale.low == limits.lowerBound && scale.high == limits.upperBound, "\(scale.low)...\(scale.high)")
  }

  @Test func fewValuesHaveLimitsToo() {
    for values in [[], [0], [5], [-3, -3], [1e-30], [1e30], [7, 7, 7, 8]] as [[Double]] {
      for name in ["smt", "trend"] {
        let scale = ColourScale.fitting(name: name, validRange: nil, sorted: values)
        #expect(scale.low < scale.high && scale.low.isFinite && scale.high.isFinite, "\(name) \(values)")
        for value in values {
          let edge = 1e-12 * abs(value)
          #expect(
            scale.low - edge <= value && value <= scale.high + edge,
            "\(value) outside \(scale.low)...\(scale.high)")
        }
      }
    }
  }

  @Test func outliersDoNotStretchTheScale() {
    var values = (0..<1000).map { 80 + Double($0) / 50 }
    values[999] = 1e9
    #expect(ColourScale.fitting(name: "smt", validRange: nil, sorted: values).high == 100)
  }

  @Test func lightnessGrowsEvenly() {
    let lightness = ColourScale.sequentialColours.map(\.perceived.x)
    for (one, next) in zip(lightness, lightness.dropFirst()) { #expect(one <= next) }
    for step in 1...16 {
      // Between equal steps, the same change, to a quarter.
      let change = lightness[16 * step - 1] - lightness[16 * (step - 1)]
      #expect(abs(change / 0.0376 - 1) < 0.25, "\(change)")
    }
    let diverging = ColourScale.divergingColours.map(\.perceived.x)
    for index in 0..<128 {
      #expect(abs(diverging[index] - diverging[255 - index]) < 0.02)
      #expect(diverging[index] <= diverging[index + 1] + 0.002)
    }
  }

  @Test(arguments: 1...30) func classesDiffer(count: Int) {
    let scale = ColourScale.classes((0..<count).map { "class_\($0)" })
    let colours = scale.colours + [ColourScale.missing, ColourScale.noResult, ColourScale.leftOut]
    for (index, colour) in colours.enumerated() {
      for other in colours[..<index] where index < count || colours.firstIndex(of: other) ?? 0 < count {
        #expect(colour.difference(from: other) > 0.08, "\(colour.text), \(other.text)")
      }
    }
    for index in 0..<count { #expect(scale.colour(Double(index)) == scale.colours[index]) }
    #expect(scale.colour(Double(count)) == nil && scale.colour(-1) == nil)
  }

  /// As many as a map of regions has.
  @Test(.timeLimit(.minutes(1))) func thousandsOfClassesHaveColours() {
    let scale = ColourScale.classes((0..<3000).map { "class_\($0)" })
    #expect(scale.colours.count == 3000 && Set(scale.colours).count > 200)
  }

  @Test func cellsWithoutAResultAreGrey() {
    let scale = ColourScale.classes(["computed", "not_land", "no_threshold", "outside_selection"])
    #expect(scale.colours[1] == ColourScale.missing && scale.colours[3] == ColourScale.leftOut)
    #expect(scale.colours[0].difference(from: scale.colours[2]) > 0.1)
  }

  @Test func valuesBeyondTheLimitsHaveTheLastColours() {
    let scale = ColourScale(kind: .sequential, colours: ColourScale.sequentialColours, low: 10, high: 20)
    #expect(scale.colour(9) == scale.colours[0] && scale.colour(10) == scale.colours[0])
    #expect(scale.colour(20) == scale.colours[255] && scale.colour(1e300) == scale.colours[255])
    #expect(scale.colour(15) == scale.colours[128])
    #expect(scale.colour(.nan) == nil && scale.colour(.infinity) == nil)
  }

  /// Of colours whose places in OKLab are published.
  @Test func perceivedColoursAreThoseOfOKLab() {
    for (colour, expected) in [
      (RGB(0xffffff), SIMD3(1, 0, 0)), (RGB(0xff0000), SIMD3(0.62796, 0.22486, 0.12585)),
      (RGB(0x0000ff), SIMD3(0.45201, -0.03246, -0.31153)),
    ] {
      #expect((colour.perceived - expected).max() < 1e-4 && (expected - colour.perceived).max() < 1e-4)
    }
    #expect(RGB(0x00ff7f).text == "#00ff7f")
  }
}
