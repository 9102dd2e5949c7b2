import RealModule

/// An invented globe: a grid, continents, and in every land cell a response of productivity to soil moisture.
///
/// Everything is a function of place and seed; the grid spans the globe with cells centred on the poles, as the
/// finite-volume grid of CESM does.
package struct SyntheticLand: Sendable {
  /// Which curve the land cells follow.
  package enum Response: Sendable {
    /// A threshold between two slopes.
    case twoSlope
    /// One slope, so no threshold at all.
    case line
  }

  /// Cell centres from south to north, degrees.
  package let latitudes: [Double]
  /// Cell centres from 0° eastward, degrees.
  package let longitudes: [Double]
  /// Area of the cells of each row, km².
  package let areas: [Double]
  /// Share of land in each cell, row by row from the south; 0 in the ocean.
  package let landFraction: [Double]
  /// The response in each land cell; nil in the ocean.
  package let curves: [TwoSlopeCurve?]
  /// Normal soil moisture of the uppermost 3 m in the annual mean, m³/m³; NaN in the ocean.
  package let normalMoisture: [Double]

  /// Cells of the grid.
  package var cellCount: Int { latitudes.count * longitudes.count }

  /// Invents a globe.
  ///
  /// - Parameters:
  ///   - oceanShare: share of the globe's area that is ocean, from 0 to below 1.
  ///   - seed: another seed gives other continents and curves.
  package init(rows: Int, columns: Int, oceanShare: Double, seed: Int, response: Response = .twoSlope) {
    let spacing = 180 / Double(max(rows - 1, 1))
    let latitudes = rows == 1 ? [0] : (0..<rows).map { -90 + Double($0) * spacing }
    let longitudes = (0..<columns).map { Double($0) * 360 / Double(columns) }
    let areas = latitudes.map { latitude in
      let north = Double.sin(min(latitude + spacing / 2, 90) * .pi / 180)
      let south = Double.sin(max(latitude - spacing / 2, -90) * .pi / 180)
      return Self.earthRadius * Self.earthRadius * (north - south) * 2 * .pi / Double(columns)
    }
    let places = latitudes.flatMap { latitude in longitudes.map { (latitude, $0) } }

    let elevation = SmoothRandomField(seed: seed, field: 0, wavenumber: 5)
    let heights = places.map { elevation.value(latitude: $0.0, longitude: $0.1) }
    let sea = Self.level(below: oceanShare, of: heights, areas: areas, columns: columns)
    // Coasts hold part of the land that the interior holds, so that weighting by land fraction makes a difference.
    let land = heights.map { $0 > sea ? min(1, 0.2 + ($0 - sea) * 4) : 0 }

    let fields = (1...4).map { SmoothRandomField(seed: seed, field: $0, wavenumber: 8) }
    self.latitudes = latitudes
    self.longitudes = longitudes
    self.areas = areas
    landFraction = land
    curves = places.enumerated().map { cell, place in
      guard land[cell] > 0 else { return nil }
      let values = fields.map { $0.value(latitude: place.0, longitude: place.1) }
      return Self.curve(latitude: place.0, fields: values, response: response)
    }
    normalMoisture = places.enumerated().map { cell, place in
      guard land[cell] > 0 else { return .nan }
      let field = fields[3].value(latitude: place.0, longitude: place.1)
      return 0.08 + 0.37 * Self.normalShare(0.8 * field - 1.2 * Self.aridity(place.0) + 0.3)
    }
  }

  /// The height that the given share of the area lies at or below; below all heights where the share is 0.
  private static func level(below share: Double, of heights: [Double], areas: [Double], columns: Int) -> Double {
    let total = areas.reduce(0, +) * Double(columns)
    var covered = 0.0
    var level = -Double.infinity
    for cell in heights.indices.sorted(by: { heights[$0] < heights[$1] }) {
      covered += areas[cell / columns]
      guard covered <= share * total else { break }
      level = heights[cell]
    }
    return level
  }

  private static func curve(latitude: Double, fields: [Double], response: Response) -> TwoSlopeCurve {
    let warmth = Double.cos(2 * latitude * .pi / 180)
    let highShare = normalShare(0.8 * fields[1] + 0.4 * warmth)
    switch response {
    case .twoSlope:
      let threshold = 45 + 45 * normalShare(0.6 * fields[0] + 1.2 * aridity(latitude) + 0.3 * warmth - 0.3)
      // At the threshold at least 40 % of the response is left to lose, else there is no low phase to speak of.
      let highSlope = min(0.1 + 1.4 * highShare, 60 / (100 - threshold))
      let lowSlope = 1.5 * highSlope + 1.2 + 4 * normalShare(0.8 * fields[2])
      return TwoSlopeCurve(threshold: threshold, highSlope: highSlope, lowSlope: lowSlope)
    case .line:
      // Never steep enough to reach the bend towards zero within 15…100 %.
      let slope = 0.1 + 0.9 * highShare
      return TwoSlopeCurve(threshold: 0, highSlope: slope, lowSlope: slope)
    }
  }

  /// 1 in the middle of the subtropical dry belts, falling to 0 on either side.
  private static func aridity(_ latitude: Double) -> Double {
    let distance = (abs(latitude) - 25) / 12
    return .exp(-distance * distance)
  }

  /// The standard normal distribution function: takes a field to 0…1.
  private static func normalShare(_ value: Double) -> Double { 0.5 * (1 + .erf(value * 0.5.squareRoot())) }

  /// SHR_CONST_REARTH of CESM, km.
  private static let earthRadius = 6371.22
}
