import Distributed

/// What to know of the trends where files of several products, told apart by their titles, make one record; nil where
/// they are of one.
func productRemark(_ catalogue: Catalogue, _ periods: [ClosedRange<Int>]) -> String? {
  let source = catalogue.sources[0]
  func titles(_ period: ClosedRange<Int>) -> [String] {
    source.titles(ofSteps: catalogue.steps.indices.filter { period.contains(catalogue.steps[$0].year) })
  }
  func list(_ titles: [String]) -> String { titles.map { "'\($0)'" }.joined(separator: ", ") }
  let mixed = periods.filter { titles($0).count > 1 }
  if !mixed.isEmpty {
    return "\(mixed.names.joined(separator: ", ")): the files come from more than one product ("
      + list(titles(mixed[0])) + "): steps between them are in the trends."
  }
  let all = periods.flatMap(titles)
  guard Set(all).count > 1 else { return nil }
  return "The periods come from different products ("
    + zip(periods.names, periods).map { "\($0) \(list(titles($1)))" }.joined(separator: ", ")
    + "): differences between products are in those between periods."
}
