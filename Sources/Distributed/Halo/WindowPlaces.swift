/// Where among values by cell those of windows are, and the gathering of windows.
public struct WindowPlaces: Sendable {
  /// The windows.
  public let windows: CellWindows
  /// The number of values of each channel besides those of other ranks.
  private let ownCount: Int
  /// The grid's rows that hold cells with values.
  private let rows: Range<Int>
  /// By row and column, the number of the cell's value; -1 where there is none.
  private let places: [Int32]
  /// By column, the columns of its window from west to east; -1 where there are none.
  private let columns: [Int32]

  /// Values of one channel after the other.
  public struct Values {
    /// By channel, those of the cells that are the rank's own.
    let own: [UnsafePointer<Float>]
    /// Those of cells that came from other ranks, channel after channel.
    let foreign: UnsafePointer<Float>?
    let foreignCount: Int
  }

  /// Places of the values of cells: first those of a list of cells, then those of another.
  public init(_ windows: CellWindows, own: ArraySlice<Int>, foreign: [Int] = []) {
    self.windows = windows
    ownCount = own.count
    let width = windows.columnCount
    let all = [own.first, own.last, foreign.first, foreign.last].compactMap { $0.map { $0 / width } }
    rows = (all.min() ?? 0)..<(all.max().map { $0 + 1 } ?? 0)
    var places = [Int32](repeating: -1, count: rows.count * width)
    let start = rows.lowerBound * width
    for (place, cell) in own.enumerated() { places[cell - start] = Int32(place) }
    for (place, cell) in foreign.enumerated() { places[cell - start] = Int32(own.count + place) }
    self.places = places
    columns = (0..<width).flatMap { own in
      (-windows.reach...windows.reach).map { windows.column(own, east: $0).map(Int32.init) ?? -1 }
    }
  }

  /// Bytes that places of cells on so many rows take.
  public static func bytes(_ windows: CellWindows, rows: Int) -> Int {
    4 * windows.columnCount * (rows + windows.width)
  }

  /// The windows of cells, `[cell][channel][row][column]`, of values by channel and place in the list of own cells.
  ///
  /// - Parameters:
  ///   - cells: centres, by grid index.
  ///   - values: NaN where missing.
  public func windows(of cells: [Int], in values: [[Float]], edge: WindowEdge) -> [Float] {
    Self.withValues(values, foreign: []) { values in
      [Float](unsafeUninitializedCapacity: cells.count * values.own.count * windows.cellCount) { buffer, count in
        count = buffer.count
        if let base = buffer.baseAddress { gather(cells[...], values, edge: edge, into: base) }
      }
    }
  }

  /// Gathers the windows of cells, `[cell][channel][row][column]`.
  ///
  /// What is missing in a channel is filled in by `edge`, from that channel alone; where its centre is missing, nothing is.
  ///
  /// - Parameters:
  ///   - cells: centres, by grid index.
  ///   - target: room for all of them.
  public func gather(
    _ cells: ArraySlice<Int>, _ values: Values, edge: WindowEdge, into target: UnsafeMutablePointer<Float>
  ) {
    let (size, width) = (windows.cellCount, windows.columnCount)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: size) { buffer in
      guard let own = buffer.baseAddress else { return }
      places.withUnsafeBufferPointer { places in
        columns.withUnsafeBufferPointer { columns in
          values.own.withUnsafeBufferPointer { channels in
            var next = target
            for cell in cells {
              let (row, column) = (cell / width, cell % width)
              let isOwn = find(row: row, column: column, places, columns, into: own)
              for channel in channels.indices {
                let isComplete =
                  isOwn
                  ? Self.take(channels[channel], own, size, into: next)
                  : take(values, channel, own, into: next)
                if !isComplete { Self.fill(next, size, edge) }
                next += size
              }
            }
          }
        }
      }
    }
  }

  /// Finds the places of a window's values; whether all are there and the rank's own.
  @inline(__always)
  private func find(
    row: Int, column: Int, _ places: UnsafeBufferPointer<Int32>, _ columns: UnsafeBufferPointer<Int32>,
    into found: UnsafeMutablePointer<Int>
  ) -> Bool {
    let (side, width) = (windows.width, windows.columnCount)
    var isOwn = true
    for south in 0..<side {
      let base = windows.row(row, south: south - side / 2).flatMap { rows.contains($0) ? $0 - rows.lowerBound : nil }
      for east in 0..<side {
        let column = Int(columns[column * side + east])
        let place = base.map { column < 0 ? -1 : Int(places[$0 * width + column]) } ?? -1
        found[south * side + east] = place
        if place < 0 || place >= ownCount { isOwn = false }
      }
    }
    return isOwn
  }

  /// Takes a window's values of a channel that are all the rank's own; whether none is missing.
  @inline(__always)
  private static func take(
    _ channel: UnsafePointer<Float>, _ places: UnsafePointer<Int>, _ count: Int,
    into target: UnsafeMutablePointer<Float>
  ) -> Bool {
    var isComplete = true
    for index in 0..<count {
      let value = channel[places[index]]
      target[index] = value
      if value.isNaN { isComplete = false }
    }
    return isComplete
  }

  /// Takes a window's values of a channel; whether none is missing.
  private func take(
    _ values: Values, _ channel: Int, _ places: UnsafePointer<Int>, into target: UnsafeMutablePointer<Float>
  ) -> Bool {
    var isComplete = true
    for index in 0..<windows.cellCount {
      let place = places[index]
      let value: Float
      if place < 0 {
        value = .nan
      } else if place < ownCount {
        value = values.own[channel][place]
      } else {
        value = values.foreign?[channel * values.foreignCount + place - ownCount] ?? .nan
      }
      target[index] = value
      if value.isNaN { isComplete = false }
    }
    return isComplete
  }

  /// Fills in what is missing in a window of one channel.
  private static func fill(_ window: UnsafeMutablePointer<Float>, _ count: Int, _ edge: WindowEdge) {
    let centre = window[count / 2]
    guard !centre.isNaN else { return }
    var value = centre
    switch edge {
    case .centre: break
    case .missing: return
    case .mean:
      var (sum, found) = (0.0, 0.0)
      for index in 0..<count where !window[index].isNaN {
        sum += Double(window[index])
        found += 1
      }
      value = Float(sum / found)
    }
    for index in 0..<count where window[index].isNaN { window[index] = value }
  }

  /// Calls a function with pointers to the values by channel.
  ///
  /// - Parameter foreign: what came from other ranks, channel after channel.
  public static func withValues<Result>(
    _ values: [[Float]], foreign: [Float], _ body: (Values) throws -> Result
  ) rethrows -> Result {
    func pointers(_ number: Int, _ found: [UnsafePointer<Float>]) throws -> Result {
      guard number < values.count else {
        return try foreign.withUnsafeBufferPointer { foreign in
          try body(
            Values(
              own: found, foreign: foreign.baseAddress,
              foreignCount: values.isEmpty ? 0 : foreign.count / values.count))
        }
      }
      return try values[number].withUnsafeBufferPointer { channel in
        // An empty array has no address; nothing is read of it.
        let address = channel.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<Float>.alignment)
        return try pointers(number + 1, found + [address].compactMap { $0 })
      }
    }
    return try pointers(0, [])
  }
}
