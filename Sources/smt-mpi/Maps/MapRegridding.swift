import ArgumentParser
import Distributed

/// How the value of a cell comes from another grid.
enum RegriddingMethod: String, CaseIterable, ExpressibleByArgument {
  /// That of the nearest cell
  case nearest
  /// Between the four neighbours
  case bilinear
  /// The mean over the cell's area
  case mean
  /// The class of the greatest area
  case majority
}

extension GridMap {
  /// The map on another grid, and in words what was done to it; no words where both are the same grid, be it rolled or
  /// flipped.
  ///
  /// - Throws: exit code 65 where the map cannot be brought over by this method.
  func brought(to grid: Grid, of gridPath: String, by method: RegriddingMethod) throws -> (map: GridMap, note: String?)
  {
    if let difference = self.grid.difference(from: grid) {
      throw JobError(
        .inputData,
        "\(path): the grid of '\(name)' differs from that of \(gridPath): \(difference); "
          + "'cdo remapnn,\(gridPath) \(path) OUT' brings it over")
    }
    return (self, nil)
  }
}
