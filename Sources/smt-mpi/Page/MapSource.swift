import Distributed
import Foundation

/// A map file, or some variables of it, as the user names it: `FILE`, or `FILE:VARIABLE,…` of whose dimensions some may be
/// selected.
struct MapSource {
  let path: String
  /// Variables with what is selected of them; nil means all that are maps.
  let names: [String]?

  /// All maps of a file, or some.
  init(file path: String, _ names: [String]? = nil) { (self.path, self.names) = (path, names) }

  /// - Throws: exit code 64 where the text has no such form.
  init(_ text: String) throws {
    // A name with a colon in it may be that of a file.
    guard !FileManager.default.fileExists(atPath: text), let colon = text.lastIndexOutsideBrackets(of: ":"),
      colon != text.startIndex, !text[colon...].contains("/")
    else {
      self.init(file: text)
      return
    }
    let path = String(text[..<colon])
    self.init(
      file: path,
      try text[text.index(after: colon)...].partsOutsideBrackets(separatedBy: ",").map { name in
        try GridMap.parts(of: "\(path):\(name)").name
      })
  }

  /// Maps that say how large cells are, which are shown where they are asked for.
  private static let sizes: Set = ["area", "cell_area", "areacella", "landfrac", "landmask", "sftlf"]

  /// The variables to be shown, in the order of the file.
  ///
  /// - Throws: exit code 65 or 66 where the file cannot be read, one that is named is no map, or none is.
  func variables() throws -> [MapVariable] {
    if TableReader.isTable(path) {
      throw JobError(.inputData, "\(path): is a table, and no map; give it as --table \(path)")
    }
    if GridMap.isArray(path) {
      throw JobError(
        .inputData,
        "\(path): an array of numpy has no coordinates; 'smt-mpi compare --grid --map' writes maps of arrays")
    }
    if let file = try? GeoTIFFFile(path) {
      return try (names ?? (1...max(1, file.bandCount)).map(String.init)).map { try MapVariable($0, from: path) }
    }
    let file = try NetCDFFile(path)
    if let names {
      var chosen = try names.map { try MapVariable($0, from: path, file) }
      // What says why cells have no value comes with what it is about.
      let own = file.variable("status").map(file.dimensionNames) ?? []
      for variable in chosen {
        // A status may lack a dimension of what it is about: one for all times.
        let choices = variable.fixed.filter { own.contains($0.dimension) }.map { "\($0.dimension)=\($0.label)" }
        let status = "status" + (choices.isEmpty ? "" : "[\(choices.joined(separator: ","))]")
        guard !chosen.contains(where: { $0.selection == status }),
          let found = try? MapVariable(status, from: path, file), !found.flags.isEmpty,
          found.axes.allSatisfy({ axis in variable.axes.contains { $0.name == axis.name } })
        else { continue }
        chosen.append(found)
      }
      return chosen
    }
    let bounds = Set(file.variables.compactMap { file.text("bounds", of: $0) })
    let candidates = file.variables.filter { variable in
      !variable.dimensions.isEmpty && ![.character, .string].contains(variable.type)
        && !bounds.contains(variable.name) && !file.dimensions.contains { $0.name == variable.name }
        && !["north", "east"].contains { (file.text("units", of: variable) ?? "").hasSuffix($0) }
    }
    var found = candidates.compactMap { try? MapVariable($0.name, from: path, file) }
      .filter { ![$0.grid.latitudeName, $0.grid.longitudeName].contains($0.name) }
    if found.contains(where: { !Self.sizes.contains($0.name) }) { found.removeAll { Self.sizes.contains($0.name) } }
    guard !found.isEmpty else {
      let names = file.variables.map(\.name)
      throw JobError(
        .inputData,
        "\(path): no variable is a map; expected one on latitudes and longitudes with units degrees_north and "
          + "degrees_east. The file has: \(names.prefix(20).joined(separator: ", "))\(names.count > 20 ? ", …" : "")")
    }
    return found
  }

  /// The title of the file; nil where it has none.
  var title: String? {
    guard let file = try? NetCDFFile(path), let title = file.text("title"), !title.isEmpty else { return nil }
    return title
  }
}

/// A variable of a map file, as its header has it.
struct MapVariable {
  let path: String
  /// Its own name.
  let name: String
  /// The name with what the user selected of it.
  let selection: String
  let units: String
  let longName: String
  /// Where the cells lie, as a regular grid where that is possible; with the areas of their land where the file has them.
  let grid: Grid
  /// Dimensions besides those of the grid.
  let axes: [SliceAxis]
  /// Classes, by value; empty of a quantity.
  let flags: [PageMap.Flag]
  /// Nil where the file gives none.
  let validRange: ClosedRange<Double>?

  /// What is selected of dimensions, as the user wrote it.
  var fixed: [(dimension: String, label: String)] {
    selection.dropFirst(name.count + 1).dropLast().split(separator: ",").compactMap { choice in
      let parts = choice.split(separator: "=", maxSplits: 1).map(String.init)
      return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
  }

  /// The number of its fields.
  var count: Int { axes.reduce(1) { $0 * $1.count } }

  /// - Throws: exit code 65 or 66 where there is no such variable, or it has no grid.
  init(_ selection: String, from path: String, _ file: NetCDFFile? = nil) throws {
    let slices = try MapSlices(selection, from: path)
    (self.path, self.selection, name) = (path, selection, slices.name)
    (units, longName, axes) = (slices.units, slices.longName, slices.axes)
    grid = slices.grid.regular
    var meanings = slices.meanings
    if meanings.isEmpty, let file, let variable = file.variable(slices.name) {
      meanings = try Self.labels(of: variable, in: file)
    }
    flags = meanings.sorted { $0.key < $1.key }.map { PageMap.Flag(value: $0.key, meaning: $0.value) }
    guard slices.count > 0 else {
      throw JobError(.inputData, "\(path): variable '\(slices.name)' has a dimension of length 0")
    }
    guard let file, let variable = file.variable(slices.name) else {
      validRange = nil
      return
    }
    let stored = try StoredValues(variable, in: file)
    let ends = [stored.validMinimum, stored.validMaximum].map { $0 * stored.scale + stored.offset }.sorted()
    let isRange = ends.contains(where: \.isFinite) && !ends.contains(where: \.isNaN)
    validRange = isRange ? ends[0]...ends[1] : nil
  }

  /// Names of regions by number, from 0, as ILAMB's files have them: in the variable that the attribute `labels` names.
  private static func labels(of variable: NetCDFFile.Variable, in file: NetCDFFile) throws -> [Int: String] {
    guard let name = file.text("labels", of: variable), let labels = file.variable(name),
      let names = try file.labels(labels)
    else { return [:] }
    return Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0, $1) })
  }
}
