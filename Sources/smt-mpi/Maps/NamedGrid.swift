import Distributed

/// A grid as the command line names it: that of a map, `FILE:VARIABLE`, or a global one by its columns and rows, `r360x180`.
struct NamedGrid {
  let grid: Grid
  /// The file, or the name.
  let path: String

  /// Finds the grid.
  ///
  /// Global ones are those of CDO: the first column is at 0° E, the first row at the south, and no row at a pole.
  /// - Throws: exit code 64 naming the option where the text has neither form, 65 or 66 where the file has no such grid.
  init(_ text: String, option: String) throws {
    guard let match = text.wholeMatch(of: /r([0-9]{1,6})x([0-9]{1,6})/) else {
      guard let parts = try? GridMap.parts(of: text) else {
        throw JobError(.usage, "--\(option) '\(text)': expected FILE:VARIABLE or, for example, r360x180")
      }
      path = parts.path
      grid = try Grid.read(of: parts.name, from: parts.path)
      return
    }
    guard let columns = Int(match.1), let rows = Int(match.2), columns > 0, rows > 0,
      columns * rows <= InputLimit.cells
    else {
      throw JobError(.usage, "--\(option) '\(text)': expected 1 to \(InputLimit.cells) cells, for example r360x180")
    }
    path = text
    grid = Grid(
      latitudes: (0..<rows).map { -90 + 180 * (Double($0) + 0.5) / Double(rows) },
      longitudes: (0..<columns).map { 360 * Double($0) / Double(columns) })
  }
}
