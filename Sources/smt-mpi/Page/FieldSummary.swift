import Distributed
import Kernels

/// What is known of a field once all its cells have been looked at.
struct FieldSummary {
  /// The field without its values, but for those of a status.
  let field: MapField
  let statistics: MapStatistics?
  let histogram: Histogram?
  /// Cells by class; nil of quantities.
  let counts: [PageMap.Count]?
  private(set) var scale: ColourScale
  /// Values at even parts of the cells, ascending.
  private let quantiles: [Double]

  /// How much wider the values of one field may be spread than those of another of the same variable, for both to be drawn by
  /// one scale.
  private static let widest = 5.0

  /// - Parameter before: of the field before, whose colours of classes those of the same variable share.
  private init(_ field: MapField, after before: FieldSummary?) {
    var header = field
    if !field.isStatus { header.values = [] }
    self.field = header
    if field.hasClasses {
      (statistics, histogram, quantiles) = (nil, nil, [])
      counts = Self.counts(field)
      let isOfOne = before?.field.name == field.name && before?.field.path == field.path
      scale = (isOfOne ? before?.scale : nil) ?? .classes(field.flags.map(\.meaning))
      return
    }
    let sorted = field.values.filter(\.isFinite).sorted()
    statistics = MapStatistics(field.values, sorted: sorted) { field.grid.weight(ofCell: $0) }
    histogram = Histogram(sorted: sorted)
    counts = nil
    quantiles = sorted.isEmpty ? [] : (0...200).map { percentile(sorted: sorted, Double($0) / 200) }
    scale = .fitting(name: field.name, validRange: field.validRange, sorted: sorted)
  }

  /// Reads all fields; those of a variable that are alike share a scale, so that they can be compared.
  static func all(of choice: MapChoice) throws -> [FieldSummary] {
    var summaries: [FieldSummary] = []
    try choice.forEach { summaries.append(FieldSummary($0, after: summaries.last)) }
    var start = 0
    for end in summaries.indices.map({ $0 + 1 })
    where end == summaries.count || summaries[end].field.name != summaries[start].field.name
      || summaries[end].field.path != summaries[start].field.path
    {
      share(&summaries, start..<end)
      start = end
    }
    return summaries
  }

  private static func share(_ summaries: inout [FieldSummary], _ range: Range<Int>) {
    let field = summaries[range.lowerBound].field
    let known = summaries[range].filter { !$0.quantiles.isEmpty }
    let spreads = known.map { percentile(sorted: $0.quantiles, 0.98) - percentile(sorted: $0.quantiles, 0.02) }
    guard known.count > 1, let least = spreads.min(), let most = spreads.max(), most <= widest * least else { return }
    let scale = ColourScale.fitting(
      name: field.name, validRange: field.validRange, sorted: known.flatMap(\.quantiles).sorted())
    for index in range { summaries[index].scale = scale }
  }

  private static func counts(_ field: MapField) -> [PageMap.Count] {
    var cells: [Double: Int] = [:]
    for value in field.values where value.isFinite { cells[value, default: 0] += 1 }
    let all = max(1, cells.values.reduce(0, +))
    func count(_ meaning: String, _ cells: Int) -> PageMap.Count {
      PageMap.Count(meaning: meaning, cells: cells, share: Double(cells) / Double(all))
    }
    let known = field.flags.compactMap { flag in
      cells.removeValue(forKey: Double(flag.value)).map { count(flag.meaning, $0) }
    }
    let others = cells.values.reduce(0, +)
    return others > 0 ? known + [count("others, without a meaning", others)] : known
  }
}
