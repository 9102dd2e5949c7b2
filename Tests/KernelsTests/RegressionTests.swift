import Testing

@testable import Kernels

/// Multiple regression against R 4.2.2 (`lm`, `anova`), certified values of NIST, and noise in which there is nothing to find.
@Suite struct RegressionTests {
  /// Whether two numbers agree to a relative tolerance.
  private func isNear(_ found: Double, _ wanted: Double, _ tolerance: Double = 1e-10) -> Bool {
    abs(found - wanted) <= tolerance * abs(wanted)
  }

  // MARK: R

  @Test func standardisedAsInR() {
    let data = MixedRows.data
    let fit = Regression(data, Regression.Options(clusters: MixedRows.clusters))
    let wanted: [(Double, Double, Double, Double)] = [
      (-0.25480560087826504, 0.13322860904223874, -1.9125441803380352, 0.061430277061745073),
      (0.62726965619307451, 0.064565341648881142, 9.7152689070289231, 3.4212766302620869e-13),
      (0.05983449412864849, 0.05366922674441111, 1.1148752787812319, 0.27013006057381284),
      (0.24682391913947879, 0.063884978889446289, 3.8635673585587389, 0.00031686392501228223),
      (-0.10209821689259835, 0.14836028683103511, -0.68817753775898394, 0.49445940873536232),
      (1.1342421740567754, 0.15879611051776485, 7.1427579073473932, 3.2383519109706796e-09),
      (-0.88678540250628057, 0.1526602277552955, -5.8088830047321842, 4.0806361676943462e-07),
      (0.38733593522517423, 0.13432880859130386, 2.8834911832177856, 0.0057460581060905253),
      (0.093646764871280347, 0.12867486936469852, 0.72777820046477537, 0.47007756624657449),
    ]
    expect(fit, wanted, 1e-10)
    #expect(isNear(fit.determination, 0.87270448293127745) && isNear(fit.adjustedDetermination, 0.85273655868520337))
    #expect(isNear(fit.residualError, 0.38374919063731816) && isNear(fit.f, 43.705318198152654))
    #expect(fit.degreesOfFreedom == 51 && fit.count == 60 && fit.rank == 9)
    #expect(isNear(fit.p, 3.4817386440369626e-20))
    let steps: [(Int, Double, Double, Double)] = [
      (1, 23.343927345594352, 158.51814365585383, 2.8568418125188707e-17),
      (1, 0.66534451272732997, 4.5180562588175608, 0.038402950142582472),
      (1, 3.2816513187773988, 22.28422267928941, 1.8736389955247544e-05),
      (3, 22.893876146839254, 51.820682586341547, 1.65081896640453e-15),
      (2, 1.3047651690070321, 4.4300376161178701, 0.016828267355934418),
    ]
    #expect(fit.steps.count == 5 && isNear(fit.residualSquares, 7.510435507054634))
    for (step, wanted) in zip(fit.steps, steps) {
      #expect(step.degreesOfFreedom == wanted.0 && isNear(step.squares, wanted.1) && isNear(step.f, wanted.2))
      #expect(isNear(step.p, wanted.3))
    }
    // Clusters of seven rows; the sandwich written out in R.
    let clustered = [
      (0.094519337188072816, 0.027250543563485156), (0.06472068584601863, 1.0716530246300361e-05),
      (0.051765252028967826, 0.2810808084470045), (0.052113289444064362, 0.0014709533357282105),
      (0.17046253223643995, 0.56577760897057483), (0.11082660535738817, 7.1380552852268538e-06),
      (0.18253081925218734, 0.0012585516659995291), (0.073050196139732626, 0.00072634750590155992),
      (0.086969576512197069, 0.31297665191638002),
    ]
    #expect(fit.clusterCount == 9)
    for (term, wanted) in zip(fit.terms, clustered) {
      #expect(isNear(term.clustered?.standardError ?? .nan, wanted.0) && isNear(term.clustered?.p ?? .nan, wanted.1))
    }
  }

