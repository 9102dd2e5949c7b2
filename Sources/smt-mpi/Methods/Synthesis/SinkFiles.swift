import Distributed
import Kernels

/// The files of respiration and production whose trends are known, beside an invented ensemble.
struct SinkFiles {
  let folder: String
  let land: SyntheticLand
  let sink: SyntheticSink
  /// Months from January; years are whole.
  let months: Int
  let style: CLMHistoryFile.Style

  /// Writes `sink.nc`, both fluxes by month, and `sink_truth.nc`, what a comparison of their yearly means should find.
  ///
  /// - Throws: exit code 73.
  func write() throws {
    let part = EnsembleLayout.Part(path: "sink.nc", variables: ["RECO", "NPP"], months: 0..<months)
    let file = try CLMHistoryFile("\(folder)/\(part.path)", part: part, member: "sink", land: land, style: style)
    // Whole chunks at a time, else the library would compress each chunk once a month.
    for start in stride(from: 0, to: months, by: style.chunks.monthsTogether) {
      let together = start..<min(start + style.chunks.monthsTogether, months)
      for (name, flux) in [("RECO", sink.respiration), ("NPP", sink.production)] {
        try file.write(together.flatMap { flux.field(month: $0).map { Float($0) } }, to: name, months: together)
      }
    }
    try file.commit()
    try writeTruth()
  }

  private func writeTruth() throws {
    let writer = try NetCDFWriter("\(folder)/sink_truth.nc", format: style.format)
    let grid = try CLMGrid(define: land, in: writer, withAreas: true)
    let maps = [("production", sink.production), ("respiration", sink.respiration)].flatMap { name, flux in
      [
        ("\(name)_trend", "trend of the annual mean of \(name)", "gC/m^2 year-1", flux.slopes),
        ("\(name)_z_trend", "trend of the z-scores of the annual mean of \(name)", "year-1", flux.standardSlopes),
      ]
    }
    let variables = try maps.map { name, longName, units, _ in
      try writer.variable(
        name, .double, [grid.latitude, grid.longitude],
        attributes: [
          ("long_name", .text(longName)), ("units", .text(units)),
          ("_FillValue", .numbers([Double(CLMHistoryFile.fill)], .double)),
        ])
    }
    let attributes = [
      ("Conventions", "CF-1.8"), ("title", "truth of synthetic respiration and production"),
      ("source", ProgramVersion.source), ("history", style.history),
    ]
    for (name, value) in attributes { try writer.put(name, .text(value)) }
    try writer.endDefinitions()
    try grid.write(land, to: writer)
    for (variable, map) in zip(variables, maps) {
      try writer.write(map.3.map { $0.isNaN ? Double(CLMHistoryFile.fill) : $0 }, to: variable)
    }
    try writer.commit()
  }
}
