import Distributed
import Foundation
import Kernels

/// Pairs and curves of single cells as netCDF, and as pictures where points were asked for.
struct CurveOutput {
  let method: ThresholdMethod
  let warnings: Warnings

  private var job: ThresholdJob { method.job }
  private var catalogue: Catalogue { method.catalogue }

  /// Writes all curves; arrays are padded with missing values to the longest.
  ///
  /// - Returns: the files.
  func write(_ entries: [CurveCollection.Entry], to path: String) throws -> [RunOutput] {
    let grid = catalogue.grid
    let pairs = max(1, entries.map(\.pairX.count).max() ?? 1)
    let points = max(1, entries.map(\.x.count).max() ?? 1)
    let writer = try NetCDFWriter(path)
    let cellDimension = try writer.dimension("cell", entries.count)
    let pairDimension = try writer.dimension("pair", pairs)
    let pointDimension = try writer.dimension("curve_point", points)
    func attributes(_ units: String, _ longName: String) -> [(String, NetCDFWriter.Attribute)] {
      [
        ("_FillValue", .numbers([Double(MapWriter.floatFill)], .float)), ("units", .text(units)),
        ("long_name", .text(longName)), ("coordinates", .text("lat lon")),
      ]
    }
    let latitude = try writer.variable(
      "lat", .double, [cellDimension],
      attributes: [("units", .text("degrees_north")), ("standard_name", .text("latitude"))])
    let longitude = try writer.variable(
      "lon", .double, [cellDimension],
      attributes: [("units", .text("degrees_east")), ("standard_name", .text("longitude"))])
    let index = try writer.variable(
      "cell_index", .int32, [cellDimension],
      attributes: [
        ("units", .text("1")), ("long_name", .text("index of the cell in the grid, from 0, in memory order")),
      ])
    let smt = try writer.variable(
      "smt", .float, [cellDimension],
      attributes: attributes("percent", "soil moisture threshold of \(method.response) in percent of normal"))
    let status = try writer.variable(
      "status", .int8, [cellDimension],
      attributes: [
        ("long_name", .text("whether there is a threshold, and why not")),
        ("flag_values", .numbers(CellStatus.allCases.map { Double($0.rawValue) }, .int8)),
        ("flag_meanings", .text(CellStatus.allCases.map(\.name).joined(separator: " "))),
      ])
    var arrays: [(NetCDFWriter.Variable, Int, (CurveCollection.Entry) -> [Double])] = []
    func define(
      _ name: String, _ units: String, _ longName: String, ofPairs: Bool,
      _ value: @escaping (CurveCollection.Entry) -> [Double]
    ) throws {
      let variable = try writer.variable(
        name, .float, [cellDimension, ofPairs ? pairDimension : pointDimension],
        attributes: attributes(units, longName),
        deflate: 4)
      arrays.append((variable, ofPairs ? pairs : points, value))
    }
    try define("pair_moisture", "percent", "soil moisture of the pairs, percent of normal", ofPairs: true, \.pairX)
    try define(
      "pair_response", "percent", "\(method.response) of the pairs, percent of normal", ofPairs: true, \.pairY)
    try define("curve_moisture", "percent", "evaluation grid, percent of normal", ofPairs: false, \.x)
    try define("curve", "percent", "fitted curve f, percent of normal", ofPairs: false, \.f)
    try define("curve_slope", "1", "first derivative of the fitted curve", ofPairs: false, \.slope)
    try define(
      "curve_curvature", "percent-1", "second derivative of the fitted curve", ofPairs: false, \.curvature)
    try define("smoothed", "percent", "curve that the threshold is read from", ofPairs: false, \.smoothed)
    try define("smoothed_slope", "1", "first derivative of that curve", ofPairs: false, \.smoothedSlope)
    try define(
      "smoothed_curvature", "percent-1", "second derivative of that curve", ofPairs: false, \.smoothedCurvature)
    var file = method.attributes
    file.title += ": pairs and fitted curves"
    file.arithmetic = InstructionLevel.preferred.arithmetic
    file.comment = warnings.added(to: file.comment)
    try MapWriter.put(file, on: writer)
    try writer.put("featureType", .text("point"))
    try writer.endDefinitions()
    try writer.write(entries.map { grid.latitude(ofCell: $0.cell) }, to: latitude)
    try writer.write(entries.map { grid.longitude(ofCell: $0.cell) }, to: longitude)
    try writer.write(entries.map { Int32($0.cell) }, to: index)
    try writer.write(entries.map { $0.smt.isNaN ? MapWriter.floatFill : Float($0.smt) }, to: smt)
    try writer.write(entries.map { Int32($0.status) }, to: status)
    for (variable, length, value) in arrays {
      let rows = entries.flatMap { entry -> [Float] in
        let row = value(entry).map { $0.isNaN ? MapWriter.floatFill : Float($0) }
        return row + [Float](repeating: MapWriter.floatFill, count: length - row.count)
      }
      try writer.write(rows, to: variable)
    }
    try writer.commit()
    let pictures = job.points.isEmpty ? [] : try entries.map(writePicture)
    return [RunOutput(.curves, path)] + pictures.map { RunOutput(.picture, $0) }
  }

  private func writePicture(_ entry: CurveCollection.Entry) throws -> String {
    let latitude = catalogue.grid.latitude(ofCell: entry.cell)
    let longitude = catalogue.grid.longitude(ofCell: entry.cell)
    let stem = job.curvesOutput.dropLast(".nc".count)
    let path = String(stem) + String(format: "_%.2f_%.2f.svg", latitude, longitude)
    let title = String(format: "%.2f° N, %.2f° E", latitude, longitude)
    do {
      try CurvePicture(entry: entry, title: title).svg.write(toFile: path, atomically: true, encoding: .utf8)
      return path
    } catch {
      throw JobError(.cannotWrite, "\(path): the picture cannot be written: \(error.localizedDescription)")
    }
  }
}