  @Test func inItsOwnUnitsAsInR() {
    let fit = Regression(
      MixedRows.data, Regression.Options(standardises: false, clusters: MixedRows.clusters))
    let wanted: [(Double, Double, Double, Double)] = [
      (-359.26125755891326, 261.95409720046729, -1.3714664569036272, 0.17623376707272448),
      (0.30491641107431672, 0.031385277545298726, 9.7152689070290172, 3.4212766302610186e-13),
      (0.29184764642004546, 0.26177604972885954, 1.114875278782506, 0.27013006057327205),
      (1.4163231507308314, 0.36658430390586416, 3.8635673585591692, 0.00031686392501185056),
      (-0.14626330361231707, 0.21253716604679174, -0.68817753775881274, 0.49445940873546923),
      (1.624886433114904, 0.22748726111008444, 7.1427579073476011, 3.2383519109682312e-09),
      (-1.2703861684697808, 0.21869715183363389, -5.8088830048324169, 4.0806361676909523e-07),
      (0.55488758979413133, 0.19243602790382805, 2.8834911832177408, 0.0057460581060912262),
      (0.13415596882644371, 0.18433633865483035, 0.72777820046459019, 0.47007756624668695),
    ]
    // A column of 1000 to 1001 costs R digits; those of rational arithmetic in Python are exact: estimate, standard error,
    // and that by clusters.
    expect(fit, wanted, 1e-9)
    let exact = [
      (-359.2612575586148, 261.9540972004994, 252.6771915711533),
      (0.3049164110743227, 0.03138527754529964, 0.031460790515845445),
      (0.29184764641974703, 0.26177604972889135, 0.25248925709135195),
      (1.4163231507307372, 0.3665843039058808, 0.29903608433772144),
      (-0.14626330361235768, 0.21253716604679748, 0.24420027955294457),
      (1.6248864331149087, 0.22748726111009182, 0.15876737048959896),
      (-1.2703861684697617, 0.21869715183363936, 0.26148899997910213),
      (0.5548875897941675, 0.19243602790383763, 0.10464984935209544),
      (0.13415596882648498, 0.1843363386548401, 0.12459039894715151),
    ]
    for (term, wanted) in zip(fit.terms, exact) {
      #expect(isNear(term.estimate, wanted.0, 1e-11) && isNear(term.standardError, wanted.1, 1e-11), "\(term)")
      #expect(isNear(term.clustered?.standardError ?? .nan, wanted.2, 1e-11), "\(term)")
    }
    #expect(isNear(fit.residualError, 0.54974931090349144) && isNear(fit.residualSquares, 15.413439546782046))
  }

  private func expect(_ fit: Regression, _ wanted: [(Double, Double, Double, Double)], _ tolerance: Double) {
    #expect(fit.terms.count == wanted.count)
    for (index, (term, wanted)) in zip(fit.terms, wanted).enumerated() {
      #expect(term.status == .computed)
      for (found, number) in zip(
        [term.estimate, term.standardError, term.t, term.p], [wanted.0, wanted.1, wanted.2, wanted.3])
      {
        #expect(isNear(found, number, tolerance), "term \(index): \(found), R has \(number)")
      }
    }
  }

  // MARK: NIST

  /// Longley's data, whose columns nearly depend on each other; NIST Statistical Reference Datasets.
  @Test func longley() {
    let rows: [[Double]] = [
      [83.0, 234289, 2356, 1590, 107608, 1947, 60323], [88.5, 259426, 2325, 1456, 108632, 1948, 61122],
      [88.2, 258054, 3682, 1616, 109773, 1949, 60171], [89.5, 284599, 3351, 1650, 110929, 1950, 61187],
      [96.2, 328975, 2099, 3099, 112075, 1951, 63221], [98.1, 346999, 1932, 3594, 113270, 1952, 63639],
      [99.0, 365385, 1870, 3547, 115094, 1953, 64989], [100.0, 363112, 3578, 3350, 116219, 1954, 63761],
      [101.2, 397469, 2904, 3048, 117388, 1955, 66019], [104.6, 419180, 2822, 2857, 118734, 1956, 67857],
      [108.4, 442769, 2936, 2798, 120445, 1957, 68169], [110.8, 444546, 4681, 2637, 121950, 1958, 66513],
      [112.6, 482704, 3813, 2552, 123366, 1959, 68655], [114.2, 502601, 3931, 2514, 125368, 1960, 69564],
      [115.7, 518173, 4806, 2572, 127852, 1961, 69331], [116.9, 554894, 4007, 2827, 130081, 1962, 70551],
    ]
    let data = RegressionData(
      response: rows.map { $0[6] }, numbers: (0..<6).map { column in rows.map { $0[column] } })
    let fit = Regression(data, Regression.Options(standardises: false))
    let certified = [
      (-3482258.63459582, 890420.383607373), (15.0618722713733, 84.9149257747669),
      (-0.358191792925910e-01, 0.334910077722432e-01), (-2.02022980381683, 0.488399681651699),
      (-1.03322686717359, 0.214274163161675), (-0.511041056535807e-01, 0.226073200069370),
      (1829.15146461355, 455.478499142212),
    ]
    for (term, wanted) in zip(fit.terms, certified) {
      #expect(isNear(term.estimate, wanted.0, 1e-11), "\(term.estimate), certified \(wanted.0)")
      #expect(isNear(term.standardError, wanted.1, 1e-11), "\(term.standardError), certified \(wanted.1)")
    }
    #expect(isNear(fit.residualError, 304.854073561965, 1e-11) && isNear(fit.determination, 0.995479004577296, 1e-12))
    #expect(isNear(fit.f, 330.285339234588, 1e-11))
  }

