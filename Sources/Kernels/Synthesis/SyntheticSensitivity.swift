import RealModule

/// Soil moisture, air temperature, relative humidity, radiation and productivity of the members of an invented ensemble, of
/// which the regression of productivity on the others in standard units is known.
///
/// Each predictor has one series in standard units, the same in all cells, which differ in its mean and amplitude: what is
/// known holds in every cell and in means over any cells. Temperature and vapour pressure deficit go together.
package struct SyntheticSensitivity: Sendable {
  private let ensemble: SyntheticEnsemble
  /// By predictor and month, in standard units (n − 1).
  private let series: [[Double]]
  /// By member and month the response in standard units.
  private let response: [[Double]]
  /// By member and predictor, what a regression of the whole record without noise finds.
  package let coefficients: [[Double]]

  /// Names of the predictors.
  package static let predictors = ["SM", "VPD", "T", "RAD"]

  /// The series of an ensemble, at least 24 months of them.
  package init(_ ensemble: SyntheticEnsemble, months: Int) {
    precondition(months >= 24, "two years")
    self.ensemble = ensemble
    let warmth = (0..<months).map { Double.cos(2 * .pi * (Double($0 % 12) - 6.5) / 12) }
    var last = 0.0
    let parts = warmth.enumerated().map { month, warmth -> [Double] in
      var generator = KeyedGenerator(ensemble.seed, Self.seriesStream, month)
      let numbers = (0..<4).map { _ in generator.normal() }
      last = 0.7 * last + 0.7 * numbers[0]
      let temperature = 1.2 * warmth + 0.5 * numbers[1]
      return [
        last - 0.4 * warmth, 0.8 * temperature + 0.35 * numbers[2], temperature, warmth + 0.5 * numbers[3],
      ]
    }
    let series = Self.predictors.indices.map { index in Self.standardised(parts.map { $0[index] }).values }
    self.series = series
    let members = (0...ensemble.perturbations).map { member -> (response: [Double], coefficients: [Double]) in
      // The drier, the more moisture counts.
      let dryness = 1 - ensemble.relativeMoisture(member: member) / 100
      let slopes = [0.2 + 0.6 * dryness, -0.5 + 0.2 * dryness, 0.6 - 0.2 * dryness, 0.3]
      let sums = (0..<months).map { month in
        slopes.indices.reduce(0) { $0 + slopes[$1] * series[$1][month] }
      }
      let (values, deviation) = Self.standardised(sums)
      return (values, slopes.map { $0 / deviation })
    }
    response = members.map(\.response)
    coefficients = members.map(\.coefficients)
  }

  private static func standardised(_ values: [Double]) -> (values: [Double], deviation: Double) {
    let (centre, deviation) = (mean(values), standardDeviation(values))
    return (values.map { ($0 - centre) / deviation }, deviation)
  }

  /// Mean soil moisture of the uppermost 3 m in a month, m³/m³, row by row; NaN in the ocean.
  package func moisture(member: Int, month: Int) -> [Double] {
    let share = ensemble.relativeMoisture(member: member) / 100 * (1 + 0.1 * series[0][month])
    return ensemble.land.normalMoisture.map { $0 * share }
  }

  /// Air temperature in a month, K, row by row; NaN in the ocean.
  package func temperature(month: Int) -> [Double] { byRow { Self.temperature($0) + 2 * series[2][month] } }

  /// Relative humidity in a month, percent, row by row; NaN in the ocean.
  ///
  /// The vapour pressure deficit, 30 % of saturation at the row's mean temperature, varies by a tenth.
  package func humidity(month: Int) -> [Double] {
    byRow { latitude in
      let mean = Self.temperature(latitude)
      let deficit = 0.3 * Self.saturation(mean) * (1 + 0.1 * series[1][month])
      return 100 * (1 - deficit / Self.saturation(mean + 2 * series[2][month]))
    }
  }

  /// Incident solar radiation in a month, W/m², row by row; NaN in the ocean.
  package func radiation(month: Int) -> [Double] {
    byRow { 250 * .cos(0.8 * $0 * .pi / 180) * (1 + 0.2 * series[3][month]) }
  }

  /// Gross primary production in a month, gC/m²/s, row by row; NaN in the ocean.
  ///
  /// Its noise is that of each cell and month.
  package func productivity(member: Int, month: Int) -> [Double] {
    let moisture = ensemble.relativeMoisture(member: member)
    let columns = ensemble.land.longitudes.count
    return ensemble.land.curves.enumerated().map { cell, curve in
      guard let curve else { return .nan }
      let normal = 3e-5 * Double.cos(0.8 * ensemble.land.latitudes[cell / columns] * .pi / 180)
      var generator = KeyedGenerator(ensemble.seed, Self.noiseStream, member, cell, month)
      let noise = ensemble.noise > 0 ? ensemble.noise / 100 * generator.normal() : 0
      return normal * max(curve(moisture), 5) / 100 * (1 + 0.15 * response[member][month] + noise)
    }
  }

  private func byRow(_ value: (_ latitude: Double) -> Double) -> [Double] {
    let land = ensemble.land
    let rows = land.latitudes.map(value)
    return land.curves.enumerated().map { cell, curve in curve == nil ? .nan : rows[cell / land.longitudes.count] }
  }

  /// Mean temperature of a row, K.
  private static func temperature(_ latitude: Double) -> Double {
    let cooling = Double.sin(latitude * .pi / 180)
    return 298 - 30 * cooling * cooling
  }

  private static func saturation(_ temperature: Double) -> Double {
    VapourPressure.saturation(temperature: temperature - 273.15)
  }

  /// Keep the numbers of series and noise apart from those of members and fields.
  private static let (seriesStream, noiseStream) = (-3, -4)
}
