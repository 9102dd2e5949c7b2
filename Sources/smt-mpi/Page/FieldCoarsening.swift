import Distributed

/// A grid with fewer cells than a file's, each for a square of `factor` × `factor` of them; of an unstructured grid each
/// `factor`² -th cell by itself, since no order of cells says which are neighbours.
struct FieldCoarsening {
  let factor: Int
  /// Lengths of the coarse grid.
  let shape: [Int]
  private let fine: Grid

  /// - Parameter factor: 1 or more.
  init(_ grid: Grid, factor: Int) {
    (fine, self.factor) = (grid, factor)
    let length = grid.kind == .unstructured ? factor * factor : factor
    shape = grid.shape.map { ($0 + length - 1) / length }
  }

  /// The number of coarse cells.
  var cellCount: Int { shape.reduce(1, *) }

  /// The cells of the file that a cell stands for.
  private func members(of cell: Int) -> [Int] {
    if fine.kind == .unstructured { return [cell * factor * factor] }
    let (row, column) = (cell / shape[1] * factor, cell % shape[1] * factor)
    return (row..<min(row + factor, fine.shape[0])).flatMap { row in
      (column..<min(column + factor, fine.shape[1])).map { row * fine.shape[1] + $0 }
    }
  }

  /// Values of the coarse cells: the mean of the values there are; of classes the one that most cells have, the least of
  /// several.
  func values(_ values: [Double], areClasses: Bool) -> [Double] {
    if factor == 1 { return values }
    return (0..<cellCount).map { cell in
      let present = members(of: cell).lazy.map { values[$0] }.filter(\.isFinite)
      if areClasses { return Self.mostFrequent(Array(present)) }
      let (sum, count) = present.reduce((0.0, 0)) { ($0.0 + $1, $0.1 + 1) }
      return count > 0 ? sum / Double(count) : .nan
    }
  }

  private static func mostFrequent(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    var (best, most, start) = (Double.nan, 0, 0)
    for index in sorted.indices where index + 1 == sorted.count || sorted[index + 1] != sorted[index] {
      if index + 1 - start > most { (best, most) = (sorted[index], index + 1 - start) }
      start = index + 1
    }
    return best
  }

  /// The coarse grid.
  var grid: PageGrid {
    switch fine.kind {
    case .regular:
      func axis(_ values: [Double], isRound: Bool) -> [Double?] {
        stride(from: 0, to: values.count, by: factor).map { first in
          let members = values[first..<min(first + factor, values.count)]
          // Longitudes may jump by a turn.
          let shifts = members.map { value -> Double in
            let shift = value - members[first]
            return isRound ? shift - 360 * (shift / 360).rounded() : shift
          }
          return members[first] + shifts.reduce(0, +) / Double(shifts.count)
        }
      }
      return PageGrid(
        kind: .regular, latitude: axis(fine.latitudes, isRound: false), longitude: axis(fine.longitudes, isRound: true))
    case .curvilinear, .unstructured:
      // Of a square the middle cell: a mean could lie across the date line.
      let cells = (0..<cellCount).map { cell in
        let members = members(of: cell)
        return members[members.count / 2]
      }
      func places(_ values: [Double], limit: Double) -> [Double?] {
        cells.map { abs(values[$0]) <= limit ? (values[$0] * 1e4).rounded() / 1e4 : nil }
      }
      let isCurvilinear = fine.kind == .curvilinear
      return PageGrid(
        kind: isCurvilinear ? .curvilinear : .points, rows: isCurvilinear ? shape[0] : nil,
        columns: isCurvilinear ? shape[1] : nil, latitude: places(fine.latitudes, limit: 90.001),
        longitude: places(fine.longitudes, limit: 720))
    }
  }
}
