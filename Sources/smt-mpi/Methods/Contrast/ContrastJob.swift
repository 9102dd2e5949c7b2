import Distributed
import Foundation
import Kernels

/// A flux that a contrast tells of.
struct ContrastFlux: Sendable {
  /// Its name as the user gives it: `GPP`.
  let name: String
  /// The given fluxes that it is made of.
  let terms: RunContrast.Flux

  /// What it is in words; its name where that is none of those that are known.
  var words: String {
    [
      "GPP": "gross primary production", "NPP": "net primary production", "RA": "autotrophic respiration",
      "RH": "heterotrophic respiration", "RECO": "ecosystem respiration", "NEE": "net ecosystem exchange",
    ][name] ?? name
  }

  /// CF standard name, where there is one.
  var standardName: String? {
    [
      "GPP": "gross_primary_productivity_of_biomass_expressed_as_carbon",
      "NPP": "net_primary_productivity_of_biomass_expressed_as_carbon",
      "RA": "surface_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_plant_respiration",
      "RH": "surface_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_heterotrophic_respiration",
    ][name]
  }

  /// What its columns are called by.
  var key: String { name.lowercased() }
}

/// All that describes a contrast of two runs, checked; made before MPI starts.
struct ContrastJob: Job {
  /// Its sources are moisture and the given fluxes of run A, then those of run B.
  let settings: JobSettings
  /// Names of the fluxes that are given, in order.
  let given: [String]
  /// What is told of: the given fluxes and those that are made of them.
  let fluxes: [ContrastFlux]
  /// NEE − (RA + RH − GPP) where all four are given.
  let residual: ContrastFlux?
  let step: ContrastStep
  let tolerance: Double
  let fluxUnits: String
  let depth: ClosedRange<Double>?
  let minimumSteps: Double
  /// The file of the record of steps; nil where none is wanted.
  let eachStep: String?
  let chunks: SeriesChunks
  /// The file of the table of steps; nil where none is wanted.
  let series: String?
  let towers: TowerSettings?
  let error: MoistureError?

  /// What is known of the error of Δθ.
  enum MoistureError: Sendable {
    case number(Double)
    case map(String)
  }

  init(_ command: Contrast) throws {
    let runs = command.runs
    func required(_ name: String, _ value: String?, example: String) throws -> String {
      guard let value, !value.isEmpty else {
        throw JobError(.usage, "--\(name) is missing; e.g. --\(name) \(example)")
      }
      return value
    }
    let patterns = [
      try required("run-a", runs.runA, example: "'native/*.nc'"),
      try required("run-b", runs.runB, example: "'blended/*.nc'"),
    ]
    let moisture = try required("moisture", runs.moisture, example: "SOIL_WATER")
    let named = try Self.names(runs.flux)
    given = named.map(\.name)
    (fluxes, residual) = Self.fluxes(given)
    step = command.step
    guard command.tolerance >= 0, command.tolerance.isFinite else {
      throw JobError(.usage, "--tolerance \(command.tolerance.shortText): expected 0 or more m3 m-3, for example 0.005")
    }
    tolerance = command.tolerance
    fluxUnits = command.fluxUnits
    (eachStep, chunks) = (command.eachStep, command.record.chunks)
    error = try command.moistureError.map { text in
      guard let number = Double(text) else {
        _ = try GridMap.parts(of: text)
        return .map(text)
      }
      guard number >= 0, number.isFinite else {
        throw JobError(
          .usage, "--moisture-error \(text): expected 0 or more m3 m-3, for example 0.04, or FILE:VARIABLE")
      }
      return .number(number)
    }
    depth = try runs.depth.map(OptionText.depths)
    let edges = try runs.layerBounds.map(OptionText.edges) ?? []
    let months = try command.selection.steps()
    let ed2 = try runs.files.ed2()
    minimumSteps = command.selection.minimumSteps
    let depth = depth
    func request(_ name: String, _ text: String, option: String, run: Int) throws -> SourceRequest {
      let letter = ["A", "B"][run]
      let source = text.contains("{run}") ? text.replacing("{run}", with: patterns[run]) : "\(patterns[run]):\(text)"
      let isMoisture = option == "moisture"
      let expression = try SourceExpression(option: source)
      guard !expression.namesMember else {
        throw JobError(.usage, "--run-\(letter.lowercased()) holds {member}; one run is expected")
      }
      var request = SourceRequest(
        name: "\(name)_\(letter)", expression: expression, steps: command.step == .day ? .native() : months,
        depth: isMoisture ? depth : nil, layerEdges: isMoisture ? edges : [], addsUp: SoilMoistureUnits.addUp,
        words: .options(source: "\(option) of run \(letter)"))
      request.regridding = .sameCells
      request.ed2 = ed2
      return request
    }
    let requests = try (0..<2).flatMap { run in
      [try request("moisture", moisture, option: "moisture", run: run)]
        + (try named.map { try request($0.name, $0.text, option: "flux \($0.name)", run: run) })
    }
    settings = try JobSettings(
      command, requests, period: try command.selection.period(), choice: try command.selection.choice(),
      classes: try command.regions.settings(
        command.classTable.classes, of: "contrast", without: ["above", "below"]),
      records: [RunFile("each-step", command.eachStep, .record)],
      tables: [
        RunFile("series", command.series, .series), RunFile("tower-table", command.towers.towerTable, .table),
        RunFile("picture", command.towers.picture, .picture),
      ])
    series = command.series
    towers = try TowerSettings(command.towers, step: command.step, fluxes: fluxes)
    var inputs = towers.map { $0.files.flatMap(paths) + [$0.stations] } ?? []
    if case .map(let text) = error { inputs.append(try GridMap.parts(of: text).path) }
    try settings.running.checkOutputs(against: inputs)
  }

