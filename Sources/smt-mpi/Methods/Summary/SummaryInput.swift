import Distributed

/// The variables that `summarise` is given, and the grid of all of them.
struct SummaryInput: Codable {
  /// A variable, whose fields are summed up one by one.
  struct Variable: Codable {
    /// As the command line gives it.
    let text: String
    let path: String
    let name: String
    let units: String
    let longName: String
    let axes: [SliceAxis]
    /// Whether it is an array of numpy.
    let isArray: Bool
    /// What is different, where it lies on another grid than the first.
    let otherGrid: String?

    var fieldCount: Int { axes.reduce(1) { $0 * $1.count } }
  }

  private(set) var variables: [Variable] = []
  /// Bytes that reading the largest field holds.
  private(set) var fieldBytes = 0
  /// The first variable's grid.
  let grid: Grid
  /// What should be known of the variables.
  private(set) var warnings: [String] = []
  /// Where arrays of numpy lie; nil where there are none.
  let arrays: ArrayPlace?

  /// Reads the headers of maps, `FILE:VARIABLE`, or of arrays, `FILE.npy`.
  ///
  /// - Throws: exit code 64, 65 or 66 naming the file and variable.
  init(_ maps: [String], layers: MapSlices.Layers?, arrays: ArrayPlace?) throws {
    self.arrays = arrays
    var first: Grid?
    for text in maps {
      if let arrays, ArrayPlace.isArray(text) {
        let map = try arrays.map(text)
        variables.append(
          Variable(
            text: text, path: map.path, name: map.name, units: "", longName: "", axes: [], isArray: true,
            otherGrid: first.flatMap { map.grid.difference(from: $0) }))
        first = first ?? map.grid
        fieldBytes = max(fieldBytes, 16 * map.grid.cellCount)
        continue
      }
      let slices = try MapSlices(text, layers: layers)
      if let warning = slices.warning { warnings.append(warning) }
      variables.append(
        Variable(
          text: text, path: slices.path, name: slices.name, units: slices.units, longName: slices.longName,
          axes: slices.axes, isArray: false, otherGrid: first.flatMap { slices.grid.difference(from: $0) }))
      first = first ?? slices.grid
      fieldBytes = max(fieldBytes, slices.fieldBytes)
      guard slices.count > 0 else {
        throw JobError(.inputData, "\(slices.path): variable '\(slices.name)' has a dimension of length 0")
      }
    }
    guard var grid = first else { throw JobError(.internal, "a summary without maps") }
    try grid.readLandAreas(from: variables.map(\.path))
    self.grid = grid
  }

  /// The files, in the order of the variables.
  var paths: [String] { variables.map(\.path) }

  /// Fields of all variables.
  var fieldCount: Int { variables.reduce(0) { $0 + $1.fieldCount } }

  /// The variable of a field, and the field's number among those of the variable.
  func place(_ number: Int) -> (variable: Int, field: Int) {
    var rest = number
    for (index, variable) in variables.enumerated() {
      if rest < variable.fieldCount { return (index, rest) }
      rest -= variable.fieldCount
    }
    preconditionFailure("a field that there is none of")
  }

  /// What a table says of a field.
  func field(_ number: Int) -> ClassField {
    let (index, field) = place(number)
    let variable = variables[index]
    var rest = field
    var places: [(dimension: String, label: String)] = []
    for axis in variable.axes.reversed() {
      places.append((axis.name, axis.labels[rest % axis.count]))
      rest /= axis.count
    }
    return ClassField(variable: variable.name, units: variable.units, place: places.reversed(), path: variable.path)
  }
}

/// Reads fields on the grid of the first variable.
final class SummaryReader {
  private let input: SummaryInput
  private let layers: MapSlices.Layers?
  private var open: (variable: Int, slices: MapSlices)?
  /// What was done to fields.
  private(set) var notes: [String] = []
  /// Bytes of data, after decompression.
  private(set) var bytesRead = 0

  init(_ input: SummaryInput, layers: MapSlices.Layers?) {
    self.input = input
    self.layers = layers
  }

  /// The values of a field by cell of the grid.
  func values(_ number: Int) throws -> [Double] {
    let (variable, field) = input.place(number)
    if input.variables[variable].isArray, let arrays = input.arrays {
      let map = try arrays.map(input.variables[variable].path)
      bytesRead += 8 * map.values.count
      return try brought(map)
    }
    let slices: MapSlices
    if let open, open.variable == variable {
      slices = open.slices
    } else {
      slices = try MapSlices(input.variables[variable].text, layers: layers)
      open = (variable, slices)
    }
    let map = try slices.field(field)
    bytesRead += slices.storedBytes
    return try brought(map)
  }

  /// The values of a map on the grid of the first one.
  private func brought(_ map: GridMap) throws -> [Double] {
    let (brought, note) = try map.regular(unlessOn: input.grid).brought(
      to: input.grid, of: input.variables[0].path, by: .bilinear)
    if let note, !notes.contains(note) { notes.append(note) }
    return brought.values
  }
}
