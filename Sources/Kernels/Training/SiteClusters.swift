/// Sites whose windows overlap, directly or by way of others, as one cluster.
///
/// A split that keeps clusters together shares no cell of a window between training and test.
package struct SiteClusters: Sendable, Equatable {
  /// The cluster of each site, numbered from 0 in the order in which sites first meet them.
  package let cluster: [Int]
  /// The number of clusters.
  package let count: Int

  /// Connects sites on a regular grid.
  ///
  /// - Parameters:
  ///   - cells: the cell of each site, in memory order of rows and columns.
  ///   - rowLength: columns of the grid.
  ///   - wraps: whether the last column lies beside the first.
  ///   - reach: rows and columns that two connected sites' cells are apart at the most; windows of 3 × 3 overlap up to 2.
  package init(cells: [Int], rowLength: Int, wraps: Bool, reach: Int) {
    precondition(rowLength > 0, "a grid with columns")
    func isNear(_ one: Int, _ other: Int) -> Bool {
      guard abs(one / rowLength - other / rowLength) <= reach else { return false }
      let apart = abs(one % rowLength - other % rowLength)
      return min(apart, wraps ? rowLength - apart : apart) <= reach
    }
    var found = [Int](repeating: -1, count: cells.count)
    var count = 0
    for site in cells.indices where found[site] < 0 {
      found[site] = count
      var open = [site]
      while let next = open.popLast() {
        for other in cells.indices where found[other] < 0 && isNear(cells[next], cells[other]) {
          found[other] = count
          open.append(other)
        }
      }
      count += 1
    }
    cluster = found
    self.count = count
  }
}
