import Foundation
import HDF5TestFiles

@testable import Distributed
@testable import Kernels

/// Files of a small run of ED2 with fine snapshots, and what the blend of them is.
struct BlendFixture {
  /// Heights of the bottoms of layers, from below.
  static let heights = [-2.0, -1.2, -0.5, -0.1]
  static let (polygons, layers) = (3, 4)
  static let bounds = (lower: 0.12, upper: 0.25)
  /// Hours of the files, and those that hold something.
  var hours = [24, 24]
  var filled = [24, 16]
  /// Hours of the snapshots.
  var snapshots = [5, 30]
  var chunk: Int?
  /// Heights of the bottoms of layers, as the history file has them.
  var heights = Self.heights

  /// The model's moisture; the deepest layer is the first.
  static func moisture(_ hour: Int, _ polygon: Int, _ layer: Int) -> Double {
    Double(Float(0.22 + 0.04 * sin(Double(hour) / 7 + Double(polygon)) + 0.02 * Double(layer)))
  }

  /// Coefficients of a pixel; the row and column tell how it differs from others.
  func coefficients(_ snapshot: Int, _ row: Int, _ column: Int) -> [Double] {
    let shift = 0.001 * Double(row) + 0.0005 * Double(column) + 0.05 * Double(snapshot)
    return [-0.05 + shift / 10, 0.10 - shift, 0.18 + shift]
  }

  /// Whether a pixel has values: in the last cell every fourth does.
  static func isThere(_ row: Int, _ column: Int) -> Bool { column < 20 || (row + column) % 4 == 0 }

  func write(_ folder: String) throws {
    var first = 0
    for (index, count) in hours.enumerated() {
      let path = "\(folder)/analysis-T-2004-07-0\(index + 1)-000000-g01.h5"
      var values = [Double](repeating: 0, count: count * Self.polygons * Self.layers)
      for hour in 0..<filled[index] {
        for polygon in 0..<Self.polygons {
          for layer in 0..<Self.layers {
            values[(hour * Self.polygons + polygon) * Self.layers + layer] = Self.moisture(first + hour, polygon, layer)
          }
        }
      }
      add("FMEAN_GPP_PY", [count, Self.polygons], "kgC/m2/yr", (0..<count * Self.polygons).map(Double.init), path)
      add(
        "FMEAN_RATE_PY", [count, Self.polygons, Self.layers], "kgC/m2/yr", values.map { $0 + 1 }, path)
      add("FMEAN_SOIL_WATER_PY", [count, Self.polygons, Self.layers], "m3/m3", values, path)
      first += count
    }
    let history = "\(folder)/history.h5"
    add("SLZ", [heights.count], "", heights, history, chunked: false)
    add("LATITUDE", [Self.polygons], "deg", [40, 40, 40], history, chunked: false)
    add("LONGITUDE", [Self.polygons], "deg", [-88, -87.9, -87.8], history, chunked: false)
    try writeSnapshots("\(folder)/snapshots.nc")
  }

  private func add(
    _ name: String, _ shape: [Int], _ units: String, _ values: [Double], _ path: String, chunked: Bool = true
  ) {
    let lengths = shape.map(UInt64.init)
    if let chunk, chunked {
      let chunks = [UInt64(chunk)] + lengths.dropFirst()
      _ = hdf5_test_add(path, name, Int32(shape.count), lengths, chunks, units, values)
    } else {
      _ = hdf5_test_add(path, name, Int32(shape.count), lengths, nil, units, values)
    }
  }

  private func writeSnapshots(_ path: String) throws {
    let writer = try NetCDFWriter(path)
    let time = try writer.dimension("time", snapshots.count)
    let (lat, lon) = (try writer.dimension("lat", 9), try writer.dimension("lon", 30))
    func coordinate(_ name: String, _ dimension: NetCDFWriter.Dimension, _ units: String) throws
      -> NetCDFWriter.Variable
    { try writer.variable(name, .double, [dimension], attributes: [("units", .text(units))]) }
    let times = try coordinate("time", time, "hours since 2004-07-01")
    let rows = try coordinate("lat", lat, "degrees_north")
    let columns = try coordinate("lon", lon, "degrees_east")
    let variables = try ["a", "b", "c"].map {
      try writer.variable($0, .double, [time, lat, lon], attributes: [("_FillValue", .numbers([-9999], .double))])
    }
    try writer.endDefinitions()
    // A snapshot within an hour belongs to it.
    try writer.write(snapshots.map { Double($0) + 0.25 }, to: times)
    try writer.write((0..<9).map { 39.96 + 0.01 * Double($0) }, to: rows)
    try writer.write((0..<30).map { -88.045 + 0.01 * Double($0) }, to: columns)
    for (index, variable) in variables.enumerated() {
      try writer.write(
        snapshots.indices.flatMap { snapshot in
          (0..<9).flatMap { row in
            (0..<30).map { Self.isThere(row, $0) ? coefficients(snapshot, row, $0)[index] : -9999 }
          }
        }, to: variable)
    }
    try writer.commit()
  }

  /// Blended moisture by hour, polygon and layer from below, and how often it is clipped; polygons without a snapshot
  /// stay as they are.
  func blended(minimumShare: Double = 0.5) -> (values: [Double], errors: [[[Double]]], clipped: Int) {
    let edges = [(1.2, 2.0), (0.5, 1.2), (0.1, 0.5), (0, 0.1)]
    var clipped = 0
    let count = filled.reduce(0, +)
    // ε by polygon, layer and snapshot.
    let errors: [[[Double]]] = (0..<Self.polygons).map { polygon in
      (0..<Self.layers).map { layer in
        snapshots.enumerated().map { snapshot, hour in
          let pixels = (0..<9).flatMap { row in (10 * polygon..<10 * polygon + 10).map { (row, $0) } }
          let known = pixels.filter { Self.isThere($0.0, $0.1) }
          let (top, bottom) = (edges[layer].0, min(edges[layer].1, 1))
          guard top < 1, Double(known.count) >= minimumShare * Double(pixels.count) else { return .nan }
          let means = known.map { pixel in
            let p = coefficients(snapshot, pixel.0, pixel.1)
            // Simpson's rule is exact for quadratics.
            func value(_ z: Double) -> Double { p[0] * z * z + p[1] * z + p[2] }
            return (value(top) + 4 * value((top + bottom) / 2) + value(bottom)) / 6
          }
          return Self.moisture(hour, polygon, layer) - means.reduce(0, +) / Double(means.count)
        }
      }
    }
    var values: [Double] = []
    for hour in 0..<count {
      for polygon in 0..<Self.polygons {
        for layer in 0..<Self.layers {
          let own = errors[polygon][layer]
          let native = Self.moisture(hour, polygon, layer)
          guard !own[0].isNaN else {
            values.append(native)
            continue
          }
          let (start, end) = (Double(snapshots[0]), Double(snapshots[1]))
          let share = min(1, max(0, (Double(hour) - start) / (end - start)))
          let raw = native - (own[0] + share * (own[1] - own[0]))
          let bounded = min(Self.bounds.upper, max(Self.bounds.lower, raw))
          if bounded != raw { clipped += 1 }
          values.append(bounded)
        }
      }
    }
    return (values, errors, clipped)
  }
}
