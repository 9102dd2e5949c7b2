import Distributed
import Kernels

extension ThresholdJob {
  /// What files' headers show that may be wrong.
  func concerns(about catalogue: Catalogue) -> [String] {
    let response = catalogue.sources[Self.responseSource]
    let request = requests[Self.responseSource]
    var found: [String] = []
    if SoilMoistureUnits.areMoistureAlone(response.storedUnits) {
      found.append(
        "--response '\(request.expression.text)' has units '\(response.storedUnits)', which are those of soil moisture; "
          + "expected those of a flux, such as gC m-2 s-1: are --response and --moisture swapped?")
    }
    let moisture = SoilMoistureUnits.concern(
      about: catalogue.sources[Self.moistureSource], requests[Self.moistureSource],
      mend: "are --response and --moisture swapped?")
    return found + (moisture.map { [$0] } ?? [])
  }

  /// What is wrong with the points where none of the cells nearest to them is to be computed.
  func concerns(aboutPointsAmong cells: [Int], on grid: Grid) -> [String] {
    let nearest = Set(points.map { grid.nearestCell(latitude: $0.latitude, longitude: $0.longitude).cell })
    guard !nearest.isEmpty, nearest.isDisjoint(with: cells) else { return [] }
    return ["the cells nearest to --point hold no data: there is no curve to save; choose points on land"]
  }

  /// What to look at where a status is that of most cells.
  func advice(_ status: CellStatus) -> String? {
    switch status {
    case .missingMonths: "months are missing there; check --time and the missing values of the files"
    case .referenceBelowFloor:
      "check \(members.isEmpty ? "the sources" : "the reference '\(members[0])'"), --moisture-floor and --response-floor"
    case .tooFewPairs: "check for missing values, or give --minimum-pairs"
    case .narrowRange: "moisture hardly varies there; check --moisture and the members"
    case .noThreshold: "their responses do not bend, or noise hides it"
    case .noSeason: "check the maps of --season"
    case .implausibleRange: "check the fill values of the files"
    default: nil
    }
  }
}
