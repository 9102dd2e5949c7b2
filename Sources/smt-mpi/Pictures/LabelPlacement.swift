import Foundation

/// Places names beside points of a picture so that none lies on another, or on a circle, while there is room.
struct LabelPlacement {
  private struct Box {
    var (left, top, right, bottom): (Double, Double, Double, Double)

    func overlaps(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  /// Of the names, pixels; what characters take is estimated.
  private static let (size, characterWidth) = (10.0, 5.8)
  /// Of the whole picture.
  private let width: Double
  private let height: Double
  private var taken: [Box]

  /// Nothing is placed yet in a picture of this size with some circles.
  init(width: Double, height: Double, circles: [(x: Double, y: Double, radius: Double)]) {
    (self.width, self.height) = (width, height)
    // Squares within them: names may touch a circle's edge.
    taken = circles.map { circle in
      let half = 0.7 * circle.radius
      return Box(left: circle.x - half, top: circle.y - half, right: circle.x + half, bottom: circle.y + half)
    }
  }

  /// The name beside a point, with a line to it where it had to go far.
  ///
  /// - Parameter distance: from the point's centre, across and up.
  mutating func text(_ name: String, x: Double, y: Double, distance: Double, colour: String) -> String {
    let length = Self.characterWidth * Double(name.count)
    var first: (box: Box, isFar: Bool)?
    var chosen: (box: Box, isFar: Bool)?
    search: for ring in 0..<48 {
      let away = distance + 9 * Double(ring)
      for (across, up) in [(1.0, 1.0), (-1, -1), (1, 0), (-1, 0), (1, -1), (-1, 1)] {
        let base = y - up * away + (up > 0 ? 1 : up < 0 ? Self.size - 2 : 3)
        let left = across > 0 ? x + away : x - away - length
        let box = Box(left: left, top: base - Self.size + 1, right: left + length, bottom: base + 2)
        first = first ?? (box, false)
        let isInside = box.left >= 2 && box.right <= width - 2 && box.top >= 30 && box.bottom <= height - 50
        if isInside, !taken.contains(where: box.overlaps) {
          chosen = (box, ring > 0)
          break search
        }
      }
    }
    guard let (box, isFar) = chosen ?? first else { return "" }
    taken.append(box)
    let base = box.bottom - 2
    var text = String(
      format: "<text x=\"%.1f\" y=\"%.1f\" font-size=\"10\" fill=\"%@\">%@</text>\n", box.left, base, colour, name.xml)
    if isFar {
      let end = box.left > x ? box.left - 1 : box.right + 1
      text += String(
        format: "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%@\" stroke-width=\"0.5\"/>\n", x, y,
        end,
        base - 3, colour)
    }
    return text
  }
}
