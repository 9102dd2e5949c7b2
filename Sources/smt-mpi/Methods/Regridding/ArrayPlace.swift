import Distributed

/// Where the cells of arrays of numpy lie that a command takes in place of maps, and what is missing in them.
struct ArrayPlace: Codable, Sendable {
  private let target: TargetGrid
  private let fill: Double?

  /// The place that options give; nil where no map is an array.
  ///
  /// - Parameters:
  ///   - grid: `FILE:VARIABLE`, `FILE` or `r360x180`.
  ///   - fill: the number that means missing besides NaN.
  /// - Throws: exit code 64 where options are missing or have no meaning, 65 or 66 where the grid cannot be read.
  init?(for maps: [String], grid: String?, fill: Double?) throws {
    guard let array = maps.first(where: Self.isArray) else {
      guard grid == nil, fill == nil else {
        throw JobError(.usage, "--grid and --fill are for arrays of numpy (.npy), and no map is one; leave them out")
      }
      return nil
    }
    guard let grid else {
      throw JobError(
        .usage,
        "\(array) is an array of numpy, which has no coordinates; give its grid: --grid FILE:VARIABLE or r360x180")
    }
    target = grid.wholeMatch(of: /r[0-9]+x[0-9]+/) == nil ? try TargetGrid(of: grid) : try TargetGrid(named: grid)
    self.fill = fill
  }

  /// Whether a text names an array, be it there or not.
  static func isArray(_ source: String) -> Bool { source.hasSuffix(".npy") || GridMap.isArray(source) }

  /// The grid of the cells.
  var grid: Grid { target.grid }

  /// Reads an array.
  ///
  /// - Throws: exit code 65, 66 or 71.
  func map(_ path: String) throws -> GridMap {
    try GridMap.read(array: path, on: target.grid, of: target.origin, fill: fill)
  }
}
