import Distributed
import Kernels

/// The contrast of two runs on an input whose headers are known.
struct ContrastMethod: Method {
  typealias Status = ContrastStatus

  let job: ContrastJob
  let catalogue: Catalogue
  let steps: ContrastSteps
  /// By source what its values are multiplied by.
  let factors: [Double]
  /// The error of Δθ: a map, or a number that is NaN where nothing is known.
  let errors: (map: GridMap?, number: Double, note: String?)

  /// The fluxes that a cell's result has: those that are told of, and the residual of NEE where there is one.
  var fluxes: [ContrastFlux] { job.fluxes + (job.residual.map { [$0] } ?? []) }
  var kernel: RunContrast { RunContrast(fluxes.map(\.terms), tolerance: job.tolerance) }
  var hasError: Bool { job.error != nil }

  /// Standard error of Δθ in a cell, a grid index; NaN where it is not known.
  func error(ofCell cell: Int) -> Double { errors.map?.values[cell] ?? errors.number }

  var description: [String] {
    let derived = job.fluxes.dropFirst(job.given.count).map(\.name)
    return [
      "runs:     \(catalogue.period), \(counted(steps.all.count, "step")): \(job.step.rawValue)s",
      "fluxes:   \(job.given.joined(separator: ", "))"
        + (derived.isEmpty ? "" : ", and made of them \(derived.joined(separator: ", "))"),
    ]
      + (job.eachStep.map { path in
        ["record:   \(path), \(byteText(recordBytes)) at the most beside it until it is complete"]
      } ?? [])
  }

  /// Bytes of the record of steps, were there values in all cells.
  private var recordBytes: Int { 4 * (2 * job.fluxes.count + 1) * steps.all.count * catalogue.grid.cellCount }

  var attributes: MapWriter.FileAttributes {
    var attributes = MapWriter.FileAttributes(
      title: "Sensitivity of \(job.fluxes.map(\.words).joined(separator: ", ")) to soil moisture from two runs, "
        + catalogue.period,
      source: ProgramVersion.source,
      references: "Zhang et al. (2019), Journal of Geophysical Research: Biogeosciences; Fieller (1954)",
      commandLine: commandLine,
      comment:
        "beta = (C(A) - C(B)) / (theta(A) - theta(B)) of means of each \(job.step.rawValue), \(catalogue.period), "
        + "where theta differs by \(job.tolerance.shortText) m3 m-3 or more; fluxes in \(job.fluxUnits).",
      configuration: job.settings.configuration)
    attributes.span = catalogue.span
    return attributes
  }

  func result(_ status: ContrastStatus) -> ContrastResult {
    ContrastResult(status: status, fluxes: fluxes.count, steps: steps.all.count)
  }

  func reduction(on cells: [Int]) -> any Reduction {
    job.step == .day
      ? DailyMeans(sources: catalogue.sources.count, minimumShare: job.minimumSteps)
      : MonthlyValues(Seasons(wholeYear: cells.count), sources: catalogue.sources.count)
  }

  func data(cells: Int) -> ContrastData { ContrastData(steps, sources: catalogue.sources.count, cells: cells) }

  func dataBytes(cells: Int) -> Int {
    8 * cells * catalogue.sources.count * steps.baseCount + (errors.map.map { 8 * $0.values.count } ?? 0)
  }

  func cells(_ data: ContrastData, _ partition: Partition, rank: Int) -> ContrastCells {
    ContrastCells(self, data, partition, rank: rank)
  }

  func computingBytes(_ partition: Partition, rank: Int) -> Int {
    ContrastRecord(self)?.description.memoryBytes(partition, rank: rank) ?? 0
  }

  /// On rank 0 the fields of moisture and of a flux; elsewhere the rows of one step.
  func keptBytes(_ partition: Partition, rank: Int) -> Int {
    (rank == 0 ? 8 * 7 * partition.cells.count + 8 * catalogue.grid.cellCount : 0)
      + (job.series == nil ? 0 : 8 * partition.share(of: rank).count * (3 + 4 * job.fluxes.count))
  }

  // MARK: What may be wrong

  var notes: [String] { errors.note.map { [$0] } ?? [] }

  func concerns(about cells: ContrastCells, count: Int, _ communicator: Communicator) throws -> [String] {
    let names = ["moisture"] + job.given.map { "flux \($0)" }
    let lone = try communicator.allReduce(
      names.indices.flatMap { quantity in
        let present = (0..<count).map { cells.hasValues($0, quantity: quantity) }
        return [present.count { $0.a && !$0.b }, present.count { $0.b && !$0.a }]
      }, .sum)
    func text(_ cells: Int) -> String { counted(cells, "cell") }
    return names.indices.flatMap { quantity in
      [("A", "B", lone[2 * quantity]), ("B", "A", lone[2 * quantity + 1])].filter { $0.2 > 0 }.map {
        "--\(names[quantity]): run \($0.0) has values in \(text($0.2)) where run \($0.1) has none, which do not count"
      }
    }
  }

