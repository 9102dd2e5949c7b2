import Distributed
import Foundation

/// The grid that maps are brought to.
struct TargetGrid: Codable, Sendable {
  let grid: Grid
  /// The file that it is from, or its name.
  let origin: String

  /// A grid as CDO calls it: `r360x180` has 360 columns from 0° and 180 rows from the south, cells of one width.
  ///
  /// - Throws: exit code 64 where the text has no such form.
  init(named name: String) throws {
    let numbers = name.dropFirst().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard name.first == "r", numbers.count == 2, let columns = numbers[0], let rows = numbers[1], columns > 0, rows > 0,
      columns <= InputLimit.cells / rows
    else {
      throw JobError(
        .usage, "--grid '\(name)': expected r, the number of columns, x and the number of rows, for example r360x180")
    }
    let (width, height) = (360 / Double(columns), 180 / Double(rows))
    let southern = (0...rows).map { -90 + Double($0) * height }
    let western = (0...columns).map { (Double($0) - 0.5) * width }
    var grid = Grid(
      latitudes: southern.dropLast().map { $0 + height / 2 }, longitudes: western.dropLast().map { $0 + width / 2 })
    grid.latitudeBounds = zip(southern, southern.dropFirst()).flatMap { [$0, $1] }
    grid.longitudeBounds = zip(western, western.dropFirst()).flatMap { [$0, $1] }
    self.grid = grid
    origin = name
  }

  /// The grid of a variable of a file, `FILE:VAR`, or of the first variable that has one, `FILE`.
  ///
  /// - Throws: exit code 65 or 66 where there is none.
  init(of source: String) throws {
    if !FileManager.default.fileExists(atPath: source), let colon = source.lastIndexOutsideBrackets(of: ":"),
      !source[colon...].contains("/")
    {
      let path = String(source[..<colon])
      grid = try RecordHeader.read(String(source[source.index(after: colon)...]), from: path).grid
      origin = path
    } else {
      grid = try RecordHeader.firstGrid(of: source)
      origin = source
    }
  }
}
