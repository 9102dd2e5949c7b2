import Distributed
import Foundation
import Kernels

/// What a comparison of production with respiration finds in the regions and classes of a period.
struct SinkRegions: SummaryPart {
  /// A region or class.
  struct Region {
    /// The map or list that it comes from, and its name.
    let (set, name): (Int, String)
    /// Cells with trends, and their area, km²; NaN where areas are not known.
    fileprivate(set) var count = 0
    fileprivate(set) var area = Double.nan
    /// Parts of these cells, in the order of `SinkRegions.shareNames`: over cells, and of their area.
    fileprivate(set) var shares: [(cells: Double, area: Double)] = []
    /// Cells with every year.
    fileprivate(set) var seriesCount = 0
    /// Their means by area in each year.
    fileprivate(set) var production: [Double] = []
    fileprivate(set) var respiration: [Double] = []
    /// The trends of these means.
    fileprivate(set) var trends = SinkTrends(status: .tooFewYears)

    /// A share by its name.
    func share(_ name: String) -> (cells: Double, area: Double) {
      SinkRegions.shareNames.firstIndex(of: name).map { shares[$0] } ?? (.nan, .nan)
    }
  }

  let period: Int
  let fields: [SummaryField] = []
  /// First and last year.
  let periodName: String
  /// What sets of classes are called.
  let titles: [String]
  /// The years of the series.
  let years: [Int]
  /// The regions, then the classes of each map; without meaning on other ranks than 0.
  let regions: [Region]
  private let significance: Double
  private let origin: String
  /// The smallest adjusted p of any cell, of production and respiration: the p of the whole field.
  private let fieldP: (production: Double, respiration: Double)
  private let hasSeveralPeriods: Bool

  /// Names of the shares.
  static let shareNames =
    ["production", "respiration"].flatMap { name in
      [
        "increasing", "decreasing", "significant_increasing", "significant_decreasing", "adjusted_increasing",
        "adjusted_decreasing",
      ].map { "\(name)_\($0)" }
    } + SinkTrends.Direction.allCases.map(\.name) + ["production_faster", "respiration_faster"]

  /// Puts shares and series together on rank 0.
  ///
  /// Collective. Each field is put together on one rank, which adds it up in the order of cells: nothing depends on the
  /// number of ranks.
  init(_ results: MethodResults<SinkMethod>, of method: SinkMethod, period: Int) throws {
    let classes = method.classes
    self.period = period
    hasSeveralPeriods = method.periods.count > 1
    periodName = method.periods.names[period]
    significance = method.job.significance
    origin = classes.origin
    titles = classes.sets.map(\.title)
    var regions = classes.sets.enumerated().flatMap { set, own in own.classes.map { Region(set: set, name: $0.name) } }

    var fieldP = (production: Double.nan, respiration: Double.nan)
    let quantities = Self.quantities(results.rows, period: period, significance: significance)
    try Self.sum(quantities, of: results.cells, classes) { number, smallest, found in
      if number == 0 { fieldP.production = smallest }
      if number == 1 { fieldP.respiration = smallest }
      for (region, sums) in found.enumerated() {
        regions[region].shares += sums.means
        if number == quantities.count - 1 { (regions[region].count, regions[region].area) = (sums.count, sums.area) }
      }
    }
    let complete = try CompleteYears(results, of: method, period: period, quantities: 2) {
      results.work.bothValues($0, period: period)
    }
    let years = complete.years
    let yearly = complete.places.flatMap { $0 }.map { place in
      Quantity(value: { $0[place] }, means: [{ value, _ in value }])
    }
    try Self.sum(yearly, of: complete.cells, classes) { number, _, found in
      for (region, sums) in found.enumerated() {
        regions[region].seriesCount = sums.count
        if number % 2 == 0 {
          regions[region].production.append(sums.means[0].area)
        } else {
          regions[region].respiration.append(sums.means[0].area)
        }
      }
    }
    let estimator = SinkEstimator(
      minimumYears: 3, maximumCount: years.count, allowsForAutocorrelation: method.job.allowsForAutocorrelation)
    for index in regions.indices where results.cells.communicator.isRoot {
      regions[index].trends = estimator.estimate(
        years: years.map(Double.init)[...], production: regions[index].production[...],
        respiration: regions[index].respiration[...])
    }
    (self.regions, self.years, self.fieldP) = (regions, years, fieldP)
  }

