import Distributed
import Foundation
import TestSupport

/// A small study for `respire train`: sites in six clusters, four years, a map and two yearly records, one of another grid.
struct TrainFixture {
  static let (rows, columns, years) = (12, 24, 2001...2004)
  static let latitudes = (0..<rows).map { -82.5 + 15 * Double($0) }
  static let longitudes = (0..<columns).map { 15 * Double($0) }
  static let cells = rows * columns

  /// Two sites of each cluster; those of the first are neighbours across the date line of the grid.
  static let siteCells = [
    (2, 0), (2, 23), (2, 6), (3, 7), (2, 14), (2, 16), (7, 3), (8, 3), (7, 9), (7, 9), (8, 17), (6, 18),
  ]

  private static func uniform(_ keys: Int...) -> Double {
    var mixed = 12345
    for key in keys { mixed = (mixed * 7919 + key * 104_729 + key * key * 31) % 1_000_003 }
    return Double(mixed % 9973) / 9973
  }

  /// The values of a predictor in a year, cell after cell.
  static func values(_ name: String, _ year: Int) -> [Double] {
    (0..<cells).map { cell in
      switch name {
      case "soil": 20 + 10 * uniform(cell, 1)
      case "temp": 280 + 15 * uniform(cell, 2) + 4 * uniform(cell, year)
      default: 2 * uniform(cell, year, 3) - 1
      }
    }
  }

  /// The cells of a window from north to south and west to east, columns wrapped; none of the sites is at a pole.
  static func window(_ row: Int, _ column: Int) -> [Int] {
    [1, 0, -1].flatMap { south in
      [-1, 0, 1].map { (row + south) * columns + (column + $0 + columns) % columns }
    }
  }

  static func target(_ site: Int, _ year: Int) -> Double {
    let (row, column) = siteCells[site]
    let temperature = window(row, column).reduce(0) { $0 + values("temp", year)[$1] } / 9
    return 0.8 + 0.05 * (temperature - 285) + 0.3 * values("lag", year)[row * columns + column]
      + 0.01 * values("soil", year)[row * columns + column]
  }

  /// Writes the files.
  static func write(to folder: String) throws {
    let grid = TestMaps(latitudes: latitudes, longitudes: longitudes)
    try grid.write([.init("soil", values("soil", 0), [("units", .text("percent"))])], to: "\(folder)/soil.nc")
    var record = grid
    record.axes = [
      .init(
        "time", years.map { 365 * Double($0 - years.lowerBound) },
        [("units", .text("days since 2001-01-01")), ("calendar", .text("noleap"))])
    ]
    try record.write(
      [
        .init("temp", axes: ["time"], years.flatMap { values("temp", $0) }, [("units", .text("K"))]),
        .init("lag", axes: ["time"], years.flatMap { values("lag", $0) }, [("units", .text("1"))]),
        .init("same", axes: ["time"], years.flatMap { _ in [Double](repeating: 3.3, count: cells) }),
        // Missing in the cell of the third site, and in the second year in that of the fourth.
        .init(
          "gaps", axes: ["time"],
          years.flatMap { year in
            (0..<cells).map {
              $0 == 2 * columns + 6 || year == 2002 && $0 == 3 * columns + 7 ? .nan : values("lag", year)[$0]
            }
          }),
      ], to: "\(folder)/years.nc")
    try writeText(table(), to: "\(folder)/sites.csv")
  }

  /// The table of samples.
  static func table(_ change: (Int, Int, String) -> String = { $2 }) -> String {
    var lines = ["site,lat,lon,year,RECO,units"]
    for (site, place) in siteCells.enumerated() {
      for year in years {
        let (lat, lon) = (latitudes[place.0] + 0.4, longitudes[place.1] - 0.3)
        lines.append(change(site, year, "S\(site),\(lat),\(lon),\(year),\(target(site, year)),kg C m-2 yr-1"))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The arguments of a short run; those that come later win.
  static func arguments(_ data: String, to output: String) -> [String] {
    [
      "respire", "train", "--progress", "0", "--samples", "\(data)/sites.csv", "--predictor",
      "soil=\(data)/soil.nc:soil@static",
      "--predictor", "temp=\(data)/years.nc:temp", "--predictor", "lag=\(data)/years.nc:lag@mean", "--folds", "3",
      "--networks", "2", "--iterations", "6", "--evaluate-every", "100", "--filters", "3,4", "--models",
      "\(output)/models",
      "--table", "\(output)/e.csv", "--predictions", "\(output)/p.csv", "--report", "\(output)/run.json",
    ]
  }

  static let experiments = ["--experiment", "CNN1=basic", "CNN3=basic+lag"]
}
