import Distributed

/// A reduction that keeps the first field of each source at every step of a year, in the order of sources.
public struct EveryStep: Reduction {
  private let firstIndex: [Int: Int]
  private let sources: Int
  /// Slots of a source.
  public let stepsPerYear: Int

  /// Room for the steps of the catalogue's longest year.
  public init(_ catalogue: Catalogue) {
    let years = catalogue.years
    firstIndex = Dictionary(uniqueKeysWithValues: years.map { ($0.year, $0.steps.lowerBound) })
    sources = catalogue.sources.count
    stepsPerYear = years.map(\.steps.count).max() ?? 0
  }

  /// Values that a year leaves in a cell.
  public var width: Int { stepsPerYear * sources }

  /// Keeps a step.
  public func add(_ step: StepFields, to values: CellBlock) {
    for source in 0..<sources {
      let field = step.field(0, ofSource: source)
      let target = values[source * stepsPerYear + step.index - (firstIndex[step.step.year] ?? 0)]
      for position in field.indices { target[position] = field[position] }
    }
  }
}
