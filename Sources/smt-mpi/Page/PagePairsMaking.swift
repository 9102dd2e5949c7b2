import Distributed
import Kernels

extension PagePairs {
  private static let mostPoints = 5000

  /// Pairs of two quantities: some of the points, evenly taken, quantiles of all, and how well they agree.
  ///
  /// - Parameters:
  ///   - x: as many values as `y`; pairs of which one is no number are left out.
  ///   - isAlike: whether both are the same quantity in the same units, so that they have a difference.
  ///   - bias: what is taken from what, as `A - B`, and whether that is y from x, and not x from y.
  /// - Returns: nil where there are no two pairs.
  static func make(
    _ title: String, x: (Quantity, [Double]), y: (Quantity, [Double]), isAlike: Bool,
    bias: (name: String, isYFromX: Bool)
  ) -> PagePairs? {
    let present = x.1.indices.filter { x.1[$0].isFinite && y.1[$0].isFinite }
    guard present.count > 1 else { return nil }
    let (xs, ys) = (present.map { x.1[$0] }, present.map { y.1[$0] })
    let shown = min(present.count, mostPoints)
    let points = (0..<shown).map { index -> [Double] in
      let place = index * (present.count - 1) / max(1, shown - 1)
      return [xs[place], ys[place]]
    }
    let (sortedX, sortedY) = (xs.sorted(), ys.sorted())
    let quantiles = (0...100).map { step -> [Double] in
      let part = Double(step) / 100
      return [percentile(sorted: sortedX, part), percentile(sorted: sortedY, part)]
    }
    let agreement = MapAgreement(xs, ys, weights: nil, within: .absolute(0))
    let statistics = [
      ("pairs", Double(present.count)), ("Pearson correlation", agreement.correlation),
      ("RMSE", isAlike ? agreement.rootMeanSquareError : .nan),
      ("bias (\(bias.name))", isAlike ? (bias.isYFromX ? 1 : -1) * agreement.bias : .nan),
    ].filter(\.1.isFinite)
    return PagePairs(
      title: title, x: x.0, y: y.0, isAlike: isAlike, points: points, quantiles: quantiles,
      statistics: statistics.map { Statistic(name: $0.0, value: $0.1) })
  }
}

extension TableFile {
  private static let mostPairs = 24

  /// Observed values beside those of each other quantity of a table of pairs; of several experiments each by itself.
  ///
  /// - Parameter notes: receives what is left out.
  func pairs(notes: inout [String]) -> [PagePairs] {
    guard let observed = place("observed") else { return [] }
    let experiment = place("experiment")
    let names = experiment.map { column in
      rows.reduce(into: [String]()) { names, row in if !names.contains(row[column]) { names.append(row[column]) } }
    }
    let quantities = header.indices.filter { $0 > observed && isNumeric($0) }
    let groups: [(name: String?, column: Int)] = quantities.flatMap { column in
      names.map { $0.map { (name: $0, column: column) } } ?? [(name: nil, column: column)]
    }
    if groups.count > Self.mostPairs {
      notes.append("\(path): \(Self.mostPairs) of \(groups.count) quantities are shown beside the observed one")
    }
    return groups.prefix(Self.mostPairs).compactMap { group in
      let own = rows.filter { row in experiment.map { row[$0] == group.name } ?? true }
      func quantity(_ column: Int) -> (PagePairs.Quantity, [Double]) {
        (
          PagePairs.Quantity(name: header[column], units: units?[column] ?? ""),
          own.map { number($0, column) ?? .nan }
        )
      }
      return PagePairs.make(
        group.name ?? header[group.column], x: quantity(observed), y: quantity(group.column), isAlike: true,
        bias: (name: "\(header[group.column]) - observed", isYFromX: false))
    }
  }
}
