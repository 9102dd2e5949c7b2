import Distributed
import Kernels

/// A quantity of cells whose means over the grid a summary tells.
struct SummaryField {
  /// The key of its means.
  let name: String
  /// Whether the median and the 5th and 95th percentile are wanted too.
  var hasQuantiles = false
  /// What the numbers of all cells become once they are together; see `Column`.
  var gathered: (@Sendable ([Double]) -> [Double])?
  let value: CellQuantity
}

/// Means of a field over the cells that have a value: weighted by area, and of all cells alike; quantiles of these.
struct FieldMeans {
  var area = Double.nan
  var cells = Double.nan
  var median = Double.nan
  var p05 = Double.nan
  var p95 = Double.nan

  /// Means of values, added up in order.
  init(_ values: UnsafeBufferPointer<Double>, _ weights: [Double], hasQuantiles: Bool) {
    (area, cells) = means(values, weights: weights)
    guard hasQuantiles else { return }
    var sorted = values.filter(\.isFinite)
    sorted.sort()
    (p05, median, p95) = (
      percentile(sorted: sorted, 0.05), percentile(sorted: sorted, 0.5), percentile(sorted: sorted, 0.95)
    )
  }

  init() {}

  /// The means from a message.
  init(bytes: [UInt8]) {
    (area, cells, median, p05, p95) = bytes.withUnsafeBytes { bytes in
      func number(_ index: Int) -> Double { bytes.loadUnaligned(fromByteOffset: 8 * index, as: Double.self) }
      return (number(0), number(1), number(2), number(3), number(4))
    }
  }

  var bytes: [UInt8] { [area, cells, median, p05, p95].withUnsafeBytes { [UInt8]($0) } }
}

/// Means of several fields, by name.
struct SummaryMeans {
  private var means: [String: FieldMeans] = [:]

  /// The means of all cells' results on rank 0; nothing elsewhere.
  ///
  /// Collective. Each field is put together on one rank, which adds it up in the order of cells: the means do not depend on
  /// the number of ranks.
  init(_ fields: [SummaryField], of results: CellResults, on grid: Grid) throws {
    let weights = results.partition.cells.map(grid.weight)
    try results.assemble(fields.map(\.value)) { number, values in
      let field = fields[number]
      let means =
        field.gathered.map { gathered in
          gathered(Array(values)).withUnsafeBufferPointer {
            FieldMeans($0, weights, hasQuantiles: field.hasQuantiles)
          }
        } ?? FieldMeans(values, weights, hasQuantiles: field.hasQuantiles)
      return means.bytes
    } take: { number, bytes in
      means[fields[number].name] = FieldMeans(bytes: bytes)
    }
  }

  /// Bytes that they take on a rank.
  static func bytes(_ partition: Partition, rank: Int) -> Int {
    // The weights, and the values of quantiles.
    CellResults.bytesOfFields(partition, rank: rank) + 24 * partition.cells.count
  }

  subscript(_ name: String) -> FieldMeans { means[name] ?? FieldMeans() }
}