  func advice(_ status: ContrastStatus) -> String? {
    switch status {
    case .noData: "both runs need moisture and all fluxes in a step; check --time and the missing values of the files"
    case .belowTolerance: "do the runs differ in soil moisture? --tolerance is \(job.tolerance.shortText) m3 m-3"
    case .implausibleRange: "check the fill values of the files"
    default: nil
    }
  }

  // MARK: Columns

  /// Means over steps in the words of CF.
  private var timeMean: String { "time: mean (interval: 1 \(job.step.rawValue) comment: \(catalogue.period))" }

  var columns: [Column<ContrastResult>] {
    let moistureName = "volume_fraction_of_condensed_water_in_soil"
    let moistures: [Column<ContrastResult>] = [
      Column("theta_a", "m3 m-3", "soil moisture of run A, mean over steps", summary: .means) { $0.moistureA }
        .with(\.cellMethods, timeMean).with(\.standardName, moistureName),
      Column("theta_b", "m3 m-3", "soil moisture of run B, mean over steps", summary: .means) { $0.moistureB }
        .with(\.cellMethods, timeMean).with(\.standardName, moistureName),
      Column(
        "delta_theta", "m3 m-3", "soil moisture of run A minus that of run B, mean over steps", summary: .quantiles
      ) { $0.moistureDifference }.with(\.cellMethods, timeMean),
    ]
    let residuals = job.residual == nil ? [] : [residualColumn]
    return job.fluxes.indices.flatMap(columns(of:)) + moistures + residuals + [
      .count("n_steps", "steps in which both runs have moisture and all fluxes") { ($0.status, $0.stepCount) },
      .count("n_beta", "steps of these whose moistures differ by the tolerance or more") { ($0.status, $0.betaCount) },
      .status("is a sensitivity") { $0.status },
    ]
  }

  private func columns(of index: Int) -> [Column<ContrastResult>] {
    let (name, key) = (job.fluxes[index].words, job.fluxes[index].key)
    // The standard names are of masses of carbon.
    let standardName = job.fluxUnits.contains("mol") ? nil : job.fluxes[index].standardName
    let units = CarbonFluxUnits.udunits(job.fluxUnits)
    let mean = "mean over steps"
    var columns: [Column<ContrastResult>] = [
      Column(
        "beta_\(key)", units, "sensitivity of \(name) to soil moisture, per m3 m-3, \(mean)", summary: .quantiles
      ) { $0.fluxes[index].beta },
      Column("beta_\(key)_sd", units, "standard deviation of the sensitivity of \(name) over steps") {
        $0.fluxes[index].standardDeviation
      }.with(\.validRange, 0.0 ... .infinity),
      Column("beta_\(key)_median", units, "median of the sensitivity of \(name) over steps") {
        $0.fluxes[index].median
      },
      Column("\(key)_a", units, "\(name) of run A, \(mean)", summary: .means) { $0.fluxes[index].meanA }
        .with(\.cellMethods, timeMean).with(\.standardName, standardName),
      Column("\(key)_b", units, "\(name) of run B, \(mean)", summary: .means) { $0.fluxes[index].meanB }
        .with(\.cellMethods, timeMean).with(\.standardName, standardName),
      Column("delta_\(key)", units, "\(name) of run A minus that of run B, \(mean)", summary: .means) {
        $0.fluxes[index].difference
      }.with(\.cellMethods, timeMean),
    ]
    if hasError {
      columns.insert(
        Column(
          "beta_\(key)_se", units, "standard error of the sensitivity of \(name) by the error of soil moisture"
        ) { $0.fluxes[index].standardError }.with(\.validRange, 0.0 ... .infinity), at: 1)
    }
    return columns
  }

  /// What tells whether NEE as it is given is the sum of its parts.
  private var residualColumn: Column<ContrastResult> {
    let place = job.fluxes.count
    return Column(
      "nee_residual", CarbonFluxUnits.udunits(job.fluxUnits),
      "largest difference in a step of either run between net ecosystem exchange and the sum of its parts",
      summary: .quantiles
    ) { $0.fluxes[place].largest }.with(\.validRange, 0.0 ... .infinity)
  }

  // MARK: Regions and towers

  var hasOwnClassTable: Bool { true }

  func summaryParts(_ results: MethodResults<Self>) throws -> [any SummaryPart] {
    let regions = try ContrastRegions(of: results, method: self)
    results.work.regions = regions
    guard let towers = job.towers else { return [regions] }
    return [regions, try TowerContrast(towers, results, method: self)]
  }

  func writeTables(_ classes: ColumnClasses, _ results: MethodResults<Self>) throws {
    guard let path = job.settings.classTable?.path, let regions = results.work.regions else { return }
    try regions.table.write(to: path)
  }

  func writeMore(_ cells: ContrastCells, _ warnings: inout Warnings, _ communicator: Communicator) throws {
    warnings.addLate(try residualConcern(cells, communicator))
    try ContrastRecord(self)?.write(cells, &warnings, communicator)
  }

