/// The axes of a file under construction, each defined once.
struct MapAxes {
  private var entries: [(axis: MapAxis, dimension: NetCDFWriter.Dimension, variable: NetCDFWriter.Variable)] = []
  private var boundVariables: [(NetCDFWriter.Variable, [Double])] = []

  /// Defines them.
  ///
  /// - Parameter unlimited: name of the axis that is an unlimited dimension; nil for none.
  init(_ axes: [MapAxis], unlimited: String? = nil, in writer: NetCDFWriter) throws {
    var pair: NetCDFWriter.Dimension?
    for axis in axes where !entries.contains(where: { $0.axis.name == axis.name }) {
      let count = axis.values.count
      let dimension = try writer.dimension(axis.name, count, unlimited: axis.name == unlimited)
      // Of unlimited dimensions the library would make chunks of a few values.
      let variable = try writer.variable(
        axis.name, axis.type, [dimension], attributes: axis.attributes, chunks: dimension.chunks())
      entries.append((axis, dimension, variable))
      if !axis.bounds.isEmpty {
        let two = try pair ?? writer.dimension("bnds", 2)
        pair = two
        let bounds = try writer.variable(
          axis.name + "_bnds", .double, [dimension, two], chunks: dimension.chunks(2))
        boundVariables.append((bounds, axis.bounds))
      }
    }
  }

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