  /// Bytes that putting together takes on a rank.
  static func bytes(_ partition: Partition, rank: Int, on grid: Grid) -> Int {
    // A field, the same adjusted, and both on the grid.
    CellResults.bytesOfFields(partition, rank: rank) + 40 * partition.cells.count + 16 * grid.cellCount
  }

  // MARK: Sums over classes

  /// A field, and what means over classes are wanted of.
  private struct Quantity: Sendable {
    let value: CellQuantity
    /// Whether the magnitudes are p, at most 1, which are to be adjusted for their number.
    var isP = false
    /// Of a cell's value and its adjusted p.
    let means: [@Sendable (_ value: Double, _ adjusted: Double) -> Double]
  }

  /// The sums of a field over a class.
  private struct Sums {
    let count: Int
    let area: Double
    let means: [(cells: Double, area: Double)]
  }

  private static func quantities(
    _ rows: Rows<[SinkTrends]>, period: Int, significance: Double
  ) -> [Quantity] {
    func place(_ name: String) -> Int { rows.place(name, period: period) }
    @Sendable func part(_ holds: Bool) -> Double { holds ? 1 : 0 }
    let trends = ["production", "respiration"].map { name in
      let (slope, p) = (place("\(name)_trend"), place("\(name)_trend_p"))
      // p with the sign of the slope; 2 where that is 0, which is neither sign.
      return Quantity(
        value: { $0[slope] == 0 ? 2 : $0[slope] < 0 ? -$0[p] : $0[p] }, isP: true,
        means: [
          { value, _ in part(value.sign == .plus && value <= 1) }, { value, _ in part(value.sign == .minus) },
          { value, _ in part(value.sign == .plus && value < significance) },
          { value, _ in part(value.sign == .minus && -value < significance) },
          { value, adjusted in part(value.sign == .plus && adjusted < significance) },
          { value, adjusted in part(value.sign == .minus && adjusted < significance) },
        ])
    }
    let (direction, difference) = (place("direction"), place("z_trend_difference"))
    return trends + [
      // A cell without a direction has trends still, and counts.
      Quantity(
        value: { $0[direction].isNaN && $0[difference].isFinite ? -1 : $0[direction] },
        means: SinkTrends.Direction.allCases.map { own in { value, _ in part(value == Double(own.rawValue)) } }),
      Quantity(
        value: { $0[difference] }, means: [{ value, _ in part(value > 0) }, { value, _ in part(value < 0) }]),
    ]
  }

