import Distributed
import Foundation
import Kernels

/// A regression with its names: tables, text and numbers of it.
struct RegressionResult {
  let settings: RegressionSettings
  let classes: [[String]]
  let fit: Regression
  /// Of the response as it is, by category.
  let groups: [(analysis: OneWayAnalysis, tests: PairwiseTests)]
  private let bases: [Int]

  /// - Throws: exit code 75 where a signal asks for the end.
  init(_ rows: RegressionRows, _ settings: RegressionSettings) throws {
    self.settings = settings
    classes = rows.classes
    bases = rows.data.categories.map(\.base)
    fit = Regression(
      rows.data, Regression.Options(standardises: settings.standardises, clusters: rows.clusters))
    groups = try rows.data.categories.map { category in
      try Interruption.check("while the regression was fitted")
      let analysis = OneWayAnalysis(
        rows.data.response, codes: category.codes, groupCount: category.classCount)
      return (analysis, PairwiseTests(analysis, settings.adjustment, alpha: settings.alpha))
    }
  }

  /// Bytes that the fit and its tables take besides the rows.
  static func bytes(numbers: Int, classCounts: [Int]) -> Int {
    let columns = classCounts.reduce(numbers, +)
    let pairs = classCounts.reduce(0) { $0 + $1 * ($1 - 1) / 2 }
    // Matrices of products, and each pair as it is tested and as text.
    return 6 * 8 * columns * columns + 400 * pairs
  }

  /// What a term is called.
  private func name(_ term: Regression.Term) -> String {
    switch term.column {
    case nil: "intercept"
    case .number(let index): settings.numbers[index].name
    case .dummy(let category, let code): "\(settings.categories[category].name)=\(classes[category][code])"
    }
  }

  private var isClustered: Bool { settings.clusters != nil }

  // MARK: Tables

  /// A row for each term; `*_clustered` with `--block-degrees` or `--cluster`.
  var terms: Table {
    var table = Table(
      columns: ["term", "estimate", "se", "t", "p", "stars", "status"]
        + (isClustered ? ["se_clustered", "t_clustered", "p_clustered", "stars_clustered"] : []))
    for term in fit.terms {
      var entries: [Table.Entry] = [
        .text(name(term)), .number(term.estimate), .number(term.standardError), .number(term.t), .number(term.p),
        .text(significanceStars(term.p)), .text(term.status.rawValue),
      ]
      if isClustered {
        let own = term.clustered
        entries += [
          .number(own?.standardError ?? .nan), .number(own?.t ?? .nan), .number(own?.p ?? .nan),
          .text(significanceStars(own?.p ?? .nan)),
        ]
      }
      table.add(entries)
    }
    return table
  }

  /// The model's terms one after the other, then the classes of each category alone.
  var variance: Table {
    var table = Table(columns: ["analysis", "term", "df", "sum_of_squares", "mean_square", "f", "p"])
    func add(_ analysis: String, _ term: String, _ freedom: Int, _ squares: Double, _ f: Double, _ p: Double) {
      table.add([
        .text(analysis), .text(term), .count(freedom), .number(squares), .number(squares / Double(freedom)),
        .number(f), .number(p),
      ])
    }
    for (source, step) in zip(settings.numbers + settings.categories, fit.steps) {
      add("model", source.name, step.degreesOfFreedom, step.squares, step.f, step.p)
    }
    if fit.degreesOfFreedom > 0 { add("model", "residuals", fit.degreesOfFreedom, fit.residualSquares, .nan, .nan) }
    for (source, (analysis, _)) in zip(settings.categories, groups) {
      add(source.name, source.name, analysis.betweenFreedom, analysis.between, analysis.f, analysis.p)
      add(source.name, "residuals", analysis.withinFreedom, analysis.within, .nan, .nan)
    }
    return table
  }

  /// A row for each pair of classes, those of greater mean first.
  var pairs: Table {
    var table = Table(columns: ["category", "class_1", "class_2", "difference", "t", "p", "p_adjusted"])
    for (index, (_, tests)) in groups.enumerated() {
      for pair in tests.pairs {
        table.add([
          .text(settings.categories[index].name), .text(classes[index][pair.first]), .text(classes[index][pair.second]),
          .number(pair.difference), .number(pair.t), .number(pair.p), .number(pair.adjustedP),
        ])
      }
    }
    return table
  }

  /// A row for each class, by descending mean.
  var letters: Table {
    var table = Table(columns: ["category", "class", "n", "mean", "sd", "letters"])
    for (index, (analysis, tests)) in groups.enumerated() {
      for (place, group) in tests.order.enumerated() {
        let found = analysis.groups[group]
        table.add([
          .text(settings.categories[index].name), .text(classes[index][group]), .count(found.count),
          .number(found.mean), .number(found.standardDeviation), .text(tests.letters?[place] ?? ""),
        ])
      }
    }
    return table
  }

  // MARK: Report

  /// Numbers by name, for the report; those that are none are left out.
  var numbers: [String: Double] {
    var numbers = [
      "n": Double(fit.count), "degrees_of_freedom": Double(fit.degreesOfFreedom), "r2": fit.determination,
      "r2_adjusted": fit.adjustedDetermination, "sigma": fit.residualError, "f": fit.f, "f_p": fit.p,
    ]
    if isClustered { numbers["clusters"] = Double(fit.clusterCount) }
    for term in fit.terms {
      numbers["\(name(term))_estimate"] = term.estimate
      numbers["\(name(term))_se"] = term.standardError
      numbers["\(name(term))_p"] = term.p
      if let own = term.clustered {
        numbers["\(name(term))_se_clustered"] = own.standardError
        numbers["\(name(term))_p_clustered"] = own.p
      }
    }
    for (source, (analysis, _)) in zip(settings.categories, groups) {
      numbers["\(source.name)_anova_f"] = analysis.f
      numbers["\(source.name)_anova_p"] = analysis.p
    }
    return numbers.filter(\.value.isFinite)
  }

