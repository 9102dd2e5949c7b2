import Distributed
import Kernels

/// The columns of a finished job by classes of cells.
struct ColumnClasses {
  /// The classes.
  let summary: ClassSummary
  /// On rank 0 each field of a column with its statistics by set and class of `summary`; nothing elsewhere.
  private(set) var fields: [(field: ClassField, statistics: [[ClassStatistics]])] = []

  /// Sums up all columns that are quantities, in every period and at every index of their axes.
  ///
  /// Collective. Each field is put together on one rank, which adds it up in the order of cells: nothing depends on the
  /// number of ranks.
  init<Analysis: Method>(_ all: MethodResults<Analysis>, _ summary: ClassSummary) throws {
    self.summary = summary
    let quantities = all.rows.columns.flatMap { column in
      Self.isSummedUp(column) ? Self.fields(of: column, all.rows) : []
    }
    try all.cells.assemble(quantities.map(\.value)) { number, values in
      let gathered = quantities[number].gathered.map { $0(Array(values)) } ?? Array(values)
      var onGrid = [Double](repeating: .nan, count: all.grid.cellCount)
      for (cell, value) in zip(all.cells.partition.cells, gathered) { onGrid[cell] = value }
      return summary.bytes(of: onGrid)
    } take: { number, bytes in
      fields.append((quantities[number].field, summary.statistics(bytes: bytes)))
    }
  }

  /// Bytes that summing up takes on a rank.
  static func bytes(_ partition: Partition, rank: Int, on grid: Grid) -> Int {
    // A field on the grid, and the samples of its cells, sorted, with their weights.
    CellResults.bytesOfFields(partition, rank: rank) + 8 * grid.cellCount + 48 * partition.cells.count
  }

  private static func isSummedUp<Result>(_ column: Column<Result>) -> Bool {
    column.summary != .none || column.isWritten && !column.isCount && column.flags == nil
  }

  private struct Quantity {
    let field: ClassField
    let gathered: (@Sendable ([Double]) -> [Double])?
    let value: CellQuantity
  }

  private static func fields<Result>(of column: Column<Result>, _ rows: Rows<Result>) -> [Quantity] {
    let places = column.axes.reduce([[]]) { places, axis in
      places.flatMap { place in axis.labels.map { place + [(dimension: axis.name, label: $0)] } }
    }
    let start = rows.places(column.name).lowerBound
    return places.enumerated().map { index, place in
      let at = start + index
      return Quantity(
        field: ClassField(variable: column.name, units: column.units, place: place), gathered: column.gathered
      ) { $0[at] }
    }
  }

  /// The table of all fields.
  func table(minimumArea: Double) -> ClassTable {
    var table = ClassTable(summary, minimumArea: minimumArea)
    for (field, statistics) in fields { table.add(field, statistics) }
    return table
  }

  /// Those of the fields of a variable, in the order of its axes.
  func fields(of variable: String) -> [(field: ClassField, statistics: [[ClassStatistics]])] {
    fields.filter { $0.field.variable == variable }
  }
}