  /// Reads `NAME=TEXT` of each flux.
  ///
  /// - Throws: exit code 64 where there is none, a name is none, or two are the same.
  private static func names(_ texts: [String]) throws -> [(name: String, text: String)] {
    guard !texts.isEmpty else { throw JobError(.usage, "--flux is missing; e.g. --flux GPP=GPP RA=AR RH=HR") }
    var taken = Set<String>()
    return try texts.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, parts[0].wholeMatch(of: /[A-Za-z][A-Za-z0-9_]*/) != nil, !parts[1].isEmpty else {
        throw JobError(
          .usage, "--flux '\(text)': expected NAME=VARIABLE, a name of letters, digits and '_', for example GPP=GPP_VAR"
        )
      }
      guard taken.insert(parts[0].lowercased()).inserted else {
        throw JobError(.usage, "--flux '\(parts[0])' is given twice; give each flux a name of its own")
      }
      return (parts[0], parts[1])
    }
  }

  /// The given fluxes, with RECO and NEE where these are not given but can be made; and what NEE differs by from the sum.
  private static func fluxes(_ given: [String]) -> (all: [ContrastFlux], residual: ContrastFlux?) {
    func place(_ name: String) -> Int? { given.firstIndex { $0.uppercased() == name } }
    typealias Terms = [(series: Int, factor: Double)]
    var all = given.enumerated().map { ContrastFlux(name: $1, terms: RunContrast.Flux([($0, 1)])) }
    let parts: Terms? = place("RA").flatMap { ra in place("RH").map { [(ra, 1), ($0, 1)] } }
    let respiration: Terms? = parts ?? place("RECO").map { [($0, 1)] }
    if place("RECO") == nil, let parts { all.append(ContrastFlux(name: "RECO", terms: RunContrast.Flux(parts))) }
    guard let respiration, let production = place("GPP") else { return (all, nil) }
    let exchange: Terms = respiration + [(production, -1)]
    guard let nee = place("NEE") else {
      return (all + [ContrastFlux(name: "NEE", terms: RunContrast.Flux(exchange))], nil)
    }
    let rest: Terms = [(nee, 1)] + exchange.map { ($0.series, -$0.factor) }
    return (all, ContrastFlux(name: "NEE_residual", terms: RunContrast.Flux(rest)))
  }

  /// Position of the moisture of a run in the requests and the catalogue; that of a given flux is its own plus 1 further.
  func moistureSource(ofRun run: Int) -> Int { run * (1 + given.count) }

  func method(for catalogue: Catalogue, _ communicator: Communicator) throws -> ContrastMethod {
    let steps = try ContrastSteps(step, of: catalogue)
    let factors = try catalogue.sources.indices.map { try factor(ofSource: $0, catalogue) }
    var errors: (map: GridMap?, number: Double, note: String?) = (nil, .nan, nil)
    switch error {
    case .number(let number): errors.number = number
    case .map(let text):
      let (path, name) = try GridMap.parts(of: text)
      let (map, note) = try GridMap.shared(on: catalogue, by: .bilinear, communicator) {
        let map = try GridMap.read(name, from: path)
        guard UnitSpelling.areSame(map.units, "1") else {
          throw JobError(
            .inputData,
            "--moisture-error: \(path): variable '\(name)' has units '\(map.units)'; expected m3 m-3: convert it first, for "
              + "example with smt-mpi calculate")
        }
        return map
      }
      errors = (map, .nan, note)
    case nil: break
    }
    return ContrastMethod(job: self, catalogue: catalogue, steps: steps, factors: factors, errors: errors)
  }

  /// What the values of a source are multiplied by: to m³ m⁻³, or to the units of fluxes.
  ///
  /// - Throws: exit code 65 naming the source where its units cannot be converted.
  private func factor(ofSource number: Int, _ catalogue: Catalogue) throws -> Double {
    let (source, request) = (catalogue.sources[number], settings.requests[number])
    let units = source.units
    guard number % (1 + given.count) == 0 else {
      if let factor = CarbonFluxUnits.factor(from: units, to: fluxUnits) { return factor }
      throw JobError(
        .inputData,
        "\(request.words.source) '\(request.expression.text)' has units '\(units)', which cannot be converted to "
          + "'\(fluxUnits)'; expected a flux of carbon such as g C m-2 s-1, umol m-2 s-1 or kg m-2 yr-1: mend the units, or "
          + "give those of the files as --flux-units")
    }
    if SoilMoistureUnits.addUp(units) {
      guard let depth else {
        throw JobError(
          .inputData,
          "\(request.words.source) '\(request.expression.text)' has units '\(units)', an amount of water; expected "
            + "--depth TOP-BOTTOM, the soil that holds it, to make m3 m-3 of it")
      }
      return 1 / (1000 * (depth.upperBound - depth.lowerBound))
    }
    if UnitSpelling.areSame(units, "1") { return 1 }
    if UnitSpelling.areSame(units, "%") { return 0.01 }
    throw JobError(
      .inputData,
      "\(request.words.source) '\(request.expression.text)' has units '\(units)', which cannot be converted to m3 m-3; "
        + "expected m3 m-3, % or kg m-2: is it soil moisture?")
  }
}
