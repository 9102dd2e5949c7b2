import Distributed

/// Keeps what `EveryStep` leaves of one source: the value of every step of the job in every cell of a rank, member after
/// member.
public struct StepCollector: Collector {
  private let years: [(year: Int, steps: Range<Int>)]
  private let stepCount: Int
  private let stepsPerYear: Int
  private let source: Int
  /// By member and step, cell after cell.
  public private(set) var values: [[[Double]]]

  /// Room for the steps of a catalogue.
  public init(_ catalogue: Catalogue, source: Int = 0) {
    years = catalogue.years
    stepCount = catalogue.steps.count
    stepsPerYear = EveryStep(catalogue).stepsPerYear
    self.source = source
    values = catalogue.members.map { _ in [[Double]](repeating: [], count: catalogue.steps.count) }
  }

  /// Takes the steps of one year.
  public mutating func take(member: Int, year: Int, values new: CellBlock) {
    for (slot, step) in years[year].steps.enumerated() {
      let block = new[source * stepsPerYear + slot]
      values[member][step] = block.indices.map { block[$0] }
    }
  }
}
