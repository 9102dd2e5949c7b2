import Distributed
import Kernels

/// Why a cell has values of the networks, or has none.
enum ApplyStatus {
  /// It has a value in some year.
  static let computed: Int16 = 0
  /// The first predictor has no data there.
  static let notLand: Int16 = 1
  /// The user left it out.
  static let outsideSelection: Int16 = 2
  /// A neighbour has no value, and none stands for it.
  static let windowIncomplete: Int16 = 3
  /// The first predictor without a value there has this number more than 0.
  static let firstPredictor: Int16 = 4

  /// The statuses in words of `flag_meanings`.
  static func names(_ predictors: [Predictor]) -> [String] {
    ["computed", "not_land", "outside_selection", "window_incomplete"] + predictors.map { "missing_\($0.name)" }
  }
}

/// Applies networks to the windows of a rank's cells, year after year.
final class ApplyCells {
  /// A number of the rank's cells, by position in its share.
  struct Sums {
    /// Years with a value.
    var count: Int32 = 0
    /// The status; of a cell with a value in some year ``ApplyStatus/computed``.
    var status: Int16
    /// The largest number of predictors outside of the networks' training in a year.
    var outside: Int16 = 0
    /// The mean over years so far.
    var mean = 0.0
    /// The sum of the squares of the deviations from it.
    var squares = 0.0
    /// The sum over years of the variance between networks.
    var variance = 0.0

    /// Takes the value of one more year, by Welford's recurrence.
    mutating func add(_ value: Double, variance: Double) {
      count += 1
      let deviation = value - mean
      mean += deviation / Double(count)
      squares += deviation * (value - mean)
      self.variance += variance
    }
  }

  /// What a year leaves in the cells of a rank, by position in its share.
  struct Year {
    /// Means of the networks; NaN where there is none.
    var values: [Float]
    /// Variances between the networks; 0 where there is no value, or one network.
    var variances: [Float]
    /// Where there is a value, how many predictors lie outside of the networks' training; where there is none, why, as a status;
    /// 0 in cells that never get one.
    var remarks: [Int16]

    /// A year without values.
    init(count: Int) {
      values = [Float](repeating: .nan, count: count)
      variances = [Float](repeating: 0, count: count)
      remarks = [Int16](repeating: 0, count: count)
    }

    /// Bytes of a cell.
    static let cellBytes = 4 + 4 + 2
  }

  /// What the years so far add up to, by position in the rank's share.
  private(set) var sums: [Sums]
  /// Windows to which networks were applied, each network's counted.
  private(set) var windowCount = 0
  /// Seconds of the rank's processor in gathering windows and in networks.
  private(set) var seconds = 0.0
  /// The halo.
  let halo: Halo
  private let cells: ArraySlice<Int>
  private let isCentre: ArraySlice<Bool>
  private let networks: [WindowPredictor]
  private let ranges: [ClosedRange<Float>]
  private let edge: WindowEdge
  private let communicator: Communicator

  /// Windows that are gathered at a time: they stay in the processor's caches.
  private static let blockSize = 256

  /// Networks for the cells of a partition.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - isCentre: by position in the partition's cells, whether the cell gets a value.
  ///   - statuses: of the rank's cells, as long as they have no value.
  init(
    _ models: ApplyModels, edge: WindowEdge, _ partition: Partition, _ windows: CellWindows, isCentre: [Bool],
    statuses: [Int16], _ communicator: Communicator
  ) throws {
    halo = try Halo(partition, windows, isCentre: isCentre, communicator)
    let share = partition.share(of: communicator.rank)
    cells = partition.cells[share]
    self.isCentre = isCentre[share]
    networks = models.files.map { WindowPredictor($0.network) }
    ranges = models.ranges ?? []
    self.edge = edge
    self.communicator = communicator
    sums = statuses.map { Sums(status: $0) }
  }

