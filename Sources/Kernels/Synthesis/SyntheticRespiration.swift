import RealModule

/// Predictors of ecosystem respiration on an invented globe, and the respiration that follows from them.
///
/// Year by year predictors depart from their means by about as much as places do from each other, and neighbouring cells
/// differ, so that each year of a site tells something of its own and a window of cells more than its centre. A value depends
/// on its place, time and the seed alone; all are NaN in the ocean.
package struct SyntheticRespiration: Sendable {
  /// What respiration is predicted from, besides drought.
  package enum Predictor: Int, CaseIterable, Sendable {
    case temperature, precipitation, radiation, absorbedShare, leafArea, greenness, production
    case carbon0, carbon5, carbon15, carbon30
  }

  /// The globe.
  package let land: SyntheticLand
  /// The number of years.
  package let years: Int
  private let latents: [Latent]
  private let drought: Modes
  private let seed: Int

  /// Predictors and respiration of so many years.
  package init(land: SyntheticLand, years: Int, seed: Int) {
    (self.land, self.years, self.seed) = (land, years, seed)
    let rows = Double(land.latitudes.count)
    latents = Latent.Kind.allCases.map { Latent($0, land, years: years, seed: seed) }
    drought = Modes(
      count: 16, steps: 12 * years + Self.longestScale, wavenumber: max(8, rows / 5), land, seed: seed, stream: 400)
  }

  // MARK: Predictors

  /// A predictor in a year, from 0: mean of the months, sum of the precipitation (mm).
  ///
  /// Degrees Celsius, W m⁻², kg C m⁻² yr⁻¹ of production, g kg⁻¹ of carbon.
  package func field(_ predictor: Predictor, year: Int) -> [Double] {
    func values(_ kind: Latent.Kind) -> [Double] { latents[kind.rawValue].values(year: year) }
    /// What kinds of vegetation or depths share, and a little of their own.
    func like(_ shared: Latent.Kind, _ own: Latent.Kind) -> [Double] {
      zip(values(shared), values(own)).map { 0.98 * $0 + 0.2 * $1 }
    }
    func carbon(_ own: Latent.Kind, _ level: Double) -> [Double] { like(.carbon, own).map { level * .exp(0.4 * $0) } }
    func share(_ value: Double) -> Double { 1 / (1 + .exp(-value)) }
    switch predictor {
    case .temperature: return values(.temperature).map { 12 + 9 * $0 }
    case .precipitation: return values(.precipitation).map { 900 * .exp(0.35 * $0) }
    case .radiation:
      // Bright where it is warm and dry.
      return zip(values(.temperature), values(.precipitation)).map { 95 * .exp(0.15 * (0.8 * $0 - 0.6 * $1)) }
    case .absorbedShare: return like(.production, .absorbedShare).map { 0.1 + 0.65 * share(1.2 * $0) }
    case .leafArea: return like(.production, .leafArea).map { 2 * .exp(0.4 * $0) }
    case .greenness: return like(.production, .greenness).map { 0.15 + 0.6 * share($0) }
    case .production: return values(.production).map { 0.5 * .exp(0.35 * $0) }
    case .carbon0: return carbon(.carbon0, 90)
    case .carbon5: return carbon(.carbon5, 60)
    case .carbon15: return carbon(.carbon15, 40)
    case .carbon30: return carbon(.carbon30, 25)
    }
  }

  /// The part of the year's mean, or of its sum, that a month has more or less, by cell; for temperature degrees Celsius.
  private static let swings: [Predictor: Double] = [
    .temperature: 8, .precipitation: 0.5, .radiation: 0.35, .absorbedShare: 0.2, .leafArea: 0.2, .greenness: 0.2,
  ]

  /// A predictor in a month of a year, both from 0, from its values in that year; precipitation of the month, mm.
  ///
  /// What has no annual cycle is the same in all months.
  package func field(_ predictor: Predictor, ofYear annual: [Double], month: Int) -> [Double] {
    let columns = land.longitudes.count
    let swing = Self.swings[predictor] ?? 0
    return annual.enumerated().map { cell, value in
      let part = swing * Self.cycle[month] * (land.latitudes[cell / columns] < 0 ? -1 : 1)
      switch predictor {
      case .temperature: return value + part
      case .precipitation: return value / 12 * (1 + part)
      default: return value * (1 + part)
      }
    }
  }

  /// A standardised index of drought over some months, 36 at most, that end with a month counted from 0.
  ///
  /// Standard normal in time; the sums over different numbers of months share what months they share.
  package func droughtIndex(scale: Int, month: Int) -> [Double] {
    precondition((1...Self.longestScale).contains(scale), "months of the index")
    let last = month + Self.longestScale
    return drought.values(last - scale + 1...last).map { $0.isNaN ? $0 : max(-3, min(3, $0)) }
  }

  /// Months before the first that drought indices reach back to, less one.
  private static let longestScale = 36

  /// An annual cycle with a mean of 0 over months, and over the days of a year.
  private static let cycle: [Double] = {
    let cosines = (0..<12).map { -Double.cos(2 * .pi * (Double($0) + 0.5) / 12) }
    let days = SyntheticEnsemble.daysOfMonths.map(Double.init)
    let departures = days.map { $0 - mean(days) }
    let slope =
      zip(departures, cosines).reduce(0) { $0 + $1.0 * $1.1 } / departures.reduce(0) { $0 + $1 * $1 }
    return zip(cosines, departures).map { $0 - mean(cosines) - slope * $1 }
  }()

  // MARK: Respiration

  /// Ecosystem respiration in a year, from 0, kg C m⁻² yr⁻¹.
  ///
  /// It is (0.25 + 0.9 N + 0.4 S / (S + 50)) · exp(0.03 (T − 12)) · (1 − 0.6 exp(−P / 600)) · (1 + 0.18 D)
  /// with means over 3 × 3 cells of production N, carbon S at 5 cm, temperature T and precipitation P, and the drought index
  /// D of the 24 months that end with December in the cell itself. A neighbour in the ocean counts as the cell itself.
  package func respiration(year: Int) -> [Double] {
    let means = [Predictor.production, .carbon5, .temperature, .precipitation].map {
      windowMean(field($0, year: year))
    }
    let index = droughtIndex(scale: 24, month: 12 * year + 11)
    return index.indices.map { cell in
      let (production, carbon) = (means[0][cell], means[1][cell])
      let (temperature, precipitation) = (means[2][cell], means[3][cell])
      return (0.25 + 0.9 * production + 0.4 * carbon / (carbon + 50)) * .exp(0.03 * (temperature - 12))
        * (1 - 0.6 * .exp(-precipitation / 600)) * (1 + 0.18 * index[cell])
    }
  }

  /// The means over 3 × 3 cells, in which a missing neighbour counts as the cell itself; columns go round the globe.
  private func windowMean(_ values: [Double]) -> [Double] {
    let (rows, columns) = (land.latitudes.count, land.longitudes.count)
    return values.indices.map { cell in
      guard !values[cell].isNaN else { return .nan }
      var sum = 0.0
      for row in cell / columns - 1...cell / columns + 1 {
        for column in cell % columns - 1...cell % columns + 1 {
          let neighbour =
            (0..<rows).contains(row) ? values[row * columns + (column + columns) % columns] : values[cell]
          sum += neighbour.isNaN ? values[cell] : neighbour
        }
      }
      return sum / 9
    }
  }
}

