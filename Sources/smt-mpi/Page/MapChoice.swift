import Distributed

/// The fields of map files that a page or pictures show.
struct MapChoice {
  /// A variable, and which of its fields are shown.
  private struct Chosen {
    let variable: MapVariable
    var grid: Grid
    let fields: [Int]
  }

  private var chosen: [Chosen] = []
  /// What is left out.
  private(set) var notes: [String] = []

  /// The most cells of a field: what is sorted for its statistics takes some 2 GiB.
  private static let mostCells = 1 << 27

  /// - Parameters:
  ///   - candidates: variables that may be shown.
  ///   - most: the most fields; of several steps or levels some are taken, evenly.
  init(_ candidates: [MapVariable], most: Int) throws {
    var variables: [MapVariable] = []
    for variable in candidates {
      if variable.grid.cellCount > Self.mostCells {
        notes.append(
          "\(variable.path): \(variable.name) has \(variable.grid.sizeText) cells and is left out; "
            + "'smt-mpi regrid --method block' makes a coarser map of it")
      } else {
        variables.append(variable)
      }
    }
    if variables.count > most {
      let names = variables[most...].map(\.name)
      notes.append(
        "\(names.count) of \(variables.count) variables are left out: \(names.prefix(12).joined(separator: ", "))"
          + "\(names.count > 12 ? ", …" : ""); name those that are wanted, as in FILE:VARIABLE")
      variables.removeSubrange(most...)
    }
    var areas: [(path: String, grid: Grid, withAreas: Grid)] = []
    for (variable, count) in zip(variables, Self.shares(of: most, among: variables.map(\.count))) {
      let fields = Self.even(count, of: variable.count)
      if count < variable.count { notes.append(Self.note(on: variable, fields)) }
      if let known = areas.first(where: { $0.path == variable.path && $0.grid == variable.grid }) {
        chosen.append(Chosen(variable: variable, grid: known.withAreas, fields: fields))
      } else {
        var grid = variable.grid
        try grid.readLandAreas(from: [variable.path])
        areas.append((variable.path, variable.grid, grid))
        chosen.append(Chosen(variable: variable, grid: grid, fields: fields))
      }
    }
  }

  /// The number of fields.
  var count: Int { chosen.reduce(0) { $0 + $1.fields.count } }

  /// Cells of each field's grid.
  var grids: [Grid] { chosen.flatMap { one in one.fields.map { _ in one.grid } } }

  /// Reads the fields, one after the other.
  ///
  /// - Parameter take: Receives each; those of a variable come together.
  func forEach(_ take: (MapField) throws -> Void) throws {
    for one in chosen {
      let slices = try MapSlices(one.variable.selection, from: one.variable.path)
      for field in one.fields {
        let place =
          one.variable.fixed
          + zip(slices.axes, slices.indices(of: field)).map { (dimension: $0.name, label: $0.labels[$1]) }
        try take(
          MapField(
            path: one.variable.path, name: one.variable.name, place: place, units: one.variable.units,
            longName: one.variable.longName, grid: one.grid, values: try slices.field(field).values,
            flags: one.variable.flags, validRange: one.variable.validRange))
      }
    }
  }

  /// How many of so many fields each variable may have: all, or an equal part of what others leave.
  private static func shares(of most: Int, among counts: [Int]) -> [Int] {
    var shares = counts
    var (left, open) = (most, counts.count)
    for index in counts.indices.sorted(by: { counts[$0] < counts[$1] }) {
      shares[index] = min(counts[index], max(1, left / open))
      left -= shares[index]
      open -= 1
    }
    return shares
  }

  /// Some of the numbers from 0, the first and the last among them.
  private static func even(_ count: Int, of all: Int) -> [Int] {
    count < 2 ? [0] : (0..<count).map { $0 * (all - 1) / (count - 1) }
  }

  private static func note(on variable: MapVariable, _ fields: [Int]) -> String {
    let axis = variable.axes.last.map { "\($0.name)=\($0.labels[0])" } ?? ""
    return
      "\(variable.path): \(fields.count) of \(variable.count) fields of \(variable.name) are shown, evenly taken; "
      + "'smt-mpi view' shows others: \(variable.name)[\(axis)], or more, with --maps"
  }
}
