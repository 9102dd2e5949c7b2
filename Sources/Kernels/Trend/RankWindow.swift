/// A range of slopes in which the slopes of one or two neighbouring ranks are looked for.
///
/// Of all n(n − 1)/2 pair slopes, Sen's slope and its interval need those at three places of their order: the lower end, the
/// middle and the upper end. For each there is a window about where its slope should lie. Only slopes in it are computed, and
/// those below it counted: a rank less that count is the place among the slopes in the window. Where the place turns
/// out to be outside, the window is moved by what was counted, and the search is made again.
struct RankWindow {
  /// The ranks that are still looked for, 0-based; equal where it is one.
  private(set) var first: Int
  private(set) var last: Int
  /// Ends of the range, as distances from the slope of the line of least squares.
  var low = 0.0
  var high = 0.0
  /// Which of the lists of slopes, from the steepest fall to the steepest rise, holds those of this window.
  var list = 0
  /// Whether there is nothing left to look for.
  private(set) var isFound = false
  /// Slopes at the ranks, once they are found.
  private(set) var values = (0.0, 0.0)
  /// Ranks of slopes that are exactly 0.
  private let zeros: Range<Int>
  private var isFirstZero = false
  private var isLastZero = false

  /// A window for two ranks, or one twice.
  ///
  /// - Parameter zeros: The ranks of slopes of equal values, which are exactly 0 and need no search.
  init(first: Int, last: Int, zeros: Range<Int>) {
    self.zeros = zeros
    isFirstZero = zeros.contains(first)
    isLastZero = zeros.contains(last)
    self.first = isFirstZero ? last : first
    self.last = isLastZero ? first : last
    isFound = isFirstZero && isLastZero
  }

  /// Takes over the slopes that were found at the first and the last rank that are looked for.
  mutating func finish(_ lower: Double, _ upper: Double) {
    values = (isFirstZero ? 0 : lower, isLastZero ? 0 : upper)
    isFound = true
  }

  /// Where a pivot should be: as many slopes below it as below the ranks, and half of theirs.
  var middle: Double { Double(first + last + 1) / 2 }

  /// Puts the window where the ranks should be, so many slopes from a pivot, given how dense slopes are.
  mutating func centre(pivot: Double, distance: Double, density: Double) {
    let (centre, halfWidth) = (pivot + distance / density, (4 + 0.6 * distance.magnitude) / density)
    (low, high) = (centre - halfWidth, centre + halfWidth)
  }

  /// Moves the window to where the ranks are after a search that found one of them outside.
  ///
  /// - Parameters:
  ///   - below: Number of slopes below the window.
  ///   - inside: Number of slopes in it.
  ///   - margin: How far outside of the window slopes may have been counted as inside.
  mutating func move(below: Int, inside: Int, density: Double, margin: Double) {
    let (oldLow, oldHigh) = (low, high)
    func step(_ ranks: Int) -> Double { max(1.5 * Double(ranks + 4) / density, oldHigh - oldLow) }
    if first < below {
      low = oldLow - step(below - first)
      if last < below { high = oldLow + margin }
    } else if last >= below + inside {
      high = oldHigh + step(last - below - inside)
      if first >= below + inside { low = oldHigh - margin }
    } else {
      (low, high) = (oldLow - margin, oldHigh + margin)
    }
  }

  /// Keeps out slopes of equal values, which may be many.
  ///
  /// - Parameters:
  ///   - zero: The slope 0 in the window's units.
  ///   - distance: How far from it a window must end so that they are surely out of it.
  mutating func avoidZeros(at zero: Double, distance: Double) {
    guard !zeros.isEmpty, !isFound else { return }
    let (floor, ceiling) = (zero + distance, zero - distance)
    if last < zeros.lowerBound && high > ceiling {
      low = min(low - (high - ceiling), ceiling - distance)
      high = ceiling
    } else if first >= zeros.upperBound && low < floor {
      high = max(high + (floor - low), floor + distance)
      low = floor
    }
  }
}
