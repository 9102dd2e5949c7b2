import Distributed
import Foundation
import Kernels

extension Comparison {
  /// Quantile–quantile pairs of the cells that both maps have, as comma-separated values (RFC 4180).
  ///
  /// Columns `probability` (0 to 1 in steps of 0.01), `quantile_a` and `quantile_b`, each in its map's units, by linear
  /// interpolation between order statistics; all cells count alike.
  var quantiles: String {
    let cells = a.values.indices.filter { a.values[$0].isFinite && b.values[$0].isFinite }
    let (sortedA, sortedB) = (cells.map { a.values[$0] }.sorted(), cells.map { b.values[$0] }.sorted())
    let rows = (0...100).map { step in
      let probability = Double(step) / 100
      return "\(probability),\(percentile(sorted: sortedA, probability)),\(percentile(sorted: sortedB, probability))"
    }
    return (["probability,quantile_a,quantile_b"] + rows).map { $0 + "\r\n" }.joined()
  }

  /// Writes the pairs under a temporary name and renames the file when it is complete.
  ///
  /// - Throws: exit code 73 where it cannot be written.
  func writeQuantiles(to path: String) throws {
    do {
      try Data(quantiles.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw JobError(.cannotWrite, "\(path): the quantiles cannot be written: \(error.localizedDescription)")
    }
  }
}
