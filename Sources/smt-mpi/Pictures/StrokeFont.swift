import Foundation

/// Letters made of lines, for pictures of pixels: drawn for this program, so that no font has to be there.
///
/// A glyph is on a grid where capitals are 14 high, small letters 10, and the base is 0. Its lines are parted by `|`;
/// those that begin with `~` are smooth through their points.
enum StrokeFont {
  private static let bowl = "~8,7.5 6,9.8 4.3,10 2,8.8 1,6.3 1,3.7 2,1.2 4.3,0 6,0.2 8,2.5"
  private static let turnedBowl = "~1,7.5 3,9.8 4.7,10 7,8.8 8,6.3 8,3.7 7,1.2 4.7,0 3,0.2 1,2.5"
  private static let capitalO =
    "~5.5,14 8.7,12.7 10,9.5 10,4.5 8.7,1.3 5.5,0 2.3,1.3 1,4.5 1,9.5 2.3,12.7 5.5,14"
  private static let capitalP = "1,0 1,14 5.5,14|~5.5,14 8.5,13 9.3,10.2 8.5,7.4 5.5,6.4|5.5,6.4 1,6.4"

  private static let glyphs: [Character: String] = [
    "0": "~5,14 8,12 9,7 8,2 5,0 2,2 1,7 2,12 5,14",
    "1": "2,11 5.5,14 5.5,0",
    "2": "~1,10.5 2,13 5,14 8,13 9,10 7.5,6.5 1,0|1,0 9.2,0",
    "3": "~1.2,12.3 3,13.7 5.5,14 8,13 8.7,10.7 7.8,8.4 5,7.5|~5,7.5 8,6.5 9,3.8 8,1 5,0 2.5,0.4 1,2",
    "4": "7.2,0 7.2,14 0.8,4 9.8,4",
    "5": "8.2,14 2.2,14 1.6,7.7|~1.6,7.7 3.2,8.8 5.3,9 8,7.7 9,4.6 8,1.3 5,0 2.5,0.4 1,2",
    "6": "~8.4,12.6 7,13.8 5.3,14 2.6,12 1,7 1.4,3 2.8,0.7 5,0 8,1.4 9,4.5 8,7.6 5.2,9 2.6,7.8 1.1,4.6",
    "7": "1,14 9,14 4,0",
    "8":
      "~5,14 7.8,13 8.5,10.7 7.6,8.5 5,7.5 2.4,8.5 1.5,10.7 2.2,13 5,14"
      + "|~5,7.5 8,6.4 9,3.7 8,1 5,0 2,1 1,3.7 2,6.4 5,7.5",
    "9": "~1.6,1.4 3,0.2 4.7,0 7.4,2 9,7 8.6,11 7.2,13.3 5,14 2,12.6 1,9.5 2,6.4 4.8,5 7.4,6.2 8.9,9.4",
    "A": "0,0 5,14 10,0|1.8,5 8.2,5",
    "B":
      "1,0 1,14 5,14|~5,14 7.8,13.2 8.7,10.7 7.8,8.2 5,7.4|1,7.4 5,7.4|~5,7.4 8.5,6.4 9.5,3.7 8.5,1 5,0|5,0 1,0",
    "C": "~9.7,11.5 8.2,13.3 5.7,14 2.5,12.7 1,9.5 1,4.5 2.5,1.3 5.7,0 8.2,0.7 9.7,2.5",
    "D": "1,0 1,14 4,14|~4,14 8,12.5 9.7,9 9.7,5 8,1.5 4,0|4,0 1,0",
    "E": "9,0 1,0 1,14 9,14|1,7.3 7.5,7.3",
    "F": "1,0 1,14 9,14|1,7.3 7.5,7.3",
    "G":
      "~9.7,11.5 8.2,13.3 5.7,14 2.5,12.7 1,9.5 1,4.5 2.5,1.3 5.7,0 8.2,0.7 9.9,2.5|9.9,2.5 9.9,6.5 6,6.5",
    "H": "1,0 1,14|9.5,0 9.5,14|1,7.3 9.5,7.3",
    "I": "1,0 1,14",
    "J": "7,14 7,4|~7,4 6,1 3.5,0 1.2,1 0.5,3.5",
    "K": "1,0 1,14|9.3,14 1,5.2|3.9,8.3 9.7,0",
    "L": "1,14 1,0 8.5,0",
    "M": "1,0 1,14 6.2,3 11.4,14 11.4,0",
    "N": "1,0 1,14 9.7,0 9.7,14",
    "O": capitalO,
    "P": capitalP,
    "Q": capitalO + "|6.5,3.5 10,-1",
    "R": capitalP + "|5,6.4 9.6,0",
    "S": "~9,11.8 7.8,13.4 5.2,14 2.4,13.2 1.3,10.8 2.5,8.5 5.2,7.3 8,6 9.3,3.5 8.2,1 5.2,0 2.3,0.6 1,2.3",
    "T": "0,14 10,14|5,14 5,0",
    "U": "1,14 1,4.5|~1,4.5 2.3,1.2 5.3,0 8.2,1.2 9.5,4.5|9.5,4.5 9.5,14",
    "V": "0,14 5,0 10,14",
    "W": "0,14 3.2,0 6.5,13 9.8,0 13,14",
    "X": "0.5,14 9.5,0|9.5,14 0.5,0",
    "Y": "0,14 5,7 10,14|5,7 5,0",
    "Z": "1,14 9.5,14 1,0 9.5,0",
    "a": "8,10 8,0|" + bowl,
    "b": "1,14 1,0|" + turnedBowl,
    "c": "~8,8 6.6,9.6 4.7,10 2.3,8.8 1,6.3 1,3.7 2.3,1.2 4.7,0 6.6,0.4 8,2",
    "d": "8,14 8,0|" + bowl,
    "e": "1.1,5.2 8.2,5.2|~8.2,5.2 7.7,8 6.2,9.6 4.6,10 2.3,8.8 1,6.2 1,3.8 2.3,1.2 4.7,0 6.6,0.4 8,2",
    "f": "~6,13.7 4.7,14 3.2,13.2 2.5,11|2.5,11 2.5,0|0,9.7 5.5,9.7",
    "g": "8,10 8,-0.5|~8,-0.5 7.2,-3 4.6,-4 2.6,-3.7 1.2,-2.7|" + bowl,
    "h": "1,14 1,0|~1,7 3,9.4 5,10 7,9 7.7,6.5|7.7,6.5 7.7,0",
    "i": "1,10 1,0|1,13.4 1,13.6",
    "j": "3,10 3,-1.5|~3,-1.5 2.2,-3.6 0,-4|3,13.4 3,13.6",
    "k": "1,14 1,0|7.5,10 1,4|3.6,6.4 8,0",
    "l": "1,14 1,0",
    "m":
      "1,10 1,0|~1,7 2.8,9.4 4.4,10 6,9 6.5,6.5|6.5,6.5 6.5,0|~6.5,7 8.3,9.4 9.9,10 11.5,9 12,6.5|12,6.5 12,0",
    "n": "1,10 1,0|~1,7 3,9.4 5,10 7,9 7.7,6.5|7.7,6.5 7.7,0",
    "o": "~4.7,10 7.2,8.8 8.4,6.3 8.4,3.7 7.2,1.2 4.7,0 2.2,1.2 1,3.7 1,6.3 2.2,8.8 4.7,10",
    "p": "1,10 1,-4|" + turnedBowl,
    "q": "8,10 8,-4|" + bowl,
    "r": "1,10 1,0|~1,6.5 2.2,9 4,10 5.5,9.9",
    "s": "~7,8.2 5.8,9.6 4,10 2,9.4 1.2,7.7 2,6 4,5.2 6.2,4.3 7.2,2.5 6.3,0.7 4,0 2,0.4 0.8,2",
    "t": "2.5,13 2.5,3|~2.5,3 3,0.7 4.5,0 6,0.3|0,9.7 5.7,9.7",
    "u": "1,10 1,3.5|~1,3.5 1.7,1 3.7,0 5.7,0.6 7.7,3|7.7,10 7.7,0",
    "v": "0.3,10 4.2,0 8,10",
    "w": "0.3,10 3.2,0 6,9 8.8,0 11.7,10",
    "x": "0.7,10 7.7,0|7.7,10 0.7,0",
    "y": "0.3,10 4.3,0|8.2,10 4.3,0|~4.3,0 3,-2.8 1.5,-4 0.2,-3.8",
    "z": "0.8,10 7.6,10 0.8,0 7.6,0",
    ".": "1,0.1 1,0.3", ",": "1.3,0.3 0.5,-2", ":": "1,0.1 1,0.3|1,8 1,8.2", ";": "1.3,0.3 0.5,-2|1.3,8 1.3,8.2",
    "!": "1,14 1,4|1,0.1 1,0.3", "?": "~1,11 2,13.2 4.2,14 6.6,13 7.2,10.7 6,8.2 4.3,6.4 4,4|4,0.1 4,0.3",
    "-": "0.5,5.5 5,5.5", "–": "0.5,5.5 7.5,5.5", "−": "0.5,6.5 8,6.5", "+": "0.5,6.5 8.5,6.5|4.5,2.5 4.5,10.5",
    "=": "0.5,8.5 8.5,8.5|0.5,4.5 8.5,4.5", "×": "1.5,9.5 7.5,3.5|7.5,9.5 1.5,3.5", "·": "1,6.4 1,6.6",
    "/": "0,-2 6,15", "\\": "0,15 6,-2", "|": "1,-2 1,15", "_": "0,-2 8,-2", "~": "~0.5,6 2.5,7.2 5.5,5.8 7.5,7",
    "(": "~4,16 1.7,12.3 1,7 1.7,1.7 4,-2", ")": "~1,16 3.3,12.3 4,7 3.3,1.7 1,-2",
    "[": "4,16 1,16 1,-2 4,-2", "]": "1,16 4,16 4,-2 1,-2", "<": "8,11.5 1,6.5 8,1.5", ">": "1,11.5 8,6.5 1,1.5",
    "{": "~4.5,16 2.7,14.5 2.7,9 1,7|~1,7 2.7,5 2.7,-0.5 4.5,-2",
    "}": "~1,16 2.8,14.5 2.8,9 4.5,7|~4.5,7 2.8,5 2.8,-0.5 1,-2",
    "'": "1,14 1,10.5", "\"": "1,14 1,10.5|4,14 4,10.5", "*": "4,14 4,6|0.5,12 7.5,8|7.5,12 0.5,8",
    "#": "2,0 4,14|6.5,0 8.5,14|1,9.5 10,9.5|0.5,4.5 9.5,4.5", "^": "1,9.5 4.5,14 8,9.5", "`": "1,14 3,11.5",
    "$":
      "~9,11 7.8,12.4 5.2,13 2.4,12.4 1.3,10.3 2.5,8.3 5.2,7.3 8,6 9.3,3.8 8.2,1.8 5.2,1 2.3,1.5 1,3|5.2,15 5.2,-1",
    "&": "~10,6 8,1.7 4.6,0 1.8,1 1,3.7 2.2,6.3 5.2,8.5 7,11.2 6.2,13.4 4.7,14 3,13.2 2.6,11 4,8 10,0",
    "@": "~10,6.5 9.6,4.8 8.4,4.8 8,6.5 8,9|~8,7 7,9.2 5.5,9.2 4.2,7 5.2,4.8 7,5 8,7"
      + "|~12,7 11.3,11 8,13.5 4,12.8 1.3,9 1.6,4 4.5,0.7 8.5,0.5",
    "%":
      "10.5,14 1.5,0|~3,14 5,12.2 5,9.3 3,7.5 1,9.3 1,12.2 3,14|~9,6.5 11,4.7 11,1.8 9,0 7,1.8 7,4.7 9,6.5",
    "°": "~3,14 4.9,12 3,10 1.1,12 3,14", "…": "1,0.1 1,0.3|5.5,0.1 5.5,0.3|10,0.1 10,0.3",
    "Δ": "0.3,0 5.3,14 10.3,0 0.3,0", "µ": "1,10 1,-4|~1,3.5 1.7,1 3.7,0 5.7,0.6 7.7,3|7.7,10 7.7,0",
    "≥": "1,12 8,8 1,4|1,1 8,1", "≤": "8,12 1,8 8,4|1,1 8,1",
  ]

