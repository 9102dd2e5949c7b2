import Distributed
import Kernels

/// The attribution of a record whose headers are known.
struct AttributionMethod: RecordMethod {
  typealias Status = AttributionStatus

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

  var description: [String] {
    ["layers:   \(layers.count), edges \(layers.edges.map(\.shortText).joined(separator: ", ")) m"]
  }

  func computation(_ values: YearValues) -> RecordComputation {
    let cells = AttributionCells(job, layers, years: catalogue.years.map(\.year), periods: periods, values)
    return { cells.compute($0, into: $1) }
  }

  func maps(_ rows: RecordRows) -> [MapWriter.MapVariable] { output.maps(rows) }

  var attributes: MapWriter.FileAttributes { output.attributes }

  private var output: AttributionOutput { AttributionOutput(job: job, catalogue: catalogue, periods: periods) }

  func summary(_ rows: RecordRows, period: Int) -> AttributionSummary { AttributionSummary(rows, period: period) }
}
