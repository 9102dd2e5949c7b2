/// Areas of the cells' land, up to a factor: those of the cells, and the fractions of them that are land where a file has
/// these.
struct LandAreas: Codable, Sendable, Hashable {
  /// A map of a file.
  struct Map: Codable, Sendable, Hashable {
    /// By cell; NaN where there is none.
    @PackedNumbers var values: [Double]
    /// As in the file; `1` for fractions without.
    let units: String
    let longName: String
    /// CF standard name; nil where its units are not those that go with it.
    let standardName: String?

    /// Whether single precision holds all values.
    var isSingle: Bool { values.allSatisfy { $0.isNaN || Double(Float($0)) == $0 } }
  }

  /// Areas of the cells, as in the file.
  let area: Map
  /// Fractions of them that are land; nil where the file has none.
  let fractions: Map?

  /// The variables in words.
  var variables: String { fractions == nil ? "area" : "area × landfrac" }

  /// Numbers of both.
  var valueCount: Int { area.values.count + (fractions?.values.count ?? 0) }

  /// The areas of the cells in m2, as CF wants them, where they are in units of area; else as they are.
  ///
  /// Double precision holds a million times a number of single precision.
  var written: Map {
    guard let scale = squareKilometres, scale == 1 else { return area }
    return Map(
      values: area.values.map { 1e6 * $0 }, units: "m2", longName: area.longName, standardName: area.standardName)
  }

  /// The area of a cell's land; not finite where there is none.
  func area(ofCell cell: Int) -> Double {
    guard let fractions else { return area.values[cell] }
    return area.values[cell] * fractions.values[cell]
  }

  /// The factor that makes km² of the areas; nil where their units are none of area.
  var squareKilometres: Double? { Self.squareKilometres(area.units) }

  private static func squareKilometres(_ units: String) -> Double? {
    if UnitSpelling.areSame(units, "km2") { return 1 }
    return UnitSpelling.areSame(units, "m2") ? 1e-6 : nil
  }

  /// Reads `area` and `landfrac`; nil where `area` is no map on the grid.
  static func read(from file: NetCDFFile, on grid: Grid) -> LandAreas? {
    func map(_ name: String, _ longName: String, _ standardName: (String) -> String?) -> Map? {
      guard let variable = file.variable(name), let map = try? GridMap.read(name, in: file),
        map.grid.difference(from: grid) == nil
      else { return nil }
      let words = file.text("long_name", of: variable) ?? longName
      return Map(
        values: map.values, units: UnitSpelling.areSame(map.units, "1") ? "1" : map.units, longName: words,
        standardName: standardName(map.units))
    }
    guard let area = map("area", "area of the cell", { squareKilometres($0) == nil ? nil : "cell_area" }) else {
      return nil
    }
    let fractions = map("landfrac", "fraction of the cell that is land") {
      UnitSpelling.areSame($0, "1") || UnitSpelling.areSame($0, "%") ? "land_area_fraction" : nil
    }
    return LandAreas(area: area, fractions: fractions)
  }
}
