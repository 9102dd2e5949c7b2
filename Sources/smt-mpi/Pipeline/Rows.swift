import Distributed
import Kernels

/// What is where in a cell's row of numbers: those of each column, one column after the other.
struct Rows<Result> {
  let columns: [Column<Result>]
  private let starts: [String: Int]
  /// Numbers of a row.
  let length: Int

  init(_ columns: [Column<Result>]) {
    self.columns = columns
    var starts: [String: Int] = [:]
    var length = 0
    for column in columns {
      precondition(starts[column.name] == nil, "two columns '\(column.name)'")
      starts[column.name] = length
      length += column.count
    }
    self.starts = starts
    self.length = length
  }

  /// The column of this name, which must be there.
  func column(_ name: String) -> Column<Result> {
    guard let column = columns.first(where: { $0.name == name }) else { preconditionFailure("no column '\(name)'") }
    return column
  }

  /// Places of the numbers of a column, which must be there, in one of its periods.
  func places(_ name: String, period: Int = 0) -> Range<Int> {
    let column = column(name)
    guard let start = starts[name] else { preconditionFailure("no column '\(name)'") }
    let size = column.count / column.periodCount
    return start + period * size..<start + (period + 1) * size
  }

  /// Place of the only number of a column in one of its periods.
  func place(_ name: String, period: Int = 0) -> Int {
    let places = places(name, period: period)
    precondition(places.count == 1, "'\(name)' has \(places.count) numbers")
    return places.lowerBound
  }

  /// The row of a result.
  func row(_ result: Result) -> [Double] {
    var row: [Double] = []
    row.reserveCapacity(length)
    for column in columns { column.append(result, &row) }
    precondition(row.count == length, "a number for each index of each column")
    return row
  }

  /// What tells two lists of columns apart, so that numbers of one are not taken for those of the other.
  var identity: String {
    columns.map { "\($0.name) [\($0.units)] \($0.count) \($0.flags?.joined(separator: ",") ?? "")" }
      .joined(separator: "\n")
  }

  /// The maps of the output; where they are to be split, a variable for each index of all axes but the last.
  func maps(isSplit: Bool) -> [MapWriter.MapVariable] {
    columns.filter(\.isWritten).flatMap { column in
      guard let start = starts[column.name] else { return [MapWriter.MapVariable]() }
      let map = MapWriter.MapVariable(
        column.name, units: column.units, longName: column.longName, standardName: column.standardName,
        cellMethods: column.cellMethods, flagMeanings: column.flags, isCount: column.isCount,
        validRange: column.validRange, axes: column.axes,
        fields: (start..<start + column.count).map { place in { $0[place] } }, gathered: column.gathered)
      return isSplit ? map.split : [map]
    }
  }
}

extension MapWriter.MapVariable {
  /// One variable for each index of all axes but the last: CDO reads one axis besides the grid's.
  fileprivate var split: [Self] {
    guard axes.count > 1, let outer = axes.first else { return [self] }
    let size = fields.count / outer.values.count
    return outer.meanings.enumerated().flatMap { index, meaning in
      var part = self
      part.name += "_" + meaning.replacing("-", with: "_")
      part.longName += ", \(outer.name) \(meaning)"
      part.axes = Array(axes.dropFirst())
      part.fields = Array(fields[index * size..<(index + 1) * size])
      return part.split
    }
  }
}
