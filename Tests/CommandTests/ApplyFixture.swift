import Foundation
import Kernels
import TestSupport

@testable import Distributed
@testable import smt_mpi

/// Predictors of three kinds on small grids, networks of random weights, and what the test works out of both itself.
struct ApplyFixture {
  static let (rows, columns, years) = (6, 8, 2003...2006)
  static let names = ["T", "N", "S", "P"]
  static let statistics = ["mean", "mean", "static", "month=12"]
  static let latitudes = (0..<rows).map { 75 - 30 * Double($0) }
  static let longitudes = (0..<columns).map { -157.5 + 45 * Double($0) }
  static var cells: Int { rows * columns }
  let folder: String
  let networks: [WindowNetwork]

  /// Writes `months.nc`, `years.nc` on a grid that is rolled, `map.nc` on one of a third of the spacing, and the models.
  init(_ folder: String, models: Int = 2, edge: String? = nil) throws {
    self.folder = folder
    let months = (2003 * 12..<2007 * 12).map { Month(year: $0 / 12, month: $0 % 12 + 1) }
    func days(_ month: Month) -> Double { Double(TestRecord.Calendar.standard.days(from: Self.origin, to: month)) }
    var maps = TestMaps(latitudes: Self.latitudes, longitudes: Self.longitudes)
    maps.axes = [
      TestMaps.Axis(
        "time", months.map { (days($0) + days(Month(index: $0.index + 1))) / 2 },
        bounds: months.flatMap { [days($0), days(Month(index: $0.index + 1))] }, Self.time)
    ]
    try maps.write(
      [
        TestMaps.Map(
          "t", axes: ["time"], months.flatMap { month in (0..<Self.cells).map { Self.temperature($0, month) } },
          [("units", .text("degC"))]),
        TestMaps.Map(
          "p", axes: ["time"], months.flatMap { month in (0..<Self.cells).map { Self.index($0, month) } },
          [("units", .text("1"))]),
      ], to: "\(folder)/months.nc")
    // The same cells from another meridian, and from south to north.
    let rolled = (0..<Self.columns).map { Self.longitudes[($0 + 3) % Self.columns] }.map { $0 < 0 ? $0 + 360 : $0 }
    var other = TestMaps(latitudes: Self.latitudes.reversed(), longitudes: rolled)
    let starts = (2003...2007).map { days(Month(year: $0, month: 1)) }
    other.axes = [
      TestMaps.Axis(
        "time", zip(starts, starts.dropFirst()).map { ($0 + $1) / 2 },
        bounds: zip(starts, starts.dropFirst()).flatMap { [$0, $1] }, Self.time)
    ]
    try other.write(
      [
        TestMaps.Map(
          "n", axes: ["time"],
          Self.years.flatMap { year in
            (0..<Self.cells).map { place in
              let (row, column) = (Self.rows - 1 - place / Self.columns, (place + 3) % Self.columns)
              return Self.production(row * Self.columns + column, year)
            }
          }, [("units", .text("g m-2"))])
      ], to: "\(folder)/years.nc")
    let fine = TestMaps(
      latitudes: (0..<3 * Self.rows).map { 85 - 10 * Double($0) },
      longitudes: (0..<3 * Self.columns).map { -172.5 + 15 * Double($0) })
    try fine.write(
      [TestMaps.Map("s", (0..<9 * Self.cells).map(Self.fineSoil), [("units", .text("kg m-3"))])],
      to: "\(folder)/map.nc")
    networks = (0..<models).map(Self.network)
    for (number, network) in networks.enumerated() {
      try ModelFile.write(network, Self.description(edge: edge), to: "\(folder)/m\(number).onnx")
    }
  }

  private static let origin = Month(year: 2000, month: 1)
  private static let time: TestMaps.Attributes = [
    ("units", .text("days since 2000-01-01")), ("calendar", .text("standard")), ("standard_name", .text("time")),
  ]

  static func description(edge: String? = nil, names: [String] = names) -> ModelDescription {
    var description = ModelDescription()
    description.predictorNames = names
    description.predictorUnits = ["degC", "g m-2", "kg m-3", "1"]
    description.statistics = statistics
    description.lowest = [-2, 0, 20, -1]
    description.highest = [12, 40, 60, 1]
    description.target = ModelDescription.Target(name: "RECO", units: "g m-2 year-1")
    description.experiment = "CNN5"
    description.split = "cluster"
    description.edge = edge
    return description
  }

  // MARK: Predictors

  /// Sea in every seventh cell.
  static func isSea(_ cell: Int) -> Bool { cell % 7 == 4 }

  static func temperature(_ cell: Int, _ month: Month) -> Double {
    isSea(cell) ? .nan : 5 + 8 * sin(Double(month.month) / 2) + Double(cell % 11) - 0.4 * Double(month.year - 2003)
  }

  /// Missing in cell 9 but for its last year, and in cell 20.
  static func production(_ cell: Int, _ year: Int) -> Double {
    if cell == 20 || cell == 9 && year < 2006 { return .nan }
    return 20 + 6 * cos(Double(cell * (year - 2000)))
  }

