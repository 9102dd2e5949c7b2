import Foundation

extension Grid {
  /// What a cell counts for in means by area, up to a factor: the area of its land where a file gave it, else cos
  /// latitude; 0 where it has no land or no place.
  public func weight(ofCell cell: Int) -> Double {
    let weight = landAreas?.area(ofCell: cell) ?? cos(latitude(ofCell: cell) * .pi / 180)
    return weight.isFinite ? max(0, weight) : 0
  }

  /// What the weights are, in words: `area × landfrac of run.nc`, or `cos latitude`.
  public var weightOrigin: String { landAreas == nil ? "cos latitude" : landAreaOrigin }

  /// Numbers that the areas are made of.
  var landAreaCount: Int { landAreas?.valueCount ?? 0 }

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
    landAreas = found
    landAreaOrigin = found.variables + " of \(path)"
  }
}
