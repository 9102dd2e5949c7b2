import Distributed
import Kernels

/// Correlations by class, season and layer, as a table.
///
/// Source: Li et al. (2025), its supplement.
struct CorrelationTable {
  let table: Table

  /// Columns of statistics.
  private static let statistics = [
    "n", "mean_r", "mean_area_r", "p05_r", "p50_r", "p95_r", "mean_p", "p05_p", "p50_p", "p95_p", "n_significant",
    "share_significant", "share_of_grid",
  ]

  /// A row for each class, period, season and layer.
  ///
  /// Columns: `classes`, the map that a class comes from, where there are several; `class`; `period`, where there are
  /// several; `season` and `depth`, m; the cells with a correlation, their r and p; the significant cells, their share in
  /// the class's cells with a result, 0 to 1, and in all cells of the grid, sea among them.
  ///
  /// - Parameters:
  ///   - classes: the columns `r`, `r_p` and `significant` by classes.
  ///   - gridCells: cells of the grid.
  init(_ classes: ColumnClasses, gridCells: Int) {
    let (r, p) = (classes.fields(of: "r"), classes.fields(of: "r_p"))
    let significant = classes.fields(of: "significant")
    let sets = classes.summary.sets
    let dimensions = r.first?.field.place.map(\.dimension) ?? []
    var table = Table(columns: (sets.count > 1 ? ["classes"] : []) + ["class"] + dimensions + Self.statistics)
    for (set, classes) in sets.enumerated() {
      for (number, name) in classes.classes.map(\.name).enumerated() {
        for index in r.indices {
          let own = [r, p, significant].map { $0[index].statistics[set][number] }
          let part = own[2].mean
          let count = part.isNaN ? 0 : Int((part * Double(own[2].count)).rounded())
          func spread(_ of: ClassStatistics) -> [Table.Entry] {
            [0, 2, 4].map { .number(of.quantiles[$0]) }
          }
          table.add(
            (sets.count > 1 ? [.text(classes.title)] : []) + [.text(name)]
              + r[index].field.place.map { .text($0.label) }
              + [.count(own[0].count), .number(own[0].mean), .number(own[0].areaMean)] + spread(own[0])
              + [.number(own[1].mean)] + spread(own[1])
              + [.count(count), .number(part), .number(Double(count) / Double(max(1, gridCells)))])
        }
      }
    }
    self.table = table
  }
}
