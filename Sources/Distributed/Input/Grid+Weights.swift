import Foundation

extension Grid {
  /// What a cell counts for in means by area, up to a factor: the area of its land where a file gave it, else cos
  /// latitude; 0 where it has no land or no place.
  public func weight(ofCell cell: Int) -> Double {
    let weight = landAreas.isEmpty ? cos(latitude(ofCell: cell) * .pi / 180) : landAreas[cell]
    return weight.isFinite ? max(0, weight) : 0
  }

  /// What the weights are, in words: `area × landfrac of run.nc`, or `cos latitude`.
  public var weightOrigin: String { landAreas.isEmpty ? "cos latitude" : landAreaOrigin }

  /// Takes the areas of the cells' land from the first of the files that has them: `area` × `landfrac`, or `area` alone.
  ///
  /// A file whose `area` is no map on this grid counts as one without.
  ///
  /// - Throws: exit code 65 or 66 where a file cannot be opened.
  public mutating func readLandAreas(from paths: [String]) throws {
    for path in paths where try !ForeignFile(anyFormat: path).signature.isWithoutVariables {
      guard let found = LandAreas.read(from: try NetCDFFile(path), on: self) else { continue }
      return take(found, of: path)
    }
  }

  /// Takes areas that were read from a file at this path.
  mutating func take(_ found: LandAreas, of path: String) {
    landAreas = found.areas
    landAreaOrigin = found.variables + " of \(path)"
  }
}

/// Areas of the cells' land, up to a factor.
struct LandAreas: Codable {
  /// By cell; not finite where there is no land.
  @PackedNumbers var areas: [Double]
  /// The variables that they come from, in words.
  let variables: String

  /// Reads `area` × `landfrac`, or `area` alone; nil where `area` is no map on the grid.
  static func read(from file: NetCDFFile, on grid: Grid) -> LandAreas? {
    func values(of name: String) -> [Double]? {
      guard file.variable(name) != nil, let map = try? GridMap.read(name, in: file),
        map.grid.difference(from: grid) == nil
      else { return nil }
      return map.values
    }
    guard let areas = values(of: "area") else { return nil }
    guard let fractions = values(of: "landfrac") else { return LandAreas(areas: areas, variables: "area") }
    return LandAreas(areas: zip(areas, fractions).map { $0 * $1 }, variables: "area × landfrac")
  }
}