  /// Terms by status.
  var statusCounts: [String: Int] {
    Dictionary(fit.terms.map { ($0.status.rawValue, 1) }, uniquingKeysWith: +)
  }

  /// Fewer clusters make clustered errors too small (Cameron and Miller 2015, section VI).
  private static let fewestClusters = 30

  /// What may be wrong with the fit.
  var concerns: [String] {
    var concerns: [String] = []
    func add(_ status: RegressionStatus, _ words: String) {
      let names = fit.terms.filter { $0.status == status }.map { "'\(name($0))'" }
      guard !names.isEmpty else { return }
      concerns.append(
        names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", … (\(names.count) terms)" : "") + words)
    }
    if fit.degreesOfFreedom < 1 {
      return [
        "\(settings.rowsText(fit.count)) are too few for \(counted(fit.rank, "coefficient")): no term has an estimate (too_few_rows)"
      ]
    }
    add(.aliased, ": no estimate, since other terms say the same or the values do not vary (aliased)")
    add(.oneRow, ": a class of one \(settings.response.isTable ? "row" : "cell") (one_row)")
    if isClustered, fit.clusterCount < 2 {
      concerns.append("one cluster is too few for clustered standard errors")
    } else if isClustered, fit.clusterCount < Self.fewestClusters {
      concerns.append(
        "\(counted(fit.clusterCount, "cluster", ("is", "are"))) few for clustered standard errors of \(counted(fit.rank, "coefficient")), which come out too "
          + "small; expected \(Self.fewestClusters) or more: do not trust their p and stars")
    }
    if fit.isExact {
      concerns.append(
        "the fit leaves nothing but rounding: a term says the same as the response; errors, p and stars mean nothing")
    }
    return concerns
  }

  // MARK: Terminal

  /// The fit as `summary` of R tells it.
  var text: String {
    var lines = [
      "\(settings.response.name) on \((settings.numbers + settings.categories).map(\.name).joined(separator: ", ")), "
        + settings.rowsText(fit.count) + (settings.standardises ? ", response and numbers as z-scores" : "")
    ]
    for (index, source) in settings.categories.enumerated() {
      lines.append("base of \(source.name): \(classes[index][bases[index]])")
    }
    lines.append("")
    let width = (fit.terms.map { name($0).count }.max() ?? 0) + 2
    func line(_ name: String, _ entries: [String]) -> String {
      name + String(repeating: " ", count: max(1, width - name.count))
        + entries.map { String(repeating: " ", count: max(1, 13 - $0.count)) + $0 }.joined()
    }
    lines.append(
      line("term", ["estimate", "std. error", "t", "p"] + (isClustered ? ["clustered", "p"] : [])))
    for term in fit.terms {
      guard term.estimate.isFinite else {
        lines.append(line(name(term), [term.status.rawValue]))
        continue
      }
      let own = term.clustered
      let stars = significanceStars(own?.p ?? term.p)
      lines.append(
        line(
          name(term),
          [short(term.estimate), short(term.standardError), short(term.t), short(term.p)]
            + (own.map { [short($0.standardError), short($0.p)] } ?? []))
          + (stars.isEmpty ? "" : " " + stars))
    }
    lines.append(
      "*** p < 0.001, ** p < 0.01, * p < 0.05" + (fit.clusterCount > 1 ? ", by \(fit.clusterCount) clusters" : ""))
    if fit.degreesOfFreedom > 0 {
      lines += [
        "",
        "residual standard error \(short(fit.residualError)) on \(counted(fit.degreesOfFreedom, "degree of freedom", plural: "degrees of freedom"))",
        "R² \(short(fit.determination)), adjusted \(short(fit.adjustedDetermination))",
      ]
      if fit.f.isFinite {
        lines.append("F \(short(fit.f)) on \(fit.rank - 1) and \(fit.degreesOfFreedom), p \(short(fit.p))")
      }
    }
    for index in groups.indices { lines += groupLines(index) }
    return lines.joined(separator: "\n")
  }

  /// The most classes that the terminal is told.
  private static let mostClasses = 40

  private func groupLines(_ index: Int) -> [String] {
    let (analysis, tests) = groups[index]
    let source = settings.categories[index]
    var lines = [
      "",
      "\(settings.response.name) by \(source.name): F \(short(analysis.f)) on \(analysis.betweenFreedom) and "
        + "\(analysis.withinFreedom), p \(short(analysis.p))",
    ]
    let width = (classes[index].map(\.count).max() ?? 0) + 2
    for (place, group) in tests.order.prefix(Self.mostClasses).enumerated() {
      let (found, name) = (analysis.groups[group], classes[index][group])
      lines.append(
        "  " + name + String(repeating: " ", count: width - name.count)
          + [String(found.count), short(found.mean)].map {
            String(repeating: " ", count: max(1, 11 - $0.count)) + $0
          }.joined() + "  " + (tests.letters?[place] ?? ""))
    }
    if tests.order.count > Self.mostClasses {
      lines.append("  … \(counted(tests.order.count - Self.mostClasses, "class", plural: "classes")) more")
    }
    let different = tests.pairs.count { $0.adjustedP < settings.alpha }
    lines.append(
      "\(different) of \(counted(tests.pairs.count, "pair")) \(different == 1 ? "differs" : "differ") at \(settings.alpha.shortText) (p by \(settings.adjustment.rawValue))"
    )
    return lines
  }

  private func short(_ number: Double) -> String { numberText(number, "%.5g") }
}
