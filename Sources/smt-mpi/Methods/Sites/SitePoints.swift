import Distributed
import Foundation
import Kernels

/// Stations as points of CF netCDF (discrete sampling geometry, `featureType = "point"`).
struct SitePoints {
  let columns: [SiteColumn]
  let results: [SiteResult]

  /// Writes the file.
  ///
  /// - Throws: exit code 73 where it cannot be written.
  func write(to path: String, _ attributes: MapWriter.FileAttributes) throws {
    let writer = try NetCDFWriter(path)
    let site = try writer.dimension("site", results.count)
    let ends = try writer.dimension("nv", 2)
    var contents: [() throws -> Void] = []
    func define(
      _ name: String, _ type: NetCDFType, _ attributes: [(String, NetCDFWriter.Attribute)], _ values: [Double],
      bounds: [NetCDFWriter.Dimension] = []
    ) throws {
      let variable = try writer.variable(name, type, [site] + bounds, attributes: attributes)
      contents.append { try writer.write(values, to: variable) }
    }
    let fill = Double(MapWriter.floatFill)
    func stored(_ value: Double) -> Double { value.isFinite ? value : fill }
    let times = results.map(times)
    let start = SiteDate(year: 1970, month: 1, day: 1).number
    func days(_ number: Double) -> Double { stored(number - Double(start)) }
    try define(
      "time", .double,
      [
        ("_FillValue", .numbers([fill], .double)), ("standard_name", .text("time")),
        ("long_name", .text("middle of the record within the study")), ("units", .text("days since 1970-01-01")),
        ("calendar", .text("proleptic_gregorian")), ("axis", .text("T")), ("bounds", .text("time_bnds")),
      ], times.map { days(($0.start + $0.end) / 2) })
    // Bounds may have no fill value of their own.
    try define(
      "time_bnds", .double, [], times.flatMap { [$0.start - Double(start), $0.end - Double(start)] }, bounds: [ends])
    for column in columns {
      let words: (String, NetCDFWriter.Attribute) = ("long_name", .text(column.words))
      let place: (String, NetCDFWriter.Attribute) = ("coordinates", .text("time lat lon site_name"))
      switch column.value {
      case .text(let text):
        // The study's days are the bounds of time.
        guard !["start", "end"].contains(column.name) else { continue }
        let labels = results.map(text)
        let isName = column.name == "site"
        let width = try writer.dimension(
          "\(column.name)_length", max(1, labels.map(\.utf8.count).max() ?? 0))
        let variable = try writer.variable(
          isName ? "site_name" : column.name, .character, [site, width],
          attributes: [words, ("_Encoding", .text("utf-8"))] + (isName ? [] : [place]))
        contents.append { try writer.write(labels: labels, to: variable) }
      case .count(let count):
        try define(
          column.name, .int32, [words, ("units", .text("1")), place], results.map { Double(count($0)) })
      case .number(let number):
        let isCoordinate = ["lat": "latitude", "lon": "longitude"][column.name]
        try define(
          column.name, .double,
          [("_FillValue", .numbers([fill], .double)), words, ("units", .text(column.units.udunits))]
            + (isCoordinate.map { name in
              [("standard_name", .text(name)), ("axis", .text(name == "latitude" ? "Y" : "X"))]
            } ?? [place]), results.map { stored(number($0)) })
      case .status:
        let all = SiteStatus.allCases
        try define(
          column.name, .int8,
          [
            words, ("flag_values", .numbers(all.map { Double($0.rawValue) }, .int8)),
            ("flag_meanings", .text(all.map(\.name).joined(separator: " "))), place,
          ], results.map { Double($0.threshold.status.rawValue) })
      }
    }
    try MapWriter.put(attributes, on: writer)
    try writer.put("featureType", .text("point"))
    try writer.endDefinitions()
    for write in contents { try write() }
    try writer.commit()
  }

  /// Start of the first day and end of the last one; NaN where there is none.
  private func times(_ result: SiteResult) -> (start: Double, end: Double) {
    guard let period = result.input.period else { return (.nan, .nan) }
    return (Double(period.start.number), Double(period.end.number + 1))
  }
}
