import Testing

@testable import Kernels

@Suite struct BlendingTests {
  private let profile = MoistureProfile(a: -0.2, b: 0.3, c: 0.2)

  @Test func layerMeansAreIntegrals() {
    // ∫₀¹ = −0.2/3 + 0.15 + 0.2
    #expect(abs(profile.mean(from: 0, to: 1) - 0.2833333333333333) < 1e-15)
    let sum = (0..<1000).reduce(0.0) { $0 + profile.value(at: 0.3 + 0.5 * (Double($1) + 0.5) / 1000) } / 1000
    #expect(abs(profile.mean(from: 0.3, to: 0.8) - sum) < 1e-7)
    // The mean over two layers is that of their means.
    let parts = 0.15 * profile.mean(from: 0, to: 0.15) + 0.85 * profile.mean(from: 0.15, to: 1)
    #expect(abs(parts - profile.mean(from: 0, to: 1)) < 1e-15)
  }

  @Test func coefficientsMayBeOfCentimetres() {
    let inCentimetres = MoistureProfile(a: -0.2e-4, b: 0.3e-2, c: 0.2)
    let found = inCentimetres.inMetres(unit: 0.01)
    #expect(abs(found.a + 0.2) < 1e-15 && abs(found.b - 0.3) < 1e-15 && found.c == 0.2)
  }

  @Test func valuesAtDepthsGiveTheProfile() throws {
    let depths = [0, 0.1, 0.3, 0.6]
    let found = try #require(MoistureProfile(depths: depths, values: depths.map(profile.value)))
    #expect(abs(found.a - profile.a) < 1e-12 && abs(found.b - profile.b) < 1e-12 && abs(found.c - profile.c) < 1e-12)
    // numpy.polyfit([0, .1, .3, .6], [.2, .25, .22, .31], 2) of numpy 2.4.6
    let fit = try #require(MoistureProfile(depths: depths, values: [0.2, 0.25, 0.22, 0.31]))
    #expect(abs(fit.a - 0.2727272727273) < 1e-9, "\(fit)")
    #expect(abs(fit.b + 0.0151515151515) < 1e-9)
    #expect(abs(fit.c - 0.2174242424242) < 1e-9)
    #expect(MoistureProfile(depths: [0, 0.1, 0.3], values: [0.2, .nan, 0.3]) == nil)
    #expect(MoistureProfile(depths: [0.1, 0.1, 0.3], values: [0.2, 0.2, 0.3]) == nil)
  }

  @Test func validityIsThatOfTheWholeProfile() {
    // The vertex, 0.3125 at 0.75 m, is the largest.
    #expect(profile.lies(within: 0...0.313, downTo: 1))
    #expect(!profile.lies(within: 0...0.312, downTo: 1))
    #expect(profile.lies(within: 0...0.29, downTo: 0.3))
    #expect(!MoistureProfile(a: 0, b: .nan, c: 0.2).lies(within: 0...1, downTo: 1))
  }

  @Test func layersHaveShares() {
    let layers = [(0, 0.04), (0.04, 0.326), (0.326, 0.866), (0.866, 1.228)].map { SoilLayer(top: $0, bottom: $1) }
    let weights = SoilLayer(top: 0, bottom: 1).weights(of: layers)
    #expect(zip(weights, [0.04, 0.286, 0.54, 0.134]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(SoilLayer(top: 0, bottom: 2).weights(of: layers).isEmpty)
    #expect(SoilLayer(top: 0.0400000001, bottom: 0.326).overlap(layers[0]) == 0)
  }

  /// Three snapshots, one layer, three cells: all, the middle one missing, and none.
  private func blending() -> Blending {
    let observed = [0.20, 0.20, .nan, 0.25, .nan, .nan, 0.10, 0.10, .nan]
    return Blending(
      times: [10, 20, 40], model: [0.30, 0.30, 0.3, 0.30, 0.30, 0.3, 0.30, 0.30, 0.3], observed: observed,
      lower: [0.08, 0.08, 0.08], upper: [0.45, .nan, 0.45], layerCount: 1, cellCount: 3)
  }

  private func blend(_ blending: Blending, at time: Double, _ native: [Double]) -> (
    blended: [Double], error: [Double], clipped: [Int32]
  ) {
    var blended = [Double](repeating: 0, count: native.count)
    var error = blended
    var clipped = [Int32](repeating: 0, count: native.count)
    blending.blend(at: time, native, into: &blended, error: &error, clipped: &clipped)
    return (blended, error, clipped)
  }

  @Test func errorsAreLinesInTime() {
    // numpy.interp([0, 10, 15, 20, 25, 40, 99], [10, 20, 40], [.1, .05, .2]), and of [10, 40], [.1, .2]
    let all = [0.1, 0.1, 0.075, 0.05, 0.0875, 0.2, 0.2]
    let gap = [0.1, 0.1, 0.11666666666666667, 0.13333333333333333, 0.15, 0.2, 0.2]
    for (index, time) in [0.0, 10, 15, 20, 25, 40, 99].enumerated() {
      let found = blend(blending(), at: time, [0.3, 0.3, 0.3])
      #expect(abs(found.error[0] - all[index]) < 1e-15, "\(time)")
      #expect(abs(found.error[1] - gap[index]) < 1e-15, "\(time)")
      #expect(found.error[2].isNaN && found.blended[2] == 0.3)
      #expect(abs(found.blended[0] - (0.3 - all[index])) < 1e-15)
    }
  }

