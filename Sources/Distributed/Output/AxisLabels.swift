/// The names of categories as text beside their numbers, in a file under construction: `season_name` beside `season`.
///
/// They are auxiliary coordinates (CF 6.1), so that cells can be chosen by name: `ds.swap_dims(season='season_name')` in
/// xarray. CF checkers refuse strings of netCDF-4, and the classic model has none: names are arrays of characters, whose
/// attribute `_Encoding` makes xarray read them as text.
struct AxisLabels {
  /// The names along a dimension.
  struct Entry {
    /// Name of the dimension and its coordinate variable.
    let axis: String
    /// One for each index.
    let labels: [String]
    let dimension: NetCDFWriter.Dimension
  }

  private var variables: [(entry: Entry, variable: NetCDFWriter.Variable)] = []

  /// Bytes of a name at the most; what is longer is cut.
  private static let mostBytes = 256

  /// Defines a variable for each entry.
  ///
  /// - Parameter taken: names of other variables, which are left to these.
  init(_ entries: [Entry], taken: [String], in writer: NetCDFWriter) throws {
    let own = entries.filter { !$0.labels.isEmpty && !taken.contains(Self.name($0.axis)) }
    guard let longest = own.flatMap(\.labels).map(\.utf8.count).max() else { return }
    let length = try writer.dimension("strlen", min(Self.mostBytes, max(1, longest)))
    for entry in own {
      let variable = try writer.variable(
        Self.name(entry.axis), .character, [entry.dimension, length],
        attributes: [("long_name", .text("name of the \(entry.axis)")), ("_Encoding", .text("utf-8"))])
      variables.append((entry, variable))
    }
  }

  /// The name of the variable beside an axis.
  static func name(_ axis: String) -> String { axis + "_name" }

  /// What the attribute `coordinates` of a variable with these axes names; nil for nothing.
  ///
  /// - Parameter others: names of other auxiliary coordinates.
  func coordinates(of axes: [String], and others: [String]) -> String? {
    let all = variables.filter { axes.contains($0.entry.axis) }.map(\.variable.name) + others
    return all.isEmpty ? nil : all.joined(separator: " ")
  }

  func writeValues(to writer: NetCDFWriter) throws {
    for (entry, variable) in variables {
      try writer.write(labels: entry.labels.map { $0.cut(toBytes: Self.mostBytes) }, to: variable)
    }
  }
}

extension String {
  /// The first characters that take no more than so many bytes.
  fileprivate func cut(toBytes most: Int) -> String {
    var text = self
    while text.utf8.count > most { text.removeLast() }
    return text
  }
}
