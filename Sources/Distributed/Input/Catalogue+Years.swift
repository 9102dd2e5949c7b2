extension Catalogue {
  /// Files of all sources; one that several lie in counts once.
  public var fileCount: Int { Set(records.flatMap { $0.files.map(\.path) }).count }

  /// The catalogue of some calendar years alone, for reading a record some years at a time; nil where there are none of them.
  ///
  /// Months that are made of finer steps cannot be told apart so: each step of the job must be one of the record's.
  public func years(_ range: ClosedRange<Int>) -> Catalogue? {
    precondition(records.allSatisfy { $0.parts == nil }, "steps of the job are those of the records")
    guard let first = steps.firstIndex(where: { range.contains($0.year) }),
      let last = steps.lastIndex(where: { range.contains($0.year) })
    else { return nil }
    var catalogue = self
    catalogue.steps = Array(steps[first...last])
    catalogue.validCells = nil
    for source in sources.indices {
      for record in sources[source].records.indices {
        catalogue.sources[source].records[record].keepSteps(first...last)
      }
    }
    return catalogue
  }
}

extension RecordCatalogue {
  /// Forgets all steps but some.
  fileprivate mutating func keepSteps(_ range: ClosedRange<Int>) {
    stepPlaces = stepPlaces.map { Array($0[range]) }
    if !stepSeconds.isEmpty { stepSeconds = Array(stepSeconds[range]) }
  }
}
