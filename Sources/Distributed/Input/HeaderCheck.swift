/// Checks of the headers of one source against each other.
enum HeaderCheck {
  /// Checks that all files of a source agree in everything but their months.
  ///
  /// - Throws: exit code 65 naming both files, what was expected and what was found.
  static func check(
    _ request: RecordRequest, _ paths: [String], _ headers: [HeaderSurvey.Header], _ survey: HeaderSurvey, grid: Grid,
    gridPath: String
  ) throws {
    let first = survey.descriptions[headers[0].description]
    try checkUnits(request, first, paths[0])
    // Few distinct headers describe many files: each pair is compared once.
    var seen = Set<[Int]>()
    for (path, header) in zip(paths, headers) where seen.insert([header.description, header.grid]).inserted {
      if let difference = survey.grids[header.grid].difference(from: grid) {
        throw JobError(
          .inputData,
          "\(path): the grid of '\(request.specification.variables[0])' differs from that of \(gridPath): \(difference); "
            + "'smt-mpi regrid \(path):\(request.specification.variables[0]) --onto \(gridPath) --method mean --output "
            + "OUT.nc' brings it over")
      }
      try compare(survey.descriptions[header.description], path, with: first, paths[0])
    }
  }

  private static func checkUnits(_ request: RecordRequest, _ description: FileDescription, _ path: String) throws {
    let reference = description.variables[0]
    for variable in description.variables.dropFirst() where !UnitSpelling.areSame(variable.units, reference.units) {
      throw JobError(
        .inputData,
        "\(path): '\(variable.name)' has units '\(variable.units)'; expected '\(reference.units)' as '\(reference.name)'"
      )
    }
  }

  private static func compare(
    _ found: FileDescription, _ path: String, with expected: FileDescription, _ expectedPath: String
  ) throws {
    func refuse(_ variable: String, _ what: String, _ expectedValue: String, _ foundValue: String) -> JobError {
      JobError(
        .inputData,
        "\(path): variable '\(variable)' has \(what) \(foundValue); expected \(expectedValue) as in \(expectedPath)")
    }
    for (variable, reference) in zip(found.variables, expected.variables) {
      guard UnitSpelling.areSame(variable.units, reference.units) else {
        throw refuse(variable.name, "units", "'\(reference.units)'", "'\(variable.units)'")
      }
      guard variable.stored.missing == reference.stored.missing else {
        throw refuse(
          variable.name, "fill values", list(reference.stored.missing), list(variable.stored.missing))
      }
      guard variable.layout.roles == reference.layout.roles, variable.layout.shape == reference.layout.shape else {
        throw refuse(variable.name, "shape", describe(reference.layout), describe(variable.layout))
      }
    }
    guard found.calendar == expected.calendar else {
      throw refuse(found.variables[0].name, "calendar", expected.calendar.rawValue, found.calendar.rawValue)
    }
    if let levels = found.levels, let reference = expected.levels,
      !zip(levels.nodes, reference.nodes).allSatisfy({ abs($0 - $1) < 1e-4 })
    {
      throw refuse(found.variables[0].name, "levels", "\(reference.nodes)", "\(levels.nodes)")
    }
    guard found.memberLabels == expected.memberLabels else {
      throw refuse(
        found.variables[0].name, "members", "\(expected.memberLabels)", "\(found.memberLabels)")
    }
  }

  private static func list(_ values: [Double]) -> String {
    // In single precision 1e36 is shown as that.
    values.map { Float($0).description }.joined(separator: ", ")
  }

  private static func describe(_ layout: VariableLayout) -> String {
    "(" + zip(layout.names, layout.shape).map { $1 == 0 ? $0 : "\($0) = \($1)" }.joined(separator: ", ") + ")"
  }
}
