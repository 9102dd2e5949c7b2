import Kernels
import RealModule

/// A curve of two slopes as in the reconstruction of the published maps, 100 at x = 100.
struct TwoSlopeCurve {
  var threshold: Double
  var high: Double
  var low: Double

  /// Productivity at a soil moisture, both percent; it collapses smoothly towards zero.
  func callAsFunction(_ x: Double) -> Double {
    let bend = 100 - high * (100 - threshold)
    let y = x >= threshold ? 100 - high * (100 - x) : bend - low * (threshold - x)
    return y < 8 ? 8 * Double.exp((y - 8) / 8) : y
  }

  /// Deciles of the maps' 7,887 valid cells; the three are nearly uncorrelated.
  private static let thresholds = [40, 57.69, 64.38, 67.5, 67.5, 71.35, 75.07, 78.34, 81.38, 84.95, 90]
  private static let highs = [0.02, 0.376, 0.57, 0.726, 0.877, 1.019, 1.173, 1.33, 1.514, 1.765, 5.184]
  private static let lows = [0.264, 2.338, 2.77, 3.156, 3.512, 3.901, 4.341, 4.876, 5.658, 6.989, 19.528]

  /// A curve drawn from the maps' distributions, under the reconstruction's conditions.
  init(_ random: inout RandomSequence) {
    func draw(_ deciles: [Double]) -> Double {
      let position = Double(random.nextUnit()) * 10
      let index = min(Int(position), 9)
      return deciles[index] + (position - Double(index)) * (deciles[index + 1] - deciles[index])
    }
    repeat {
      threshold = draw(Self.thresholds)
      high = draw(Self.highs)
      low = draw(Self.lows)
    } while !(low > 1.5 * high && low < 20 && 100 - high * (100 - threshold) > 15)
  }

  /// The rates that the rule gives for the true curve on the 1 % grid.
  var rates: DeclineRates {
    let grid = evaluationGrid(from: 15, to: 100, step: 1)
    return DeclineRates(
      x: grid, slope: centralDifferences(grid.map { self($0) }, step: 1), threshold: threshold, activeFraction: 0.25)
  }
}

/// A normal random number (Box & Muller 1958).
func normal(_ random: inout RandomSequence) -> Double {
  let radius = (-2 * Double.log(Double(random.nextUnit()))).squareRoot()
  return radius * Double.cos(2 * .pi * Double(random.nextUnit()))
}
