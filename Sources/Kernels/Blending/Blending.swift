/// A model's soil moisture corrected by snapshots of the observed one: θ_B = clip(θ − ε(t), θr, θs).
///
/// ε = θ − θ_obs at the snapshots, linear in time between them, constant before the first and after the last one (Zhang
/// et al.). Arrays over layers have the layers from the surface down, and behind them the cells.
package struct Blending: Sendable {
  /// Cells of a layer.
  package let cellCount: Int
  /// The layers.
  package let layerCount: Int
  /// Times of the snapshots, increasing.
  package let times: [Double]
  /// By snapshot, layer and cell; NaN where nothing was observed or the model has no value.
  package let observed: [Double]
  /// θ − θ_obs as it was found, by snapshot, layer and cell.
  package let found: [Double]
  /// The same with the gaps of single snapshots closed in time, so that all cells share the knots; NaN where a layer of a
  /// cell has no snapshot at all.
  private let errors: [Double]
  /// θr by layer and cell.
  private let lower: [Double]
  /// θs by layer and cell.
  private let upper: [Double]

  /// The blending of snapshots.
  ///
  /// - Parameters:
  ///   - times: in any unit, increasing.
  ///   - model: the model's values at the snapshots, by snapshot, layer and cell.
  ///   - observed: the same of the snapshots.
  ///   - lower: by layer and cell; so is `upper`. NaN bounds nothing.
  package init(
    times: [Double], model: [Double], observed: [Double], lower: [Double], upper: [Double], layerCount: Int,
    cellCount: Int
  ) {
    let size = layerCount * cellCount
    precondition(model.count == times.count * size && observed.count == model.count && lower.count == size)
    (self.times, self.lower, self.upper) = (times, lower, upper)
    (self.layerCount, self.cellCount) = (layerCount, cellCount)
    let found = zip(model, observed).map { $0 - $1 }
    self.found = found
    self.observed = zip(found, observed).map { $0.isNaN ? .nan : $1 }
    var errors = found
    for place in 0..<size {
      let known = times.indices.filter { !found[$0 * size + place].isNaN }
      guard !known.isEmpty, known.count < times.count else { continue }
      for snapshot in times.indices where found[snapshot * size + place].isNaN {
        errors[snapshot * size + place] = Self.error(at: times[snapshot], times, known) { found[$0 * size + place] }
      }
    }
    self.errors = errors
  }

  /// The line through the known snapshots, constant outside.
  private static func error(at time: Double, _ times: [Double], _ known: [Int], _ error: (Int) -> Double) -> Double {
    guard let after = known.firstIndex(where: { times[$0] >= time }) else { return error(known[known.count - 1]) }
    guard after > 0, times[known[after]] > time else { return error(known[after]) }
    let (i, j) = (known[after - 1], known[after])
    return error(i) + (time - times[i]) / (times[j] - times[i]) * (error(j) - error(i))
  }

  /// Blends the fields of a step.
  ///
  /// - Parameters:
  ///   - time: of the step, in the unit of the snapshots' times.
  ///   - native: the model's values, by layer and cell; NaN where missing.
  ///   - blended: receives θ_B; the model's value where there is no ε.
  ///   - error: receives ε; NaN where there is none.
  ///   - clipped: is one more where θ − ε was out of bounds, by layer and cell.
  package func blend(
    at time: Double, _ native: UnsafePointer<Double>, into blended: UnsafeMutablePointer<Double>,
    error: UnsafeMutablePointer<Double>, clipped: UnsafeMutablePointer<Int32>
  ) {
    let size = layerCount * cellCount
    let after = times.firstIndex { $0 >= time } ?? times.count
    let second = min(after, times.count - 1)
    let first = after < times.count && after > 0 && times[after] > time ? after - 1 : second
    let weight = first < second ? (time - times[first]) / (times[second] - times[first]) : 0
    errors.withUnsafeBufferPointer { errors in
      lower.withUnsafeBufferPointer { lower in
        upper.withUnsafeBufferPointer { upper in
          for place in 0..<size {
            let before = errors[first * size + place]
            let value = before + weight * (errors[second * size + place] - before)
            error[place] = value
            guard !value.isNaN else {
              blended[place] = native[place]
              continue
            }
            let raw = native[place] - value
            // Comparisons with NaN are false: a missing value stays, a missing bound bounds nothing.
            let bounded = raw < lower[place] ? lower[place] : raw > upper[place] ? upper[place] : raw
            if bounded != raw, !raw.isNaN { clipped[place] += 1 }
            blended[place] = bounded
          }
        }
      }
    }
  }

  /// The blend at each snapshot without it, minus what it observed: by snapshot, layer and cell.
  ///
  /// NaN where the cell has no snapshot, or no other.
  package func leaveOneOut() -> [Double] {
    let size = layerCount * cellCount
    var result = [Double](repeating: .nan, count: found.count)
    for place in 0..<size {
      let known = times.indices.filter { !found[$0 * size + place].isNaN }
      guard known.count > 1 else { continue }
      for snapshot in known {
        let others = known.filter { $0 != snapshot }
        let error = Self.error(at: times[snapshot], times, others) { found[$0 * size + place] }
        let at = snapshot * size + place
        var blended = observed[at] + found[at] - error
        if blended < lower[place] { blended = lower[place] }
        if blended > upper[place] { blended = upper[place] }
        result[at] = blended - observed[at]
      }
    }
    return result
  }
}

/// Errors of one quantity: how many there are, their mean, root mean square and spread.
package struct ErrorStatistics: Sendable, Equatable {
  /// Errors that are there.
  package var count = 0
  /// Their mean; NaN of none.
  package var bias = Double.nan
  /// The root of their mean square; NaN of none.
  package var rootMeanSquare = Double.nan
  /// Their standard deviation (n − 1); NaN of fewer than two.
  package var standardDeviation = Double.nan

  /// The statistics of errors, NaN left out.
  package init(_ errors: [Double]) {
    let known = errors.filter { !$0.isNaN }
    guard !known.isEmpty else { return }
    count = known.count
    bias = mean(known)
    rootMeanSquare = mean(known.map { $0 * $0 }).squareRoot()
    standardDeviation = Kernels.standardDeviation(known)
  }
}
