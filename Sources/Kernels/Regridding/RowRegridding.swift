/// Brings fields of one regular grid to another, a row at a time.
///
/// A target row needs some rows of the source and no others, so that fields need not be held as a whole. Its values depend
/// on these alone, and are added up in the order of the source's rows and columns.
package struct RowRegridding: Sendable {
  /// What the value of a target cell is.
  package enum Method: Sendable {
    /// That of the nearest source cell, missing where that is.
    case nearest
    /// Interpolated between four source cells, missing where one that has weight is.
    case bilinear
    /// The mean over the area that has values.
    case mean
    /// The class of the greatest area, the lowest of several; missing cells do not count.
    case majority
    /// The class of most source cells, the lowest of several; missing cells do not count.
    case block
  }

  /// What the target rows and columns get of the source's; of the nearest method the columns alone.
  private let rows: AxisWeights
  private let columns: AxisWeights
  private let nearest: NearestRows?
  private let method: Method
  private let minimumShare: Double
  private let leastShare: Double
  /// Columns of the target grid.
  private let columnCount: Int

  /// From the cells of one grid to those of another.
  ///
  /// - Parameter minimumShare: the least share of a target cell's area, or of its source cells, that must have values; for
  ///   areas and classes.
  package init(from source: CellAxes, to target: CellAxes, _ method: Method, minimumShare: Double = 0) {
    self.method = method
    self.minimumShare = minimumShare
    columnCount = target.longitudes.count
    var nearest: NearestRows?
    var leastShare = 0.0
    switch method {
    case .nearest:
      nearest = NearestRows(from: source, to: target)
      (rows, columns) = (AxisWeights(), AxisWeights())
    case .bilinear:
      rows = .linear(from: source.latitudes, to: target.latitudes.centres)
      columns = .linear(from: source.longitudes, to: target.longitudes.centres)
    case .mean, .majority:
      rows = .overlap(from: source.latitudes, to: target.latitudes)
      columns = .overlap(from: source.longitudes, to: target.longitudes)
      leastShare = leastCoveredShare(of: target)
    case .block:
      rows = .counts(from: source.latitudes, to: target.latitudes)
      columns = .counts(from: source.longitudes, to: target.longitudes)
    }
    self.nearest = nearest
    self.leastShare = leastShare
  }

  /// Whether target cells are blocks of whole source cells, as ``Method/block`` needs it.
  package static func areBlocks(from source: CellAxes, to target: CellAxes) -> Bool {
    AxisWeights.areWhole(from: source.latitudes, to: target.latitudes)
      && AxisWeights.areWhole(from: source.longitudes, to: target.longitudes)
  }

  /// The source rows that a target row needs, ascending.
  package func sourceRows(of target: Int) -> [Int] {
    if let nearest { return nearest.sourceRows(of: target) }
    return rows.range(target).map { Int(rows.sources[$0]) }.sorted()
  }

  /// A target row.
  ///
  /// - Parameters:
  ///   - row: gives a source row that is needed; NaN where missing.
  ///   - values: gets the target row.
  package func regrid(
    _ target: Int, from row: (Int) -> UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>
  ) {
    if let nearest {
      nearest.regrid(target, from: row, into: values)
    } else {
      switch method {
      case .nearest, .bilinear: interpolate(target, row, values)
      case .mean: average(target, row, values)
      case .majority, .block: choose(target, row, values)
      }
    }
  }

  private func interpolate(
    _ target: Int, _ row: (Int) -> UnsafePointer<Double>, _ values: UnsafeMutablePointer<Double>
  ) {
    let lines = rows.range(target).map { (row(Int(rows.sources[$0])), rows.weights[$0]) }
    for column in 0..<columnCount {
      var corners = CornerSum()
      for (line, rowWeight) in lines {
        for place in columns.range(column) {
          corners.add(line[Int(columns.sources[place])], rowWeight * columns.weights[place])
        }
      }
      values[column] = corners.value
    }
  }

  private func average(_ target: Int, _ row: (Int) -> UnsafePointer<Double>, _ values: UnsafeMutablePointer<Double>) {
    var areas = [Double](repeating: 0, count: columnCount)
    values.update(repeating: 0, count: columnCount)
    areas.withUnsafeMutableBufferPointer { areas in
      columns.withLists { starts, sources, weights in
        for line in rows.range(target) {
          let (source, rowWeight) = (row(Int(rows.sources[line])), rows.weights[line])
          for column in 0..<columnCount {
            var (sum, area) = (0.0, 0.0)
            for place in starts[column]..<starts[column + 1] {
              let value = source[Int(sources[place])]
              let isValid = !value.isNaN
              sum += weights[place] * (isValid ? value : 0)
              area += isValid ? weights[place] : 0
            }
            values[column] += rowWeight * sum
            areas[column] += rowWeight * area
          }
        }
      }
    }
    for column in 0..<columnCount {
      let isCovered = isCovered(
        areas[column], of: rows.totals[target] * columns.totals[column], minimumShare, leastShare)
      values[column] = isCovered ? values[column] / areas[column] : .nan
    }
  }

  private func choose(_ target: Int, _ row: (Int) -> UnsafePointer<Double>, _ values: UnsafeMutablePointer<Double>) {
    forEachCell(target, row) { column, classes, total in
      values[column] = classes.isCovered(total, minimumShare, leastShare) ? classes.greatest : .nan
    }
  }

  /// The share of each class in the area of the cells of a target row, or in the number of their source cells; it is
  /// missing where less has values than asked for.
  ///
  /// - Parameter shares: gets them class by class, and within these column by column.
  package func shares(
    of classes: [Double], _ target: Int, from row: (Int) -> UnsafePointer<Double>,
    into shares: UnsafeMutablePointer<Double>
  ) {
    forEachCell(target, row) { column, found, total in
      let isCovered = found.isCovered(total, minimumShare, leastShare)
      for (index, value) in classes.enumerated() {
        shares[index * columnCount + column] = isCovered ? min(1, found.area(of: value) / total) : .nan
      }
    }
  }

  private func forEachCell(
    _ target: Int, _ row: (Int) -> UnsafePointer<Double>, _ body: (Int, borrowing ClassAreas, Double) -> Void
  ) {
    let lines = rows.range(target).map { (row(Int(rows.sources[$0])), rows.weights[$0]) }
    var areas = ClassAreas()
    columns.withLists { starts, sources, weights in
      for column in 0..<columnCount {
        areas.clear()
        for (line, rowWeight) in lines {
          for place in starts[column]..<starts[column + 1] {
            let value = line[Int(sources[place])]
            if !value.isNaN { areas.add(value, rowWeight * weights[place]) }
          }
        }
        body(column, areas, rows.totals[target] * columns.totals[column])
      }
    }
  }
}

