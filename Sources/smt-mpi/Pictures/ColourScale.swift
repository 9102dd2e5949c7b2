import Foundation

/// Which colour a value of a map is drawn in.
struct ColourScale: Equatable, Sendable {
  /// What the colours say.
  enum Kind: String, Sendable {
    /// More or less: from dark to light.
    case sequential
    /// Below or above 0: two hues from a light middle.
    case diverging
    /// One of several kinds: a colour for each.
    case classes
  }

  let kind: Kind
  /// From the lowest value to the highest, 256 of them; one for each class.
  let colours: [RGB]
  /// The value where the first colour begins, which smaller ones have too; 0 for classes.
  let low: Double
  /// The value where the last colour ends, which larger ones have too; of classes their number.
  let high: Double

  /// What has no value and is not known to be land.
  static let missing = RGB(0xe4eaf0)
  /// Land without a result.
  static let noResult = RGB(0xb4b4b4)
  /// Cells that were left out by the user's selection.
  static let leftOut = RGB(0xcfcac2)

  /// The colour of a value, or of the class with this index; nil where there is none.
  func colour(_ value: Double) -> RGB? {
    guard value.isFinite else { return nil }
    if kind == .classes { return (0..<high).contains(value) ? colours[Int(value)] : nil }
    let place = (value - low) / (high - low) * Double(colours.count)
    return colours[Int(min(Double(colours.count - 1), max(0, place)))]
  }
}

extension ColourScale {
  /// 256 colours from dark violet over teal to light yellow, of evenly growing lightness: legible in print without
  /// colour, and to those who see few.
  static let sequentialColours = colours { part in
    RGB(lightness: 0.29 + 0.64 * part, chroma: 0.125, hue: 300 - 192 * part)
  }

  /// 256 colours from brown over near white to blue, alike in lightness on both sides: brown and blue differ for all
  /// eyes, and brown is dry.
  static let divergingColours = colours { part in
    let away = abs(2 * part - 1)
    return RGB(
      lightness: 0.965 - 0.58 * away, chroma: 0.14 * sin(.pi / 2 * away), hue: part < 0.5 ? 62 : 248)
  }

  private static func colours(_ colour: (Double) -> RGB) -> [RGB] { (0..<256).map { colour(Double($0) / 255) } }

  /// A colour for each class; kinds of cells without a result, by the meanings of a status, are grey.
  static func classes(_ meanings: [String]) -> ColourScale {
    var colours: [RGB] = []
    var choice = ClassColours(apartFrom: [missing, noResult, leftOut])
    for meaning in meanings {
      switch meaning {
      case "not_land": colours.append(missing)
      case "outside_selection": colours.append(leftOut)
      default: colours.append(choice.next())
      }
    }
    return ColourScale(kind: .classes, colours: colours, low: 0, high: Double(colours.count))
  }
}

/// Colours of classes, one after the other.
private struct ClassColours {
  /// Colours that stay apart for those who see few: Okabe and Ito (2008), "Color Universal Design", without black.
  private var first = [0x009e73, 0xe69f00, 0x0072b2, 0xcc79a7, 0xd55e00, 0x56b4e9, 0xf0e442].map { RGB(UInt32($0)) }
  /// By candidate, the square of how much it differs from what is most like it of all that are taken.
  private var distances = [Double](repeating: .infinity, count: ClassColours.candidates.count)

  /// Hues in four kinds of lightness and two of chroma, with their places in OKLab.
  private static let candidates: [(colour: RGB, place: SIMD3<Double>)] = [0.35, 0.5, 0.65, 0.8].flatMap { lightness in
    [0.07, 0.16].flatMap { chroma in
      stride(from: 0.0, to: 360, by: 12).map { hue in
        let colour = RGB(lightness: lightness, chroma: chroma, hue: hue)
        return (colour, colour.perceived)
      }
    }
  }

  init(apartFrom taken: [RGB]) { for colour in taken { take(colour) } }

  private mutating func take(_ colour: RGB) {
    let place = colour.perceived
    for (index, candidate) in Self.candidates.enumerated() {
      let apart = candidate.place - place
      distances[index] = min(distances[index], (apart * apart).sum())
    }
  }

  /// The next of `first`; then the candidate that differs most from all that are taken.
  mutating func next() -> RGB {
    let best = distances.indices.max { distances[$0] < distances[$1] } ?? 0
    let colour = first.isEmpty ? Self.candidates[best].colour : first.removeFirst()
    take(colour)
    return colour
  }
}