  /// The index of drought in December; nothing else counts.
  static func index(_ cell: Int, _ month: Month) -> Double {
    month.month == 12 ? sin(Double(cell * month.year % 97)) : -99
  }

  static func fineSoil(_ cell: Int) -> Double { 30 + Double(cell % 41) }

  /// The value of a predictor in a year, by the definition of its statistic.
  static func predictor(_ channel: Int, _ cell: Int, _ year: Int) -> Double {
    switch channel {
    case 0:
      let months = (1...12).map { Month(year: year, month: $0) }
      let days = months.map { Double(TestRecord.Calendar.standard.length(of: $0)) }
      return zip(months, days).reduce(0) { $0 + $1.1 * temperature(cell, $1.0) } / days.reduce(0, +)
    case 1: return production(cell, year)
    // The middle one of nine.
    case 2: return fineSoil((3 * (cell / columns) + 1) * 3 * columns + 3 * (cell % columns) + 1)
    default: return index(cell, Month(year: year, month: 12))
    }
  }

  // MARK: Networks

  private static func network(_ number: Int) -> WindowNetwork {
    let shape = WindowNetworkShape(channels: names.count, filters: [5, 6, 7])
    var state = UInt64(number + 1)
    let parameters = (0..<shape.parameterCount).map { _ -> Float in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Float(state >> 40) / Float(1 << 24) - 0.4) * 0.8
    }
    return WindowNetwork(
      shape: shape, parameters: parameters, means: [5, 20, 45, 0], deviations: [4, 5, 12, 0.6])
  }

  /// What a network says of a window, `[channel][row][column]`, computed from the definition in double.
  static func output(_ network: WindowNetwork, _ window: [Double]) -> Double {
    var side = network.shape.window
    var channels = network.shape.channels
    var place = 0
    func take() -> Double {
      place += 1
      return Double(network.parameters[place - 1])
    }
    var values = window.enumerated().map { index, value in
      (value - Double(network.means[index / (side * side)])) / Double(network.deviations[index / (side * side)])
    }
    for filters in network.shape.filters {
      let weights = (0..<filters * channels * 9).map { _ in take() }
      let biases = (0..<filters).map { _ in take() }
      var maps = [Double](repeating: 0, count: filters * side * side)
      for filter in 0..<filters {
        for row in 0..<side {
          for column in 0..<side {
            var sum = biases[filter]
            for channel in 0..<channels {
              for tap in 0..<9 {
                let (r, c) = (row + tap / 3 - 1, column + tap % 3 - 1)
                guard (0..<side).contains(r), (0..<side).contains(c) else { continue }
                sum += weights[(filter * channels + channel) * 9 + tap] * values[(channel * side + r) * side + c]
              }
            }
            maps[(filter * side + row) * side + column] = max(0, sum)
          }
        }
      }
      let half = (side + 1) / 2
      values = (0..<filters * half * half).map { index in
        let (filter, row, column) = (index / (half * half), index / half % half, index % half)
        let places = (0..<4).map { (2 * row + $0 / 2, 2 * column + $0 % 2) }.filter { $0.0 < side && $0.1 < side }
        return places.map { maps[(filter * side + $0.0) * side + $0.1] }.max() ?? 0
      }
      (side, channels) = (half, filters)
    }
    let sum = values.reduce(0) { $0 + $1 * take() }
    return max(0, sum + take())
  }

  /// What networks say of a cell in a year, with their spread; nil where they have no window.
  func expected(_ cell: Int, _ year: Int, edge: WindowEdge) -> (mean: Double, variance: Double)? {
    let (row, column) = (cell / Self.columns, cell % Self.columns)
    guard !Self.isSea(cell) else { return nil }
    var window: [Double] = []
    for channel in Self.names.indices {
      var own = (0..<9).map { place -> Double in
        let (r, c) = (row + place / 3 - 1, (column + place % 3 - 1 + Self.columns) % Self.columns)
        return (0..<Self.rows).contains(r) ? Self.predictor(channel, r * Self.columns + c, year) : .nan
      }
      guard !own[4].isNaN, edge != .missing || !own.contains(where: \.isNaN) else { return nil }
      let valid = own.filter { !$0.isNaN }
      let other = edge == .mean ? valid.reduce(0, +) / Double(valid.count) : own[4]
      own = own.map { $0.isNaN ? other : $0 }
      window += own
    }
    let outputs = networks.map { Self.output($0, window) }
    let mean = outputs.reduce(0, +) / Double(outputs.count)
    let squares = outputs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, squares / Double(max(1, outputs.count - 1)))
  }

  // MARK: Command

  /// The options of the predictors, by name.
  func predictors(_ names: [String] = names) -> [String] {
    let sources = [
      "T": "months.nc:t", "N": "years.nc:n@mean", "S": "map.nc:s@static", "P": "months.nc:p@month=12",
    ]
    return names.flatMap { ["--predictor", "\($0)=\(folder)/\(sources[$0] ?? $0)"] }
  }

  func arguments(_ more: [String] = [], names: [String] = names, output: String = "reco.nc") -> [String] {
    ["respire", "apply"] + predictors(names) + [
      "--period", "2003-2006", "--output", "\(folder)/\(output)", "--overwrite", "--progress", "0",
    ] + more
  }
}
