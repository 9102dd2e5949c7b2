import Distributed
import Kernels

/// A map to validate as the user names it: `[NAME=]FILES:VARIABLE[@STATISTIC]`.
struct ValidatedSource {
  let name: String
  let request: PredictorRequest
  private let option: String

  /// Reads the text.
  ///
  /// - Throws: exit code 64 where it has no such form.
  init(_ text: String, option: String) throws {
    self.option = option
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let isNamed = parts.count == 2 && parts[0].wholeMatch(of: /[A-Za-z][A-Za-z0-9_-]*/) != nil
    let source = isNamed ? String(parts[1]) : text
    let found = try PredictorStatistic.split(source, option: "\(option) '\(text)'")
    let expression = try SourceExpression(option: found?.source ?? source)
    guard !expression.namesMember else {
      throw JobError(.usage, "\(option) '\(text)' holds {member}; one record is expected")
    }
    guard found?.statistic != .timeless else {
      throw JobError(.usage, "\(option) '\(text)': @static is no record of years; expected @mean or @sum")
    }
    name = isNamed ? String(parts[0]) : expression.records[0].variables.joined(separator: "_")
    var words = SourceRequest.Words(source: option)
    words.period = "--period"
    var request = SourceRequest(
      name: name, expression: expression, steps: .native(), allowsGaps: true, mayBeShorter: true, words: words)
    request.regridding = .nearest
    self.request = PredictorRequest(name: name, statistic: found?.statistic, source: request)
  }

  /// What the map's values are multiplied by to be in these units, and what may be wrong with that.
  ///
  /// - Throws: exit code 65 where its units cannot be converted.
  func factor(from units: String, to target: String) throws -> (factor: Double, concern: String?) {
    let source = "\(option) '\(request.source.expression.text)'"
    if units.isEmpty || target.isEmpty {
      return (1, units.isEmpty ? "\(source) has no units; taken as '\(target)'" : nil)
    }
    // What months or days sum up to in a year is that of a year.
    let ofYear = request.statistic == .sum ? CarbonFluxUnits.factor(from: units + " yr-1", to: target) : nil
    guard let factor = CarbonFluxUnits.factor(from: units, to: target) ?? ofYear else {
      throw JobError(
        .inputData,
        "\(source) has units '\(units)', which cannot be converted to '\(target)', those of the site-years. If only the name of "
          + "the units is wrong, change it: ncatted -a units,VARIABLE,o,c,'\(CarbonFluxUnits.standard)' FILE")
    }
    return (factor, nil)
  }
}

/// What a map has at site-years and over the globe; on rank 0, without meaning elsewhere.
struct ValidatedMap {
  let name: String
  /// By sample; NaN where the map has no value.
  let siteValues: [Double]
  /// Sites outside of its grid.
  let sitesOutside: Int
  /// The years of the period that any cell has.
  let years: [Int]
  /// Cells with every one of them.
  let cellCount: Int
  /// Means by area over these cells: by year, of the mean over years, of the standard deviation (n − 1) over years.
  let series: [Double]
  let mean: Double
  let deviation: Double
  /// What areas are, in words.
  let weights: String

  /// Reads the years of a map.
  ///
  /// Collective. Sums run over cells in order on one rank: nothing depends on the number of ranks.
  ///
  /// - Parameters:
  ///   - reader: of this map alone.
  ///   - factor: takes its values to the units of the results.
  ///   - areas: files that may know the areas of the cells' land.
  init(
    _ source: ValidatedSource, _ reader: PredictorReader, times factor: Double, areas: [String],
    _ table: SiteYearTable, _ communicator: Communicator
  ) throws {
    name = source.name
    var grid = reader.grid
    if grid.weightOrigin == "cos latitude" {
      let own = grid
      grid = try communicator.onRoot {
        var found = own
        try found.readLandAreas(from: areas)
        return found
      }
    }
    let partition = Partition(cells: Array(0..<grid.cellCount), ranks: communicator.size)
    let share = partition.share(of: communicator.rank)
    let find = grid.cellFinder
    let cells = table.sites.map { find($0.latitude, $0.longitude) }
    sitesOutside = cells.count { $0 == nil }

    // Bits of the values at sites: no more than one rank has any.
    var found = [Int](repeating: 0, count: table.samples.count)
    let samples = Dictionary(grouping: table.samples.indices) { table.samples[$0].year }
    let count = reader.years.count
    var held = [Double](repeating: .nan, count: share.count * count)
    var isPresent = [Int](repeating: 0, count: count)
    try reader.read(partition) { year, values in
      try Interruption.check("while maps were read")
      let place = year - reader.years.lowerBound
      for (position, value) in values[0].enumerated() where !value.isNaN {
        held[position * count + place] = factor * Double(value)
        isPresent[place] = 1
      }
      for sample in samples[year] ?? [] {
        guard let cell = cells[table.samples[sample].site], share.contains(cell) else { continue }
        found[sample] = Int(bitPattern: UInt(held[(cell - share.lowerBound) * count + place].bitPattern))
      }
    }
    isPresent = try communicator.allReduce(isPresent, .maximum)
    let present = isPresent.indices.filter { isPresent[$0] > 0 }
    years = present.map { reader.years.lowerBound + $0 }
    // Samples that no rank has, of other years or outside of the grid, have no bits.
    found = try communicator.allReduce(found, .sum)
    siteValues = table.samples.indices.map { sample in
      guard let cell = cells[table.samples[sample].site], (0..<grid.cellCount).contains(cell),
        reader.years.contains(table.samples[sample].year)
      else { return .nan }
      return Double(bitPattern: UInt64(UInt(bitPattern: found[sample])))
    }
    let global = try Self.global(held, count, present, partition, communicator, grid)
    (cellCount, series, mean, deviation) = (global.count, global.series, global.mean, global.deviation)
    weights = grid.weightOrigin
  }

  /// Means over the cells that have every year that is present.
  private static func global(
    _ held: [Double], _ count: Int, _ present: [Int], _ partition: Partition, _ communicator: Communicator,
    _ grid: Grid
  ) throws -> (count: Int, series: [Double], mean: Double, deviation: Double) {
    var rows: [Double] = []
    rows.reserveCapacity(held.count / max(1, count) * (present.count + 2))
    var complete = 0
    let missing = [Double](repeating: .nan, count: present.count + 2)
    for first in stride(from: 0, to: held.count, by: max(1, count)) {
      let years = present.map { held[first + $0] }
      guard !years.isEmpty, years.allSatisfy(\.isFinite) else {
        rows += missing
        continue
      }
      complete += 1
      rows += years + [Kernels.mean(years), years.count > 1 ? standardDeviation(years) : .nan]
    }
    complete = try communicator.allReduce([complete], .sum)[0]
    let results = CellResults(
      rows, partition, communicator, isSelected: [], rowWithoutData: missing, rowOutside: missing)
    let found = try SummaryMeans(
      missing.indices.map { place in SummaryField(name: "\(place)") { $0[place] } }, of: results, on: grid)
    let means = missing.indices.map { found["\($0)"].area }
    return (complete, Array(means.dropLast(2)), means[present.count], means[present.count + 1])
  }

  /// Bytes that reading a map takes on a rank.
  static func bytes(_ reader: PredictorReader, ranks: Int) -> Int {
    let partition = Partition(cells: Array(0..<reader.grid.cellCount), ranks: ranks)
    return reader.bytes(partition, rank: 0) + 8 * partition.cells.count
      + 8 * partition.share(of: 0).count * (2 * reader.years.count + 2) + SummaryMeans.bytes(partition, rank: 0)
  }
}
