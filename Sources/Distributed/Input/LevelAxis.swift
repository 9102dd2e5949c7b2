/// The vertical dimension of a variable: depths of soil layers.
struct LevelAxis: Codable, Sendable, Hashable {
  /// Depths of the nodes in metres; indices where the file gives no depths.
  var nodes: [Double]
  /// Edges of the layers in metres, one more than nodes; empty where the file does not tell.
  var edges: [Double]
  /// Whether `nodes` are depths.
  var hasDepths: Bool
  /// What selects each index where there are no depths; see `VariableSelection`.
  var choices: [String] = []

  /// Reads the coordinate of a level dimension, its bounds, or CLM's layer thickness `DZSOI`.
  static func read(dimension name: String, length: Int, in file: NetCDFFile) throws -> LevelAxis {
    guard let coordinate = file.variable(name), file.shape(coordinate) == [length] else {
      return LevelAxis(
        nodes: (0..<length).map(Double.init), edges: [], hasDepths: false,
        choices: try VariableSelection.choices(of: name, length: length, in: file))
    }
    let scale: Double? =
      switch file.text("units", of: coordinate) ?? "" {
      case "m", "meter", "meters", "metre", "metres": 1
      case "cm", "centimeter", "centimeters": 0.01
      case "mm", "millimeters": 0.001
      default: nil
      }
    let nodes = try file.values(coordinate).map { $0 * (scale ?? 1) }
    var axis = LevelAxis(nodes: nodes, edges: [], hasDepths: scale != nil)
    guard let scale else {
      axis.choices = try VariableSelection.choices(of: name, length: length, in: file)
      return axis
    }
    if let boundsName = file.text("bounds", of: coordinate), let bounds = file.variable(boundsName),
      file.shape(bounds) == [length, 2]
    {
      let values = try file.values(bounds).map { $0 * scale }
      let thicknesses = (0..<length).map { values[2 * $0 + 1] - values[2 * $0] }
      let isDownward = thicknesses.count { $0 > 0 } * 2 >= length
      if let layer = thicknesses.firstIndex(where: { isDownward ? $0 < 0 : $0 > 0 }) {
        throw JobError(
          .inputData,
          "\(file.path): '\(boundsName)' says that layer \(layer + 1) goes from \(values[2 * layer].labelText) to "
            + "\(values[2 * layer + 1].labelText) m, unlike the others: a negative thickness; expected bounds that all go one "
            + "way: mend them")
      }
      let touches = (1..<max(1, length)).allSatisfy { abs(values[2 * $0] - values[2 * $0 - 1]) < 1e-6 }
      if touches, length > 0 { axis.edges = [values[0]] + (0..<length).map { values[2 * $0 + 1] } }
    } else if let thickness = try layerThickness(dimension: name, nodes: nodes.map { $0 / scale }, in: file) {
      axis.edges = SoilLayers.edges(thicknesses: thickness)
    }
    return axis
  }

  /// Thicknesses in metres from CLM's `DZSOI(level)` or `DZSOI(level, …)`: those of the first column that has them.
  ///
  /// `DZSOI` may be on another dimension with the same depths, and more of them: `levgrnd` beside `levsoi` and `levdcmp`.
  private static func layerThickness(dimension: String, nodes: [Double], in file: NetCDFFile) throws -> [Double]? {
    let length = nodes.count
    guard let variable = file.variable("DZSOI"), let own = file.dimensionNames(variable).first,
      file.shape(variable)[0] >= length
    else { return nil }
    if own != dimension {
      guard let other = file.variable(own), file.shape(other) == [file.shape(variable)[0]],
        zip(try file.values(other), nodes).allSatisfy({ abs($0 - $1) <= 1e-4 * abs($1) })
      else { return nil }
    }
    let stored = try StoredValues(variable, in: file)
    let values = try file.values(variable).map(stored.value)
    let columns = values.count / max(1, file.shape(variable)[0])
    for column in 0..<columns {
      let profile = (0..<length).map { values[$0 * columns + column] }
      if profile.allSatisfy({ $0 > 0 }) { return profile }
    }
    return nil
  }
}
