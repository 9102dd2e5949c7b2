import Distributed
import Kernels

/// The record of maps of the steps of a contrast: β, and the differences that it is made of.
struct ContrastRecord {
  private let method: ContrastMethod
  /// What the record is and where it goes.
  let description: SeriesOutput.Description

  /// The record of a method; nil where none is wanted.
  init?(_ method: ContrastMethod) {
    guard let path = method.job.eachStep else { return nil }
    self.method = method
    let units = CarbonFluxUnits.udunits(method.job.fluxUnits)
    let fluxes = method.job.fluxes.flatMap { flux in
      [
        SeriesOutput.Variable(
          "beta_\(flux.key)", units: units, longName: "sensitivity of \(flux.words) to soil moisture, per m3 m-3"),
        SeriesOutput.Variable(
          "delta_\(flux.key)", units: units, longName: "\(flux.words) of run A minus that of run B",
          cellMethods: "time: mean"),
      ]
    }
    let moisture = SeriesOutput.Variable(
      "delta_theta", units: "m3 m-3", longName: "soil moisture of run A minus that of run B", cellMethods: "time: mean")
    description = SeriesOutput.Description(
      fluxes + [moisture], time: method.steps.axis, on: method.catalogue.grid, chunks: method.job.chunks,
      division: .cells, to: path)
  }

  /// Writes the record, block by block; takes up the blocks that an earlier run has finished.
  ///
  /// Collective.
  /// - Throws: exit code 64 where the blocks are those of another job, 73 where there is no room, 75 where a signal stopped it.
  func write(_ cells: ContrastCells, _ warnings: inout Warnings, _ communicator: Communicator) throws {
    let settings = method.job.settings
    let input = try communicator.onRoot { try method.catalogue.identity() }
    let output = try SeriesOutput(
      description, cells.partition,
      identity: [settings.identity, input, InstructionLevel.preferred.arithmetic, ProgramVersion.number]
        .joined(separator: "\n"),
      discard: settings.running.restarts, communicator)
    output.concerns.forEach { warnings.note($0) }
    let concern = try communicator.onRoot { try output.checkSpace() ?? "" }
    if !concern.isEmpty { warnings.note(concern) }
    let first = cells.partition.share(of: communicator.rank).lowerBound
    try output.fill { block in values(of: block.lowerBound - first..<block.upperBound - first, cells) }
    var attributes = method.attributes
    attributes.title += ", of each step"
    attributes.arithmetic = InstructionLevel.preferred.arithmetic
    try output.finish(attributes)
  }

  /// By variable the values of some cells, positions within the rank's share: of each time all cells.
  private func values(of positions: Range<Int>, _ cells: ContrastCells) -> [[Double]] {
    let (steps, fluxes) = (method.steps.all, method.job.fluxes.count)
    var values = description.variables.map { _ in [Double](repeating: .nan, count: steps.count * positions.count) }
    for (place, position) in positions.enumerated() {
      let found = cells.result(position, steps: steps)
      for step in steps.indices {
        let target = step * positions.count + place
        for flux in 0..<fluxes {
          values[2 * flux][target] = found.fluxes[flux].steps[step]
          values[2 * flux + 1][target] = found.fluxes[flux].changes[step]
        }
        values[2 * fluxes][target] = found.moistureChanges[step]
      }
    }
    return values
  }
}
