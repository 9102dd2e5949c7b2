import Foundation

/// Names of the variables of a file, as messages list them.
package enum VariableNames {
  /// All names: those of data before those that describe coordinates, and of either kind those spelled most like a name
  /// first.
  static func listed(in file: NetCDFFile, closestTo name: String) -> [String] {
    let (data, others) = sorted(file)
    return namesClosest(to: name, among: data) + namesClosest(to: name, among: others)
  }

  /// Says what a file or folder has, where a path without a variable was given; empty where it leads to nothing.
  package static func hint(_ path: String) -> String {
    if let names = try? FileManager.default.contentsOfDirectory(atPath: path), (try? ForeignFile(path)) == nil {
      return "; '\(path)' is a folder: \(Conversion.ofFolder(path, containing: names))"
    }
    guard isThere(path), let file = try? NetCDFFile(path) else { return "" }
    let (data, others) = sorted(file)
    let names = data.isEmpty ? others : data
    guard let first = names.first else { return "" }
    let shown = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    return "; '\(path)' has \(shown): give for example \(path):\(first)"
  }

  /// Variables that hold data, and those that are coordinates, bounds, or texts.
  private static func sorted(_ file: NetCDFFile) -> (data: [String], others: [String]) {
    let variables = file.variables
    let describing = Set(
      variables.flatMap { variable in
        ["bounds", "climatology", "coordinates", "cell_measures", "grid_mapping"].flatMap { attribute in
          (file.text(attribute, of: variable) ?? "").split(separator: " ").map(String.init)
        }
      })
    let isData = { (variable: NetCDFFile.Variable) in
      !describing.contains(variable.name) && !variable.dimensions.isEmpty
        && !file.dimensionNames(variable).contains(variable.name) && ![.character, .string].contains(variable.type)
        && !["_bnds", "_bounds"].contains(where: variable.name.hasSuffix)
    }
    return (variables.filter(isData).map(\.name), variables.filter { !isData($0) }.map(\.name))
  }
}
