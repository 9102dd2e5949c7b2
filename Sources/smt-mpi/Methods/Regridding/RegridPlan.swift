import Distributed
import Kernels

/// How a record comes to the target grid.
struct RegridPlan {
  let record: RegridRecord
  let regridding: GridRegridding
  let target: Grid

  /// Bytes of source rows that are held, unless one target row needs more.
  private static let windowBytes = 16 << 20

  init(_ record: RegridRecord, _ regridding: GridRegridding, _ target: Grid) {
    self.record = record
    self.regridding = regridding
    self.target = target
  }

  private var source: Grid { record.headers[0].grid }

  /// Source rows that may be held.
  private var windowRows: Int { max(1, Self.windowBytes / (8 * source.rowLength)) }

  /// All source rows, some at a time.
  var sourceBands: [Range<Int>] {
    stride(from: 0, to: source.rowCount, by: windowRows).map { $0..<min(source.rowCount, $0 + windowRows) }
  }

  /// Target rows that are made at a time, with the source rows that they need.
  func bands(of rows: Range<Int>) -> [(rows: Range<Int>, sources: [Int])] {
    guard case .rows(let rowRegridding, _) = regridding else { return [(rows, Array(0..<source.rowCount))] }
    var bands: [(rows: Range<Int>, sources: [Int])] = []
    var (first, needed) = (rows.lowerBound, Set<Int>())
    for row in rows {
      let own = rowRegridding.sourceRows(of: row)
      let both = needed.union(own)
      if both.count > windowRows, row > first {
        bands.append((first..<row, needed.sorted()))
        (first, needed) = (row, Set(own))
      } else {
        needed = both
      }
    }
    bands.append((first..<rows.upperBound, needed.sorted()))
    return bands
  }

  /// Bytes that a rank holds.
  var bytes: Int {
    let bands = RegridPart.ranges(of: target).flatMap(bands)
    let rows = bands.map(\.sources.count).max() ?? 0
    let reader = record.headers.map { $0.readerBytes(rows: rows) }.max() ?? 0
    let part = RegridPart.rows(of: target) * target.rowLength
    // A part's values, its elements, the same shuffled and compressed, and on rank 0 those of another.
    return reader + 8 * rows * source.rowLength + part * (8 + 4 * 4) + regridding.bytes
  }
}

/// Some rows of a field of the result: what one rank makes at a time, a chunk of the file.
struct RegridPart {
  var record: Int
  var field: RegridRecord.Field
  var rows: Range<Int>

  /// Rows of a part: an eighth of the grid's, whatever the number of ranks, so that files are the same.
  static func rows(of grid: Grid) -> Int { grid.rowCount < 64 ? max(1, grid.rowCount) : (grid.rowCount + 7) / 8 }

  static func ranges(of grid: Grid) -> [Range<Int>] {
    stride(from: 0, to: grid.rowCount, by: rows(of: grid)).map { $0..<min(grid.rowCount, $0 + rows(of: grid)) }
  }

  /// All parts, field by field.
  static func all(of plans: [RegridPlan]) -> [RegridPart] {
    plans.enumerated().flatMap { index, plan in
      let ranges = ranges(of: plan.target)
      return plan.record.fields.flatMap { field in ranges.map { RegridPart(record: index, field: field, rows: $0) } }
    }
  }
}

extension GridRegridding {
  /// Bytes of the weights.
  fileprivate var bytes: Int {
    switch self {
    case .rows: 0
    case .cells(let cells): 12 * cells.sources.count + 16 * cells.count
    }
  }
}
