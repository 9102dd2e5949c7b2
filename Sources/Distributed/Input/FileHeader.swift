/// What the header of one file says about the variables of one source.
///
/// Files that differ in name and times only, as those of one model run, share one description.
struct FileHeader: Codable, Sendable {
  var time: TimeAxis
  var description: FileDescription
  var grid: Grid
}

/// What the files of a source have in common.
struct FileDescription: Codable, Sendable, Hashable {
  /// One variable of the source.
  struct Variable: Codable, Sendable, Hashable {
    var name: String
    var layout: VariableLayout
    var units: String
    var longName: String
    /// The `standard_name` attribute; nil where there is none.
    var standardName: String?
    var stored: StoredValues
  }

  var format: NetCDFFormat
  var calendar: ModelCalendar
  var hasTimeBounds: Bool
  var variables: [Variable]
  var levels: LevelAxis?
  /// Labels of the member dimension, where it has any.
  var memberLabels: [String]
  /// Length of the member dimension; 1 where there is none.
  var memberCount: Int
  /// The file's title, which tells products apart.
  var title: String

  /// Reads the header of a file.
  ///
  /// - Parameters:
  ///   - ed2: what files do not tell that ED2 wrote; nil where there are none.
  ///   - isFirst: whether it is the first of its source.
  /// - Throws: exit code 65 or 66, naming file and variable.
  static func read(
    _ file: NetCDFFile, variables names: [String], ed2: ED2Files? = nil, isFirst: Bool = true
  ) throws -> FileHeader {
    if let ed2, ed2.describe(names[0], in: file) { return try ed2.header(of: file, variables: names, isFirst: isFirst) }
    let path = file.path
    var variables: [Variable] = []
    var grid: Grid?
    for name in names {
      let selection = try VariableSelection(name)
      let variable = try file.requiredVariable(selection.variable)
      let (layout, variableGrid) = try VariableLayout.read(variable, selection, in: file)
      if let grid, let difference = variableGrid.difference(from: grid) {
        throw JobError(.inputData, "\(path): '\(name)' and '\(names[0])' are on different grids: \(difference)")
      }
      grid = grid ?? variableGrid
      variables.append(
        Variable(
          name: selection.variable, layout: layout, units: file.text("units", of: variable) ?? "",
          longName: file.text("long_name", of: variable) ?? name,
          standardName: file.text("standard_name", of: variable),
          stored: try StoredValues(variable, in: file)))
    }
    guard let first = variables.first, let grid else {
      throw JobError(.internal, "a source without variables")
    }
    let time = try first.layout.position(.time).map { try TimeAxis.read(dimension: first.layout.names[$0], in: file) }
    for variable in variables.dropFirst() where variable.layout.length(.time) != first.layout.length(.time) {
      throw JobError(.inputData, "\(path): '\(variable.name)' and '\(first.name)' have different numbers of times")
    }
    var labels: [String] = []
    if let member = first.layout.position(.member), let labelVariable = file.variable(first.layout.names[member]) {
      labels = try file.labels(labelVariable) ?? []
    }
    let levels = try first.layout.position(.level).map {
      try LevelAxis.read(dimension: first.layout.names[$0], length: first.layout.shape[$0], in: file)
    }
    var description = FileDescription(
      format: file.format, calendar: time?.calendar ?? .standard, hasTimeBounds: time?.hasBounds ?? true,
      variables: variables, levels: levels, memberLabels: labels, memberCount: first.layout.length(.member),
      title: file.text("title") ?? "")
    try file.checkAttributes()
    // The number of steps is the file's own affair.
    for index in description.variables.indices { description.variables[index].layout.forgetStepCount() }
    return FileHeader(time: time ?? .static, description: description, grid: grid)
  }
}

extension VariableLayout {
  mutating func forgetStepCount() {
    if let time = position(.time) { shape[time] = 0 }
  }
}
