import Distributed
import Kernels

/// The maps of a regression, by their headers.
struct RegressionMaps: Codable {
  /// The response's.
  let grid: Grid
  /// Bytes that reading the largest map holds.
  private(set) var fieldBytes = 0
  /// Maps on another grid than the response, with what is different.
  private(set) var otherGrids: [String] = []

  /// - Throws: exit code 65 or 66 naming file and variable.
  init(_ settings: RegressionSettings) throws {
    var first: Grid?
    for source in settings.inputs {
      let slices = try MapSlices(source.text)
      guard slices.count == 1 else {
        let shape = slices.axes.map { "'\($0.name)' of length \($0.count)" }.joined(separator: ", ")
        throw JobError(
          .inputData,
          "\(slices.path): '\(slices.name)' has a dimension \(shape); expected a map: select one of them first, for "
            + "example with cdo or ncks")
      }
      if let first, let difference = slices.grid.difference(from: first) {
        otherGrids.append("\(source.text) (\(difference))")
      }
      first = first ?? slices.grid
      fieldBytes = max(fieldBytes, slices.fieldBytes)
    }
    guard let first else { throw JobError(.internal, "a regression without a response") }
    grid = first
  }

  /// Reads the maps and chooses the cells.
  ///
  /// Collective: the maps are dealt to the ranks in turn, each on the response's grid, and rank 0 takes what the cells have.
  /// - Returns: the rows on rank 0; nil elsewhere.
  func rows(_ settings: RegressionSettings, _ sets: [CellClasses], isChosen: [Bool], _ run: JobRun) throws
    -> (rows: RegressionRows, notes: [String])?
  {
    let isResponseIn = { (value: Double) in value.isFinite && abs(value) <= settings.limit }
    let sources = [settings.response] + settings.numbers + (settings.clusterSource.map { [$0] } ?? [])
    var (cells, columns, notes) = ([Int](), [[Double]](), sets.flatMap(\.notes))
    try run.communicator.inTurns(sources.count) { number in
      let slices = try MapSlices(sources[number].text)
      let isCluster = number > settings.numbers.count
      let (map, note) = try slices.field(0).regular(unlessOn: grid).brought(
        to: grid, of: settings.response.path, by: isCluster ? .nearest : settings.method)
      run.bytesRead += slices.storedBytes
      return map.values.withUnsafeBytes { [UInt8]($0) } + [UInt8]((note ?? "").utf8)
    } take: { number, bytes in
      let note = String(decoding: bytes[(8 * grid.cellCount)...], as: UTF8.self)
      if !note.isEmpty { notes.append(note) }
      bytes.withUnsafeBytes { bytes in
        let value = { (cell: Int) in bytes.loadUnaligned(fromByteOffset: 8 * cell, as: Double.self) }
        if number == 0 { cells = (0..<grid.cellCount).filter { isChosen[$0] && isResponseIn(value($0)) } }
        columns.append(cells.map(value))
      }
      run.progress.update(share: Double(number + 1) / Double(sources.count))
    }
    guard run.communicator.isRoot else { return nil }
    let codes = sets.map { set in
      var codes = [Int32](repeating: -1, count: grid.cellCount)
      for (code, one) in set.classes.enumerated() { for cell in one.cells { codes[cell] = Int32(code) } }
      return cells.map { codes[$0] }
    }
    let rows = try RegressionRows(
      response: columns[0], numbers: Array(columns[1...].prefix(settings.numbers.count)), codes: codes,
      classes: sets.map { $0.classes.map(\.name) }, clusters: clusters(settings, cells, columns), settings)
    return (rows, notes + rows.notes)
  }

  private func clusters(_ settings: RegressionSettings, _ cells: [Int], _ columns: [[Double]]) -> [Int32] {
    switch settings.clusters {
    case nil: return []
    case .source:
      var book = CodeBook<Double>()
      return columns[columns.count - 1].map { $0.isFinite ? book.code($0) : -1 }
    case .blocks(let degrees, _, _):
      var blocks = DegreeBlocks(degrees: degrees)
      return cells.map { blocks.code(latitude: grid.latitude(ofCell: $0), longitude: grid.longitude(ofCell: $0)) }
    }
  }

  /// Bytes that rank 0 holds, which needs most.
  func bytes(_ settings: RegressionSettings, _ sets: [CellClasses]) -> Int {
    let members = sets.flatMap(\.classes).reduce(0) { $0 + 8 * $1.cells.count }
    let columns = settings.numbers.count + (settings.clusterSource == nil ? 1 : 2)
    // A field as it is read, brought over and sent; the columns, the numbers of cells, and a column while rows are chosen.
    let perCell = 3 * 8 + 8 * columns + 4 * (sets.count + 1) + 3 * 8
    return members + fieldBytes + perCell * grid.cellCount
      + RegressionResult.bytes(numbers: settings.numbers.count, classCounts: sets.map(\.classes.count))
  }
}