/// Fields with a course in time: smooth patterns, each times a series of independent standard normal numbers.
private struct Modes: Sendable {
  /// By mode and cell; the squares of a cell's add up to 1.
  private let patterns: [[Double]]
  /// By mode, sums of the numbers of all steps before one.
  private let sums: [[Double]]

  init(count: Int, steps: Int, wavenumber: Double, _ land: SyntheticLand, seed: Int, stream: Int) {
    let raw = (0..<count).map { land.values(SmoothRandomField(seed: seed, field: stream + $0, wavenumber: wavenumber)) }
    let lengths = land.landFraction.indices.map { cell in
      raw.reduce(0) { $0 + $1[cell] * $1[cell] }.squareRoot()
    }
    patterns = raw.map { zip($0, lengths).map { $0 / $1 } }
    sums = (0..<count).map { mode in
      var generator = KeyedGenerator(seed, -8, stream, mode)
      return (0..<steps).reduce(into: [0.0]) { sums, _ in sums.append(sums[sums.count - 1] + generator.normal()) }
    }
  }

  /// The mean over steps times the root of their number, which is standard normal in each cell.
  func values(_ steps: ClosedRange<Int>) -> [Double] {
    let factors = sums.map {
      ($0[steps.upperBound + 1] - $0[steps.lowerBound]) / Double(steps.count).squareRoot()
    }
    return patterns[0].indices.map { cell in
      patterns.indices.reduce(0) { $0 + factors[$1] * patterns[$1][cell] }
    }
  }
}

/// What predictors are made of: approximately standard normal over places and years.
private struct Latent: Sendable {
  enum Kind: Int, CaseIterable {
    case temperature, precipitation, production, carbon
    case absorbedShare, leafArea, greenness, carbon0, carbon5, carbon15, carbon30

    /// Carbon of the soil stays, as does what kinds of vegetation and depths have of their own.
    var changes: Bool { rawValue < Self.carbon.rawValue }
  }

  private let lasting: [Double]
  private let modes: Modes?

  init(_ kind: Kind, _ land: SyntheticLand, years: Int, seed: Int) {
    let (rows, columns) = (Double(land.latitudes.count), land.longitudes.count)
    let stream = 100 + 20 * kind.rawValue
    let wide = land.values(SmoothRandomField(seed: seed, field: stream, wavenumber: 5))
    let narrow = land.values(SmoothRandomField(seed: seed, field: stream + 1, wavenumber: max(8, rows)))
    lasting = wide.indices.map { cell in
      // Cold at the poles, with a variance over the globe of about 1.
      let own =
        kind == .temperature ? 1.5 * .cos(2 * land.latitudes[cell / columns] * .pi / 180) - 0.5 : wide[cell]
      return kind.changes ? 0.4 * own + 0.5 * narrow[cell] : 0.7 * own + 0.7 * narrow[cell]
    }
    modes =
      kind.changes
      ? Modes(count: 8, steps: years, wavenumber: max(8, rows / 1.5), land, seed: seed, stream: stream + 2) : nil
  }

  func values(year: Int) -> [Double] {
    guard let modes else { return lasting }
    return zip(lasting, modes.values(year...year)).map { $0 + 0.75 * $1 }
  }
}

extension SyntheticLand {
  /// A field's values in the cells of the land, NaN elsewhere.
  fileprivate func values(_ field: SmoothRandomField) -> [Double] {
    landFraction.indices.map { cell in
      landFraction[cell] > 0
        ? field.value(
          latitude: latitudes[cell / longitudes.count], longitude: longitudes[cell % longitudes.count]) : .nan
    }
  }
}
