import Distributed

/// Cells whose class in a map is one of some ids: `koppen.nc:ids=4-6`.
struct ClassCondition: Equatable {
  let path: String
  let variable: String
  let ids: [ClosedRange<Int>]

  /// Reads `FILE:VARIABLE=ids`, split at the last colon; nil where there is no such condition behind it.
  ///
  /// - Throws: exit code 64 naming the option where the ids are none.
  init?(_ text: String, option: String) throws {
    guard let colon = text.lastIndexOutsideBrackets(of: ":"),
      let sign = text[colon...].lastIndexOutsideBrackets(of: "=")
    else { return nil }
    (path, variable) = try GridMap.parts(of: String(text[..<sign]))
    guard let ids = IdentifierRanges.read(text[text.index(after: sign)...], separator: "+") else {
      throw JobError(
        .usage, "--\(option) '\(text)': expected FILE:VARIABLE=ids, for example koppen.nc:ids=4-6 or lc.nc:IGBP=1-5+11")
    }
    self.ids = ids
  }

  /// Which cells of a grid are of these classes; a map on another grid is brought over by area majority.
  ///
  /// Collective: rank 0 reads the map.
  /// - Returns: by cell of the grid; and in words what was done to the map.
  /// - Throws: exit code 65 or 66 naming file and variable.
  func cells(
    on grid: Grid, of gridPath: String, _ communicator: Communicator
  ) throws -> (isChosen: [Bool], note: String?) {
    struct Found: Codable {
      @PackedIntegers var cells: [Int]
      let note: String?
    }
    let found = try communicator.onRoot {
      let (map, note) = try GridMap.read(variable, from: path).regular(unlessOn: grid).brought(
        to: grid, of: gridPath, by: .majority)
      let cells = map.values.indices.filter { cell in
        Int(exactly: map.values[cell]).map { id in ids.contains { $0.contains(id) } } ?? false
      }
      return Found(cells: cells, note: note)
    }
    var isChosen = [Bool](repeating: false, count: grid.cellCount)
    for cell in found.cells { isChosen[cell] = true }
    return (isChosen, found.note)
  }

  /// The condition in words.
  var text: String {
    "'\(variable)' in \(path) is "
      + ids.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: " or ")
  }
}
