/// Yearly series of a cell: moisture of each layer in each season, complete years only.
package struct SeasonSeries: Sendable {
  /// D, number of layers.
  package let layers: Int
  /// G, number of seasons.
  package let groups: Int
  /// The complete years, increasing.
  package private(set) var years: [Double] = []
  /// SM_{s,d}(t), mean of layer d over the months of season s in year t: [season][layer][year].
  package private(set) var moisture: [[Double]]
  /// TSM(t) = Σ SM_{s,d}(t) / G, the annual mean total.
  package private(set) var total: [Double] = []

  /// The series of no years.
  package init(layers: Int, groups: Int) {
    self.layers = layers
    self.groups = groups
    moisture = Array(repeating: [], count: groups * layers)
  }

  /// Number of complete years.
  package var count: Int { years.count }

  /// The series of one season and layer.
  package func moisture(season: Int, layer: Int) -> [Double] { moisture[season * layers + layer] }

  /// Annual mean of one layer: Σ over seasons / G.
  package func annual(layer: Int) -> [Double] {
    years.indices.map { year in
      (0..<groups).reduce(0) { $0 + moisture[$1 * layers + layer][year] } / Double(groups)
    }
  }

  /// Total over the layers in one season.
  package func total(season: Int) -> [Double] {
    years.indices.map { year in (0..<layers).reduce(0) { $0 + moisture[season * layers + $1][year] } }
  }

  /// Forgets all years.
  mutating func removeAll() {
    years.removeAll(keepingCapacity: true)
    total.removeAll(keepingCapacity: true)
    for index in moisture.indices { moisture[index].removeAll(keepingCapacity: true) }
  }

  /// Adds a year, unless a value is missing.
  ///
  /// - Parameters:
  ///   - year: Later than those before.
  ///   - seasons: [season][layer].
  mutating func append(year: Int, seasons: UnsafeBufferPointer<Double>) {
    precondition(years.last.map { Double(year) > $0 } ?? true, "years must increase")
    guard seasons.allSatisfy(\.isFinite) else { return }
    years.append(Double(year))
    var sum = 0.0
    for (index, value) in seasons.enumerated() {
      moisture[index].append(value)
      sum += value
    }
    total.append(sum / Double(groups))
  }
}
