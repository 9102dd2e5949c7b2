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
  /// Maps of the output.
  var maps: Int
  /// Quantities whose means over the globe the summary tells.
  var means: Int
  /// CPU seconds of a cell.
  var cell: Double

  /// 86 members of 132 months, a file each, with two variables; and a record of 924 months with four.
  static let all: [Job] = [("1°", 192 * 288, 15_000), ("0.25°", 720 * 1440, 240_000)].flatMap { name, cells, land in
    [
      threshold(name, gridCells: cells, landCells: land, members: 86, months: 132),
      attribution(name, gridCells: cells, landCells: land, months: 924),
    ]
  }

  static func threshold(_ grid: String, gridCells: Int, landCells: Int, members: Int, months: Int) -> Job {
    Job(
      name: "threshold, \(grid)", gridCells: gridCells, landCells: landCells, members: members, months: months,
      sources: 2, fields: 1, files: members * months, width: 2, sharedMaps: 2, maps: 11,
      means: 4, cell: Constants.threshold)
  }

  static func attribution(_ grid: String, gridCells: Int, landCells: Int, months: Int) -> Job {
    Job(
      name: "attribute, \(grid)", gridCells: gridCells, landCells: landCells, members: 1, months: months, sources: 1,
      fields: 4, files: months, width: 16, sharedMaps: 0, maps: 152, means: 156,
      cell: Constants.attributing)
  }

  var fieldBytes: Double { 4 * Double(gridCells) }
  var years: Int { months / 12 }
}
