import Distributed
import Foundation
import Kernels

/// The writing of predictors, of the respiration that follows from them, and of sites (`synthesize --respiration`).
struct RespirationSynthesisJob: MapJob {
  let running: RunSettings
  private let options: Synthesize
  private let folder: String

  /// A predictor's name in `--predictor`, its file and variable, what it is, and its units.
  private typealias Variable = (
    predictor: SyntheticRespiration.Predictor, name: String, variable: String, words: String, units: String
  )
  private static let monthly: [Variable] = [
    (.temperature, "MAT", "T2M", "air temperature", "degC"),
    (.precipitation, "MAP", "PR", "precipitation of the month", "mm"),
    (.radiation, "PAR", "PAR", "photosynthetically active radiation", "W m-2"),
    (.absorbedShare, "FAPAR", "FAPAR", "share of it that plants absorb", "1"),
    (.leafArea, "LAI", "LAI", "leaf area index", "1"),
    (.greenness, "NDVI", "NDVI", "normalised difference vegetation index", "1"),
  ]
  private static let yearly: [Variable] = [
    (.production, "NPP", "NPP", "net primary production", "kg m-2 yr-1")
  ]
  private static let lasting: [Variable] = [
    (.carbon0, "SOC0", "SOC0", "organic carbon of the soil at the surface", "g kg-1"),
    (.carbon5, "SOC5", "SOC5", "organic carbon of the soil at 5 cm", "g kg-1"),
    (.carbon15, "SOC15", "SOC15", "organic carbon of the soil at 15 cm", "g kg-1"),
    (.carbon30, "SOC30", "SOC30", "organic carbon of the soil at 30 cm", "g kg-1"),
  ]
  private static let scales = [12, 24, 36]
  private static let defaultSites = 130
  private static let defaultNoise = 5.0

  init(_ command: Synthesize) throws {
    guard let folder = command.folder else {
      throw JobError(
        .usage, "the folder to write to is missing; e.g. smt-mpi synthesize demo --respiration --months 228")
    }
    guard !command.levsoi, !command.climate, !command.sensitivity, !command.sink else {
      throw JobError(
        .usage,
        "--respiration writes predictors in place of an ensemble; leave --levsoi, --climate, --sensitivity, --sink out")
    }
    guard command.months >= 36, command.months % 12 == 0 else {
      throw JobError(.usage, "--respiration needs whole years, --months 36 or more; found \(command.months)")
    }
    guard command.rows >= 5, command.columns >= 5 else {
      throw JobError(.usage, "--respiration needs five rows and columns or more, for example --rows 24 --columns 36")
    }
    self.folder = folder
    options = command
    running = try RunSettings(command.shared, outputs: [], folders: [RunFolder(option: "folder", path: folder)])
    let present = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    guard present.isEmpty || running.overwrites else {
      throw JobError(
        .cannotWrite, "\(folder): the folder is not empty; give --overwrite to replace files of the same names")
    }
  }

  private var years: Int { options.months / 12 }

  /// Bytes of the land, of all patterns and of the fields of a year.
  private var memory: Int { options.rows * options.columns * 8 * 190 }

  private func checkMemory() throws {
    try MemoryLimit.check(memory, for: "--rows \(options.rows) --columns \(options.columns)")
  }

  private var period: String { "\(options.firstYear)-\(options.firstYear + years - 1)" }

  private var summary: String {
    let monthly = Self.monthly.map { own in
      "\(own.name)=\(folder)/monthly.nc:\(own.variable)\(own.predictor == .precipitation ? "@sum" : "")"
    }
    let predictors =
      monthly + Self.yearly.map { "\($0.name)=\(folder)/yearly.nc:\($0.variable)" }
      + Self.lasting.map { "\($0.name)=\(folder)/static.nc:\($0.variable)@static" }
      + Self.scales.map { "SPEI\($0)=\(folder)/spei.nc:SPEI\($0)@month=12" }
    return "\(years) years on \(options.rows) x \(options.columns) cells, in \(folder)\n"
      + predictors.map { "--predictor \($0)\n" }.joined()
        + """
        --samples \(folder)/site_years.csv to train, \(folder)/independent.csv to validate; --period \(period)
        truth: \(folder)/truth.nc:RECO, of MAT, MAP, NPP, SOC5 and SPEI24
        """
  }

