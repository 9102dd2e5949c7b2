import CMPIShim
import Foundation

/// A page as its script reads it.
public struct TestPage {
  /// What the page shows.
  public struct Content: Decodable {
    /// The cells of maps.
    public struct Grid: Decodable {
      public var kind: String
      public var rows: Int?
      public var columns: Int?
      public var latitude: [Double?]
      public var longitude: [Double?]
    }
    /// A field.
    public struct Map: Decodable {
      public struct Scale: Decodable {
        public var kind: String
        public var colours: [String]
        public var low: Double
        public var high: Double
      }
      public struct Flag: Decodable, Equatable {
        public var value: Int
        public var meaning: String
      }
      public struct Statistics: Decodable {
        public var count: Int
        public var mean, minimum, p05, p25, median, p75, p95, maximum: Double
        public var areaMean: Double?
      }
      public struct Histogram: Decodable {
        public var edges: [Double]
        public var counts: [Int]
        public var below, above: Int
      }
      public struct Count: Decodable {
        public var meaning: String
        public var cells: Int
        public var share: Double
      }
      public var file, name, label, units, longName, kind, data: String
      public var grid, coarsened: Int
      public var scale: Scale
      public var flags: [Flag]?
      public var status: Int?
      public var statistics: Statistics?
      public var histogram: Histogram?
      public var counts: [Count]?
    }
    /// A table.
    public struct Table: Decodable {
      public struct Box: Decodable {
        public var label: String
        public var low, q25, median, q75, high, mean: Double?
        public var n: Int?
      }
      public var path: String
      public var header: [String]
      public var rows: [[String]]
      public var boxes: [Box]?
      public var units: String?
    }
    /// Two quantities.
    public struct Pairs: Decodable {
      public struct Quantity: Decodable {
        public var name, units: String
      }
      public struct Statistic: Decodable {
        public var name: String
        public var value: Double
      }
      public var title: String
      public var x, y: Quantity
      public var points, quantiles: [[Double]]
      public var statistics: [Statistic]
    }
    /// Lines.
    public struct Series: Decodable {
      public struct Axis: Decodable {
        public var name: String
        public var values: [Double]
      }
      public struct Line: Decodable {
        public var label: String
        public var values: [Double?]
      }
      public var title, units: String
      public var x: Axis
      public var lines: [Line]
    }
    /// A picture.
    public struct Picture: Decodable {
      public var path, svg: String
    }
    /// A run.
    public struct Run: Decodable {
      public struct Phase: Decodable {
        public var name: String
        public var minimum, mean, maximum: Double
      }
      public var ranks, peakMemory: Int
      public var hosts: [String]
      public var wallSeconds: Double
      public var phases: [Phase]
      public var balance: Double?
      public var version, started: String
    }
    public var version: Int
    public var program, title: String
    public var command: String?
    public var grids: [Grid]
    public var maps: [Map]
    public var tables: [Table]
    public var pairs: [Pairs]
    public var series: [Series]
    public var pictures: [Picture]
    public var run: Run?
    public var warnings, notes: [String]
  }

  /// The whole file.
  public let html: String
  public let content: Content
  /// By map, the bits of its values.
  public let bits: [[UInt32]]

  /// What is wrong with a page.
  public struct Damage: Error {
    let what: String
  }

  /// Reads a page.
  public init(_ path: String) throws {
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
  public func values(_ map: Int) -> [Float] { bits[map].map(Float.init(bitPattern:)) }

  /// The place of the map of this label.
  public func place(_ label: String) -> Int? { content.maps.firstIndex { $0.label == label } }

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
