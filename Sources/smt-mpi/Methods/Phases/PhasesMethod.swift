import Distributed
import Kernels

/// The comparison of phases on an input whose headers are known.
struct PhasesMethod: Method {
  typealias Status = PhaseStatus

  let job: PhasesJob
  let catalogue: Catalogue
  let thresholds: ThresholdMaps
  let seasonMaps: SeasonMaps

  var description: [String] {
    [
      "samples:  \(counted(catalogue.members.count, "member")), reference \(job.members[0])",
      "phases:   below and above \(job.threshold.path):\(job.threshold.variable)",
    ]
  }

  var attributes: MapWriter.FileAttributes {
    let moisture = catalogue.sources[PhasesJob.moistureSource]
    let names = job.quantities.indices.map(quantity).joined(separator: ", ")
    var attributes = MapWriter.FileAttributes(
      title: "Differences of \(names) between members below and above the soil moisture threshold, "
        + catalogue.period,
      source: ProgramVersion.source,
      references:
        "Yan et al. (2024), Journal of Geophysical Research: Atmospheres, soil moisture thresholds of terrestrial carbon uptake",
      commandLine: commandLine,
      comment: "Phases by moisture '\(moisture.longName)' and the threshold \(job.threshold.path):"
        + "\(job.threshold.variable), \(catalogue.period), \(counted(catalogue.members.count, "member")), reference "
        + "\(job.members[0]).",
      configuration: job.settings.configuration)
    attributes.span = catalogue.span
    return attributes
  }

  func result(_ status: PhaseStatus) -> PhaseResult { PhaseResult(status: status, quantities: job.quantities.count) }

  func reduction(on cells: [Int]) throws -> any Reduction {
    SeasonSums(
      try seasonMaps.seasons(of: cells), sources: catalogue.sources.count,
      ratesPerSecond: Set(catalogue.sources.indices.filter { job.isLayeredFlux($0, catalogue) }))
  }

  func data(cells: Int) -> PairCollector { PairCollector(catalogue, isEnsemble: true, cells: cells) }

  func dataBytes(cells: Int) -> Int {
    PairCollector.bytes(
      sources: catalogue.sources.count, members: catalogue.members.count, months: catalogue.months.count,
      isEnsemble: true, cells: cells) + thresholds.bytes
  }

  func cells(_ data: PairCollector, _ partition: Partition, rank: Int) throws -> PhasesCells {
    try PhasesCells(self, partition, data, rank: rank)
  }

  var readingRate: Double { Assumptions.ensembleReading }

  // MARK: What may be wrong

  var concerns: [String] {
    let requests = job.settings.requests
    let moisture = SoilMoistureUnits.concern(
      about: catalogue.sources[PhasesJob.moistureSource], requests[PhasesJob.moistureSource],
      mend: "is a quantity given as --moisture?")
    let choosesNothing =
      requests[0].depth != nil
      && !catalogue.sources.indices.contains { job.hasLayers($0, catalogue) }
    return (moisture.map { [$0] } ?? [])
      + (choosesNothing ? ["no source has layers, so that --depth chooses nothing: leave it out"] : [])
  }

  var notes: [String] { seasonMaps.notes + (thresholds.note.map { [$0] } ?? []) }

  func concerns(about cells: PhasesCells, count: Int, _ communicator: Communicator) throws -> [String] {
    let members = try MemberCheck(
      job: job.settings, moistureSource: PhasesJob.moistureSource, responses: [], samples: cells.samples, cells: count,
      communicator: communicator
    ).concerns()
    // Cells in which a member is in a phase but lacks the quantity.
    let results = (0..<count).map { cells.result($0) }.filter { $0.lowCount > 0 && $0.highCount > 0 }
    let lacking = try communicator.allReduce(
      job.quantities.indices.map { quantity in
        results.count {
          ($0.quantities[quantity].lowCount, $0.quantities[quantity].highCount) != ($0.lowCount, $0.highCount)
        }
      }, .sum)
    return members
      + zip(job.quantities, lacking).filter { $1 > 0 }.map { quantity, cells in
        "--quantity \(quantity.name): in \(counted(cells, "cell")) members miss months of it, and do not "
          + "count there: n_low_\(quantity.name) and n_high_\(quantity.name) tell how many do"
      }
  }

  func advice(_ status: PhaseStatus) -> String? {
    switch status {
    case .missingMonths: "months are missing there; check --time and the missing values of the files"
    case .referenceBelowFloor: "check the reference '\(job.members[0])'"
    case .noThreshold: "the map of --threshold is missing there"
    case .nobodyBelow, .nobodyAbove: "check that --threshold belongs to these members"
    case .noSeason: "check the maps of --season"
    case .implausibleRange: "check the fill values of the files"
    default: nil
    }
  }

  // MARK: Columns

  var columns: [Column<PhaseResult>] {
    var columns = job.quantities.indices.flatMap(columns(of:))
    columns += [
      .count("n_low", "members with less moisture than the threshold") { ($0.status, $0.lowCount) },
      .count("n_high", "members with more moisture than the threshold") { ($0.status, $0.highCount) },
    ]
    if thresholds.hasInterval {
      columns.append(
        Column("uncertain", "1", "whether a member lies within the 90 % interval of the threshold") {
          $0.isUncertain.map { $0 ? 1 : 0 } ?? .nan
        }.with(\.flags, ["certain", "uncertain"]))
    }
    return columns + [.status("are differences") { $0.status }]
  }

  /// What a quantity is in words.
  private func quantity(_ index: Int) -> String {
    catalogue.quantity(PhasesJob.moistureSource + 1 + index, job.settings.requests)
  }

  private func columns(of index: Int) -> [Column<PhaseResult>] {
    let ofMembers = "time: mean (comment: growing seasons, then members of the phase)"
    let source = PhasesJob.moistureSource + 1 + index
    let name = job.quantities[index].name
    let units = job.units(source, catalogue)
    let (storedUnits, storedName) = (catalogue.sources[source].units, catalogue.sources[source].standardName)
    let standardName = UnitSpelling.areSame(units, storedUnits) ? storedName : nil
    let what =
      "\(quantity(index))\(job.isLayeredFlux(source, catalogue) ? ", amount of a month," : "")"
    return [
      Column(
        "difference_\(name)", units, "\(what) below the threshold minus that above it, season means",
        summary: .quantiles
      ) { $0.quantities[index].difference },
      Column("low_\(name)", units, "\(what) below the threshold, season mean of members", summary: .means) {
        $0.quantities[index].low
      }.with(\.cellMethods, ofMembers).with(\.standardName, standardName),
      Column("high_\(name)", units, "\(what) above the threshold, season mean of members", summary: .means) {
        $0.quantities[index].high
      }.with(\.cellMethods, ofMembers).with(\.standardName, standardName),
      .count("n_low_\(name)", "members below the threshold that have \(name)") {
        ($0.status, $0.quantities[index].lowCount)
      },
      .count("n_high_\(name)", "members above the threshold that have \(name)") {
        ($0.status, $0.quantities[index].highCount)
      },
    ]
  }
}
