import CMPIShim
import Foundation

/// A page as its script reads it.
package struct TestPage {
  /// What the page shows.
  package struct Content: Decodable {
    /// The cells of maps.
    package struct Grid: Decodable {
      package var kind: String
      package var rows: Int?
      package var columns: Int?
      package var latitude: [Double?]
      package var longitude: [Double?]
    }
    /// A field.
    package struct Map: Decodable {
      package struct Scale: Decodable {
        package var kind: String
        package var colours: [String]
        package var low: Double
        package var high: Double
      }
      package struct Flag: Decodable, Equatable {
        package var value: Int
        package var meaning: String
      }
      package struct Statistics: Decodable {
        package var count: Int
        package var mean, minimum, p05, p25, median, p75, p95, maximum: Double
        package var areaMean: Double?
      }
      package struct Histogram: Decodable {
        package var edges: [Double]
        package var counts: [Int]
        package var below, above: Int
      }
      package struct Count: Decodable {
        package var meaning: String
        package var cells: Int
        package var share: Double
      }
      package var file, name, label, units, longName, kind, data: String
      package var grid, coarsened: Int
      package var scale: Scale
      package var flags: [Flag]?
      package var status: Int?
      package var statistics: Statistics?
      package var histogram: Histogram?
      package var counts: [Count]?
    }
    /// A table.
    package struct Table: Decodable {
      package struct Box: Decodable {
        package var label: String
        package var low, q25, median, q75, high, mean: Double?
        package var n: Int?
      }
      package var path: String
      package var header: [String]
      package var rows: [[String]]
      package var boxes: [Box]?
      package var units: String?
    }
    /// Two quantities.
    package struct Pairs: Decodable {
      package struct Quantity: Decodable {
        package var name, units: String
      }
      package struct Statistic: Decodable {
        package var name: String
        package var value: Double
      }
      package var title: String
      package var x, y: Quantity
      package var isAlike: Bool
      package var points, quantiles: [[Double]]
      package var statistics: [Statistic]
    }
    /// Lines.
    package struct Series: Decodable {
      package struct Axis: Decodable {
        package var name: String
        package var values: [Double]
        package var labels: [String]
      }
      package struct Line: Decodable {
        package var label: String
        package var values: [Double?]
      }
      package var title, units: String
      package var x: Axis
      package var lines: [Line]
    }
    /// A picture.
    package struct Picture: Decodable {
      package var path, svg: String
    }
    /// A run.
    package struct Run: Decodable {
      package struct Phase: Decodable {
        package var name: String
        package var minimum, mean, maximum: Double
      }
      package var ranks, peakMemory: Int
      package var hosts: [String]
      package var wallSeconds: Double
      package var phases: [Phase]
      package var balance: Double?
      package var version, started: String
    }
    package var version: Int
    package var program, title: String
    package var command: String?
    package var grids: [Grid]
    package var maps: [Map]
    package var tables: [Table]
    package var pairs: [Pairs]
    package var series: [Series]
    package var pictures: [Picture]
    package var run: Run?
    package var warnings, notes: [String]
  }

  /// The whole file.
  package let html: String
  package let content: Content
  /// By map, the bits of its values.
  package let bits: [[UInt32]]

  /// What is wrong with a page.
  package struct Damage: Error {
    let what: String
  }

  /// Reads a page.
  package init(_ path: String) throws {
    html = try String(contentsOfFile: path, encoding: .utf8)
    let json = try Self.element("page", of: html)
    content = try JSONDecoder().decode(Content.self, from: Data(json.utf8))
    let html = html
    bits = try content.maps.map { map in
      guard let packed = Data(base64Encoded: try Self.element(map.data, of: html)) else {
        throw Damage(what: "\(map.data) is not in base 64")
      }
      return try Self.inflated([UInt8](packed))
    }
  }

  /// The values of a map.
  package func values(_ map: Int) -> [Float] { bits[map].map(Float.init(bitPattern:)) }

  /// The place of the map of this label.
  package func place(_ label: String) -> Int? { content.maps.firstIndex { $0.label == label } }

  private static func element(_ name: String, of html: String) throws -> String {
    guard let start = html.range(of: "id=\"\(name)\">"),
      let end = html.range(of: "</script", range: start.upperBound..<html.endIndex)
    else { throw Damage(what: "there is no \(name)") }
    return String(html[start.upperBound..<end.lowerBound])
  }

  private static func inflated(_ packed: [UInt8]) throws -> [UInt32] {
    let inflater = shim_inflater_create()
    defer { shim_inflater_free(inflater) }
    var bytes = [UInt8](repeating: 0, count: 8 * packed.count + 64)
    var size = 0
    var code = shim_inflate(inflater, packed, packed.count, &bytes, bytes.count, &size)
    while Int(code) == SHIM_INFLATE_TOO_LONG {
      bytes = [UInt8](repeating: 0, count: 2 * bytes.count)
      code = shim_inflate(inflater, packed, packed.count, &bytes, bytes.count, &size)
    }
    guard code == 0, size % 4 == 0 else { throw Damage(what: "values do not inflate") }
    return stride(from: 0, to: size, by: 4).map { place in
      (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
    }
  }
}