  /// Small signs above the line, by the glyphs that they are like.
  private static let raised: [Character: Character] = [
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9", "⁻": "−",
    "⁺": "+",
  ]

  /// How wide a text is, where capitals are so high.
  static func width(_ text: String, height: Double) -> Double {
    text.reduce(0) { $0 + advance($1) } * height / 14
  }

  /// The lines of a text that begins at (0, 0), across to the right and up.
  static func lines(_ text: String, height: Double) -> [[Raster.Point]] {
    var (lines, start): ([[Raster.Point]], Double) = ([], 0)
    for character in text {
      let (glyph, scale, base) = form(character)
      for line in parsed(glyph) {
        lines.append(line.map { Raster.Point(start + scale * $0.x, base + scale * $0.y) * (height / 14) })
      }
      start += advance(character)
    }
    return lines
  }

  private static func advance(_ character: Character) -> Double {
    let (glyph, scale, _) = form(character)
    guard let right = parsed(glyph).joined().map(\.x).max() else { return 6 }
    return scale * (right + 3.4)
  }

  /// The glyph of a character, how large it is drawn and how high; without its accents where it has no glyph, or as "?".
  private static func form(_ character: Character) -> (glyph: String, scale: Double, base: Double) {
    if character.isWhitespace { return ("", 1, 0) }
    if let like = raised[character], let glyph = glyphs[like] { return (glyph, 0.6, 7.5) }
    if let glyph = glyphs[character] { return (glyph, 1, 0) }
    let plain = String(character).folding(options: [.diacriticInsensitive, .widthInsensitive], locale: nil).first
    return (plain.flatMap { glyphs[$0] } ?? glyphs["?"] ?? "", 1, 0)
  }