  /// Polynomials of Wampler (NIST): an exact fit, and the same with noise of three sizes.
  @Test func wampler() {
    let x = (0...20).map(Double.init)
    let powers = (1...5).map { power in x.map { value in (0..<power).reduce(1) { product, _ in product * value } } }
    let exact: [Double] = (0...20).map { row in powers.reduce(1.0) { $0 + $1[row] } }
    let noisy: [Double] = [
      760, -2042, 2111, -1684, 3888, 1858, 11379, 17560, 39287, 64382, 113159, 175108, 273291, 400186, 581243, 811568,
      1121004, 1506550, 2002767, 2611612, 3369180,
    ]
    let errors = [
      2152.32624678170, 2363.55173469681, 779.343524331583, 101.475507550350, 5.64566512170752, 0.112324854679312,
    ]
    // What the residuals are multiplied by, their standard error and R².
    let cases: [(Double, Double, Double)] = [
      (0, 0, 1), (1, 2360.14502379268, 0.999995559025820), (100, 236014.502379268, 0.957478440825662),
      (10_000, 23601450.2379268, 0.00224668921574940),
    ]
    for (factor, sigma, determination) in cases {
      let response = zip(exact, noisy).map { $0 + factor * ($1 - $0) }
      let fit = Regression(
        RegressionData(response: response, numbers: powers), Regression.Options(standardises: false))
      for (term, error) in zip(fit.terms, errors) {
        // Noise of size 1 takes digits from an estimate of 1.
        #expect(abs(term.estimate - 1) < 1e-8 * max(1, factor), "\(factor): \(term.estimate)")
        if factor > 0 {
          #expect(isNear(term.standardError, factor * error, 1e-11), "\(factor): \(term.standardError)")
        } else {
          #expect(term.standardError < 1e-8)
        }
      }
      #expect(isNear(fit.determination, determination, 1e-10), "\(factor): \(fit.determination)")
      if factor > 0 { #expect(isNear(fit.residualError, sigma, 1e-11)) }
    }
  }

  // MARK: Status

  /// The later of columns that depend on each other has no estimate, and the others are as without it.
  @Test(arguments: [60, 20_000]) func aliasedColumns(count: Int) {
    var data = MixedRows.data(count: count)
    let without = Regression(data)
    // A sum of two others, a constant, and a category that repeats one.
    data.numbers.append(zip(data.numbers[0], data.numbers[2]).map { 2 * $0 - 3 * $1 + 1 })
    data.numbers.append([Double](repeating: 0.1, count: count))
    data.categories.append(data.categories[0])
    let fit = Regression(data)
    let statuses = fit.terms.map(\.status)
    #expect(statuses[1...3].allSatisfy { $0 == .computed } && statuses[4...5].allSatisfy { $0 == .aliased })
    #expect(statuses.suffix(3).allSatisfy { $0 == .aliased } && fit.rank == without.rank)
    #expect(fit.terms[4].estimate.isNaN && fit.steps[3].degreesOfFreedom == 0)
    let kept = fit.terms.filter { $0.status == .computed }
    for (term, other) in zip(kept, without.terms) {
      #expect(isNear(term.estimate, other.estimate) && isNear(term.standardError, other.standardError))
    }
  }

  /// What is nearly a sum of others is a column of its own down to a part of 1e-7, as in R.
  @Test func nearlyAliasedColumns() {
    var data = MixedRows.data
    let noise = MixedRows.uniform(9, 60)
    data.numbers.append((0..<60).map { data.numbers[0][$0] + data.numbers[2][$0] + 3e-6 * noise[$0] })
    #expect(Regression(data).terms.allSatisfy { $0.status == .computed })
    data.numbers[3] = (0..<60).map { data.numbers[0][$0] + data.numbers[2][$0] + 3e-8 * noise[$0] }
    #expect(Regression(data).terms.map(\.status)[4] == .aliased)
  }

  /// A column that others leave a part of 1e-5 of, against rational arithmetic in Python; R has errors of 8e-11 and 1e-12.
  @Test func nearlyAliasedColumnsKeepTheirDigits() {
    let (u, noise, other) = (MixedRows.uniform(1, 60), MixedRows.uniform(9, 60), MixedRows.uniform(4, 60))
    let x1 = u.map { 3 + 10 * $0 }
    let x3 = zip(MixedRows.uniform(3, 60), u).map { $0 * $1 }
    let x4 = (0..<60).map { x1[$0] + x3[$0] + 3e-4 * noise[$0] }
    let y = (0..<60).map { 1 + x1[$0] - 2 * x3[$0] + other[$0] }
    let fit = Regression(
      RegressionData(response: y, numbers: [x1, x3, x4]), Regression.Options(standardises: false))
    let exact = [
      (1.5152261491437113, 0.1347028289623498),
      (-29.94708139795412, 429.4656608533588),
      (-32.78223088489534, 429.4461586868053),
      (30.942818612254293, 429.4647496160818),
    ]
    for (term, wanted) in zip(fit.terms, exact) {
      #expect(isNear(term.estimate, wanted.0, 2e-10) && isNear(term.standardError, wanted.1, 2e-12), "\(term)")
    }
  }

  @Test func aClassOfOneRow() {
    var data = MixedRows.data
    data.categories[0].classCount = 5
    data.categories[0].codes[17] = 4
    let fit = Regression(data)
    #expect(fit.terms[7].column == .dummy(category: 0, code: 4) && fit.terms[7].status == .oneRow)
    #expect(fit.terms.filter { $0.status == .computed }.count == fit.terms.count - 1)
    // The row says nothing of anything else: the other slopes are those without it.
    let rows = (0..<60).filter { $0 != 17 }
    var rest = MixedRows.data
    rest.response = rows.map { rest.response[$0] }
    rest.numbers = rest.numbers.map { column in rows.map { column[$0] } }
    for index in rest.categories.indices {
      let codes = rest.categories[index].codes
      rest.categories[index].codes = rows.map { codes[$0] }
    }
    let options = Regression.Options(standardises: false)
    #expect(isNear(Regression(data, options).terms[1].estimate, Regression(rest, options).terms[1].estimate))
  }

  @Test func noMoreRowsThanCoefficients() {
    for count in 2...4 {
      let data = RegressionData(
        response: (0..<count).map { Double($0 * $0) },
        numbers: [
          (0..<count).map { Double($0 % 2) + Double($0) }, MixedRows.uniform(3, count), MixedRows.uniform(4, count),
        ])
      let fit = Regression(data, Regression.Options(clusters: (0..<count).map { Int32($0 % 2) }))
      #expect(fit.terms.count == 4 && fit.terms.allSatisfy { $0.status == .tooFewRows && $0.estimate.isNaN })
      #expect(fit.f.isNaN && fit.determination.isNaN && fit.steps.isEmpty && fit.clusterCount == 0)
    }
  }

  @Test func nothingButTheIntercept() {
    let fit = Regression(
      RegressionData(response: [1, 2, 3, 6], numbers: []), Regression.Options(standardises: false))
    #expect(fit.terms.count == 1 && isNear(fit.terms[0].estimate, 3) && fit.f.isNaN)
    #expect(isNear(fit.terms[0].standardError, (14.0 / 3 / 4).squareRoot()))
  }

  @Test func theFDistribution() {
    // pf(…, lower.tail = FALSE) of R.
    for (f, numerator, denominator, p) in [
      (0.5, 3.0, 10.0, 0.69062224553355733), (2.5, 1, 5, 0.17468781426411936), (1e-3, 4, 7, 0.99999743395168794),
      (900, 3, 50, 1.7577487116310735e-43),
    ] {
      #expect(isNear(FisherDistribution.upperP(f, numerator: numerator, denominator: denominator), p, 1e-12))
    }
    #expect(isNear(FisherDistribution.upperP(167.0892, numerator: 6, denominator: 10688), 8.6858321669757971e-204))
    #expect(FisherDistribution.upperP(.infinity, numerator: 2, denominator: 3) == 0)
    #expect(FisherDistribution.upperP(.nan, numerator: 2, denominator: 3).isNaN)
  }

  @Test func stars() {
    #expect(
      [0.0009, 0.001, 0.009, 0.01, 0.049, 0.05, .nan].map(significanceStars) == ["***", "**", "**", "*", "*", "", ""])
  }

