import Distributed

/// How many cells, and how much area, each pair of classes of two sets shares.
struct CrossTable {
  private let summary: ClassSummary

  /// - Parameter summary: with two sets.
  init(_ summary: ClassSummary) { self.summary = summary }

  /// A row for each pair: columns `class_1`, `class_2`, `n` (cells with a part in both) and `area_km2` (area times both
  /// parts).
  var table: Table {
    var table = Table(columns: ["class_1", "class_2", "n", "area_km2"])
    var shares = [Double](repeating: 0, count: summary.cellCount)
    for first in summary.sets[0].classes {
      for (position, cell) in first.cells.enumerated() { shares[cell] = first.share(at: position) }
      for second in summary.sets[1].classes {
        var count = 0
        var area = summary.areas.isEmpty ? Double.nan : 0
        for (position, cell) in second.cells.enumerated() where shares[cell] > 0 {
          count += 1
          guard !summary.areas.isEmpty, summary.areas[cell].isFinite else { continue }
          area += summary.areas[cell] * shares[cell] * second.share(at: position)
        }
        table.add([.text(first.name), .text(second.name), .count(count), .number(area)])
      }
      for cell in first.cells { shares[cell] = 0 }
    }
    return table
  }
}
