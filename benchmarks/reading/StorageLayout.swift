import Distributed
import Foundation

/// How the files of the benchmark store their numbers.
struct StorageLayout {
  let name: String
  var format = NetCDFFormat.netCDF4
  var type = NetCDFType.float
  /// Lengths of a chunk along time, latitude and longitude; nil for contiguous storage.
  var chunks: [Int]?

  /// Layouts of a grid of rows × columns with so many months.
  static func all(months: Int, rows: Int, columns: Int) -> [StorageLayout] {
    let field = [1, rows, columns]
    return [
      StorageLayout(name: "field chunks, deflate and shuffle", chunks: field),
      StorageLayout(name: "field chunks, packed int16", type: .int16, chunks: field),
      StorageLayout(
        name: "small chunks, deflate and shuffle", chunks: [months, (rows + 11) / 12, (columns + 11) / 12]),
      StorageLayout(name: "contiguous"),
      StorageLayout(name: "classic netCDF", format: .offset64),
    ]
  }

  /// Writes files with one variable `v`, a file a member: a seasonal cycle with noise on two parts in nine of the cells,
  /// the fill value on the others.
  ///
  /// - Returns: the pattern and variable of the source.
  func write(to folder: String, members: [String], months: Int, rows: Int, columns: Int) throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let place = { (number: Int) in (Double(number % columns) / Double(columns), Double(number / columns) / Double(rows))
    }
    let land = (0..<rows * columns).map { number in
      let (x, y) = place(number)
      return sin(12 * x + 3 * sin(7 * y)) * cos(9 * y - 2 * x) > 0.5
    }
    var random = SystemRandomNumberGenerator()
    for member in members {
      let writer = try NetCDFWriter("\(folder)/\(member).nc", format: format)
      let time = try writer.dimension("time", months)
      let latitude = try writer.dimension("lat", rows)
      let longitude = try writer.dimension("lon", columns)
      let times = try writer.variable(
        "time", .double, [time],
        attributes: [("units", .text("days since 2000-01-01")), ("calendar", .text("360_day"))])
      let latitudes = try writer.variable(
        "lat", .double, [latitude], attributes: [("units", .text("degrees_north"))])
      let longitudes = try writer.variable(
        "lon", .double, [longitude], attributes: [("units", .text("degrees_east"))])
      let fill = type == .int16 ? -32768 : 1e36
      let variable = try writer.variable(
        "v", type, [time, latitude, longitude],
        attributes: [("units", .text("kg m-2")), ("_FillValue", .numbers([fill], type))], chunks: chunks,
        deflate: chunks == nil ? 0 : 1)
      try writer.endDefinitions()
      try writer.write((0..<months).map { 30 * Double($0) + 15 }, to: times)
      try writer.write((0..<rows).map { 180 * (Double($0) + 0.5) / Double(rows) - 90 }, to: latitudes)
      try writer.write((0..<columns).map { 360 * Double($0) / Double(columns) }, to: longitudes)
      var values = [Float](repeating: Float(fill), count: months * rows * columns)
      for month in 0..<months {
        let cycle = 1 + 0.4 * cos(2 * Double.pi * Double(month) / 12)
        for cell in land.indices where land[cell] {
          let noise = Double.random(in: -0.2...0.2, using: &random)
          let value = (type == .int16 ? 9000 : 30) * (cycle + noise + 0.5 * sin(20 * place(cell).0))
          values[month * land.count + cell] = Float(type == .int16 ? value.rounded() : value)
        }
      }
      try writer.write(values, to: variable, start: [0, 0, 0], count: [months, rows, columns])
      try writer.commit()
    }
    return "\(folder)/{member}.nc:v"
  }
}
