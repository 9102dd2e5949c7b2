/// A dimension of maps besides those of the grid: a depth with bounds, or a category.
public struct MapAxis: Sendable, Equatable {
  /// Name of the dimension and its coordinate variable.
  public var name: String
  /// What it is, in words.
  public var longName: String
  /// Coordinates: mid-depths in metres, or the numbers of categories.
  public var values: [Double]
  /// Bounds of depths, two each; empty for categories.
  public var bounds: [Double]
  /// Meanings of the categories; empty for depths.
  public var meanings: [String]

  /// Categories, numbered from `first`.
  public init(_ name: String, longName: String, meanings: [String], first: Int = 0) {
    self.name = name
    self.longName = longName
    self.meanings = meanings
    values = meanings.indices.map { Double($0 + first) }
    bounds = []
  }

  /// Layers of soil between edges in metres.
  public init(depthEdges edges: [Double]) {
    name = "depth"
    longName = "depth below the surface"
    meanings = []
    values = zip(edges, edges.dropFirst()).map { ($0 + $1) / 2 }
    bounds = zip(edges, edges.dropFirst()).flatMap { [$0, $1] }
  }
}

/// The axes of a file under construction, each defined once.
struct MapAxes {
  private var entries: [(axis: MapAxis, dimension: NetCDFWriter.Dimension, variable: NetCDFWriter.Variable)] = []
  private var boundVariables: [(NetCDFWriter.Variable, [Double])] = []

  init(_ axes: [MapAxis], in writer: NetCDFWriter) throws {
    var pair: NetCDFWriter.Dimension?
    for axis in axes where !entries.contains(where: { $0.axis.name == axis.name }) {
      let dimension = try writer.dimension(axis.name, axis.values.count)
      var attributes: [(String, NetCDFWriter.Attribute)] = [("long_name", .text(axis.longName))]
      if axis.meanings.isEmpty {
        attributes += [
          ("standard_name", .text("depth")), ("units", .text("m")), ("positive", .text("down")), ("axis", .text("Z")),
          ("bounds", .text(axis.name + "_bnds")),
        ]
      } else {
        attributes += [
          ("units", .text("1")), ("flag_values", .numbers(axis.values, .int32)),
          ("flag_meanings", .text(axis.meanings.joined(separator: " "))),
        ]
      }
      let type: NetCDFType = axis.meanings.isEmpty ? .double : .int32
      entries.append((axis, dimension, try writer.variable(axis.name, type, [dimension], attributes: attributes)))
      if !axis.bounds.isEmpty {
        let two = try pair ?? writer.dimension("bnds", 2)
        pair = two
        boundVariables.append((try writer.variable(axis.name + "_bnds", .double, [dimension, two]), axis.bounds))
      }
    }
  }

  func dimensions(_ axes: [MapAxis]) -> [NetCDFWriter.Dimension] {
    axes.compactMap { axis in entries.first { $0.axis.name == axis.name }?.dimension }
  }

  func writeValues(to writer: NetCDFWriter) throws {
    for entry in entries { try writer.write(entry.axis.values, to: entry.variable) }
    for (variable, values) in boundVariables { try writer.write(values, to: variable) }
  }
}