  func dryRun(ranks: Int) throws -> String {
    try checkMemory()
    let fields =
      options.months * (Self.monthly.count + Self.scales.count) + years * (Self.yearly.count + 2) + Self.lasting.count
    let bytes = 4 * fields * options.rows * options.columns
    return summary + "\n\(byteText(bytes)) before compression; \(byteText(memory)) of memory"
  }

  func perform(_ run: JobRun) throws -> String {
    try checkMemory()
    let land = SyntheticLand(
      rows: options.rows, columns: options.columns, oceanShare: options.oceanShare, seed: options.seed)
    let wanted = options.sites ?? Self.defaultSites
    let sites = SyntheticSites(land, count: wanted, years: years, seed: options.seed)
    guard sites.clustered.count == wanted, !sites.independent.isEmpty else {
      throw JobError(
        .usage,
        "--sites \(wanted): the land of \(options.rows) x \(options.columns) cells has room for "
          + "\(sites.clustered.count); give fewer, or more --rows and --columns, or less --ocean-share")
    }
    let respiration = run.timer.measure("predictors") {
      SyntheticRespiration(land: land, years: years, seed: options.seed)
    }
    var truth: [[Double]] = []
    try run.timer.measure("write") {
      try makeFolder(folder)
      try writeMonths(respiration, run)
      try writeDrought(respiration, run)
      try write("yearly.nc", "yearly predictors", Self.yearly.map { ($0.name, $0.words, $0.units) }, .year, land) {
        year in
        Self.yearly.map { respiration.field($0.predictor, year: year) }
      }
      try write("static.nc", "lasting predictors", Self.lasting.map { ($0.name, $0.words, $0.units) }, nil, land) { _ in
        Self.lasting.map { respiration.field($0.predictor, year: 0) }
      }
      try write(
        "truth.nc", "respiration that follows from its predictors",
        [("RECO", "ecosystem respiration", CarbonFluxUnits.standard)], .year, land, type: .double
      ) { year in
        truth.append(respiration.respiration(year: year))
        return [truth[year]]
      }
      try writeSites(sites, truth)
    }
    run.report.addOutput(.record, "\(folder)/truth.nc")
    return "\(sites.clustered.count) sites in \(sites.clusterCount) clusters, \(sites.independent.count) independent "
      + "ones; " + summary
  }

  private func writeMonths(_ respiration: SyntheticRespiration, _ run: JobRun) throws {
    var annual: [[Double]] = []
    let variables = Self.monthly.map { ($0.variable, $0.words, $0.units) }
    try write("monthly.nc", "monthly predictors", variables, .month, respiration.land) { month in
      if month % 12 == 0 {
        annual = Self.monthly.map { respiration.field($0.predictor, year: month / 12) }
        run.progress.update(share: Double(month) / Double(2 * options.months))
      }
      return zip(Self.monthly, annual).map {
        respiration.field($0.predictor, ofYear: $1, month: month % 12)
      }
    }
  }

  private func writeDrought(_ respiration: SyntheticRespiration, _ run: JobRun) throws {
    let variables = Self.scales.map {
      ("SPEI\($0)", "standardised precipitation evapotranspiration index of \($0) months", "1")
    }
    try write("spei.nc", "drought indices", variables, .month, respiration.land) { month in
      run.progress.update(share: 0.5 + Double(month) / Double(2 * options.months))
      return Self.scales.map { respiration.droughtIndex(scale: $0, month: month) }
    }
  }

  // MARK: Files

  /// What a file has a field of.
  private enum Step {
    case month, year
  }

  private static func attributes(
    _ words: String, _ units: String, _ type: NetCDFType
  ) -> [(String, NetCDFWriter.Attribute)] {
    [
      ("long_name", .text(words)), ("units", .text(units)),
      ("_FillValue", .numbers([Double(CLMHistoryFile.fill)], type)),
    ]
  }

