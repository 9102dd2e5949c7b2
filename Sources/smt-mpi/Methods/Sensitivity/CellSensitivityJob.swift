import Distributed
import Kernels

/// Sensitivities in every cell, checked; made before MPI starts.
struct CellSensitivityJob: Job {
  let settings: JobSettings
  let sensitivity: SensitivitySettings

  init(_ command: Sensitivity) throws {
    let zones = command.zones
    if let option = zones.threshold.map({ _ in "threshold" }) ?? zones.picture.map({ _ in "picture" })
      ?? zones.moisturePredictor.map({ _ in "moisture-predictor" })
    {
      throw JobError(.usage, "--\(option) is about zones; leave it out, or leave --each-cell out")
    }
    sensitivity = try SensitivitySettings(command)
    settings = try JobSettings(
      command, sensitivity.requests, members: sensitivity.members, period: try command.selection.period(),
      choice: try command.selection.choice(), landSource: SensitivitySettings.response)
  }

  func method(for catalogue: Catalogue, _ communicator: Communicator) throws -> CellSensitivityMethod {
    try sensitivity.checkMonths(of: catalogue)
    return CellSensitivityMethod(job: self, catalogue: catalogue)
  }
}

/// The sensitivities of all members in a cell.
struct CellSensitivities {
  let status: SensitivityStatus
  /// One for each member.
  let members: [SensitivityResult]

  /// The status is `computed` where any member has a result, else that of the reference.
  init(_ members: [SensitivityResult]) {
    self.members = members
    status = members.contains { $0.status == .computed } ? .computed : members[0].status
  }
}

/// The sensitivities on an input whose headers are known.
struct CellSensitivityMethod: Method {
  typealias Status = SensitivityStatus

  let job: CellSensitivityJob
  let catalogue: Catalogue

  private var sensitivity: SensitivitySettings { job.sensitivity }

  var description: [String] { ["method:   \(sensitivity.text)"] }

  var attributes: MapWriter.FileAttributes {
    sensitivity.attributes(
      of: response, months: "\(catalogue.period)", where: "in every cell", configuration: job.settings.configuration)
  }

  /// What responds, in words.
  private var response: String { catalogue.quantity(SensitivitySettings.response, sensitivity.requests) }

  var columns: [Column<CellSensitivities>] {
    let (members, predictor) = (sensitivity.memberAxes, sensitivity.predictorAxis)
    func column(
      _ quantity: SensitivityQuantity, axes: [MapAxis], _ summary: ColumnSummary
    ) -> Column<CellSensitivities> {
      Column(quantity.name, "1", quantity.words, axes: axes, summary: summary) { $0.members.flatMap(quantity.values) }
        .with(\.validRange, quantity.validRange)
    }
    return SensitivityQuantity.ofPredictors(of: response, hasInterval: sensitivity.options.replicates > 0).map {
      column($0, axes: members + [predictor], $0.name == "beta" && members.isEmpty ? .quantiles : .none)
    }
      + SensitivityQuantity.ofAll(of: response).map { column($0, axes: members, members.isEmpty ? .means : .none) }
      + [
        Column("n_months", "1", "months with all values", axes: members) { result in
          [.notLand, .outsideSelection].contains(result.status)
            ? result.members.map { _ in .nan } : result.members.map { Double($0.count) }
        }.with(\.isCount, true),
        .status("are sensitivities") { $0.status },
      ]
  }

  func result(_ status: SensitivityStatus) -> CellSensitivities {
    CellSensitivities(
      catalogue.members.map { _ in SensitivityResult(status: status, predictors: sensitivity.predictors.count) })
  }

  func reduction(on cells: [Int]) -> any Reduction {
    MonthlyValues(Seasons(wholeYear: cells.count), sources: catalogue.sources.count)
  }

  func data(cells: Int) -> MemberMonths { MemberMonths(catalogue, cells: cells) }

  func dataBytes(cells: Int) -> Int {
    8 * cells * catalogue.members.count * catalogue.sources.count * catalogue.months.count
  }

  func cells(_ data: MemberMonths, _ partition: Partition, rank: Int) -> CellSensitivityCells {
    CellSensitivityCells(self, data, cells: partition.cells[partition.share(of: rank)])
  }

  /// Seconds of a regression of 132 months on four predictors.
  private static let regressionSeconds = 20e-6

  func computingTime(cells: Int, ranks: Int) -> String? {
    let regressions = Double(cells * catalogue.members.count * (1 + sensitivity.options.replicates))
    let months = Double(catalogue.months.count) / 132
    return "about \(durationText(Self.regressionSeconds * regressions * months / Double(ranks))) computing"
  }

  var readingRate: Double { sensitivity.isEnsemble ? Assumptions.ensembleReading : Assumptions.recordReading }

  func advice(_ status: SensitivityStatus) -> String? {
    switch status {
    case .tooFewMonths, .noData: "check --time, --minimum-months and the missing values of the files"
    case .noVariation: "check that response and predictors change from month to month"
    case .collinear: "predictors depend on each other; leave one out, or give a penalty"
    case .implausibleRange: "check the fill values of the files"
    default: nil
    }
  }
}

/// All months of all sources and members in the cells that a rank owns.
struct MemberMonths: Collector {
  private let cells: Int
  private let members: Int
  private let sources: Int
  private let months: Int
  /// By year: the range of its months in the job's, and the first month's number, 0…11.
  private let years: [(months: Range<Int>, firstMonth: Int)]
  /// By cell, member, source and month.
  private var values: [Double]

  /// Room for the sources, members and months of a catalogue.
  init(_ catalogue: Catalogue, cells: Int) {
    self.cells = cells
    (members, sources, months) = (catalogue.members.count, catalogue.sources.count, catalogue.months.count)
    years = catalogue.years.map { ($0.steps, catalogue.steps[$0.steps.lowerBound].month.month - 1) }
    values = [Double](repeating: .nan, count: cells * members * sources * months)
  }

  mutating func take(member: Int, year: Int, values block: CellBlock) {
    let (range, first) = years[year]
    values.withUnsafeMutableBufferPointer { values in
      for cell in 0..<cells {
        for source in 0..<sources {
          let start = ((cell * members + member) * sources + source) * months
          for (index, month) in range.enumerated() { values[start + month] = block[12 * source + first + index][cell] }
        }
      }
    }
  }

  /// The months of a source.
  func series(cell: Int, member: Int, source: Int) -> [Double] {
    let start = ((cell * members + member) * sources + source) * months
    return Array(values[start..<start + months])
  }
}

/// From the months of a cell to its sensitivities.
final class CellSensitivityCells: MethodCells {
  private let months: MemberMonths
  /// Grid indices of the rank's cells.
  private let cells: ArraySlice<Int>
  private let kernel: SensitivityKernel
  private let members: Int
  private let sources: Int
  private let firstMonth: Int

  init(_ method: CellSensitivityMethod, _ months: MemberMonths, cells: ArraySlice<Int>) {
    self.months = months
    self.cells = cells
    kernel = method.job.sensitivity.kernel
    (members, sources) = (method.catalogue.members.count, method.catalogue.sources.count)
    firstMonth = method.catalogue.months[0].month
  }

  func begin(_ position: Int) -> CellBeginning<CellSensitivities> {
    .finished(
      CellSensitivities(
        (0..<members).map { member in
          let series = (0..<sources).map { months.series(cell: position, member: member, source: $0) }
          return kernel.compute(
            response: series[SensitivitySettings.response], predictors: Array(series.dropFirst()),
            firstMonth: firstMonth, place: (cells[cells.startIndex + position], member))
        }))
  }
}
