/// A block of one variable, in file order: some records and layers of one member on a range of rows.
struct Hyperslab {
  let variable: FileDescription.Variable
  /// Start and length along each dimension of the file.
  let start: [Int]
  let count: [Int]
  /// Elements between neighbours in memory.
  private let recordStride: Int
  private let levelStride: Int
  private let rowStride: Int
  private let columnStride: Int
  private let rowLength: Int

  init(
    _ variable: FileDescription.Variable, levels: Range<Int>, _ grid: Grid, rows: Range<Int>, member: Int,
    record: Int,
    count records: Int
  ) {
    self.variable = variable
    rowLength = grid.rowLength
    var start: [Int] = []
    var count: [Int] = []
    for (role, length) in zip(variable.layout.roles, variable.layout.shape) {
      let range: Range<Int> =
        switch role {
        case .time: record..<record + records
        case .member: member..<member + 1
        case .level: levels
        case .latitude, .row, .cell: rows
        case .longitude, .column: 0..<length
        case .single, .unknown: 0..<1
        }
      start.append(range.lowerBound)
      count.append(range.count)
    }
    self.start = start
    self.count = count
    func stride(_ roles: DimensionRole...) -> Int {
      guard let position = variable.layout.roles.firstIndex(where: roles.contains) else { return 0 }
      return count[(position + 1)...].reduce(1, *)
    }
    recordStride = stride(.time)
    levelStride = stride(.level)
    rowStride = stride(.latitude, .row, .cell)
    columnStride = stride(.longitude, .column)
  }

  /// Elements in the block.
  var elementCount: Int { count.reduce(1, *) }

  /// Adds one record's weighted values at the given cells (relative to the first row) to `sums`.
  ///
  /// Weights are those of the block's levels from `firstLevel` on.
  /// Where `weightSums` is given, missing values are left out and the weights of the others are added to it; without
  /// it a missing value makes the sum NaN.
  func add<Element: BinaryFloatingPoint>(
    record: Int, firstLevel: Int, weights: [Double], of block: UnsafePointer<Element>, at cells: [Int],
    to sums: UnsafeMutablePointer<Double>,
    weightSums: UnsafeMutablePointer<Double>?
  ) {
    let stored = variable.stored
    let isDense = columnStride == 1 && rowStride == rowLength
    cells.withUnsafeBufferPointer { cells in
      for (level, weight) in weights.enumerated() {
        let base = block + record * recordStride + (firstLevel + level) * levelStride
        for position in cells.indices {
          let cell = cells[position]
          let offset = isDense ? cell : cell / rowLength * rowStride + cell % rowLength * columnStride
          let value = stored.value(Double(base[offset]))
          if let weightSums {
            guard !value.isNaN else { continue }
            sums[position] += weight * value
            weightSums[position] += weight
          } else {
            sums[position] += weight * value
          }
        }
      }
    }
  }
}
