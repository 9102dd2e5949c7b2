import CMPIShim
import Foundation

/// A picture as a PNG file holds it, read without libpng.
public struct TestPNG {
  /// Pixels of a row.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// Red, green and blue of each pixel, row by row from the top.
  public let pixels: [UInt8]

  /// Reads a file of 8 bits of red, green and blue a pixel, not interlaced; nil for others and for damaged ones.
  public init?(_ path: String) {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    let bytes = [UInt8](data)
    func number(_ place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    guard bytes.count > 33, bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      bytes[24] == 8, bytes[25] == 2, bytes[28] == 0
    else { return nil }
    (width, height) = (number(16), number(20))
    var (place, packed): (Int, [UInt8]) = (8, [])
    while place + 12 <= bytes.count {
      let length = number(place)
      guard place + 12 + length <= bytes.count else { return nil }
      if bytes[place + 4..<place + 8].elementsEqual("IDAT".utf8) { packed += bytes[place + 8..<place + 8 + length] }
      place += 12 + length
    }
    // Each row begins with the number of its filter.
    let row = 3 * width
    var rows = [UInt8](repeating: 0, count: height * (row + 1))
    var size = 0
    let inflater = shim_inflater_create()
    defer { shim_inflater_free(inflater) }
    guard shim_inflate(inflater, packed, packed.count, &rows, rows.count, &size) == 0, size == rows.count else {
      return nil
    }
    var pixels = [UInt8](repeating: 0, count: height * row)
    for y in 0..<height {
      let filter = rows[y * (row + 1)]
      guard filter <= 4 else { return nil }
      for x in 0..<row {
        let left = x >= 3 ? Int(pixels[y * row + x - 3]) : 0
        let above = y > 0 ? Int(pixels[(y - 1) * row + x]) : 0
        let corner = x >= 3 && y > 0 ? Int(pixels[(y - 1) * row + x - 3]) : 0
        let predicted = [0, left, above, (left + above) / 2, Self.nearest(left, above, corner)][Int(filter)]
        pixels[y * row + x] = rows[y * (row + 1) + 1 + x] &+ UInt8(predicted)
      }
    }
    self.pixels = pixels
  }

  /// The one of three that is nearest to left + above - corner (Paeth).
  private static func nearest(_ left: Int, _ above: Int, _ corner: Int) -> Int {
    let guess = left + above - corner
    let distances = (abs(guess - left), abs(guess - above), abs(guess - corner))
    if distances.0 <= distances.1, distances.0 <= distances.2 { return left }
    return distances.1 <= distances.2 ? above : corner
  }
}
