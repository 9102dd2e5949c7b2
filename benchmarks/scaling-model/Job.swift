/// A job whose time is predicted.
struct Job {
  var name: String
  /// Cells of the grid and those on land.
  var gridCells: Int
  var landCells: Int
  var members: Int
  var months: Int
  /// Sources that are read one after the other, and fields of a month of each.
  var sources: Int
  var fields: Int
  var files: Int
  /// Values that a calendar year leaves in a cell, of one source.
  var width: Int
  /// Maps of the grid's size that every rank gets: the growing season.
  var sharedMaps: Int
  /// Numbers of a cell's result.
  var recordLength: Int
  /// CPU seconds of a cell.
  var cell: Double

  private static let grids = [("1°", 192 * 288, 15_000), ("0.25°", 720 * 1440, 240_000)]

  /// 86 members of 132 months, a file each, with two variables; and a record of 924 months with four.
  static let all: [Job] = grids.flatMap { name, cells, land in
    [
      Job(
        name: "threshold, \(name)", gridCells: cells, landCells: land, members: 86, months: 132, sources: 2, fields: 1,
        files: 86 * 132, width: 2, sharedMaps: 2, recordLength: 17, cell: Constants.training),
      Job(
        name: "attribute, \(name)", gridCells: cells, landCells: land, members: 1, months: 924, sources: 1, fields: 4,
        files: 924, width: 16, sharedMaps: 0, recordLength: 152, cell: Constants.attributing),
    ]
  }

  var fieldBytes: Double { 4 * Double(gridCells) }
  var years: Int { months / 12 }
}
