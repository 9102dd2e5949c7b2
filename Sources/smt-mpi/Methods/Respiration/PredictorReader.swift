import Distributed

/// Reads the predictors of a network, year after year, in the cells that ranks share.
final class PredictorReader {
  /// The predictors, in the order of channels.
  let predictors: [Predictor]
  /// The grid of the first of them, to which the others are brought.
  let grid: Grid
  /// The years that are read.
  let years: ClosedRange<Int>
  /// What may be wrong with the records.
  let warnings: [String]
  /// What was done to records on other grids.
  let notes: [String]
  /// What reading did on this rank.
  private(set) var account = Ingest.Account()
  /// By predictor, values of years that cannot be right on this rank.
  private var implausible: [Int]
  private let records: [PredictorRecord]
  private let communicator: Communicator

  /// Bytes of predictors of several years that a rank holds at the most, but for one year, in units of the budget for blocks in
  /// flight.
  private static let heldBudgets = 5

  /// Looks at the files of all predictors.
  ///
  /// Collective.
  ///
  /// - Throws: exit code 64 where options do not fit, 65 where files do not, such as records that hold nothing of the years, 66
  ///   where there is no file.
  convenience init(_ options: PredictorOptions, years: ClosedRange<Int>, _ communicator: Communicator) throws {
    try self.init(try communicator.together { try options.requests() }, years: years, communicator)
  }

  /// Looks at the files of all predictors.
  ///
  /// Collective.
  ///
  /// - Throws: exit code 65 where files do not fit, such as records that hold nothing of the years, 66 where there is no file.
  init(_ requests: [PredictorRequest], years: ClosedRange<Int>, _ communicator: Communicator) throws {
    var records: [PredictorRecord] = []
    for request in requests {
      let target = records.first.map { ($0.catalogue.grid, $0.catalogue.gridPath) }
      let catalogue = try Catalogue.make([request.source], members: [], period: nil, on: target, communicator)
      records.append(try communicator.together { try PredictorRecord(request, catalogue, years: years) })
    }
    self.records = records
    implausible = records.map { _ in 0 }
    self.years = years
    self.communicator = communicator
    grid = records[0].catalogue.grid
    predictors = zip(requests, records).map { request, record in
      Predictor(name: request.name, units: record.catalogue.sources[0].units, statistic: record.statistic.text)
    }
    warnings = records.flatMap(\.warnings)
    notes = records.flatMap { $0.catalogue.notes }
  }

  /// A file that lies on the grid.
  var gridPath: String { records[0].catalogue.gridPath }

  /// The first predictor's record in the years that are read: its data tell land from sea.
  var land: Catalogue { records[0].part(of: years) ?? records[0].catalogue }

  /// The catalogue of each predictor in the years that are read; all of a map.
  var catalogues: [Catalogue] { records.map { $0.part(of: years) ?? $0.catalogue } }

  /// Reads years, ascending, and hands over the predictors of each.
  ///
  /// Collective. Years of which every rank reads one are read together, as far as the budget goes; records that are large
  /// chunks or small files are read by whole fields, others by rows of the ranks' own, as everywhere.
  ///
  /// - Parameters:
  ///   - done: years at the beginning that are not wanted.
  ///   - plan: the read plan, where it is forced.
  ///   - budget: bytes of blocks in flight that reading aims at.
  ///   - body: gets the values of a year by predictor and position in this rank's share of the partition; NaN where a value is
  ///     missing, or the year is not complete.
  func read(
    _ partition: Partition, after done: Int = 0, plan: ReadPlan? = nil,
    budget: Int = SourceReadPlan.defaultBudget,
    _ body: (_ year: Int, _ values: [[Float]]) throws -> Void
  ) throws {
    guard done < years.count else { return }
    let own = partition.share(of: communicator.rank).count
    let maps = try records.indices.map { number in
      records[number].isTimeless ? try self.values(of: number, years, partition, plan, budget)[0] : nil
    }
    let step = Self.yearsTogether(years.count, records.count, partition, budget: budget)
    for first in stride(from: years.lowerBound + done, through: years.upperBound, by: step) {
      let together = first...min(years.upperBound, first + step - 1)
      var held = try maps.enumerated().map { number, map in
        try map.map { map in together.map { _ in map } } ?? self.values(of: number, together, partition, plan, budget)
      }
      for (place, year) in together.enumerated() {
        let values = held.map { $0[place].isEmpty ? [Float](repeating: .nan, count: own) : $0[place] }
        // What is done with is given back while the year is worked on.
        for index in held.indices { held[index][place] = [] }
        try body(year, values)
      }
    }
  }