  // MARK: Noise

  /// Where the response is noise, p of each column is below any number as often as that number says.
  @Test func noiseHasUniformProbabilities() {
    let (trials, count) = (1_000, 40)
    var below = [0.05: 0, 0.5: 0]
    for trial in 0..<trials {
      var random = RandomSequence(seed: 5, cell: trial, purpose: .resampling)
      let normal = { (0..<count).map { _ in (0..<12).reduce(-6.0) { sum, _ in sum + Double(random.nextUnit()) } } }
      let data = RegressionData(
        response: normal(), numbers: [normal(), normal()],
        categories: [.init(codes: (0..<count).map { Int32($0 % 3) }, classCount: 3, base: 0)])
      let p = Regression(data).terms[1].p
      for bound in below.keys where p < bound { below[bound, default: 0] += 1 }
    }
    for (bound, found) in below {
      let wanted = bound * Double(trials)
      #expect(
        abs(Double(found) - wanted) < 4 * (wanted * (1 - bound)).squareRoot(), "\(found) of \(trials) below \(bound)")
    }
  }

  /// Blocks of rows that share both a number and noise: intervals of 95 % hold the true slope by clusters, and seldom by rows.
  @Test func clustersKeepTheirLevel() {
    let (trials, blocks, size) = (400, 40, 10)
    var (held, heldByRows) = (0, 0)
    for trial in 0..<trials {
      var random = RandomSequence(seed: 6, cell: trial, purpose: .resampling)
      func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + Double(random.nextUnit()) } }
      var (x, y, clusters) = ([Double](), [Double](), [Int32]())
      for block in 0..<blocks {
        let (common, noise) = (normal(), normal())
        for _ in 0..<size {
          x.append(common + 0.3 * normal())
          y.append(0.5 * x[x.count - 1] + noise + 0.3 * normal())
          clusters.append(Int32(block))
        }
      }
      let term = Regression(
        RegressionData(response: y, numbers: [x]), Regression.Options(standardises: false, clusters: clusters)
      ).terms[1]
      // Quantiles of Student's t: 39 degrees of freedom, and 398.
      if abs(term.estimate - 0.5) < 2.0227 * (term.clustered?.standardError ?? .nan) { held += 1 }
      if abs(term.estimate - 0.5) < 1.9659 * term.standardError { heldByRows += 1 }
    }
    let (share, byRows) = (Double(held) / Double(trials), Double(heldByRows) / Double(trials))
    #expect(share > 0.90 && share < 0.98, "\(share)")
    #expect(byRows < 0.6, "\(byRows)")
  }
}

