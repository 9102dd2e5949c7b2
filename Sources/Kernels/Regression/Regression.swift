/// Multiple linear regression by least squares, with an intercept.
///
/// Rows are summed up in their order, so that the bits depend on the data alone.
package struct Regression: Sendable {
  /// What a coefficient is, and how sure.
  package struct Term: Sendable, Equatable {
    /// The column; nil for the intercept.
    package var column: RegressionData.Column?
    package var status: RegressionStatus
    /// NaN where the status says that there is none.
    package var estimate = Double.nan
    package var standardError = Double.nan
    /// The estimate over its standard error.
    package var t = Double.nan
    /// Two-sided, of Student's t.
    package var p = Double.nan
    /// The same by clusters, where they were asked for.
    package var clustered: Clustered?

    /// A standard error that allows for rows of a cluster that belong together.
    package struct Clustered: Sendable, Equatable {
      package var standardError: Double
      package var t: Double
      package var p: Double
    }
  }

  /// The intercept, then the columns in the order of `RegressionData.columns`.
  package let terms: [Term]
  /// Rows.
  package let count: Int
  /// Coefficients that were estimated, the intercept among them.
  package let rank: Int
  /// Part of the response's variance that the fit explains.
  package let determination: Double
  /// The same, adjusted for the number of coefficients.
  package let adjustedDetermination: Double
  /// Residual standard error, in the units of the response or of its z-scores.
  package let residualError: Double
  /// F of all columns together; NaN without any.
  package let f: Double
  package let p: Double
  /// The residual sum of squares, in the units of `residualError` squared.
  package let residualSquares: Double
  /// What each number, and each category as a whole, adds to the sum of squares explained, in the order of terms.
  package let steps: [Step]
  /// The number of clusters; 0 without any.
  package let clusterCount: Int

  /// Whether the columns leave nothing of the response but rounding, so that errors and p mean nothing.
  package let isExact: Bool

  /// Degrees of freedom of the residuals.
  package var degreesOfFreedom: Int { count - rank }

  /// A line of the analysis of variance in which terms are added one after the other (type I, as `anova` of R).
  package struct Step: Sendable, Equatable {
    package var degreesOfFreedom: Int
    package var squares: Double
    package var f: Double
    package var p: Double
  }

  /// Settings of a regression.
  package struct Options: Sendable {
    /// Whether response and numbers become z-scores (n − 1); classes stay 0 and 1.
    package var standardises: Bool
    /// The cluster of each row, from 0; empty for none.
    package var clusters: [Int32]

    /// Settings; z-scores and no clusters by default.
    package init(standardises: Bool = true, clusters: [Int32] = []) {
      self.standardises = standardises
      self.clusters = clusters
    }
  }

  /// The regression of some rows, whose response varies.
  package init(_ data: RegressionData, _ options: Options = Options()) {
    let design = Design(data)
    let solution = OrthogonalFactor(design, standardises: options.standardises)
    let (all, kept) = (Double(data.count), solution.kept)
    // Lengths of the columns and their means, in the scale of the results.
    let scoreLength = (all - 1).squareRoot()
    let lengths = zip(design.columns, design.moments).map { column, moments -> Double in
      if case .number = column, options.standardises { return scoreLength }
      return moments.centredLength
    }
    let means = zip(design.columns, design.moments).map { column, moments -> Double in
      if case .number = column, options.standardises { return 0 }
      return moments.mean
    }
    let (length, mean) =
      options.standardises ? (scoreLength, 0) : (design.response.centredLength, design.response.mean)

    count = data.count
    rank = kept.count + 1
    let freedom = Double(count - rank)
    let explained = solution.effects.reduce(0) { $0 + $1 * $1 }
    let total = explained + solution.residualSquare
    let variance = solution.residualSquare / freedom
    let isDetermined = count > rank
    determination = isDetermined ? explained / total : .nan
    adjustedDetermination = isDetermined ? 1 - (1 - determination) * (all - 1) / freedom : .nan
    residualError = isDetermined ? variance.squareRoot() * length : .nan
    residualSquares = isDetermined ? solution.residualSquare * length * length : .nan
    // Rounding of columns and response of length 1 leaves squares of 1e-30 or so.
    isExact = isDetermined && solution.residualSquare < 1e-26 * total
    f = isDetermined && !kept.isEmpty ? explained / Double(kept.count) / variance : .nan
    p = FisherDistribution.upperP(f, numerator: Double(kept.count), denominator: freedom)
    steps =
      isDetermined
      ? Self.steps(data, design, solution, unit: length * length, variance: variance, freedom: freedom) : []

    // The intercept is what the mean of the response leaves after the means of the columns.
    let unitMeans = kept.map { means[$0] / lengths[$0] }
    let slopes = solution.inverseProduct(solution.effects)
    let intercept = mean - zip(slopes, unitMeans).reduce(0) { $0 + $1.0 * $1.1 } * length
    let meanProducts = solution.product(unitMeans)
    let interceptVariance = variance * (1 / all + meanProducts.reduce(0) { $0 + $1 * $1 })
    let width = kept.count
    let rows = (0..<width).map { row in (row..<width).map { solution.inverse[$0 * width + row] } }
    let clusters =
      options.clusters.isEmpty || !isDetermined
      ? nil : ClusteredErrors(options.clusters, solution, meanProducts: meanProducts, rank: rank)
    clusterCount = clusters?.count ?? 0

    func term(
      _ column: RegressionData.Column?, _ status: RegressionStatus, _ estimate: Double, _ variance: Double,
      _ clustered: Double?
    ) -> Term {
      guard isDetermined else { return Term(column: column, status: .tooFewRows) }
      let error = variance.squareRoot()
      var term = Term(column: column, status: status, estimate: estimate, standardError: error, t: estimate / error)
      term.p = StudentDistribution.twoSidedP(term.t, degreesOfFreedom: freedom)
      if let clustered, let clusters {
        let t = estimate / clustered
        term.clustered = Term.Clustered(
          standardError: clustered, t: t,
          p: StudentDistribution.twoSidedP(t, degreesOfFreedom: Double(clusters.count - 1)))
      }
      return term
    }
    var terms = [
      term(
        nil, .computed, intercept, interceptVariance * length * length, clusters.map { $0.interceptError * length })
    ]
    let counts = data.categories.map(\.counts)
    for (index, column) in design.columns.enumerated() {
      guard let place = kept.firstIndex(of: index) else {
        terms.append(Term(column: column, status: isDetermined ? .aliased : .tooFewRows))
        continue
      }
      var status = RegressionStatus.computed
      if case .dummy(let category, let code) = column, counts[category][code] == 1 { status = .oneRow }
      let scale = length / lengths[index]
      let square = rows[place].reduce(0) { $0 + $1 * $1 }
      terms.append(
        term(
          column, status, slopes[place] * scale, variance * square * scale * scale,
          clusters.map { $0.errors[place] * scale }))
    }
    self.terms = terms
  }

  /// The sequential analysis of variance: effects are orthogonal, so that those of a step add up.
  private static func steps(
    _ data: RegressionData, _ design: Design, _ solution: OrthogonalFactor, unit: Double, variance: Double,
    freedom: Double
  ) -> [Step] {
    (0..<data.numbers.count + data.categories.count).map { step in
      let own = solution.kept.indices.filter {
        switch design.columns[solution.kept[$0]] {
        case .number(let index): index == step
        case .dummy(let category, _): data.numbers.count + category == step
        }
      }
      let squares = own.reduce(0) { $0 + solution.effects[$1] * solution.effects[$1] }
      guard !own.isEmpty else { return Step(degreesOfFreedom: 0, squares: .nan, f: .nan, p: .nan) }
      let f = squares / Double(own.count) / variance
      return Step(
        degreesOfFreedom: own.count, squares: squares * unit, f: f,
        p: FisherDistribution.upperP(f, numerator: Double(own.count), denominator: freedom))
    }
  }
}

/// Why a term of a regression has an estimate or has none.
package enum RegressionStatus: String, Sendable, CaseIterable {
  /// The term has its estimate.
  case computed
  /// Its class has one row, which says nothing of how sure the estimate is.
  case oneRow = "one_row"
  /// The column follows from those before it, or does not vary.
  case aliased
  /// No more rows than coefficients.
  case tooFewRows = "too_few_rows"
}

/// Stars of a p value: `***` below 0.001, `**` below 0.01, `*` below 0.05, else nothing.
package func significanceStars(_ p: Double) -> String {
  p < 0.001 ? "***" : p < 0.01 ? "**" : p < 0.05 ? "*" : ""
}
