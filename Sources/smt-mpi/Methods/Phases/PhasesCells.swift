import Distributed
import Kernels

/// From the season means of a cell's members to the differences between its phases.
final class PhasesCells: MethodCells {
  private let method: PhasesMethod
  private let months: [Month]
  private let cells: ArraySlice<Int>
  private let seasons: Seasons
  private let collector: PairCollector

  init(_ method: PhasesMethod, _ partition: Partition, _ collector: PairCollector, rank: Int) throws {
    self.method = method
    months = method.catalogue.months
    cells = partition.cells[partition.share(of: rank)]
    seasons = try method.seasonMaps.seasons(of: Array(cells))
    self.collector = collector
  }

  func begin(_ position: Int) -> CellBeginning<PhaseResult> { .finished(result(position)) }

  /// What is found in the cell at a position within the rank's share.
  func result(_ position: Int) -> PhaseResult {
    guard seasons.first[position] != 0, seasons.last[position] != 0 else { return method.result(.noSeason) }
    let cell = cells[cells.startIndex + position]
    return phaseDifferences(
      moisture: samples(PhasesJob.moistureSource, position), threshold: method.thresholds.threshold(ofCell: cell),
      interval: method.thresholds.interval(ofCell: cell),
      quantities: method.job.quantities.indices.map { samples(PhasesJob.moistureSource + 1 + $0, position) })
  }

  /// Season means of a source's members in a cell of this rank; NaN where a month is missing.
  func samples(_ source: Int, _ position: Int) -> [Double] {
    collector.samples(
      source: source, position: position,
      seasonDays: seasons.days(of: months, method.catalogue.sources[source].calendar, position: position))
  }
}
