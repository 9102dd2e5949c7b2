import Distributed
import Kernels

extension CellResults {
  /// How many cells of the grid have each status, by name; none of those that no cell has.
  ///
  /// Collective.
  ///
  /// - Parameter rawValue: the status of a cell's row as a number.
  func counts<Status: ResultStatus>(of _: Status.Type, _ rawValue: @escaping CellQuantity) throws -> [String: Int] {
    let counts = try counts(rawValue)
    return Status.allCases.reduce(into: [:]) { named, status in
      let count = counts[Int(status.rawValue)]
      if count > 0 { named[status.name] = count }
    }
  }
}
