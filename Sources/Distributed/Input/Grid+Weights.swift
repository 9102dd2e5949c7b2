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
    for path in paths {
      let file = try NetCDFFile(path)
      guard let areas = values(of: "area", in: file) else { continue }
      let fractions = values(of: "landfrac", in: file)
      landAreas = fractions.map { zip(areas, $0).map { $0 * $1 } } ?? areas
      landAreaOrigin = (fractions == nil ? "area" : "area × landfrac") + " of \(path)"
      return
    }
  }

  private func values(of name: String, in file: NetCDFFile) -> [Double]? {
    guard file.variable(name) != nil, let map = try? GridMap.read(name, from: file.path),
      map.grid.difference(from: self) == nil
    else { return nil }
    return map.values
  }
}
