import Distributed

/// All that describes a run of the attribution, checked; made before MPI starts.
struct AttributionJob: Job {
  let settings: JobSettings
  let record: RecordYears
  let wetness: WetnessSettings
  /// The file of the table of yearly means; nil where none is wanted.
  let series: String?

  init(_ command: Attribute) throws {
    wetness = try WetnessSettings(command.wetness)
    record = try RecordYears(command.record)
    settings = try JobSettings(
      command,
      [
        try command.record.request("moisture", wetness.moisture, layering: SoilMoistureUnits.amounts, command.selection)
      ],
      period: try command.selection.period() ?? record.months, choice: try command.selection.choice(),
      tables: [RunFile("series", command.series, .series)])
    series = command.series
  }

  func method(for catalogue: Catalogue, _ communicator: Communicator) throws -> AttributionMethod {
    AttributionMethod(
      job: self, catalogue: catalogue, layers: try wetness.layers(of: catalogue.sources[0]),
      periods: try record.periods(of: catalogue, settings.requests[0]))
  }
}
