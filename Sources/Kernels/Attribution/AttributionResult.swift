/// The part of a series that a contribution belongs to.
package enum VariabilityComponent: Int, CaseIterable, Sendable {
  /// The straight line of least squares
  case trend = 0
  /// What is left, the interannual variability
  case interannual = 1

  /// The short name used in files.
  package var name: String {
    switch self {
    case .trend: "trend"
    case .interannual: "iav"
    }
  }
}

/// Where the variability of a cell's total moisture comes from.
///
/// Numbers that do not exist are NaN. Terms are ordered [component][season][layer], 2·G·D of them.
package struct AttributionResult: Sendable {
  /// G, number of seasons.
  package var groups: Int
  /// D, number of layers.
  package var layers: Int
  /// Relative contributions, [component][season][layer]; their sum is 1.
  package var contributions: [Double]
  /// Their sums over layers and components, [season].
  package var seasonContributions: [Double]
  /// Their sums over seasons and components, [layer].
  package var layerContributions: [Double]
  /// Their sums over seasons and layers, [component].
  package var componentContributions: [Double]
  /// The terms with the largest and second largest contribution by signed value; nil where there are none.
  ///
  /// Indices into `contributions`; of equal terms the first.
  package var topTerms: (first: Int, second: Int)?
  /// Mean moisture over the complete years, [season][layer].
  package var meanMoisture: [Double]
  /// Part of the mean total that a season and layer holds, mean SM_{s,d} / (G · mean TSM), [season][layer].
  package var shares: [Double]
  /// ω, contribution (both components) over share, [season][layer]; NaN where the share is 0.
  package var omega: [Double]
  /// Mean of the annual total over the complete years.
  package var meanTotal = Double.nan
  /// Number of complete years.
  package var yearCount = 0
  /// Whether there is an attribution, and why not.
  package var status: AttributionStatus

  /// A result that has nothing but a status.
  package init(status: AttributionStatus, groups: Int, layers: Int) {
    self.status = status
    self.groups = groups
    self.layers = layers
    contributions = Array(repeating: .nan, count: 2 * groups * layers)
    seasonContributions = Array(repeating: .nan, count: groups)
    layerContributions = Array(repeating: .nan, count: layers)
    componentContributions = Array(repeating: .nan, count: 2)
    meanMoisture = Array(repeating: .nan, count: groups * layers)
    shares = meanMoisture
    omega = meanMoisture
  }

  /// Index of a term in `contributions`.
  package func index(_ component: VariabilityComponent, season: Int, layer: Int) -> Int {
    (component.rawValue * groups + season) * layers + layer
  }

  /// The component, season and layer of a term.
  package func term(_ index: Int) -> (component: VariabilityComponent, season: Int, layer: Int) {
    let component: VariabilityComponent = index < groups * layers ? .trend : .interannual
    return (component, index / layers % groups, index % layers)
  }

  /// Relative contribution of one term.
  package func contribution(_ component: VariabilityComponent, season: Int, layer: Int) -> Double {
    contributions[index(component, season: season, layer: layer)]
  }
}

/// Why a cell has an attribution or has none.
///
/// The raw values and names are the `flag_values` and `flag_meanings` of the CF status variable.
package enum AttributionStatus: UInt8, ResultStatus {
  /// Everything was computed.
  case computed = 0
  /// The cell is not land.
  case notLand = 1
  /// Fewer complete years than ``AttributionOptions/minimumYears``.
  case tooFewYears = 2
  /// Total moisture does not vary beyond rounding.
  case noVariance = 3
  /// The cell was left out by the user's selection.
  case outsideSelection = 4
  /// A value is too large to be one: probably a fill value that the file does not declare.
  case implausibleRange = 5
}
