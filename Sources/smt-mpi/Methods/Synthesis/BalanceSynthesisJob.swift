import Distributed
import Foundation
import Kernels

/// The writing of a water balance whose drought index is known (`synthesize --balance`).
struct BalanceSynthesisJob: MapJob {
  let running: RunSettings
  private let options: Synthesize
  private let folder: String

  private static let fill = Double(CLMHistoryFile.fill)

  init(_ command: Synthesize) throws {
    guard let folder = command.folder else {
      throw JobError(.usage, "the folder to write to is missing; e.g. smt-mpi synthesize demo --balance --months 480")
    }
    guard !command.levsoi, !command.climate, !command.sensitivity else {
      throw JobError(
        .usage, "--balance writes a water balance in place of an ensemble; leave --levsoi, --climate, --sensitivity out"
      )
    }
    guard command.months >= 96, command.months % 12 == 0 else {
      throw JobError(.usage, "--balance needs whole years, --months 96 or more; found \(command.months)")
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

  /// Bytes of the land and of the fields of a month.
  private var memory: Int { options.rows * options.columns * 8 * 40 }

  private func checkMemory() throws {
    try MemoryLimit.check(memory, for: "--rows \(options.rows) --columns \(options.columns)")
  }

  private var summary: String {
    """
    \(options.months) months on \(options.rows) x \(options.columns) cells, in \(folder)
    --precipitation \(folder)/balance.nc:PR --evapotranspiration \(folder)/balance.nc:PET --scales 1
    truth: \(folder)/truth.nc:spei, drought, and the distributions, for --parameters
    """
  }

  func dryRun(ranks: Int) throws -> String {
    try checkMemory()
    let bytes = 8 * 3 * options.rows * options.columns * options.months
    return summary + "\n\(byteText(bytes)) before compression; \(byteText(memory)) of memory"
  }

  func perform(_ run: JobRun) throws -> String {
    try checkMemory()
    let balance = SyntheticBalance(
      land: SyntheticLand(
        rows: options.rows, columns: options.columns, oceanShare: options.oceanShare, seed: options.seed),
      months: options.months, seed: options.seed)
    try run.timer.measure("write") {
      try makeFolder(folder)
      try writeBalance(balance, run)
      try writeTruth(balance, run)
    }
    run.report.addOutput(.record, "\(folder)/truth.nc")
    return summary
  }

  /// A value in every land cell, the fill value elsewhere.
  private func field(_ balance: SyntheticBalance, _ value: (Int) -> Double) -> [Double] {
    balance.land.landFraction.indices.map { balance.land.landFraction[$0] > 0 ? value($0) : Self.fill }
  }

  /// A file with its grid and times.
  private func file(
    _ name: String, _ title: String, _ balance: SyntheticBalance, withAreas: Bool
  ) throws -> (writer: NetCDFWriter, grid: CLMGrid, time: NetCDFWriter.Dimension, fill: () throws -> Void) {
    let writer = try NetCDFWriter("\(folder)/\(name)", format: options.format.format)
    for (name, value) in [
      ("Conventions", "CF-1.8"), ("title", title), ("source", ProgramVersion.source), ("history", commandLine),
    ] {
      try writer.put(name, .text(value))
    }
    let time = try writer.dimension("time", options.months, unlimited: true)
    let two = try writer.dimension("bnds", 2)
    let grid = try CLMGrid(define: balance.land, in: writer, withAreas: withAreas)
    let year = String(format: "%04d", options.firstYear)
    let times = try writer.variable(
      "time", .double, [time],
      attributes: [
        ("standard_name", .text("time")), ("long_name", .text("time")),
        ("units", .text("days since \(year)-01-01 00:00:00")), ("calendar", .text("noleap")),
        ("bounds", .text("time_bnds")), ("axis", .text("T")),
      ])
    let bounds = try writer.variable("time_bnds", .double, [time, two])
    let lengths = (0..<options.months).map { Double(SyntheticEnsemble.daysOfMonths[$0 % 12]) }
    let ends = lengths.reduce(into: [0.0]) { $0.append($0[$0.count - 1] + $1) }
    return (
      writer, grid, time,
      {
        try writer.endDefinitions()
        try grid.write(balance.land, to: writer)
        try writer.write(
          lengths.indices.map { (ends[$0] + ends[$0 + 1]) / 2 }, to: times, start: [0], count: [lengths.count])
        try writer.write(
          lengths.indices.flatMap { [ends[$0], ends[$0 + 1]] }, to: bounds, start: [0, 0], count: [lengths.count, 2])
      }
    )
  }

  private static func attributes(_ words: String, _ units: String) -> [(String, NetCDFWriter.Attribute)] {
    [("long_name", .text(words)), ("units", .text(units)), ("_FillValue", .numbers([fill], .double))]
  }

  /// In double precision: the index of stored values is known better than single precision tells.
  private func writeBalance(_ balance: SyntheticBalance, _ run: JobRun) throws {
    let (writer, grid, time, begin) = try file(
      "balance.nc", "synthetic water balance with a drought", balance, withAreas: true)
    let dimensions = [time, grid.latitude, grid.longitude]
    let chunks = [1, options.rows, options.columns]
    let rain = try writer.variable(
      "PR", .double, dimensions, attributes: Self.attributes("precipitation", "mm/day"), chunks: chunks,
      deflate: options.deflate)
    let evaporation = try writer.variable(
      "PET", .double, dimensions, attributes: Self.attributes("potential evapotranspiration", "kg m-2 s-1"),
      chunks: chunks, deflate: options.deflate)
    try begin()
    for month in 0..<options.months {
      try Interruption.check("while the balance was written")
      let days = Double(SyntheticEnsemble.daysOfMonths[month % 12])
      let (start, count) = ([month, 0, 0], [1, options.rows, options.columns])
      try writer.write(
        field(balance) {
          (balance.balance(cell: $0, month: month) + balance.evapotranspiration(cell: $0, month: month)) / days
        }, to: rain, start: start, count: count)
      try writer.write(
        field(balance) { balance.evapotranspiration(cell: $0, month: month) / days / 86400 }, to: evaporation,
        start: start, count: count)
      run.progress.update(share: Double(month + 1) / Double(2 * options.months))
    }
    try writer.commit()
  }

  /// The true index and the distributions, as `spei --save-parameters` writes them.
  private func writeTruth(_ balance: SyntheticBalance, _ run: JobRun) throws {
    let (writer, grid, time, begin) = try file(
      "truth.nc", "drought index of a synthetic water balance", balance, withAreas: false)
    let scale = try writer.dimension("scale", 1)
    let month = try writer.dimension("month", 12)
    let scales = try writer.variable(
      "scale", .double, [scale], attributes: [("long_name", .text("months of the sums")), ("units", .text("months"))])
    let months = try writer.variable(
      "month", .double, [month], attributes: [("long_name", .text("calendar month")), ("units", .text("1"))])
    let index = try writer.variable(
      "spei", .double, [time, grid.latitude, grid.longitude],
      attributes: Self.attributes("standardised precipitation evapotranspiration index of one month", "1"),
      chunks: [1, options.rows, options.columns], deflate: options.deflate)
    let own = [scale, month, grid.latitude, grid.longitude]
    let parameters = try [("xi", "mm"), ("alpha", "mm"), ("k", "1"), ("n", "1")].map { name, units in
      try writer.variable(name, .double, own, attributes: Self.attributes("\(name) of the distribution", units))
    }
    let drought = try writer.variable(
      "drought", .double, [grid.latitude, grid.longitude],
      attributes: Self.attributes(
        "whether the cell is in drought in the months \(balance.drought.lowerBound) to \(balance.drought.upperBound - 1), "
          + "counted from 0", "1"))
    try begin()
    try writer.write([1.0], to: scales)
    try writer.write((1...12).map(Double.init), to: months)
    try writer.write(field(balance) { balance.isDry[$0] ? 1 : 0 }, to: drought)
    for (number, variable) in parameters.enumerated() {
      let values = (0..<12).flatMap { month in
        field(balance) {
          number < 3 ? balance.parameters(cell: $0, month: month)[number] : Double(options.months / 12)
        }
      }
      try writer.write(values, to: variable)
    }
    for month in 0..<options.months {
      try Interruption.check("while the truth was written")
      try writer.write(
        field(balance) { balance.index(cell: $0, month: month) }, to: index, start: [month, 0, 0],
        count: [1, options.rows, options.columns])
      run.progress.update(share: 0.5 + Double(month + 1) / Double(2 * options.months))
    }
    try writer.commit()
  }
}
