import BenchmarkReport
import Kernels
import ThresholdCurves

/// The share of two-slope curves whose threshold is found, and the error, by how hard that is.
///
/// Curves fall from 100 at x = 100 with a slope of 0.6 down to the threshold, which is drawn from within 0.5 % of the case's,
/// and with so many times that slope below it; below 8 % they level off.
struct Power {
  /// One case: the ratio of slopes, threshold and noise in percent, number of pairs.
  struct Case: Hashable {
    var ratio = 3.0
    var threshold = 60.0
    var noise = 1.0
    var count = 86

    var name: String { "ratio \(ratio), threshold \(threshold) %, noise \(noise) %, \(count) pairs" }
  }

  /// What is found in a case.
  struct Outcome {
    /// Cells with a threshold, percent.
    var found: Double
    /// Root mean square error of those, percent.
    var error: Double
    /// Cells whose threshold is within 5 % of the truth, percent of all.
    var within: Double
  }

  /// One of the things that make it hard, along which cases lie.
  struct Axis {
    let name: String
    var unit = ""
    let values: [Double]
    let set: @Sendable (inout Case, Double) -> Void
  }

  static let highSlope = 0.6
  static let noises = [0.2, 1, 3, 5, 10]
  static let ratio = Axis(name: "ratio of slopes", values: [1.2, 1.5, 2, 3, 5, 8]) { $0.ratio = $1 }
  static let threshold = Axis(name: "threshold", unit: ", %", values: [20, 40, 60, 80, 90, 96]) { $0.threshold = $1 }
  static let pairs = Axis(name: "pairs", values: [15, 26, 43, 86, 132, 264]) { $0.count = Int($1) }

  let settings: Settings

  /// Adds a table for each axis against noise, and for each two axes at 3 %; draws them where `--plot FILE.svg` asks for it.
  ///
  /// - Throws: where the picture cannot be written.
  func run(_ report: inout BenchmarkReport) throws {
    let noise = Axis(name: "noise", unit: ", %", values: Self.noises) { $0.noise = $1 }
    let axes = [Self.ratio, Self.threshold, Self.pairs]
    var known: [Case: Outcome] = [:]
    for axis in axes { add(axis, noise, Case(), &known, to: &report) }
    add(Self.ratio, Self.threshold, Case(noise: 3), &known, to: &report)
    add(Self.ratio, Self.pairs, Case(noise: 3), &known, to: &report)
    add(Self.threshold, Self.pairs, Case(noise: 3), &known, to: &report)
    if let path = CommandLine.value(of: "--plot") {
      try PowerPicture(axes: axes, noises: Self.noises, outcomes: known).svg
        .write(toFile: path, atomically: true, encoding: .utf8)
    }
  }

  private func add(
    _ rows: Axis, _ columns: Axis, _ base: Case, _ known: inout [Case: Outcome], to report: inout BenchmarkReport
  ) {
    let limit = settings.isSmoke ? 1 : .max
    for row in rows.values.prefix(limit) {
      for column in columns.values.prefix(limit) {
        var one = base
        rows.set(&one, row)
        columns.set(&one, column)
        guard settings.wants(one.name) else { continue }
        let outcome = known[one] ?? measure(one)
        known[one] = outcome
        report.add(
          [
            "ratio": .number(one.ratio, digits: 1), "threshold, %": .number(one.threshold, digits: 0),
            "noise, %": .number(one.noise, digits: 1), "pairs": .count(one.count),
            "found, %": .number(outcome.found, digits: 1), "RMSE, %": .number(outcome.error, digits: 2),
            "within 5 %, % of all": .number(outcome.within, digits: 1),
          ], to: "Power by \(rows.name) and \(columns.name)")
      }
    }
  }

  private func measure(_ one: Case) -> Outcome {
    let options = ThresholdOptions.defaults { $0.seed = UInt64(settings.seed) }
    let kernel = ThresholdKernel(options: options, maximumPairs: one.count)
    let cells = settings.cells(400)
    var errors: [Double] = []
    for cell in 0..<cells {
      var random = KeyedGenerator(
        settings.seed, Int(10 * one.ratio), Int(one.threshold), Int(10 * one.noise), one.count, cell)
      let curve = TwoSlopeCurve(
        threshold: one.threshold + random.uniform() - 0.5, highSlope: Self.highSlope,
        lowSlope: one.ratio * Self.highSlope)
      let pairs = Pairs.ensemble(one.count, noise: one.noise, &random) { curve($0) }
      let result = kernel.compute(pairs, cell: cell).result
      if result.status == .computed { errors.append(result.smt - curve.threshold) }
    }
    return Outcome(
      found: 100 * Double(errors.count) / Double(cells), error: mean(errors.map { $0 * $0 }).squareRoot(),
      within: 100 * Double(errors.count { $0.magnitude <= 5 }) / Double(cells))
  }
}
