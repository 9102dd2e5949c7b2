import Distributed

/// A picture of pixels under construction.
struct Raster {
  typealias Point = SIMD2<Double>

  let width: Int
  let height: Int
  /// Red, green and blue of each pixel, row by row from the top.
  private(set) var pixels: [UInt8]

  /// A picture of one colour.
  init(width: Int, height: Int, _ colour: RGB = RGB(0xffffff)) {
    self.width = width
    self.height = height
    pixels = []
    pixels.reserveCapacity(3 * width * height)
    for _ in 0..<width * height { pixels += [colour.red, colour.green, colour.blue] }
  }

  /// A pixel that lies in the picture.
  subscript(x: Int, y: Int) -> RGB {
    get {
      let start = 3 * (y * width + x)
      return RGB(UInt32(pixels[start]) << 16 | UInt32(pixels[start + 1]) << 8 | UInt32(pixels[start + 2]))
    }
    set {
      let start = 3 * (y * width + x)
      (pixels[start], pixels[start + 1], pixels[start + 2]) = (newValue.red, newValue.green, newValue.blue)
    }
  }

  /// Fills a rectangle; what lies outside the picture is left out.
  mutating func fill(x: Range<Int>, y: Range<Int>, _ colour: RGB) {
    for row in y.clamped(to: 0..<height) { for column in x.clamped(to: 0..<width) { self[column, row] = colour } }
  }

  /// Draws lines with round ends, each through some points; where they cross, they cover once.
  ///
  /// - Parameters:
  ///   - width: of the lines, pixels.
  ///   - opacity: 0 to 1.
  mutating func stroke(_ lines: [[Point]], width lineWidth: Double, _ colour: RGB, opacity: Double = 1) {
    let points = lines.joined()
    guard let first = points.first else { return }
    let (low, high) = points.reduce((first, first)) { (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1)) }
    let room = lineWidth / 2 + 1
    let columns = Self.pixels(low.x - room, high.x + room, width)
    let rows = Self.pixels(low.y - room, high.y + room, height)
    guard !columns.isEmpty, !rows.isEmpty else { return }
    var covered = [Double](repeating: 0, count: columns.count * rows.count)
    for line in lines {
      for (from, to) in zip(line, line.count > 1 ? line[1...] : line[...]) {
        for y in Self.pixels(min(from.y, to.y) - room, max(from.y, to.y) + room, height).clamped(to: rows) {
          for x in Self.pixels(min(from.x, to.x) - room, max(from.x, to.x) + room, width).clamped(to: columns) {
            let place = (y - rows.lowerBound) * columns.count + x - columns.lowerBound
            let distance = Self.distance(Point(Double(x) + 0.5, Double(y) + 0.5), from, to)
            covered[place] = max(covered[place], min(1, lineWidth / 2 + 0.5 - distance))
          }
        }
      }
    }
    for (place, part) in covered.enumerated() where part > 0 {
      let (x, y) = (columns.lowerBound + place % columns.count, rows.lowerBound + place / columns.count)
      self[x, y] = self[x, y].mixed(with: colour, part: part * opacity)
    }
  }

  /// The pixels from one place to another that lie in the picture.
  private static func pixels(_ low: Double, _ high: Double, _ count: Int) -> Range<Int> {
    guard low < Double(count), high >= 0 else { return 0..<0 }
    return Int(max(0, low))..<Int(min(Double(count), high + 1))
  }

  /// How far a point is from a line between two others.
  private static func distance(_ point: Point, _ from: Point, _ to: Point) -> Double {
    let (along, away) = (to - from, point - from)
    let length = (along * along).sum()
    let part = length > 0 ? min(1, max(0, (along * away).sum() / length)) : 0
    let apart = away - part * along
    return (apart * apart).sum().squareRoot()
  }

  /// Writes the picture as PNG.
  ///
  /// - Throws: exit code 73 where it cannot be written.
  func write(to path: String) throws { try PNGFile.write(pixels, width: width, height: height, to: path) }
}

extension RGB {
  /// The colour with a part of another, 0 to 1, laid over it.
  fileprivate func mixed(with other: RGB, part: Double) -> RGB {
    func channel(_ own: UInt8, _ other: UInt8) -> UInt32 {
      UInt32((Double(own) + part * (Double(other) - Double(own))).rounded())
    }
    return RGB(channel(red, other.red) << 16 | channel(green, other.green) << 8 | channel(blue, other.blue))
  }
}
