import Distributed
import Kernels

extension CellResults {
  /// How many cells of the grid have each status, by name; only those that occur.
  ///
  /// Collective.
  ///
  /// - Parameter rawValue: the status of a cell's row as a number.
  /// - Throws: exit code 70 where a row holds a number that is no status.
  func counts<Status: ResultStatus>(of _: Status.Type, _ rawValue: @escaping CellQuantity) throws -> [String: Int] {
    var counts = try counts(rawValue)
    var named: [String: Int] = [:]
    for status in Status.allCases where counts[Int(status.rawValue)] > 0 {
      named[status.name] = counts[Int(status.rawValue)]
      counts[Int(status.rawValue)] = 0
    }
    if let unknown = counts.firstIndex(where: { $0 > 0 }) {
      throw JobError(
        .internal, "\(counted(counts[unknown], "cell", ("has", "have"))) the status \(unknown), which is none")
    }
    return named
  }
}
