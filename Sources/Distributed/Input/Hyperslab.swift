import Foundation

/// A block of one variable, in file order: some steps and layers of one member on a range of rows.
struct Hyperslab {
  let variable: FileDescription.Variable
  /// Start and length along each dimension of the file.
  let start: [Int]
  let count: [Int]
  /// Elements between neighbours in memory.
  private let stepStride: Int
  private let levelStride: Int
  private let rowStride: Int
  private let columnStride: Int
  private let rowLength: Int
  private let rows: Int

  init(
    _ variable: FileDescription.Variable, levels: Range<Int>, _ grid: Grid, rows: Range<Int>, member: Int,
    step: Int,
    count steps: Int
  ) {
    self.variable = variable
    rowLength = grid.rowLength
    self.rows = rows.count
    var start: [Int] = []
    var count: [Int] = []
    for (place, (role, length)) in zip(variable.layout.roles, variable.layout.shape).enumerated() {
      let range: Range<Int> =
        switch role {
        case .time: step..<step + steps
        case .member: member..<member + 1
        case .level: levels
        case .latitude, .row, .cell: rows
        case .longitude, .column: 0..<length
        case .single, .unknown: (variable.layout.fixed[place] ?? 0)..<(variable.layout.fixed[place] ?? 0) + 1
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
    stepStride = stride(.time)
    levelStride = stride(.level)
    rowStride = stride(.latitude, .row, .cell)
    columnStride = stride(.longitude, .column)
  }

  /// Elements in the block.
  var elementCount: Int { count.reduce(1, *) }

  /// Whether cells lie in memory in their order.
  private var isDense: Bool { columnStride == 1 && rowStride == rowLength }

  /// Where in a step's level the value of a cell lies, counted from the block's first row.
  private func offset(ofCell cell: Int) -> Int {
    isDense ? cell : cell / rowLength * rowStride + cell % rowLength * columnStride
  }

  /// Which cells of a step hold data, a bit for each cell of the block's rows.
  func mask<Element: BinaryFloatingPoint>(step: Int, of block: UnsafePointer<Element>) -> Data {
    let (stored, base) = (variable.stored, block + step * stepStride)
    let cells = rows * rowLength
    // A byte for each cell first, eight of which then become one.
    var isValid = [UInt64](repeating: 0, count: (cells + 7) / 8)
    isValid.withUnsafeMutableBytes { bytes in
      guard let bytes = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
      if isDense, let loop = stored.loop {
        for cell in 0..<cells { bytes[cell] = loop.isValid(Double(base[cell])) ? 1 : 0 }
      } else {
        for cell in 0..<cells { bytes[cell] = stored.value(Double(base[offset(ofCell: cell)])).isNaN ? 0 : 1 }
      }
    }
    return Data(isValid.map { UInt8(truncatingIfNeeded: ($0.littleEndian &* 0x0102_0408_1020_4080) >> 56) })
  }

  /// The values of a cell, counted from the block's first row, at the first step, by level; NaN where missing.
  func values(ofCell cell: Int, in block: UnsafePointer<Double>) -> [Double] {
    let levels = variable.layout.position(.level).map { count[$0] } ?? 1
    return (0..<levels).map { variable.stored.value(block[$0 * levelStride + offset(ofCell: cell)]) }
  }

  /// What becomes of the values of a field's layers.
  struct Terms {
    /// The first of the block's levels that counts.
    let firstLevel: Int
    /// Weights of the levels from that one on.
    let weights: [Double]
    /// Whether nothing was added to the sums yet, whatever they hold.
    let areFirst: Bool
  }

  /// Adds one step's weighted values at the given cells to `sums`.
  ///
  /// Where `weightSums` is given, missing values are left out and the weights of the others are added to it; without
  /// it a missing value makes the sum NaN.
  func add<Element: BinaryFloatingPoint>(
    _ terms: Terms, step: Int, of block: UnsafePointer<Element>, at cells: CellRuns,
    to sums: UnsafeMutablePointer<Double>, weightSums: UnsafeMutablePointer<Double>?
  ) {
    for (level, weight) in terms.weights.enumerated() {
      let base = block + step * stepStride + (terms.firstLevel + level) * levelStride
      let isFirst = terms.areFirst && level == 0
      for run in cells.runs {
        let (sums, weightSums) = (sums + run.position, weightSums.map { $0 + run.position })
        if isFirst {
          sums.update(repeating: 0, count: weightSums == nil ? 0 : run.count)
          weightSums?.update(repeating: 0, count: run.count)
        }
        if isDense, let loop = variable.stored.loop {
          let numbers = base + run.cell
          let scaledWeight = weight * StoredValueLoop.inverseFactor
          if let weightSums {
            // Sums begin with 0 and are never -0, so that to add 0 changes nothing.
            for index in 0..<run.count {
              let number = Double(numbers[index])
              sums[index] += loop.isValid(number) ? scaledWeight * loop.scaledValue(number) : 0
            }
            for index in 0..<run.count { weightSums[index] += loop.isValid(Double(numbers[index])) ? weight : 0 }
          } else if isFirst {
            for index in 0..<run.count { sums[index] = 0 + scaledWeight * loop.scaledValue(Double(numbers[index])) }
          } else {
            for index in 0..<run.count { sums[index] += scaledWeight * loop.scaledValue(Double(numbers[index])) }
          }
          continue
        }
        for index in 0..<run.count {
          let value = variable.stored.fieldValue(Double(base[offset(ofCell: run.cell + index)]))
          if let weightSums {
            guard !value.isNaN else { continue }
            sums[index] += weight * value
            weightSums[index] += weight
          } else {
            sums[index] = (isFirst ? 0 : sums[index]) + weight * value
          }
        }
      }
    }
  }
}

/// Ascending cells as runs of neighbours, counted from a first cell.
struct CellRuns {
  /// Neighbours: the place of the first one among all cells, its number, and how many they are.
  let runs: [(position: Int, cell: Int, count: Int)]
  /// The number of cells.
  let count: Int

  /// All cells.
  init(all count: Int) {
    runs = [(0, 0, count)]
    self.count = count
  }

  /// The runs of cells, counted from `first`.
  init(_ cells: ArraySlice<Int>, from first: Int) {
    var runs: [(position: Int, cell: Int, count: Int)] = []
    for (position, cell) in cells.enumerated() {
      if let last = runs.last, last.cell + last.count == cell - first {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((position, cell - first, 1))
      }
    }
    self.runs = runs
    count = cells.count
  }
}
