import Distributed

extension AttributionJob {
  func concerns(about catalogue: Catalogue) -> [String] {
    let concern = SoilMoistureUnits.concern(
      about: catalogue.sources[0], record.request, mend: "name another variable")
    return concern.map { [$0] } ?? []
  }
}
