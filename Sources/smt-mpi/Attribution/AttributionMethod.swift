import Distributed
import Kernels

/// The attribution of a record whose headers are known.
struct AttributionMethod: RecordMethod {
  let job: AttributionJob
  let catalogue: Catalogue
  let layers: AttributionLayers
  let periods: [ClosedRange<Int>]
  let reduction: SeasonMeansReduction
  let fields: [ResultField]

  init(job: AttributionJob, catalogue: Catalogue, layers: AttributionLayers, periods: [ClosedRange<Int>]) {
    self.job = job
    self.catalogue = catalogue
    self.layers = layers
    self.periods = periods
    reduction = SeasonMeansReduction(layers: layers, seasons: job.seasons, basis: job.basis)
    fields = AttributionFields(layers: layers, seasons: job.seasons).fields
  }

  var statusWithoutData: UInt8 { AttributionStatus.notLand.rawValue }
  var statusOutside: UInt8 { AttributionStatus.outsideSelection.rawValue }

  var description: [String] {
    ["layers:   \(layers.count), edges \(layers.edges.map(\.shortText).joined(separator: ", ")) m"]
  }

  func computation(_ values: YearValues) -> RecordComputation {
    let cells = AttributionCells(job, layers, years: catalogue.years.map(\.year), periods: periods, values)
    return { cells.compute($0, into: $1) }
  }

  func write(_ maps: ResultMaps, _ compression: ChunkCompression) throws {
    try AttributionOutput(job: job, catalogue: catalogue, periods: periods).write(
      maps, to: job.record.running.output, compression)
  }

  func summary(of maps: ResultMaps) -> any ResultSummary { AttributionSummary(maps, catalogue.grid) }
}
