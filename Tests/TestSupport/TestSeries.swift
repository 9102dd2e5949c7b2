import Distributed

/// A record of maps whose values are known: two variables with times and axes of their own, classes, and exact numbers.
public enum TestSeries {
  /// A grid.
  public static func grid(rows: Int, columns: Int) -> Grid {
    Grid(
      latitudes: (0..<rows).map { Double($0) - Double(rows - 1) / 2 }, longitudes: (0..<columns).map { Double($0) })
  }

  /// The cells that have values: but for every fifth.
  public static func cells(of grid: Grid) -> [Int] { (0..<grid.cellCount).filter { $0 % 5 != 3 } }

  /// The record.
  public static func record(
    on grid: Grid, times: Int, _ chunks: SeriesChunks, _ division: SeriesOutput.Division, to path: String
  ) -> SeriesOutput.Description {
    let scale = MapAxis("scale", longName: "months of a sum", values: [3, 12, 24], units: "months")
    let first = Month(year: 2001, month: 1)
    let time = MapAxis(months: (0..<times).map { Month(index: first.index + $0) }, calendar: .standard)
    var record = SeriesOutput.Description(
      [
        SeriesOutput.Variable("a", units: "1", longName: "the first", axes: [scale]),
        SeriesOutput.Variable(
          "b", units: "mm", longName: "the second", cellMethods: "time: sum", validRange: -1e9...1e9, outside: -5),
        SeriesOutput.Variable(
          "status", units: "1", longName: "classes", axes: [scale], hasTime: false, type: .int8,
          flagMeanings: ["good", "few", "none", "outside"], outside: 3),
        SeriesOutput.Variable("exact", units: "1", longName: "doubles", hasTime: false, type: .double),
      ], time: time, on: grid, chunks: chunks, division: division, to: path)
    // Several blocks, batches and chunks of a few cells.
    (record.sizes.block, record.sizes.batch, record.sizes.field, record.sizes.tile) = (600, 4000, 600, 900)
    return record
  }

  /// The value of a variable in a cell; NaN for none.
  public static func value(_ variable: Int, outer: Int, time: Int, cell: Int) -> Double {
    switch variable {
    case 0: (cell + time + outer) % 7 == 2 ? .nan : Double(cell * 1000 + time * 10 + outer) / 3
    case 1: Double(time * time) - Double(cell) / 7
    case 2: Double((cell + outer) % 3)
    default: cell % 11 == 0 ? .nan : 1 / Double(cell + 3)
    }
  }

  /// The values of a block.
  public static func values(
    of block: Range<Int>, in record: SeriesOutput.Description, _ cells: [Int]
  ) -> [[Double]] {
    let all = 0..<(record.time?.values.count ?? 1)
    let (own, times) = record.division == .cells ? (cells[block], all) : (cells[...], block)
    return record.variables.enumerated().map { number, variable in
      let ownTimes = variable.hasTime ? times : times.contains(0) ? 0..<1 : 0..<0
      return (0..<variable.outerCount).flatMap { outer in
        ownTimes.flatMap { time in own.map { value(number, outer: outer, time: time, cell: $0) } }
      }
    }
  }
}