  @Test func snapshotsAreMetExactly() {
    #expect(abs(blend(blending(), at: 20, [0.3, 0.3, 0.3]).blended[0] - 0.25) < 1e-16)
    #expect(abs(blend(blending(), at: 40, [0.3, 0.3, 0.3]).blended[1] - 0.10) < 1e-16)
  }

  @Test func valuesOutOfBoundsAreClippedAndCounted() {
    let dry = blend(blending(), at: 40, [0.2, .nan, 0.05])
    #expect(dry.blended[0] == 0.08 && dry.blended[1].isNaN && dry.blended[2] == 0.05)
    #expect(dry.clipped == [1, 0, 0])
    let wet = blend(blending(), at: 40, [0.9, 0.9, 0.9])
    #expect(wet.blended[0] == 0.45 && abs(wet.blended[1] - 0.7) < 1e-15 && wet.blended[2] == 0.9)
    #expect(wet.clipped == [1, 0, 0])
  }

  @Test func snapshotsAreLeftOutOneByOne() {
    let errors = blending().leaveOneOut()
    // Cell 0: ε = .1 .05 .2; without each: .05, .1 + (.2 − .1)/3, .05. The blend is off by ε − that; the last one is clipped
    // nowhere: .3 − .05 = .25, observed .1.
    #expect(abs(errors[0] - 0.05) < 1e-15)
    #expect(abs(errors[3] - (0.05 - 0.1 - 0.1 / 3)) < 1e-15)
    #expect(abs(errors[6] - 0.15) < 1e-15)
    #expect(abs(errors[1] + 0.1) < 1e-15 && errors[4].isNaN && abs(errors[7] - 0.1) < 1e-15)
    #expect([2, 5, 8].allSatisfy { errors[$0].isNaN })
    let statistics = ErrorStatistics([errors[0], errors[3], errors[6], .nan])
    #expect(statistics.count == 3)
    #expect(abs(statistics.bias - 0.03888888888888889) < 1e-15)
    #expect(abs(statistics.rootMeanSquare - 0.10318986456115) < 1e-12, "\(statistics)")
    #expect(abs(statistics.standardDeviation - 0.1170628194761) < 1e-12, "\(statistics)")
  }

  /// Of errors that are independent from snapshot to snapshot: the one at snapshots left out is as large as the one at moments that
  /// were never seen.
  @Test(arguments: [(7, 0.87...0.91), (41, 0.93...0.96)])
  func theErrorAtSnapshotsLeftOutIsThatOfMomentsNeverSeen(_ snapshots: Int, _ coverage: ClosedRange<Double>) {
    let (cells, count, spread) = (2000, 2 * snapshots - 1, 0.02)
    let errors = (0..<count).map { moment in
      (0..<cells).map { cell in
        var random = KeyedGenerator(5, moment, cell)
        return spread * random.normal()
      }
    }
    // Moments with even numbers are seen.
    let seen = stride(from: 0, to: count, by: 2)
    let truth = [Double](repeating: 0.3, count: cells)
    let blending = Blending(
      times: seen.map(Double.init), model: seen.flatMap { zip(truth, errors[$0]).map { $0 + $1 } },
      observed: seen.flatMap { _ in truth }, lower: truth.map { _ in 0 }, upper: truth.map { _ in 1 }, layerCount: 1,
      cellCount: cells)
    let leftOut = blending.leaveOneOut()
    let predicted = (0..<cells).map { cell in
      ErrorStatistics(blending.times.indices.map { leftOut[$0 * cells + cell] }).rootMeanSquare
    }
    var squares = 0.0
    var inside = 0.0
    for moment in stride(from: 1, to: count, by: 2) {
      let found = blend(blending, at: Double(moment), zip(truth, errors[moment]).map { $0 + $1 }).blended
      for cell in 0..<cells {
        squares += (found[cell] - 0.3) * (found[cell] - 0.3)
        inside += abs(found[cell] - 0.3) <= 1.96 * predicted[cell] ? 1 : 0
      }
    }
    let number = Double(cells * (count / 2))
    // Between two snapshots the variance is 1.5 of the errors'; left out, that of the first and of the last one is 2.
    let expected = (1.5 * Double(snapshots - 2) + 2 * 2) / Double(snapshots)
    let predictedSquare = predicted.reduce(0) { $0 + $1 * $1 } / Double(cells)
    #expect(abs(predictedSquare / (spread * spread) / expected - 1) < 0.03, "\(predictedSquare)")
    #expect(abs(squares / number / (spread * spread) / 1.5 - 1) < 0.03, "\(squares / number)")
    // Few snapshots leave its size uncertain, as few degrees of freedom do.
    #expect(coverage.contains(inside / number), "\(inside / number)")
  }
}
