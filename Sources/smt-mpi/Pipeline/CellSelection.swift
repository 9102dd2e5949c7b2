import Distributed

/// Which cells a job works on: those that the user selects and that have data.
struct CellSelection {
  /// Grid indices of the cells to work on, ascending.
  let cells: [Int]
  /// Which cells of the grid the user selects.
  let isSelected: [Bool]
  /// What was done to choose them.
  let notes: [String]

  /// What the user selects.
  struct Choice {
    var box: BoundingBox?
    /// File and variable of the mask.
    var mask: (path: String, variable: String)?
    /// The classes that cells must be of.
    var condition: ClassCondition?
    /// The only cells wanted, if not all.
    var points: [GridPoint] = []
  }

  /// Reads the mask and looks for the cells that have data.
  ///
  /// Collective. Data are looked for in the first layer of the source given, in all months.
  static func make(
    _ choice: Choice, source: Int, of catalogue: Catalogue, _ communicator: Communicator
  ) throws -> CellSelection {
    let (isSelected, notes) = try selected(choice, of: catalogue, communicator)
    let hasData = try ValidCells.scan(source: source, of: catalogue, communicator)
    return CellSelection(
      cells: isSelected.indices.filter { isSelected[$0] && hasData[$0] }, isSelected: isSelected, notes: notes)
  }

  /// The cells that the user selects, whether they have data or not, and what was done to choose them.
  ///
  /// Collective: masks are read.
  static func selected(
    _ choice: Choice, of catalogue: Catalogue, _ communicator: Communicator
  ) throws -> (cells: [Bool], notes: [String]) {
    let grid = catalogue.grid
    // On another grid most of a cell's area must be selected.
    let mask = try choice.mask.map { mask in
      try GridMap.shared(on: catalogue, by: .majority, communicator) {
        var map = try GridMap.read(mask.variable, from: mask.path)
        for cell in map.values.indices { map.values[cell] = map.values[cell].isNaN || map.values[cell] == 0 ? 0 : 1 }
        return map
      }
    }
    var notes: [String] = []
    var isSelected = [Bool](repeating: true, count: grid.cellCount)
    if let box = choice.box {
      isSelected = grid.cells(in: box)
      try require(isSelected, communicator, "--bbox selects no cell of the grid (\(grid.summary))")
    }
    if let (map, note) = mask {
      for cell in isSelected.indices where map.values[cell] != 1 { isSelected[cell] = false }
      try require(
        isSelected, communicator, "--mask selects no cell: '\(map.name)' in \(map.path) is 0 or missing there")
      notes += note.map { [$0] } ?? []
    }
    if let condition = choice.condition {
      let (isChosen, note) = try condition.cells(on: grid, of: catalogue.gridPath, communicator)
      for cell in isSelected.indices where !isChosen[cell] { isSelected[cell] = false }
      try require(isSelected, communicator, "--mask selects no cell: nowhere \(condition.text)")
      notes += note.map { [$0] } ?? []
    }
    if !choice.points.isEmpty {
      let wanted = Set(choice.points.map { grid.nearestCell(latitude: $0.latitude, longitude: $0.longitude).cell })
      for cell in isSelected.indices where !wanted.contains(cell) { isSelected[cell] = false }
    }
    return (isSelected, notes)
  }

  /// Checks that there is memory to choose the cells, before anything is known of how many there are.
  ///
  /// - Throws: exit code 71 with the grid.
  static func checkMemory(source: Int, of catalogue: Catalogue) throws {
    // The list of all cells, and what is selected and has data.
    let bytes = 12 * catalogue.grid.cellCount + ValidCells.bytes(source: source, of: catalogue)
    try MemoryLimit.check(bytes, for: "\(catalogue.gridPath): choosing among the cells of \(catalogue.grid.summary)")
  }

  private static func require(_ isSelected: [Bool], _ communicator: Communicator, _ message: String) throws {
    try communicator.together {
      guard isSelected.contains(true) else { throw JobError(.usage, message) }
    }
  }
}

/// A place on the globe, degrees.
struct GridPoint: Equatable {
  let latitude: Double
  let longitude: Double
}