  /// Sums fields up by class; `take` is called on rank 0, in the order of fields, with the smallest adjusted p.
  ///
  /// Collective.
  private static func sum(
    _ quantities: [Quantity], of cells: CellResults, _ classes: ClassSummary,
    take: (_ number: Int, _ smallest: Double, _ found: [Sums]) -> Void
  ) throws {
    try cells.assemble(quantities.map(\.value)) { number, values in
      let quantity = quantities[number]
      let adjusted = quantity.isP ? falseDiscoveryRates(values.map { $0.magnitude > 1 ? 1 : $0.magnitude }) : []
      var onGrid = [Double](repeating: .nan, count: classes.cellCount)
      var adjustedOnGrid = quantity.isP ? onGrid : []
      for (position, cell) in cells.partition.cells.enumerated() {
        onGrid[cell] = values[position]
        if quantity.isP { adjustedOnGrid[cell] = adjusted[position] }
      }
      var numbers = [adjusted.filter(\.isFinite).min() ?? .nan]
      for one in classes.sets.flatMap(\.classes) {
        numbers += Self.numbers(one, quantity, onGrid, adjustedOnGrid, classes)
      }
      return numbers.withUnsafeBytes { [UInt8]($0) }
    } take: { number, bytes in
      let numbers = bytes.withUnsafeBytes { bytes in
        (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
      }
      let width = 2 + 2 * quantities[number].means.count
      let found = stride(from: 1, to: numbers.count, by: width).map { start in
        Sums(
          count: Int(numbers[start]), area: numbers[start + 1],
          means: stride(from: start + 2, to: start + width, by: 2).map { (numbers[$0], numbers[$0 + 1]) })
      }
      take(number, numbers[0], found)
    }
  }

  /// The number and area of a class's cells with a value, then the means of what is wanted: over cells, and by area.
  private static func numbers(
    _ one: CellClass, _ quantity: Quantity, _ values: [Double], _ adjusted: [Double], _ classes: ClassSummary
  ) -> [Double] {
    var (count, weight, areaWeight) = (0, 0.0, 0.0)
    var area = classes.areas.isEmpty ? Double.nan : 0
    var sums = [(cells: Double, area: Double)](repeating: (0, 0), count: quantity.means.count)
    for (position, cell) in one.cells.enumerated() where values[cell].isFinite {
      let share = one.share(at: position)
      let own = share * classes.weights[cell]
      count += 1
      weight += share
      areaWeight += own
      if !classes.areas.isEmpty, classes.areas[cell].isFinite { area += share * classes.areas[cell] }
      for (number, mean) in quantity.means.enumerated() {
        let value = mean(values[cell], quantity.isP ? adjusted[cell] : .nan)
        sums[number].cells += share * value
        sums[number].area += own * value
      }
    }
    return [Double(count), area] + sums.flatMap { [$0.cells / weight, $0.area / areaWeight] }
  }

  // MARK: Words

  func describe(_: SummaryMeans, _ summary: inout Summary) {
    for region in regions where region.set == 0 {
      let key = "\(periodName)_\(region.name)"
      summary.add("\(key)_cells", Double(region.count))
      for (name, share) in zip(Self.shareNames, region.shares) {
        summary.add("\(key)_share_\(name)_area", share.area)
        summary.add("\(key)_share_\(name)_cells", share.cells)
      }
      for (name, line) in [("production", region.trends.production), ("respiration", region.trends.respiration)] {
        summary.add("\(key)_\(name)_z_trend", line.standardSlope)
        summary.add("\(key)_\(name)_trend", line.slope)
        summary.add("\(key)_\(name)_trend_p", line.p)
      }
    }
    summary.add("\(periodName)_production_field_p", fieldP.production)
    summary.add("\(periodName)_respiration_field_p", fieldP.respiration)
    lines.forEach { summary.add(line: $0) }
  }

  /// The lines of the terminal.
  private var lines: [String] {
    let head = hasSeveralPeriods ? "\(periodName), " : ""
    let regions = regions.filter { $0.count > 0 }
    guard !regions.isEmpty else { return [head + "no cell has trends of both; see status", origin] }
    let width = max(18, (regions.map(\.name.count).max() ?? 0) + 1)
    func line(_ name: String, _ columns: [String]) -> String {
      name.padding(toLength: width, withPad: " ", startingAt: 0)
        + columns.map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }.joined()
    }
    func percent(_ share: (cells: Double, area: Double)) -> String {
      "\(numberText(100 * share.area, "%.2f")) \(numberText(100 * share.cells, "%.2f"))"
    }
    let columns = [
      ("production +", "production_increasing"), ("respiration +", "respiration_increasing"),
      ("both +", "production_up_respiration_up"), ("only prod. +", "production_up_respiration_down"),
      ("only resp. +", "production_down_respiration_up"), ("both -", "production_down_respiration_down"),
      ("prod. faster", "production_faster"),
    ]
    let trend = String(format: "p < %g", significance)
    let significant = ["production", "respiration"].flatMap { name in
      ["increasing", "decreasing"].map { "\(name)_significant_\($0)" }
    }
    var lines = [head + "percent of the area and of the cells:"]
    lines.append(line("", columns.map(\.0)))
    lines += regions.map { region in line(region.name, columns.map { percent(region.share($0.1)) }) }
    lines.append(head + "trends of the area means' z-scores a year with their p; percent of the area with \(trend):")
    lines.append(
      line(
        "", ["production", "p", "respiration", "p", "production +", "production -", "respiration +", "respiration -"])
    )
    lines += regions.map { region in
      let numbers = [region.trends.production, region.trends.respiration].flatMap {
        [numberText($0.standardSlope, "%.4f"), numberText($0.p, "%.3g")]
      }
      return line(
        region.name, numbers + significant.map { numberText(100 * region.share($0).area, "%.2f") })
    }
    for (name, p) in [("production", fieldP.production), ("respiration", fieldP.respiration)] where p.isFinite {
      lines.append(
        String(
          format: "%@%@: the smallest p of a cell, adjusted for the number of cells, is %.2g: %@ at %g", head, name, p,
          p < significance ? "trends are significant somewhere" : "no trend is significant", significance))
    }
    lines.append(origin)
    return lines
  }
}
