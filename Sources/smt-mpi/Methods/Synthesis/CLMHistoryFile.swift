import Distributed
import Kernels

/// A CLM history file of an invented ensemble under construction: header, grid and time are written when it is made.
struct CLMHistoryFile {
  /// What all files of an ensemble have in common.
  struct Style {
    var format: NetCDFFormat
    var chunks: ChunkShape
    var deflate: Int
    /// The `history` attribute.
    var history: String
    /// The year of month 0.
    var firstYear: Int
  }

  /// CLM's fill value.
  static let fill: Float = 1e36
  static let fillAttributes: [(String, NetCDFWriter.Attribute)] = [
    ("_FillValue", .numbers([Double(fill)], .float)), ("missing_value", .numbers([Double(fill)], .float)),
  ]

  private let writer: NetCDFWriter
  private let fields: [String: NetCDFWriter.Variable]
  private let fieldShape: [String: [Int]]
  private let firstMonth: Int

  /// Creates the file and writes everything but the fields.
  ///
  /// - Throws: exit code 73.
  init(_ path: String, part: EnsembleLayout.Part, member: String, land: SyntheticLand, style: Style) throws {
    writer = try NetCDFWriter(path, format: style.format)
    firstMonth = part.months.lowerBound
    let isContiguous = style.format.isHDF5 && style.chunks == .contiguous
    // HDF5 cannot keep in one piece what may grow.
    let time = try writer.dimension("time", part.months.count, unlimited: !isContiguous)
    let interval = try writer.dimension("hist_interval", 2)
    let grid = try CLMGrid(define: land, in: writer, withAreas: true)

    let times = try writer.variable(
      "time", .double, [time],
      attributes: [
        ("long_name", .text("time")), ("units", .text("days since \(Self.year(style.firstYear))-01-01 00:00:00")),
        ("calendar", .text("noleap")), ("bounds", .text("time_bounds")),
      ])
    let bounds = try writer.variable(
      "time_bounds", .double, [time, interval], attributes: [("long_name", .text("history time interval endpoints"))])

    var fields = [String: NetCDFWriter.Variable]()
    var shapes = [String: [Int]]()
    var layers: (dimension: NetCDFWriter.Dimension, variable: NetCDFWriter.Variable)?
    for name in part.variables {
      var dimensions = [time, grid.latitude, grid.longitude]
      if ["H2OSOI", "QROOTSINK"].contains(name) {
        let own = try layers ?? Self.defineLayers(in: writer)
        layers = own
        dimensions.insert(own.dimension, at: 1)
      }
      let shape = dimensions.map(\.length)
      shapes[name] = Array(shape.dropFirst())
      fields[name] = try writer.variable(
        name, .float, dimensions, attributes: Self.attributes(of: name), chunks: style.chunks.lengths(for: shape),
        deflate: isContiguous ? 0 : style.deflate)
    }
    self.fields = fields
    fieldShape = shapes
    let attributes = [
      ("Conventions", "CF-1.0"), ("title", "synthetic ensemble with a known soil moisture threshold"),
      ("source", ProgramVersion.source), ("case_id", member), ("time_period_freq", "month_1"),
      ("history", style.history),
    ]
    for (name, value) in attributes { try writer.put(name, .text(value)) }
    try writer.endDefinitions()

    try grid.write(land, to: writer)
    if let layers { try writer.write(SoilLayers.clm5Nodes, to: layers.variable) }
    let ends = part.months.map(Self.days)
    try writer.write(ends.map(\.end), to: times, start: [0], count: [ends.count])
    try writer.write(ends.flatMap { [$0.start, $0.end] }, to: bounds, start: [0, 0], count: [ends.count, 2])
  }

  private static func defineLayers(
    in writer: NetCDFWriter
  ) throws -> (dimension: NetCDFWriter.Dimension, variable: NetCDFWriter.Variable) {
    let dimension = try writer.dimension("levsoi", SoilLayers.clm5Nodes.count)
    let variable = try writer.variable(
      "levsoi", .float, [dimension],
      attributes: [("long_name", .text("coordinate soil levels")), ("units", .text("m"))])
    return (dimension, variable)
  }

  /// Writes the fields of months in a row; NaN becomes the fill value.
  func write(_ values: [Float], to name: String, months: Range<Int>) throws {
    guard let variable = fields[name], let shape = fieldShape[name] else { return }
    try writer.write(
      values.map { $0.isNaN ? Self.fill : $0 }, to: variable,
      start: [months.lowerBound - firstMonth] + shape.map { _ in 0 }, count: [months.count] + shape)
  }

  /// Completes the file.
  func commit() throws { try writer.commit() }

  /// First and last instant of a month, days since the start of month 0; CLM stamps a month with the last.
  private static func days(ofMonth month: Int) -> (start: Double, end: Double) {
    let lengths = SyntheticEnsemble.daysOfMonths
    let start = month / 12 * 365 + lengths.prefix(month % 12).reduce(0, +)
    return (Double(start), Double(start + lengths[month % 12]))
  }

  private static func year(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func attributes(of name: String) -> [(String, NetCDFWriter.Attribute)] {
    let (longName, units) =
      switch name {
      case "GPP": ("gross primary production", "gC/m^2/s")
      case "H2OSOI": ("volumetric soil water", "mm3/mm3")
      case "TSA": ("2m air temperature", "K")
      case "RH2M": ("2m relative humidity", "%")
      case "FSDS": ("atmospheric incident solar radiation", "W/m^2")
      case "NPP": ("net primary production", "gC/m^2")
      case "RECO": ("ecosystem respiration", "gC/m^2")
      case "QROOTSINK": ("water flux from soil to root in each soil-layer", "mm/s")
      default: ("volumetric soil water of the uppermost 3 m", "m3/m3")
      }
    return [("long_name", .text(longName)), ("units", .text(units)), ("cell_methods", .text("time: mean"))]
      + fillAttributes
  }
}
