import RealModule

/// The monthly fields of an ensemble on an invented globe: a reference run, and runs with soil moisture prescribed at a
/// reduced share of the reference's.
///
/// Any field can be asked for alone and in any order; it depends on its member, month and the seed only.
package struct SyntheticEnsemble: Sendable {
  /// The globe.
  package let land: SyntheticLand
  /// Number of perturbed members beside the reference.
  package let perturbations: Int
  /// Standard deviation of a perturbed member's productivity in a cell, percent of normal.
  package let noise: Double
  /// What the noise depends on beside member and cell.
  package let seed: Int

  /// An ensemble; with 85 perturbations member n has n percent less moisture, with fewer the same range is spanned.
  package init(land: SyntheticLand, perturbations: Int, noise: Double, seed: Int) {
    self.land = land
    self.perturbations = perturbations
    self.noise = noise
    self.seed = seed
  }

  /// Soil moisture of a member, percent of the reference; member 0 is the reference.
  package func relativeMoisture(member: Int) -> Double {
    100 - Self.largestReduction * Double(member) / Double(max(perturbations, 1))
  }

  /// Productivity of a member in every cell, percent of the reference; NaN in the ocean.
  package func relativeProductivity(member: Int) -> [Double] {
    let moisture = relativeMoisture(member: member)
    return land.curves.enumerated().map { cell, curve in
      guard let curve else { return .nan }
      guard member > 0, noise > 0 else { return curve(moisture) }
      var generator = KeyedGenerator(seed, member, cell)
      return curve(moisture) + noise * generator.normal()
    }
  }

  /// Mean soil moisture of the uppermost 3 m in a month, m³/m³, row by row; NaN in the ocean.
  ///
  /// - Parameters:
  ///   - month: counted from 0, January of the first year.
  package func moisture(member: Int, month: Int) -> [Double] {
    let share = relativeMoisture(member: member) / 100 * Self.wetness(ofYear: month / 12)
    let columns = land.longitudes.count
    let season = land.latitudes.map { 1 + 0.15 * .sin(2 * .pi * Double(month % 12 - 2) / 12) * ($0 < 0 ? -1 : 1) }
    return land.normalMoisture.enumerated().map { cell, normal in normal * season[cell / columns] * share }
  }

  /// Gross primary production in a month, gC/m²/s, row by row; NaN in the ocean.
  ///
  /// - Parameters:
  ///   - month: counted from 0, January of the first year.
  ///   - relative: what `relativeProductivity` gave for the member.
  package func productivity(month: Int, relative: [Double]) -> [Double] {
    let columns = land.longitudes.count
    let normal = land.latitudes.map { latitude in
      let summer = latitude > 0 ? 6.5 : 0.5
      let season = max(0.55 + 0.45 * .cos(2 * .pi * (Double(month % 12) - summer) / 12), 0.02)
      return 3e-5 * .cos(0.8 * latitude * .pi / 180) * season * Self.wetness(ofYear: month / 12)
    }
    return relative.enumerated().map { cell, percent in normal[cell / columns] * percent / 100 }
  }

  /// First and last month (1…12) of the growing season of each row; the first is the later one where the season wraps
  /// the end of the year.
  package var growingSeasons: [(start: Int, end: Int)] {
    land.latitudes.map { $0 > 23 ? (4, 10) : $0 < -23 ? (10, 4) : (1, 12) }
  }

  /// Soil moisture of the reference over the growing season, weighted by month length, m³/m³; NaN in the ocean.
  package func growingSeasonMoisture(months: Int) -> [Double] {
    let columns = land.longitudes.count
    let seasons = growingSeasons
    var sum = [Double](repeating: 0, count: land.cellCount)
    var days = [Double](repeating: 0, count: seasons.count)
    for month in 0..<months {
      let field = moisture(member: 0, month: month)
      let length = Double(Self.daysOfMonths[month % 12])
      for (row, season) in seasons.enumerated() where Self.isInSeason(month % 12 + 1, season) {
        days[row] += length
        for cell in row * columns..<(row + 1) * columns { sum[cell] += length * field[cell] }
      }
    }
    return sum.enumerated().map { cell, total in total / days[cell / columns] }
  }

  /// Days of the months of the `noleap` calendar.
  package static let daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

  /// Whether a month of the year, 1…12, is in a growing season.
  static func isInSeason(_ month: Int, _ season: (start: Int, end: Int)) -> Bool {
    season.start <= season.end
      ? (season.start...season.end).contains(month) : month >= season.start || month <= season.end
  }

  /// Years differ, alike in all members, so that ratios to the reference stay exact.
  private static func wetness(ofYear year: Int) -> Double { 1 + 0.05 * .sin(2.4 * Double(year)) }

  /// Percent of the reference's moisture that the last member lacks.
  private static let largestReduction = 85.0
}
