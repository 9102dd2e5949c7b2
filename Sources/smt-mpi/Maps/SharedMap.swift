import Distributed

extension GridMap {
  /// Reads a map on rank 0 for all ranks, and brings it to the grid of a job's files where it is on another.
  ///
  /// Collective.
  ///
  /// - Parameter method: how; by nearest neighbours where a grid is not regular.
  /// - Returns: the map on the job's grid; and in words what was done to it, nil where nothing was.
  /// - Throws: exit code 65 or 66 naming file and variable.
  static func shared(
    on catalogue: Catalogue, by method: RegriddingMethod, _ communicator: Communicator, _ read: () throws -> GridMap
  ) throws -> (map: GridMap, note: String?) {
    var note: String?
    let map = try shared(on: catalogue.grid, communicator) {
      let map = try read()
      let areRegular = map.grid.kind == .regular && catalogue.grid.kind == .regular
      let brought = try map.brought(to: catalogue.grid, of: catalogue.gridPath, by: areRegular ? method : .nearest)
      note = brought.note
      return brought.map
    }
    let words = try communicator.onRoot { note ?? "" }
    return (map, words.isEmpty ? nil : words)
  }
}
