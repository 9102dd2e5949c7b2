import Distributed

/// A map, or a column of a table, that takes part in a regression.
struct RegressionSource: Equatable {
  /// What its term is called.
  let name: String
  let path: String
  /// The variable of a map, or the column of a table.
  let variable: String

  /// Reads `FILE:VARIABLE` or `NAME=FILE:VARIABLE`.
  ///
  /// - Throws: exit code 64 naming the option.
  init(_ text: String, option: String) throws {
    let match = text.wholeMatch(of: /([A-Za-z_][A-Za-z0-9_.]*)=(.+)/)
    let source = match.map { String($0.2) } ?? text
    do {
      (path, variable) = try GridMap.parts(of: source)
    } catch let error as JobError {
      throw JobError(
        error.exitCode,
        "\(option) '\(text)': expected FILE:VARIABLE or NAME=FILE:VARIABLE, for example soil.nc:clay or LAI=sites.csv:lai"
      )
    }
    name = match.map { String($0.1) } ?? variable
  }

  var isTable: Bool { TableReader.isTable(path) }

  var text: String { "\(path):\(variable)" }
}
