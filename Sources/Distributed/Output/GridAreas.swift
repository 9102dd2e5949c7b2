/// The areas of a grid's cells, and the fractions of them that are land, in a file under construction.
///
/// They are those of the input, so that means over what the file holds are weighted as those over the input.
struct GridAreas {
  /// The attribute `cell_measures` of variables on the grid; nil where there are no areas in units of area.
  let cellMeasures: String?
  private var variables: [(variable: NetCDFWriter.Variable, map: LandAreas.Map)] = []

  /// Defines the variables, `area` in m2 and `landfrac`.
  ///
  /// - Parameters:
  ///   - areas: nil writes nothing.
  ///   - coordinates: names for the `coordinates` attribute; nil for none.
  ///   - taken: names of other variables; where `area` or `landfrac` is one of them, nothing is written.
  init(
    _ areas: LandAreas?, _ dimensions: [NetCDFWriter.Dimension], coordinates: String?, taken: [String],
    in writer: NetCDFWriter
  ) throws {
    let maps = areas.map { [("area", $0.written)] + ($0.fractions.map { [("landfrac", $0)] } ?? []) } ?? []
    guard !maps.isEmpty, !maps.contains(where: { taken.contains($0.0) }) else {
      cellMeasures = nil
      return
    }
    // One chunk, as the maps have; none where nothing is in it.
    let isEmpty = dimensions.contains { $0.length == 0 }
    for (name, map) in maps {
      let type = map.isSingle ? NetCDFType.float : .double
      var attributes: [(String, NetCDFWriter.Attribute)] = [
        ("_FillValue", .numbers([Double(MapWriter.floatFill)], type)), ("long_name", .text(map.longName)),
      ]
      if let name = map.standardName { attributes.append(("standard_name", .text(name))) }
      if !map.units.isEmpty { attributes.append(("units", .text(map.units))) }
      if let coordinates { attributes.append(("coordinates", .text(coordinates))) }
      variables.append(
        (
          try writer.variable(
            name, type, dimensions, attributes: attributes, chunks: isEmpty ? nil : dimensions.map(\.length),
            deflate: ChunkCompression.level), map
        ))
    }
    cellMeasures = maps[0].1.standardName == nil ? nil : "area: area"
  }

  func writeValues(to writer: NetCDFWriter) throws {
    let fill = Double(MapWriter.floatFill)
    for (variable, map) in variables {
      if map.isSingle {
        try writer.write(map.values.map { $0.isNaN ? MapWriter.floatFill : Float($0) }, to: variable)
      } else {
        try writer.write(map.values.map { $0.isNaN ? fill : $0 }, to: variable)
      }
    }
  }
}