  /// What is to be said where NEE as it is given is not the sum of its parts; nil where it is, but for rounding.
  ///
  /// Collective.
  private func residualConcern(_ cells: ContrastCells, _ communicator: Communicator) throws -> String? {
    guard job.residual != nil else { return nil }
    let given = job.given.count
    var (count, largest) = (0, 0.0)
    for position in 0..<cells.partition.share(of: communicator.rank).count {
      let found = cells.result(position, steps: steps.all).fluxes
      let (rest, flux) = (found[job.fluxes.count].largest, found[..<given].map(\.largest).max() ?? .nan)
      // Single precision and the model's own rounding leave less.
      guard rest > 1e-4 * flux else { continue }
      count += 1
      largest = max(largest, rest)
    }
    count = try communicator.allReduce([count], .sum)[0]
    largest = try communicator.allReduce([largest], .maximum)[0]
    guard count > 0 else { return nil }
    return
      "--flux NEE is not the sum of its parts: it differs from RA + RH - GPP (or RECO - GPP) by up to "
      + "\(Float(largest)) \(job.fluxUnits), in \(counted(count, "cell")), so that beta of NEE is not the sum of "
      + "theirs; see nee_residual, and mind signs and units"
  }

  func complete(_ report: inout RunReport, _ results: MethodResults<Self>) throws {
    guard let path = job.series else { return }
    let table = try ContrastRegions.series(of: results, method: self)
    try results.cells.communicator.together {
      if results.cells.communicator.isRoot { try table.write(to: path) }
    }
  }
}

/// All months, or days, of both runs in the cells that a rank owns.
struct ContrastData: Collector {
  private let steps: ContrastSteps
  private let cells: Int
  private let sources: Int
  private let count: Int
  /// By year the position of its first month or day.
  private let starts: [Int]
  /// By cell, source and month or day.
  private var values: [Double]

  init(_ steps: ContrastSteps, sources: Int, cells: Int) {
    self.steps = steps
    self.cells = cells
    self.sources = sources
    count = steps.baseCount
    starts = steps.slots.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    values = [Double](repeating: .nan, count: cells * sources * count)
  }

  mutating func take(member: Int, year: Int, values block: CellBlock) {
    let (slots, start) = (steps.slots[year], starts[year])
    values.withUnsafeMutableBufferPointer { values in
      for cell in 0..<cells {
        for source in 0..<sources {
          let target = (cell * sources + source) * count + start
          for (index, slot) in slots.enumerated() {
            values[target + index] = block[source * steps.slotsPerYear + slot][cell]
          }
        }
      }
    }
  }

  /// The mean of a source in a step, weighted by days; NaN where one of its months is missing.
  func mean(cell: Int, source: Int, step: ContrastSteps.Step) -> Double {
    let start = (cell * sources + source) * count
    guard step.bases.count > 1 else { return values[start + step.bases.lowerBound] }
    var (sum, weight) = (0.0, 0.0)
    for (base, days) in zip(step.bases, step.weights) {
      sum += days * values[start + base]
      weight += days
    }
    return sum / weight
  }

  /// Whether a source has a value in a cell.
  func hasValues(cell: Int, source: Int) -> Bool {
    let start = (cell * sources + source) * count
    return values[start..<start + count].contains { !$0.isNaN }
  }
}

/// From the months or days of a cell to its contrast.
final class ContrastCells: MethodCells {
  private let method: ContrastMethod
  private let data: ContrastData
  let partition: Partition
  /// Grid indices of the rank's cells.
  private let cells: ArraySlice<Int>
  private let kernel: RunContrast
  /// What is told by class, once it is known; on rank 0 alone.
  var regions: ContrastRegions?

  init(_ method: ContrastMethod, _ data: ContrastData, _ partition: Partition, rank: Int) {
    self.method = method
    self.data = data
    self.partition = partition
    cells = partition.cells[partition.share(of: rank)]
    kernel = method.kernel
  }

  func begin(_ position: Int) -> CellBeginning<ContrastResult> {
    .finished(result(position, steps: method.steps.all))
  }

  /// The contrast of some of the steps in the cell at a position within the rank's share.
  func result(_ position: Int, steps: [ContrastSteps.Step]) -> ContrastResult {
    func series(_ source: Int) -> [Double] {
      let factor = method.factors[source]
      return steps.map { factor * data.mean(cell: position, source: source, step: $0) }
    }
    func fluxes(_ run: Int) -> [[Double]] {
      let first = method.job.moistureSource(ofRun: run) + 1
      return (first..<first + method.job.given.count).map(series)
    }
    return kernel.compute(
      moisture: (series(method.job.moistureSource(ofRun: 0)), series(method.job.moistureSource(ofRun: 1))),
      series: (fluxes(0), fluxes(1)), error: method.error(ofCell: cells[cells.startIndex + position]))
  }

  /// Whether each run has any value of a quantity, 0 of moisture, in a cell.
  func hasValues(_ position: Int, quantity: Int) -> (a: Bool, b: Bool) {
    func has(_ run: Int) -> Bool {
      data.hasValues(cell: position, source: method.job.moistureSource(ofRun: run) + quantity)
    }
    return (has(0), has(1))
  }
}
