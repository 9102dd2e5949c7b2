/// What the cells of one grid give to those of another: a list of source cells with weights for each target cell.
package struct CellWeights: Sendable {
  /// Where the list of each target cell begins, and the end of the last.
  package private(set) var starts = [0]
  /// Source cells, by their index in the grid, in the order in which they are added up.
  package private(set) var sources: [Int32] = []
  /// Their weights: areas of overlap, or shares of an interpolation.
  package private(set) var weights: [Double] = []
  /// The weight of each target cell as a whole, covered by the source or not.
  package private(set) var totals: [Double] = []
  /// The least share of a target cell that counts as covered at all: less may come of places in single precision.
  package private(set) var leastShare = 0.0

  /// The number of target cells.
  package var count: Int { totals.count }

  /// The places of a target cell's list.
  package func range(_ target: Int) -> Range<Int> { starts[target]..<starts[target + 1] }

  /// The areas that the cells of two regular grids have in common; rows × columns are numbered row by row.
  package static func areas(from source: CellAxes, to target: CellAxes) -> CellWeights {
    let rows = AxisWeights.overlap(from: source.latitudes, to: target.latitudes)
    let columns = AxisWeights.overlap(from: source.longitudes, to: target.longitudes)
    var result = CellWeights()
    result.leastShare = leastCoveredShare(of: target)
    result.sources.reserveCapacity(rows.sources.count * columns.sources.count)
    result.weights.reserveCapacity(rows.sources.count * columns.sources.count)
    for row in 0..<rows.count {
      for column in 0..<columns.count {
        for r in rows.range(row) {
          for c in columns.range(column) {
            result.sources.append(rows.sources[r] * Int32(source.longitudes.count) + columns.sources[c])
            result.weights.append(rows.weights[r] * columns.weights[c])
          }
        }
        result.close(total: rows.totals[row] * columns.totals[column])
      }
    }
    return result
  }

  /// The four corners around each of the points, with the weights of bilinear interpolation; none outside of the grid.
  package static func corners(from source: CellAxes, latitudes: [Double], longitudes: [Double]) -> CellWeights {
    let rows = AxisWeights.linear(from: source.latitudes, to: latitudes)
    let columns = AxisWeights.linear(from: source.longitudes, to: longitudes)
    var result = CellWeights()
    for point in 0..<rows.count {
      for r in rows.range(point) {
        for c in columns.range(point) {
          result.sources.append(rows.sources[r] * Int32(source.longitudes.count) + columns.sources[c])
          result.weights.append(rows.weights[r] * columns.weights[c])
        }
      }
      result.close(total: 1)
    }
    return result
  }

  /// One source cell for each target cell, or none.
  package static func single(_ cells: some Sequence<Int?>) -> CellWeights {
    var result = CellWeights()
    for cell in cells {
      if let cell {
        result.sources.append(Int32(cell))
        result.weights.append(1)
      }
      result.close(total: 1)
    }
    return result
  }

  private mutating func close(total: Double) {
    starts.append(sources.count)
    totals.append(total)
  }

  /// The mean of a target cell over the area where there are values, or NaN where that is less than a share of its own.
  ///
  /// - Parameter values: by source cell, NaN where missing.
  package func mean(
    _ target: Int, of values: UnsafePointer<Double>, minimumShare: Double
  ) -> Double {
    var (sum, valid) = (0.0, 0.0)
    for place in range(target) {
      let value = values[Int(sources[place])]
      if !value.isNaN {
        sum += weights[place] * value
        valid += weights[place]
      }
    }
    return isCovered(valid, of: totals[target], minimumShare, leastShare) ? sum / valid : .nan
  }

  /// The interpolated value of a target cell, or NaN where a corner that counts is missing.
  package func interpolation(_ target: Int, of values: UnsafePointer<Double>) -> Double {
    var corners = CornerSum()
    for place in range(target) { corners.add(values[Int(sources[place])], weights[place]) }
    return corners.value
  }
}

/// A weighted sum of corners, none of which may be missing.
struct CornerSum {
  private var (sum, weight) = (0.0, 0.0)

  /// A missing corner of less weight than this is left out: places in single precision leave so much.
  private static let negligible = 1e-4

  @inline(__always)
  mutating func add(_ value: Double, _ weight: Double) {
    if value.isNaN, weight < Self.negligible { return }
    sum += weight * value
    self.weight += weight
  }

  /// NaN where a corner was missing, or there was none.
  var value: Double { sum / weight }
}

/// The least share of a cell that counts as covered at all.
func leastCoveredShare(of target: CellAxes) -> Double {
  let narrowest = min(target.latitudes.narrowest, target.longitudes.narrowest)
  return narrowest > 0 ? min(0.1, CellAxis.precision / narrowest) : 0
}

/// Whether an area is at least the share of a cell's area that is asked for, and more than nothing.
@inline(__always)
func isCovered(_ area: Double, of total: Double, _ minimumShare: Double, _ leastShare: Double) -> Bool {
  area > leastShare * total && area >= (minimumShare - 1e-9) * total
}