/// Rows with three numbers and two categories that R can make too.
enum MixedRows {
  /// (7919 i + 131 k² + (17 + 2k) i² mod 1009) / 1009.
  static func uniform(_ k: Int, _ count: Int) -> [Double] {
    (0..<count).map { i in
      let mixed: Int = i * 7919 + 131 * k * k + i * i * (17 + 2 * k)
      return Double(mixed % 1009) / 1009
    }
  }

  static let data = data(count: 60)
  static let clusters = (0..<60).map { Int32($0 / 7) }

  /// Classes a to d with the base c, and p to r with the base p.
  static func data(count: Int) -> RegressionData {
    let u = (0...4).map { uniform($0, count) }
    let (x1, x2) = (u[1].map { 3 + 10 * $0 }, u[2].map { 1000 + $0 })
    let x3 = zip(u[3], u[1]).map { $0 * $1 }
    let zone = (0..<count).map { (i: Int) -> Int32 in Int32((i * i + 3 * i + i / 7) % 4) }
    let soil = (0..<count).map { (i: Int) -> Int32 in Int32((i * 5 + i / 3) % 3) }
    let y = (0..<count).map { i -> Double in
      let step: Double = zone[i] == 1 ? 1.5 : zone[i] == 3 ? -0.8 : 0
      let slopes: Double = 2 + 0.3 * x1[i] - 0.7 * x2[i] / 10
      return slopes + x3[i] + step + 2 * u[4][i]
    }
    return RegressionData(
      response: y, numbers: [x1, x2, x3],
      categories: [.init(codes: zone, classCount: 4, base: 2), .init(codes: soil, classCount: 3, base: 0)])
  }
}
