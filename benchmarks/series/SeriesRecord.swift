import Distributed

/// A record of three scales whose values look like an index of drought: noise about a slow course.
struct SeriesRecord {
  static let scales = 3
  let grid: Grid
  let cells: [Int]
  let times: Int
  let chunks: SeriesChunks
  private let isLand: [Bool]
  private let noise: [Float]

  init(rows: Int, columns: Int, times: Int, _ chunks: SeriesChunks) {
    grid = Grid(
      latitudes: (0..<rows).map { 180 * (Double($0) + 0.5) / Double(rows) - 90 },
      longitudes: (0..<columns).map { 360 * (Double($0) + 0.5) / Double(columns) })
    // Continents: about a quarter of the cells, in patches.
    isLand = (0..<rows * columns).map { cell in
      let (row, column) = (cell / columns * 360 / rows, cell % columns * 720 / columns)
      return (row / 60 + column / 90) % 4 == 0
    }
    cells = isLand.indices.filter { [isLand] in isLand[$0] }
    self.times = times
    self.chunks = chunks
    var state: UInt64 = 7
    noise = (0..<1 << 16).map { _ in
      // The sum of four uniform numbers is near enough to a normal one.
      (0..<4).reduce(Float(0)) { sum, _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return sum + Float(state >> 40) / Float(1 << 24) - 0.5
      }
    }
  }

  private func value(_ scale: Int, _ time: Int, _ cell: Int) -> Float {
    noise[(cell &* 7919 &+ time &* 104_729 &+ scale &* 31) & 0xffff] * 1.7
  }

  private var attributes: MapWriter.FileAttributes {
    MapWriter.FileAttributes(title: "benchmark", source: "benchmark-series", references: "", commandLine: "")
  }

  private var scale: MapAxis { MapAxis("scale", longName: "scale", values: [12, 24, 36], units: "months") }

  private var time: MapAxis {
    MapAxis(months: (0..<times).map { Month(index: Month(year: 1901, month: 1).index + $0) }, calendar: .standard)
  }

  /// Writes one file with other ranks; seconds without making values, of all and of the blocks.
  func writeTogether(to path: String, _ ranks: Communicator) throws -> [Double] {
    let record = SeriesOutput.Description(
      [SeriesOutput.Variable("spei", units: "1", longName: "spei", axes: [scale])], time: time, on: grid,
      chunks: chunks, division: .cells, to: path)
    let begin = wallSeconds()
    var making = 0.0
    let output = try SeriesOutput(record, Partition(cells: cells, ranks: ranks.size), identity: "", ranks)
    try output.fill { block in
      let begin = wallSeconds()
      defer { making += wallSeconds() - begin }
      var values: [Double] = []
      values.reserveCapacity(Self.scales * times * block.count)
      for scale in 0..<Self.scales {
        for time in 0..<times {
          for cell in cells[block] { values.append(Double(value(scale, time, cell))) }
        }
      }
      return [values]
    }
    let blocks = wallSeconds() - begin - making
    try output.finish(attributes)
    return [wallSeconds() - begin - making, blocks]
  }

  /// Writes this rank's share of the same chunks to a file of its own; seconds without making values.
  func writeAlone(to path: String, rank: Int, of ranks: Int) throws -> [Double] {
    let begin = wallSeconds()
    var making = 0.0
    let (rows, columns) = (grid.shape[0], grid.shape[1])
    let side = max(1, Int((Double(1 << 20) / Double(4 * times)).squareRoot()))
    let chunk = chunks == .map ? [1, 1, rows, columns] : [times, 1, min(rows, side), min(columns, side)]
    let writer = try RecordWriter(
      [
        RecordWriter.Variable(
          "spei", .float, fill: Double(MapWriter.floatFill), made: [time, scale], chunk: chunk, attributes: [])
      ], on: grid, rowsOfPart: rows, attributes, to: path)
    let counts = zip([times, Self.scales, rows, columns], chunk).map { ($0 + $1 - 1) / $1 }
    for number in stride(from: rank, to: counts.reduce(1, *), by: ranks) {
      var (rest, start) = (number, [0, 0, 0, 0])
      for axis in (0..<4).reversed() {
        start[axis] = rest % counts[axis] * chunk[axis]
        rest /= counts[axis]
      }
      let first = wallSeconds()
      let elements = self.elements(chunk, start)
      making += wallSeconds() - first
      guard let elements else { continue }
      try writer.write(ChunkCompression.deflated(elements), of: "spei", start: start)
    }
    try writer.commit()
    return [wallSeconds() - begin - making]
  }

  /// The elements of a chunk; nil where none has a value.
  private func elements(_ chunk: [Int], _ start: [Int]) -> [Float]? {
    let (rows, columns) = (grid.shape[0], grid.shape[1])
    var elements = [Float](repeating: MapWriter.floatFill, count: chunk.reduce(1, *))
    var isEmpty = true
    for time in 0..<chunk[0] {
      for row in 0..<min(chunk[2], rows - start[2]) {
        for column in 0..<min(chunk[3], columns - start[3]) {
          let cell = (start[2] + row) * columns + start[3] + column
          guard isLand[cell] else { continue }
          isEmpty = false
          elements[(time * chunk[2] + row) * chunk[3] + column] = value(start[1], start[0] + time, cell)
        }
      }
    }
    return isEmpty ? nil : elements
  }
}
