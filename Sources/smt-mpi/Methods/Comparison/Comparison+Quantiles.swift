import Distributed
import Kernels

extension Comparison {
  /// Quantile–quantile pairs of the cells that both maps have.
  ///
  /// Columns `probability` (0 to 1 in steps of 0.01), `quantile_a` and `quantile_b`, each in its map's units, by linear
  /// interpolation between order statistics; all cells count alike.
  var quantiles: Table {
    let cells = a.values.indices.filter { a.values[$0].isFinite && b.values[$0].isFinite }
    let (sortedA, sortedB) = (cells.map { a.values[$0] }.sorted(), cells.map { b.values[$0] }.sorted())
    var table = Table(columns: ["probability", "quantile_a", "quantile_b"])
    for step in 0...100 {
      let probability = Double(step) / 100
      table.add([
        .number(probability), .number(percentile(sorted: sortedA, probability)),
        .number(percentile(sorted: sortedB, probability)),
      ])
    }
    return table
  }
}