  /// What a year of the predictors, by channel and position, leaves.
  ///
  /// Collective.
  func apply(_ predictors: [[Float]]) throws -> Year {
    let foreign = try halo.exchange(predictors)
    var result = Year(count: cells.count)
    try communicator.together {
      let start = cpuSeconds()
      try WindowPlaces.withValues(predictors, foreign: foreign) { try apply($0, predictors, into: &result) }
      seconds += cpuSeconds() - start
    }
    return result
  }

  private func apply(_ values: WindowPlaces.Values, _ predictors: [[Float]], into result: inout Year) throws {
    let length = predictors.count * halo.places.windows.cellCount
    var windows = [Float](repeating: 0, count: Self.blockSize * length)
    var outputs = [Float](repeating: 0, count: Self.blockSize * networks.count)
    var positions: [Int] = []
    var centres: [Int] = []
    var next = 0
    while next < cells.count {
      positions.removeAll(keepingCapacity: true)
      centres.removeAll(keepingCapacity: true)
      while next < cells.count, positions.count < Self.blockSize {
        if isCentre[isCentre.startIndex + next] {
          positions.append(next)
          centres.append(cells[cells.startIndex + next])
        }
        next += 1
      }
      try Interruption.check("while networks were applied")
      let count = positions.count
      windows.withUnsafeMutableBufferPointer { windows in
        guard let base = windows.baseAddress, count > 0 else { return }
        halo.places.gather(centres[...], values, edge: edge, into: base)
        outputs.withUnsafeMutableBufferPointer { outputs in
          for (number, network) in networks.enumerated() {
            network.predict(
              UnsafeBufferPointer(start: base, count: count * length),
              into: UnsafeMutableBufferPointer(rebasing: outputs[number * count..<(number + 1) * count]))
          }
        }
      }
      windowCount += count * networks.count
      for (index, position) in positions.enumerated() {
        take(outputs, index, of: count, position, predictors, into: &result)
      }
    }
  }

  /// Takes the networks' outputs of a window into the year of its cell.
  private func take(
    _ outputs: [Float], _ index: Int, of count: Int, _ position: Int, _ predictors: [[Float]], into year: inout Year
  ) {
    var mean = 0.0
    for network in networks.indices { mean += Double(outputs[network * count + index]) }
    mean /= Double(networks.count)
    guard mean.isFinite else {
      let missing = predictors.firstIndex { $0[position].isNaN }
      year.remarks[position] = missing.map { ApplyStatus.firstPredictor + Int16($0) } ?? ApplyStatus.windowIncomplete
      return
    }
    year.values[position] = Float(mean)
    if networks.count > 1 {
      var variance = 0.0
      for network in networks.indices {
        let deviation = Double(outputs[network * count + index]) - mean
        variance += deviation * deviation
      }
      year.variances[position] = Float(variance / Double(networks.count - 1))
    }
    for (channel, range) in ranges.enumerated() {
      let own = predictors[channel][position]
      if own < range.lowerBound || own > range.upperBound { year.remarks[position] += 1 }
    }
  }

  /// Adds a year to the sums, one that was applied or one that an earlier run has kept.
  func add(_ year: Year) {
    for (position, value) in year.values.enumerated() {
      let remark = year.remarks[position]
      if value.isNaN {
        // The first year tells why a cell has no value in any.
        if remark > 0, sums[position].count == 0, sums[position].status == ApplyStatus.notLand {
          sums[position].status = remark
        }
      } else {
        sums[position].add(Double(value), variance: Double(year.variances[position]))
        sums[position].status = ApplyStatus.computed
        sums[position].outside = max(sums[position].outside, remark)
      }
    }
  }

  /// Bytes that a rank holds besides the predictors.
  static func bytes(_ models: ApplyModels, _ windows: CellWindows, own: Int, rows: Int) -> Int {
    let length = models.files[0].network.shape.windowLength
    let networks = models.files.reduce(0) {
      $0 + WindowPredictor.memoryBytes($1.network.shape) + 4 * $1.network.shape.parameterCount
    }
    return own * (MemoryLayout<Sums>.stride + Year.cellBytes) + WindowPlaces.bytes(windows, rows: rows)
      + 4 * blockSize * (length + models.files.count) + networks
  }
}
