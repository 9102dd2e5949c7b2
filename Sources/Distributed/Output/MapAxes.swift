/// The axes of a file under construction, each defined once.
struct MapAxes {
  private var entries: [(axis: MapAxis, dimension: NetCDFWriter.Dimension, variable: NetCDFWriter.Variable)] = []
  private var boundVariables: [(NetCDFWriter.Variable, [Double])] = []
  private var pair: NetCDFWriter.Dimension?

  /// Defines them.
  ///
  /// - Parameter unlimited: name of the axis that is an unlimited dimension; nil for none.
  init(_ axes: [MapAxis], unlimited: String? = nil, in writer: NetCDFWriter) throws {
    for axis in axes where !entries.contains(where: { $0.axis.name == axis.name }) {
      let count = axis.values.count
      let dimension = try writer.dimension(axis.name, count, unlimited: axis.name == unlimited)
      // Of unlimited dimensions the library would make chunks of a few values.
      let variable = try writer.variable(
        axis.name, axis.type, [dimension], attributes: axis.attributes, chunks: dimension.chunks())
      entries.append((axis, dimension, variable))
      if !axis.bounds.isEmpty {
        let bounds = try writer.variable(
          axis.name + "_bnds", .double, [dimension, pair(in: writer)], chunks: dimension.chunks(2))
        boundVariables.append((bounds, axis.bounds))
      }
    }
  }

  /// The dimension of bounds.
  mutating func pair(in writer: NetCDFWriter) throws -> NetCDFWriter.Dimension {
    let two = try pair ?? writer.dimension("bnds", 2)
    pair = two
    return two
  }

  /// Whether one of the axes is that of steps.
  var hasTime: Bool { entries.contains { $0.axis.isTime } }

  /// The dimension of an axis; nil where there is none of this name.
  func dimension(_ name: String) -> NetCDFWriter.Dimension? { entries.first { $0.axis.name == name }?.dimension }

  func dimensions(_ axes: [MapAxis]) -> [NetCDFWriter.Dimension] {
    axes.compactMap { axis in entries.first { $0.axis.name == axis.name }?.dimension }
  }

  /// The axes of categories, which get labels.
  var labelled: [AxisLabels.Entry] {
    entries.filter { !$0.axis.names.isEmpty }.map {
      AxisLabels.Entry(axis: $0.axis.name, labels: $0.axis.names, dimension: $0.dimension)
    }
  }

  func writeValues(to writer: NetCDFWriter) throws {
    for entry in entries { try writer.write(entry.axis.values, to: entry.variable) }
    for (variable, values) in boundVariables { try writer.write(values, to: variable) }
  }
}
