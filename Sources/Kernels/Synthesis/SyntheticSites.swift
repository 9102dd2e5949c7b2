/// Sites on the land of an invented globe that measure something year by year.
package struct SyntheticSites: Sendable {
  /// A site.
  package struct Site: Sendable {
    /// Its name.
    package let name: String
    /// The cell it lies in.
    package let cell: Int
    /// Degrees north and east, within the cell.
    package let latitude: Double
    package let longitude: Double
    /// Years with a measurement, from 0.
    package let years: Range<Int>
  }

  /// In clusters: their cells adjoin within a cluster, and between clusters three cells apart or more.
  package let clustered: [Site]
  /// Sites on their own, in none of these cells; at least three cells away from all clusters where the land has room.
  package let independent: [Site]

  /// The number of clusters.
  package var clusterCount: Int { (clustered.count + Self.clusterSize - 1) / Self.clusterSize }

  /// The most sites of a cluster.
  private static let clusterSize = 5
  private static let mostYears = (clustered: 10, independent: 6)

  /// Places sites.
  ///
  /// - Parameters:
  ///   - count: of sites in clusters of five; fewer are placed where the land has no room for so many clusters.
  ///   - years: of the record.
  package init(_ land: SyntheticLand, count: Int, years: Int, seed: Int) {
    let (rows, columns) = (land.latitudes.count, land.longitudes.count)
    /// The cells of rows and columns around one; columns go round the globe.
    func around(_ cell: Int, reach: Int) -> [Int] {
      (max(0, cell / columns - reach)...min(rows - 1, cell / columns + reach)).flatMap { row in
        (-reach...reach).map { row * columns + (cell % columns + $0 + columns) % columns }
      }
    }
    // Not at the poles, where columns meet; in an order of chance.
    let cells = land.landFraction.indices
      .filter { land.landFraction[$0] > 0 && (1..<rows - 1).contains($0 / columns) }
      .map { cell in
        var generator = KeyedGenerator(seed, -9, cell)
        return (cell: cell, key: generator.next())
      }
      .sorted { ($0.key, $0.cell) < ($1.key, $1.cell) }.map(\.cell)
    let isPossible = Set(cells)

    func site(_ name: String, _ cell: Int, _ keys: (Int, Int), most: Int) -> Site {
      var generator = KeyedGenerator(seed, -9, keys.0, keys.1)
      let steps = (180 / Double(rows - 1), 360 / Double(columns))
      let span = min(years, most)
      let first = Int(generator.uniform() * Double(years - span + 1))
      return Site(
        name: name, cell: cell,
        latitude: land.latitudes[cell / columns] + steps.0 * 0.6 * (generator.uniform() - 0.5),
        longitude: land.longitudes[cell % columns] + steps.1 * 0.6 * (generator.uniform() - 0.5),
        years: first..<first + span)
    }
    func number(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    var clusters = 0
    var clustered: [Site] = []
    var isNear = Set<Int>()
    for cell in cells where clustered.count < count && !isNear.contains(cell) {
      clusters += 1
      isNear.formUnion(around(cell, reach: 4))
      let neighbours = around(cell, reach: 1).filter { $0 != cell && isPossible.contains($0) }
      let own = [cell] + neighbours.prefix(Self.clusterSize - 1)
      for member in 0..<min(Self.clusterSize, count - clustered.count) {
        // Where the land is too narrow, sites share cells.
        clustered.append(
          site(
            "C\(number(clusters))-\(member + 1)", own[member % own.count], (clusters, member),
            most: Self.mostYears.clustered))
      }
    }
    self.clustered = clustered

    let taken = Set(clustered.map(\.cell))
    let close = Set(taken.flatMap { around($0, reach: 2) })
    let candidates =
      cells.filter { !close.contains($0) } + cells.filter { close.contains($0) && !taken.contains($0) }
    independent = candidates.prefix(max(3, count * 3 / 13)).enumerated().map {
      site("V\(number($0 + 1))", $1, (0, $0), most: Self.mostYears.independent)
    }
  }
}
