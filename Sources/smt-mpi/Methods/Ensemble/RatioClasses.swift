import Foundation

/// Classes of ratios, four an octave, in which cells are counted for a median that needs no sorting.
enum RatioClasses {
  private static let perOctave = 4.0
  private static let octaves = 32.0
  /// The lowest class is that of 0, negative and tiny ratios.
  static let count = 1 + Int(2 * octaves * perOctave)

  /// The class of a ratio; nil for NaN and infinities.
  static func index(of ratio: Double) -> Int? {
    guard ratio.isFinite else { return nil }
    guard ratio > 0 else { return 0 }
    return min(max(1 + Int(((log2(ratio) + octaves) * perOctave).rounded(.down)), 0), count - 1)
  }

  /// The middle of the class that holds the median of these counts; 0 in the lowest class, NaN where all are 0.
  static func median(_ counts: ArraySlice<Int>) -> Double {
    let all = counts.reduce(0, +)
    var passed = 0
    for (place, number) in counts.enumerated() {
      passed += number
      if 2 * passed > all { return place == 0 ? 0 : exp2((Double(place) - 0.5) / perOctave - octaves) }
    }
    return .nan
  }
}
