import BenchmarkReport
import Kernels
import ThresholdCurves

/// The share of cells with a threshold where there is none.
///
/// The test for a bend is the same for all models. So a cell whose pairs do not pass it, as the fit of a parabola tells,
/// is not fitted in the other ways, but for those that do without the test.
struct Level {
  /// A way to look for thresholds.
  struct Way {
    let name: String
    let options: ThresholdOptions
  }

  let ways: [Way]
  let settings: Settings

  /// The default, its raw derivative and every other model; or the preset of the paper with and without the tests.
  init(_ settings: Settings) {
    self.settings = settings
    if CommandLine.value(of: "--preset") == "paper" {
      var published = ThresholdOptions.paper
      published.isPublishedRule = true
      ways = [Way(name: "paper", options: .paper), Way(name: "paper, published rule", options: published)]
    } else {
      let models = ThresholdModel.allCases.filter { $0 != .network }
      let all =
        [
          Way(name: "default", options: ThresholdOptions()),
          Way(name: "raw", options: .defaults { $0.derivative = .raw }),
        ] + models.map { model in Way(name: model.rawValue, options: .defaults { $0.model = model }) }
      let model = CommandLine.value(of: "--model").map { $0 == "network" ? "default" : $0 }
      let only = model ?? CommandLine.value(of: "--derivative")
      if let only, !all.map(\.name).contains(only) { refuse(only, expected: all.map(\.name)) }
      ways = all.filter { $0.name == only ?? $0.name }
    }
  }

  /// Adds a row for each case, and the worst of them.
  func run(_ report: inout BenchmarkReport) {
    let title = "Cells with a threshold where there is none, percent"
    let cells = settings.cells(1000)
    var worst: (name: String, way: String, found: Int) = ("", "", -1)
    var outside = 0
    for (number, null) in (settings.isSmoke ? NullCase.smokeDesign : NullCase.design).enumerated()
    where settings.wants(null.name) {
      let (bent, found) = count(null, number: number, cells: cells)
      let most = found.max() ?? 0
      report.add(
        [
          ("slope", .number(null.slope, digits: 2)), ("noise, %", .number(null.noise, digits: 1)),
          ("kind", .text(null.kind.rawValue)), ("pairs", .count(null.count)), ("x", .text(null.moisture.rawValue)),
          ("bent", .number(100 * Double(bent) / Double(cells), digits: 1)),
        ] + zip(ways, found).map { ($0.name, .number(100 * Double($1) / Double(cells), digits: 1)) }
          + [("upper 95 % limit of the most", .number(upperLimit(most, of: cells), digits: 1))], to: title)
      if upperLimit(most, of: cells) > 5 { outside += 1 }
      if most > worst.found { worst = (null.name, ways[found.firstIndex(of: most) ?? 0].name, most) }
    }
    guard worst.found >= 0 else { return }
    report.add(
      [
        ("worst case", .text(worst.name)), ("way", .text(worst.way)), ("cells", .count(cells)),
        ("found, %", .number(100 * Double(worst.found) / Double(cells), digits: 1)),
        ("upper 95 % limit", .number(upperLimit(worst.found, of: cells), digits: 1)),
        ("cases with a limit above 5 %", .count(outside)),
      ], to: "The worst of them")
  }

  /// Cells that pass the test for a bend, and cells with a threshold in each way.
  private func count(_ null: NullCase, number: Int, cells: Int) -> (bent: Int, found: [Int]) {
    func kernel(_ options: ThresholdOptions) -> ThresholdKernel {
      var options = options
      options.isSeries = null.isSeries
      options.seed = UInt64(settings.seed)
      return ThresholdKernel(options: options, maximumPairs: null.count)
    }
    let kernels = ways.map { kernel($0.options) }
    var test = ways[0].options
    test.model = .quadratic
    let parabola = kernel(test)
    var bent = 0
    var found = ways.map { _ in 0 }
    for index in 0..<cells {
      var random = KeyedGenerator(settings.seed, number, index)
      let pairs = null.pairs(&random)
      // The test's random numbers depend on the cell alone.
      let cell = number * cells + index
      let isBent = parabola.compute(pairs, cell: cell).result.bendP <= test.significance
      if isBent { bent += 1 }
      for (way, kernel) in kernels.enumerated() where isBent || kernel.options.isPublishedRule {
        if kernel.compute(pairs, cell: cell).result.status == .computed { found[way] += 1 }
      }
    }
    return (bent, found)
  }
}