  /// Writes a file of variables that have a field at each step, or one.
  private func write(
    _ name: String, _ title: String, _ variables: [(name: String, words: String, units: String)], _ step: Step?,
    _ land: SyntheticLand, type: NetCDFType = .float, _ fields: (_ step: Int) -> [[Double]]
  ) throws {
    let writer = try NetCDFWriter("\(folder)/\(name)", format: options.format.format)
    for (name, value) in [
      ("Conventions", "CF-1.8"), ("title", "synthetic respiration: \(title)"), ("source", ProgramVersion.source),
      ("history", commandLine),
    ] {
      try writer.put(name, .text(value))
    }
    let time = try step.map { try Time($0, years: years, firstYear: options.firstYear, writer) }
    let grid = try CLMGrid(define: land, in: writer, withAreas: true)
    let shape = [options.rows, options.columns]
    let defined = try variables.map {
      try writer.variable(
        $0.name, type, [time?.dimension].compactMap { $0 } + [grid.latitude, grid.longitude],
        attributes: Self.attributes($0.words, $0.units, type), chunks: time == nil ? shape : [1] + shape,
        deflate: options.deflate)
    }
    try writer.endDefinitions()
    try grid.write(land, to: writer)
    try time?.write(to: writer)
    for index in 0..<(time?.count ?? 1) {
      try Interruption.check("while predictors were written")
      for (variable, field) in zip(defined, fields(index)) {
        let values = field.map { $0.isNaN ? Double(CLMHistoryFile.fill) : $0 }
        let (start, count) = time == nil ? ([0, 0], shape) : ([index, 0, 0], [1] + shape)
        try writer.write(values, to: variable, start: start, count: count)
      }
    }
    try writer.commit()
  }

  /// The months or years of a file.
  private struct Time {
    let dimension: NetCDFWriter.Dimension
    let count: Int
    private let ends: [Double]
    private let middles: NetCDFWriter.Variable
    private let bounds: NetCDFWriter.Variable

    init(_ step: Step, years: Int, firstYear: Int, _ writer: NetCDFWriter) throws {
      count = step == .year ? years : 12 * years
      let lengths = (0..<count).map { step == .year ? 365 : Double(SyntheticEnsemble.daysOfMonths[$0 % 12]) }
      ends = lengths.reduce(into: [0.0]) { $0.append($0[$0.count - 1] + $1) }
      dimension = try writer.dimension("time", count, unlimited: true)
      let two = try writer.dimension("bnds", 2)
      middles = try writer.variable(
        "time", .double, [dimension],
        attributes: [
          ("standard_name", .text("time")), ("long_name", .text("time")),
          ("units", .text("days since \(String(format: "%04d", firstYear))-01-01 00:00:00")),
          ("calendar", .text("noleap")), ("bounds", .text("time_bnds")), ("axis", .text("T")),
        ])
      bounds = try writer.variable("time_bnds", .double, [dimension, two])
    }

    func write(to writer: NetCDFWriter) throws {
      let pairs = zip(ends, ends.dropFirst())
      try writer.write(pairs.map { ($0 + $1) / 2 }, to: middles, start: [0], count: [count])
      try writer.write(pairs.flatMap { [$0, $1] }, to: bounds, start: [0, 0], count: [count, 2])
    }
  }

  // MARK: Sites

  /// Writes what the sites measure: the truth of their cells, noise, and what each has of its own.
  private func writeSites(_ sites: SyntheticSites, _ truth: [[Double]]) throws {
    let spread = standardDeviation(truth.joined().filter(\.isFinite))
    let noise = (options.noise ?? Self.defaultNoise) / 100
    for (name, own, stream) in [("site_years.csv", sites.clustered, 0), ("independent.csv", sites.independent, 1)] {
      var table = Table(columns: ["site", "lat", "lon", "year", "value", "units", "status"])
      for (number, site) in own.enumerated() {
        var effects = KeyedGenerator(options.seed, -10, stream, number)
        let effect = (options.siteEffect ?? 0) * effects.normal()
        for year in site.years {
          var errors = KeyedGenerator(options.seed, -11, stream, number, year)
          table.add([
            .text(site.name), .number(site.latitude), .number(site.longitude), .count(options.firstYear + year),
            .number(truth[year][site.cell] + spread * (effect + noise * errors.normal())),
            .text(CarbonFluxUnits.standard), "ok",
          ])
        }
      }
      try table.write(to: "\(folder)/\(name)")
    }
  }
}