  /// Years that are read at a time.
  private static func yearsTogether(_ years: Int, _ predictors: Int, _ partition: Partition, budget: Int) -> Int {
    let share = (partition.cells.count + partition.rankCount - 1) / partition.rankCount
    return max(1, min(years, partition.rankCount, heldBudgets * budget / max(1, 4 * predictors * share)))
  }

  /// Bytes that reading holds on a rank.
  func bytes(_ partition: Partition, rank: Int, plan: ReadPlan? = nil, budget: Int = SourceReadPlan.defaultBudget)
    -> Int
  {
    let own = partition.share(of: rank).count
    let step = Self.yearsTogether(years.count, records.count, partition, budget: budget)
    let held = records.reduce(0) { $0 + 4 * own * ($1.isTimeless ? 1 : step) }
    let reading = records.map { record -> Int in
      guard let part = record.part(of: years.lowerBound...min(years.upperBound, years.lowerBound + step - 1))
      else { return 0 }
      let reduction = record.reduction
      let plans = SourceReadPlan.chooseAll(part, partition, reduction, forced: plan, budget: budget)
      return Ingest.bytes(plans, of: part, partition, rank: rank, reduction)
    }
    return held + (reading.max() ?? 0) + records.reduce(0) { $0 + $1.catalogue.bytes }
  }

  /// The values of a record in some years by year and position; none of a year that it does not have.
  private func values(
    of number: Int, _ years: ClosedRange<Int>, _ partition: Partition, _ plan: ReadPlan?, _ budget: Int
  ) throws -> [[Float]] {
    let record = records[number]
    guard let catalogue = record.part(of: years) else { return years.map { _ in [] } }
    let found = catalogue.years.map { record.isTimeless ? 0 : $0.year - years.lowerBound }
    var collector = PredictorYears(places: found, count: record.isTimeless ? 1 : years.count)
    let ingest = Ingest(catalogue, partition, communicator, record.reduction, forced: plan, budget: budget)
    account += try ingest.run(into: &collector) { _ in }
    implausible[number] += collector.implausible
    return collector.values
  }

  /// What was wrong with the values that were read.
  ///
  /// Collective; all ranks get the same.
  func concerns() throws -> [String] {
    zip(predictors, try communicator.allReduce(implausible, .sum)).filter { $1 > 0 }.map { predictor, count in
      "--predictor \(predictor.name): \(count) values of years cannot be right and count as missing; is there a fill value "
        + "that _FillValue does not name?"
    }
  }
}

/// Keeps the values of one predictor.
private struct PredictorYears: Collector {
  /// By year of the catalogue, its place in the values.
  let places: [Int]
  /// By place and position.
  private(set) var values: [[Float]]
  /// Values that cannot be right.
  private(set) var implausible = 0

  init(places: [Int], count: Int) {
    self.places = places
    values = [[Float]](repeating: [], count: count)
  }

  mutating func take(member: Int, year: Int, values block: CellBlock) {
    // What reading calls implausible is infinite; a number beyond single precision is no value of a predictor either.
    values[places[year]] = block[0].indices.map { position in
      let value = Float(block[0][position])
      guard value.isInfinite else { return value }
      implausible += 1
      return .nan
    }
  }
}
