/// Writes arrays on categories and times, without a grid, as a CF-1.8 netCDF file.
public enum ArrayWriter {
  /// A variable of the file.
  public struct Variable: Sendable {
    /// Its name.
    public var name: String
    /// Units; `1` for none.
    public var units: String
    /// What it is, in words.
    public var longName: String
    /// Dimensions, slowest first.
    public var axes: [MapAxis]
    /// Row-major, NaN where missing; written in double precision, but for categories and counts.
    public var values: [Double]
    /// Meanings of the values 0, 1, … of a category; nil for quantities.
    public var flagMeanings: [String]?
    /// Whether values are counts, stored as integers.
    public var isCount = false
    /// Smallest and largest value that there can be, where there are limits; one of them may be infinite.
    public var validRange: ClosedRange<Double>?

    /// A variable with its description, a value for each index of its axes.
    public init(_ name: String, _ units: String, _ longName: String, axes: [MapAxis], _ values: [Double]) {
      precondition(values.count == axes.reduce(1) { $0 * $1.values.count }, "\(name): a value for each index")
      (self.name, self.units, self.longName, self.axes, self.values) = (name, units, longName, axes, values)
    }

    /// Attributes that tell the limits of values; counts are never below 0.
    fileprivate var limits: [(name: String, numbers: [Double])] {
      validRange?.limits ?? (isCount ? (0.0 ... .infinity).limits : [])
    }
    fileprivate var type: NetCDFType { flagMeanings != nil || isCount ? .int32 : .double }
    fileprivate var fill: Double { type == .int32 ? -127 : Double(MapWriter.floatFill) }
  }

  /// Writes the file.
  ///
  /// - Throws: exit code 73, and leaves nothing then.
  public static func write(
    _ variables: [Variable], _ attributes: MapWriter.FileAttributes, to path: String
  ) throws {
    let writer = try NetCDFWriter(path)
    let axes = try MapAxes(variables.flatMap(\.axes), in: writer)
    let labels = try AxisLabels(axes.labelled, taken: variables.map(\.name), in: writer)
    let defined = try variables.map { variable in
      let flags: [(String, NetCDFWriter.Attribute)] =
        variable.flagMeanings.map { meanings in
          [
            ("flag_values", .numbers(meanings.indices.map(Double.init), .int32)),
            ("flag_meanings", .text(meanings.joined(separator: " "))),
          ]
        } ?? []
      let names = labels.coordinates(of: variable.axes.map(\.name), and: [])
      return try writer.variable(
        variable.name, variable.type, axes.dimensions(variable.axes),
        attributes: [
          ("_FillValue", .numbers([variable.fill], variable.type)), ("long_name", .text(variable.longName)),
          ("units", .text(variable.units)),
        ] + flags + variable.limits.map { ($0.name, .numbers($0.numbers, variable.type)) }
          + (names.map { [("coordinates", .text($0))] } ?? []))
    }
    try MapWriter.put(attributes, on: writer)
    try writer.endDefinitions()
    try axes.writeValues(to: writer)
    try labels.writeValues(to: writer)
    for (variable, place) in zip(variables, defined) {
      let values = variable.values.map { $0.isNaN ? variable.fill : $0 }
      if variable.type == .int32 {
        try writer.write(values.map { Int32($0) }, to: place)
      } else {
        try writer.write(values, to: place)
      }
    }
    try writer.commit()
  }
}
