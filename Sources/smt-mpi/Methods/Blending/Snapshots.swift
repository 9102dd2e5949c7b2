import Distributed
import Kernels

/// Profiles of soil moisture in the model's cells, at some of its steps.
struct Snapshots: Codable {
  /// Steps of the model's record, increasing.
  var steps: [Int]
  /// By snapshot and cell: sums of a, b and c over valid pixels, pixels that are valid, and all.
  @PackedNumbers var sums: [Double]

  /// Numbers of a cell.
  static let width = 5

  /// The profile of a cell; nil where fewer than a share of its pixels are valid, or none.
  func profile(_ snapshot: Int, cell: Int, cells: Int, minimumShare: Double) -> MoistureProfile? {
    let place = Self.width * (snapshot * cells + cell)
    let (valid, all) = (sums[place + 3], sums[place + 4])
    guard valid > 0, valid >= minimumShare * all else { return nil }
    return MoistureProfile(a: sums[place] / valid, b: sums[place + 1] / valid, c: sums[place + 2] / valid)
  }

  /// Whether a cell has pixels in any of the snapshots.
  func hasPixels(cell: Int, cells: Int) -> Bool {
    steps.indices.contains { sums[Self.width * ($0 * cells + cell) + 4] > 0 }
  }
}

/// How pixels become profiles in cells.
struct SnapshotReader {
  let record: LayeredRecord
  /// Metres in the unit of the depths that coefficients are for.
  let unit: Double
  /// What a profile may be, m³ m⁻³.
  let valid: ClosedRange<Double>
  /// The depth in metres down to which profiles hold.
  let bottom: Double
  /// Width of the cells around the points of a list, in degrees.
  let cellWidth: Double?

  /// Profiles in cells from files.
  ///
  /// Collective. A field is summed up on one rank, pixel by pixel in the order of rows.
  /// - Parameter depths: of levels in metres; nil where files have coefficients.
  func read(_ files: [SnapshotFile], depths: [Double]?, _ run: JobRun) throws -> Snapshots {
    let cells = record.grid.cellCount
    let steps = Set(files.flatMap(\.steps)).sorted()
    let size = Snapshots.width * cells
    let tasks = files.indices.flatMap { file in files[file].steps.indices.map { (file: file, time: $0) } }
    var sums = [Double](repeating: 0, count: run.communicator.isRoot ? steps.count * size : 0)
    try run.communicator.inTurns(tasks.count) { task in
      let (file, time) = tasks[task]
      return try self.sums(of: files[file], time: time, depths, run).withUnsafeBytes { [UInt8]($0) }
    } take: { task, bytes in
      let (file, time) = tasks[task]
      guard let snapshot = steps.firstIndex(of: files[file].steps[time]) else { return }
      // Files of one step are parts of the region, or several views of it.
      bytes.withUnsafeBytes { bytes in
        for index in 0..<size {
          sums[snapshot * size + index] += bytes.loadUnaligned(fromByteOffset: 8 * index, as: Double.self)
        }
      }
      run.progress.update(share: Double(task + 1) / Double(tasks.count))
    }
    return try run.communicator.onRoot { Snapshots(steps: steps, sums: sums) }
  }

  private func sums(of file: SnapshotFile, time: Int, _ depths: [Double]?, _ run: JobRun) throws -> [Double] {
    try Interruption.check("while snapshots were read")
    let grid = file.headers[0].grid
    let boxes = try CellBoxes(from: grid, of: file.headers[0].path, to: record.grid, width: cellWidth)
    let readers = try file.headers.map { try $0.rows() }
    // Variables, or the levels of one.
    let fields =
      file.headers.count == 1
      ? (depths ?? []).indices.map { (reader: 0, field: file.field(time: time, level: $0)) }
      : file.headers.indices.map { (reader: $0, field: file.field(time: time, level: 0)) }
    var sums = [Double](repeating: 0, count: Snapshots.width * record.grid.cellCount)
    // Levels of one variable lie in fields of their own: rows of many at once are read from each.
    let rowsAtOnce = max(1, min(grid.rowCount, (1 << 20) / max(1, grid.rowLength)))
    var block = [[Double]](
      repeating: [Double](repeating: 0, count: rowsAtOnce * grid.rowLength), count: fields.count)
    for first in stride(from: 0, to: grid.rowCount, by: rowsAtOnce) {
      let rows = first..<min(grid.rowCount, first + rowsAtOnce)
      for (index, (reader, field)) in fields.enumerated() {
        try block[index].withUnsafeMutableBufferPointer { values in
          guard let base = values.baseAddress else { return }
          try readers[reader].read(rows: rows, field: field, into: base)
        }
      }
      var values = [Double](repeating: .nan, count: fields.count)
      for row in rows {
        boxes.forEachPixel(ofRow: row) { cell, column in
          let place = (row - first) * grid.rowLength + column
          for index in values.indices { values[index] = block[index][place] * file.scale }
          add(values, depths, to: &sums, cell: cell)
        }
      }
    }
    run.bytesRead += readers.reduce(0) { $0 + $1.bytesRead }
    return sums
  }

  /// Adds a pixel's coefficients, or values at depths, to a cell.
  func add(_ values: [Double], _ depths: [Double]?, to sums: inout [Double], cell: Int) {
    let place = Snapshots.width * cell
    sums[place + 4] += 1
    let profile =
      depths.map { MoistureProfile(depths: $0, values: values) }
      ?? MoistureProfile(a: values[0], b: values[1], c: values[2]).inMetres(unit: unit)
    guard let profile, profile.lies(within: valid, downTo: bottom) else { return }
    sums[place] += profile.a
    sums[place + 1] += profile.b
    sums[place + 2] += profile.c
    sums[place + 3] += 1
  }

  // MARK: Tables

  private struct Key: Hashable {
    var step: Int
    var cell: Int
    var time: String
    var site: String
  }

  /// Profiles in cells from a table with columns time, depth, value and, where there are several cells, lat and lon or site.
  ///
  /// - Throws: as `TableReader`; exit code 65 with line and column where a row does not fit.
  func read(table path: String, _ stations: StationList?) throws -> Snapshots {
    let places = PlacedTable(record)
    var values: [Key: [(depth: Double, value: Double)]] = [:]
    var order: [Key] = []
    try places.read(path, stations) { row in
      guard let step = record.step(of: row.instant) else {
        throw row.error(
          "the snapshot of \(row.instant) lies outside of the run, whose steps with values are from "
            + "\(record.text(ofStep: 0)) to \(record.text(ofStep: record.count - 1))")
      }
      let key = Key(step: step, cell: row.cell, time: row.timeText, site: row.site)
      if values[key] == nil { order.append(key) }
      values[key, default: []].append((row.depth * unit, row.value))
    }
    let (steps, cells) = (Set(order.map(\.step)).sorted(), record.grid.cellCount)
    var sums = [Double](repeating: 0, count: steps.count * cells * Snapshots.width)
    for key in order {
      guard let pairs = values[key], let snapshot = steps.firstIndex(of: key.step) else { continue }
      add(pairs.map(\.value), pairs.map(\.depth), to: &sums, cell: snapshot * cells + key.cell)
    }
    return Snapshots(steps: steps, sums: sums)
  }
}
