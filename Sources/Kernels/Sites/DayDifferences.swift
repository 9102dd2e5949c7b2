import RealModule

/// The sensitivity of a flux to soil moisture from pairs of consecutive days that differ in moisture and in little else.
///
/// Source: Zhang et al. (2019), section 2.6; the floor under |Δθ|, the median and the Theil–Sen slope are ours. β = ΔC/Δθ.
package struct DayDifferences: Sendable, Equatable {
  /// How alike the days of a pair must be.
  package struct Rules: Sendable, Equatable {
    /// The largest difference of air temperature (°C) and of shortwave radiation, as a share of the first day's value.
    package var relative = 0.1
    /// The largest difference of precipitation, mm d⁻¹.
    package var precipitation = 11.0
    /// The smallest |Δθ|, m³ m⁻³; a pair without any difference is never taken.
    package var moisture = 0.001

    /// The paper's rules, with a floor of 0.001 m³ m⁻³ under |Δθ|.
    package init() {}
  }

  /// n, number of pairs.
  package var count = 0
  /// Mean of β.
  package var mean = Double.nan
  /// Standard deviation of β (n − 1).
  package var standardDeviation = Double.nan
  /// Median of β.
  package var median = Double.nan
  /// Theil–Sen slope of ΔC on Δθ: the median slope between any two pairs that differ in Δθ.
  package var slope = Double.nan
  /// The 95 % interval of the slope, as scipy's `theilslopes`; it takes pairs of days as independent.
  package var (slopeLow, slopeHigh) = (Double.nan, Double.nan)

  /// The days, by their places, whose pair with the next one is taken.
  ///
  /// - Parameters:
  ///   - days: day numbers, ascending.
  ///   - temperature: °C.
  ///   - radiation: shortwave, any units.
  ///   - precipitation: mm d⁻¹.
  ///   - moisture: m³ m⁻³.
  package static func pairs(
    days: [Int], temperature: [Double], radiation: [Double], precipitation: [Double], moisture: [Double],
    rules: Rules = Rules()
  ) -> [Int] {
    func isAlike(_ values: [Double], _ day: Int) -> Bool {
      (values[day + 1] - values[day]).magnitude <= rules.relative * values[day].magnitude
    }
    // Moisture is read to so many digits that differences of the floor itself are common; rounding must not decide on them.
    let floor = rules.moisture * (1 - 1e-9)
    return days.indices.dropLast().filter { day in
      let difference = (moisture[day + 1] - moisture[day]).magnitude
      return days[day + 1] == days[day] + 1 && difference >= floor && difference > 0 && isAlike(temperature, day)
        && isAlike(radiation, day)
        && (precipitation[day + 1] - precipitation[day]).magnitude <= rules.precipitation
    }
  }

  /// The sensitivity of a flux over the pairs whose days have it; units of the flux per m³ m⁻³.
  ///
  /// - Parameters:
  ///   - flux: by day; NaN where it is missing.
  ///   - moisture: by day, m³ m⁻³.
  ///   - pairs: as ``pairs(days:temperature:radiation:precipitation:moisture:rules:)``.
  package init(flux: [Double], moisture: [Double], pairs: [Int]) {
    let kept = pairs.filter { flux[$0].isFinite && flux[$0 + 1].isFinite }
    let (changes, differences) = (kept.map { flux[$0 + 1] - flux[$0] }, kept.map { moisture[$0 + 1] - moisture[$0] })
    let ratios = zip(changes, differences).map { $0 / $1 }
    count = kept.count
    mean = Kernels.mean(ratios)
    standardDeviation = Kernels.standardDeviation(ratios)
    median = percentile(ratios, 0.5)
    let slopes = PairSlopes(x: differences, y: changes)
    guard slopes.count > 0 else { return }
    let n = Double(count)
    let variance = (n * (n - 1) * (2 * n + 5) - Self.ties(changes) - Self.ties(differences)) / 18
    let (total, width) = (Double(slopes.count), NormalDistribution.quantile(0.975) * max(0, variance).squareRoot())
    let low = max(((total - width) / 2).rounded(.toNearestOrEven) - 1, 0)
    let high = min(((total + width) / 2).rounded(.toNearestOrEven), total - 1)
    let found = slopes.atRanks([(slopes.count - 1) / 2, slopes.count / 2, Int(low), Int(high)])
    slope = percentile(sorted: Array(found[..<2]), 0.5)
    (slopeLow, slopeHigh) = (found[2], found[3])
  }

  /// Σ t(t − 1)(2t + 5) over groups of t equal values.
  private static func ties(_ values: [Double]) -> Double {
    let sizes = Dictionary(values.map { ($0, 1.0) }, uniquingKeysWith: +).values
    return sizes.reduce(0) { (sum: Double, t: Double) in sum + t * (t - 1) * (2 * t + 5) }
  }
}
