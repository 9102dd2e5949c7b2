/// The meaning and the storage of a variable's dimensions in one file.
struct VariableLayout: Codable, Sendable, Hashable {
  /// What each dimension stands for, slowest first.
  var roles: [DimensionRole]
  /// Lengths of the dimensions.
  var shape: [Int]
  /// Names of the dimensions.
  var names: [String]
  /// Chunk lengths; nil where storage is contiguous.
  var chunks: [Int]?
  /// Whether chunks are compressed.
  var isFiltered: Bool
  /// The index that is read of dimensions of the role `single`, by place; 0 where it is not here.
  var fixed: [Int: Int] = [:]

  /// The place of a role among the dimensions.
  func position(_ role: DimensionRole) -> Int? { roles.firstIndex(of: role) }

  /// The length of the dimension of a role; 1 where the variable has none.
  func length(_ role: DimensionRole) -> Int { position(role).map { shape[$0] } ?? 1 }

  /// The length of a chunk along the dimension of a role; 1 where the variable has none.
  func chunkLength(_ role: DimensionRole) -> Int {
    guard let position = position(role) else { return 1 }
    return chunks.map { $0[position] } ?? 1
  }

  /// Reads the layout of a variable and the grid that it lies on.
  ///
  /// - Parameter selection: what is selected of it.
  /// - Throws: exit code 65 where the horizontal dimensions, or another one longer than 1, are not understood.
  static func read(
    _ variable: NetCDFFile.Variable, _ selection: VariableSelection? = nil, in file: NetCDFFile
  ) throws -> (VariableLayout, Grid) {
    let names = file.dimensionNames(variable)
    let shape = file.shape(variable)
    var roles = names.map { DimensionRole.ofDimension($0, in: file) }
    let grid = try Grid.read(names: names, shape: shape, roles: &roles, variable, in: file)
    let fixed = try selection?.indices(names, shape, on: grid, in: file) ?? [:]
    for place in fixed.keys { roles[place] = .single }
    for (index, role) in roles.enumerated()
    where fixed[index] == nil && (role == .unknown || roles.firstIndex(of: role) != index) {
      guard shape[index] == 1 else {
        // One dimension that nothing describes can only be the vertical one.
        if role == .unknown, !roles.contains(.level) {
          roles[index] = .level
          continue
        }
        throw JobError(
          .inputData,
          "\(file.path): variable '\(variable.name)' has a dimension '\(names[index])' of length \(shape[index]) that is "
            + "neither time, member, level, latitude nor longitude; expected (member, time, level, lat, lon) or some of them, or "
            + "one index of it: "
            + (selection ?? VariableSelection(all: variable.name)).text(
              choosing: names[index],
              of: try VariableSelection.choices(of: names[index], length: shape[index], in: file)))
      }
      roles[index] = .single
    }
    try check(variable, shape, roles, in: file)
    let storage = try file.chunks(variable)
    let layout = VariableLayout(
      roles: roles, shape: shape, names: names, chunks: storage?.lengths, isFiltered: storage?.filtered ?? false,
      fixed: fixed)
    return (layout, grid)
  }

  /// Checks that a variable is no larger than ``InputLimit`` allows, as a whole and along each dimension.
  private static func check(
    _ variable: NetCDFFile.Variable, _ shape: [Int], _ roles: [DimensionRole], in file: NetCDFFile
  ) throws {
    for (length, role) in zip(shape, roles) {
      let (limit, noun): (Int, String)
      switch role {
      case .time: (limit, noun) = (InputLimit.steps, "times")
      case .member: (limit, noun) = (InputLimit.members, "members")
      case .level: (limit, noun) = (InputLimit.levels, "levels")
      default: continue
      }
      guard length <= limit else {
        throw JobError(
          .inputData, "\(file.path): variable '\(variable.name)' has \(length) \(noun); expected \(limit) at most")
      }
    }
    _ = try file.valueCount(variable)
  }
}