/// Areas of the classes in a cell.
private struct ClassAreas {
  private var entries: [(value: Double, area: Double)] = []
  private var total = 0.0

  mutating func clear() {
    entries.removeAll(keepingCapacity: true)
    total = 0
  }

  @inline(__always)
  mutating func add(_ value: Double, _ area: Double) {
    total += area
    for index in entries.indices where entries[index].value == value {
      entries[index].area += area
      return
    }
    entries.append((value, area))
  }

  func isCovered(_ area: Double, _ minimumShare: Double, _ leastShare: Double) -> Bool {
    Kernels.isCovered(total, of: area, minimumShare, leastShare)
  }

  func area(of value: Double) -> Double { entries.first { $0.value == value }?.area ?? 0 }

  /// The class of the greatest area; of several that are equal up to rounding the lowest.
  var greatest: Double {
    let largest = entries.reduce(0) { max($0, $1.area) }
    return entries.reduce(Double.nan) { $1.area >= largest * (1 - 1e-9) ? Double.minimum($0, $1.value) : $0 }
  }
}

/// The nearest source row of each target row, and the nearest column of each column.
private struct NearestRows: Sendable {
  /// -1 for none.
  private var columns: [Int32] = []
  /// The one source row that is nearest in all columns; -1 for none.
  private var rows: [Int32] = []
  /// The source rows by column, where these differ.
  private var mixedRows: [Int: [Int32]] = [:]

  init(from source: CellAxes, to target: CellAxes) {
    let cells = NearestCells(source)
    let found = target.longitudes.centres.map(cells.column)
    columns = found.map { Int32($0?.index ?? -1) }
    let angles = found.compactMap { $0?.angle }
    let (least, largest) = (angles.min() ?? 0, angles.max() ?? 0)
    for (index, latitude) in target.latitudes.centres.enumerated() {
      let row = cells.row(latitude: latitude, angle: least)
      rows.append(Int32(row ?? -1))
      // The farther the meridian, the nearer to the pole is the row.
      if let row, cells.row(latitude: latitude, angle: largest) != row {
        mixedRows[index] = found.map { column in
          Int32(column.flatMap { cells.row(latitude: latitude, angle: $0.angle) } ?? -1)
        }
      }
    }
  }

  func sourceRows(of target: Int) -> [Int] {
    Set(mixedRows[target] ?? [rows[target]]).filter { $0 >= 0 }.map(Int.init).sorted()
  }

  func regrid(
    _ target: Int, from row: (Int) -> UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>
  ) {
    let mixed = mixedRows[target]
    let line = rows[target] < 0 || mixed != nil ? nil : row(Int(rows[target]))
    for (index, column) in columns.enumerated() {
      if column < 0 {
        values[index] = .nan
      } else if let mixed {
        values[index] = mixed[index] < 0 ? .nan : row(Int(mixed[index]))[Int(column)]
      } else {
        values[index] = line?[Int(column)] ?? .nan
      }
    }
  }
}
