/// How a record of maps is cut into chunks.
public enum SeriesChunks: String, CaseIterable, Sendable {
  /// A chunk is a field, or rows of one where fields are large: made for maps.
  case map
  /// A chunk is all times of a tile of cells: made for series.
  case series
}

/// Bytes of what a record of maps is divided into, at the most, where the smallest possible part has not more.
package struct SeriesSizes: Sendable {
  /// A block's values, as they are kept.
  package var block = 4 << 20
  /// The chunks that a rank makes together.
  package var batch = 16 << 20
  /// A chunk of a field.
  package var field = 4 << 20
  /// A chunk of all times of a tile.
  package var tile = 1 << 20

  /// The sizes that jobs have.
  package init() {}
}

/// The chunks of a variable, and the batches in which ranks make them.
///
/// All depends on the variable and the grid alone, so that a file is the same whoever made its chunks.
struct SeriesTiling {
  /// Lengths along time, rows and columns.
  struct Lengths: Equatable {
    var times: Int
    var rows: Int
    var columns: Int

    var count: Int { times * rows * columns }
  }

  /// Neighbouring chunks, by their indices along time, rows and columns.
  struct Batch {
    var outer: Int
    var times: Range<Int>
    var rows: Int
    var columns: Range<Int>

    /// The number of chunks.
    var count: Int { times.count * columns.count }
  }

  /// Of the variable.
  let shape: Lengths
  /// Of a chunk.
  let chunk: Lengths
  /// Chunks along each.
  private let chunks: Lengths

  init(_ kind: SeriesChunks, on grid: Grid, times: Int, valueBytes: Int, sizes: SeriesSizes) {
    shape = Lengths(times: times, rows: grid.rowCount, columns: grid.rowLength)
    let (rows, columns) = (max(1, grid.rowCount), max(1, grid.rowLength))
    switch kind {
    case .map:
      let most = max(1, sizes.field / (valueBytes * columns))
      chunk = Lengths(times: 1, rows: min(rows, most), columns: columns)
    case .series:
      let cells = max(1, sizes.tile / (valueBytes * max(1, times)))
      let side = max(1, Int(Double(cells).squareRoot()))
      chunk = Lengths(
        times: max(1, times), rows: min(rows, grid.kind == .unstructured ? cells : side), columns: min(columns, side))
    }
    chunks = Lengths(
      times: (shape.times + chunk.times - 1) / chunk.times, rows: (shape.rows + chunk.rows - 1) / chunk.rows,
      columns: (shape.columns + chunk.columns - 1) / chunk.columns)
    perBatch = max(1, sizes.batch / (valueBytes * chunk.count))
  }

  /// Chunks of a batch at the most.
  let perBatch: Int

  /// Chunks of a variable with one field at each time.
  var chunkCount: Int { chunks.count }

  /// The batches of a variable with so many fields at each time, in the order of the file.
  func batches(outer: Int) -> [Batch] {
    (0..<outer).flatMap { outer in
      stride(from: 0, to: chunks.times, by: perBatch).flatMap { time in
        (0..<chunks.rows).flatMap { row in
          stride(from: 0, to: chunks.columns, by: perBatch).map { column in
            Batch(
              outer: outer, times: time..<min(time + perBatch, chunks.times), rows: row,
              columns: column..<min(column + perBatch, chunks.columns))
          }
        }
      }
    }
  }

  /// The first element of a chunk of a batch: of time, row and column.
  func start(of number: Int, in batch: Batch) -> Lengths {
    Lengths(
      times: (batch.times.lowerBound + number / batch.columns.count) * chunk.times, rows: batch.rows * chunk.rows,
      columns: (batch.columns.lowerBound + number % batch.columns.count) * chunk.columns)
  }

  /// Times of a batch.
  func times(of batch: Batch) -> Range<Int> {
    batch.times.lowerBound * chunk.times..<min(batch.times.upperBound * chunk.times, shape.times)
  }

  /// Rows of a batch.
  func rows(of batch: Batch) -> Range<Int> {
    batch.rows * chunk.rows..<min((batch.rows + 1) * chunk.rows, shape.rows)
  }

  /// Where a value of a time is among those of a batch, chunk after chunk, beside the place of its cell.
  func place(ofTime time: Int, in batch: Batch) -> Int {
    (time / chunk.times - batch.times.lowerBound) * batch.columns.count * chunk.count
      + time % chunk.times * chunk.rows * chunk.columns
  }

  /// Where a value of a cell is among those of a batch, beside the place of its time; nil where it is none of the batch.
  func place(ofRow row: Int, column: Int, in batch: Batch) -> Int? {
    guard row / chunk.rows == batch.rows, batch.columns.contains(column / chunk.columns) else { return nil }
    return (column / chunk.columns - batch.columns.lowerBound) * chunk.count
      + row % chunk.rows * chunk.columns + column % chunk.columns
  }
}