  private static func parsed(_ glyph: String) -> [[Raster.Point]] {
    glyph.split(separator: "|").map { line in
      let isSmooth = line.first == "~"
      let points = line.dropFirst(isSmooth ? 1 : 0).split(separator: " ").map { point in
        let numbers = point.split(separator: ",").compactMap { Double($0) }
        return Raster.Point(numbers[0], numbers[1])
      }
      return isSmooth ? smooth(points) : points
    }
  }

  /// A curve through some points (Catmull and Rom), closed where the last is the first.
  private static func smooth(_ points: [Raster.Point]) -> [Raster.Point] {
    let last = points.count - 1
    let isClosed = points[0] == points[last]
    var curve = [points[0]]
    for index in 0..<last {
      let before = index > 0 ? points[index - 1] : isClosed ? points[last - 1] : points[0]
      let after = index + 2 <= last ? points[index + 2] : isClosed ? points[1] : points[last]
      let (from, to) = (points[index], points[index + 1])
      for step in 1...4 {
        let part = Double(step) / 4
        let linear = part * (to - before)
        let square = part * part * (2 * before - 5 * from + 4 * to - after)
        let cube = part * part * part * (3 * from - before - 3 * to + after)
        curve.append(0.5 * (2 * from + linear + square + cube))
      }
    }
    return curve
  }
}

extension Raster {
  /// Where a text lies at its place.
  enum Anchor: Double {
    case start = 0
    case middle = 0.5
    case end = 1
  }

  /// Writes a text at a place of its base line.
  ///
  /// - Parameters:
  ///   - height: of capitals, pixels.
  ///   - isUpright: whether it runs from below to above.
  mutating func text(
    _ text: String, x: Double, y: Double, height: Double, _ anchor: Anchor = .start, isUpright: Bool = false,
    _ colour: RGB = RGB(0x1c1c1c)
  ) {
    let start = -anchor.rawValue * StrokeFont.width(text, height: height)
    let lines = StrokeFont.lines(text, height: height).map { line in
      line.map { point in
        isUpright
          ? Point(x - point.y, y - start - point.x) : Point(x + start + point.x, y - point.y)
      }
    }
    stroke(lines, width: max(1.2, height / 8), colour)
  }
}
