import RealModule

/// A monthly water balance whose drought index is known: in each land cell and calendar month it is drawn from a generalised
/// logistic distribution of known parameters, and in one place and season it is dry.
package struct SyntheticBalance: Sendable {
  /// The globe.
  package let land: SyntheticLand
  /// The months of the drought, counted from the first.
  package let drought: Range<Int>
  /// Whether a cell is in the drought.
  package let isDry: [Bool]
  private let seed: Int

  /// A balance of so many months, with a drought on a part of the land from June to August of the year in the middle.
  package init(land: SyntheticLand, months: Int, seed: Int) {
    self.land = land
    self.seed = seed
    let start = months / 24 * 12 + 5
    drought = min(start, months)..<min(start + 3, months)
    let field = SmoothRandomField(seed: seed, field: 20, wavenumber: 3)
    isDry = land.landFraction.indices.map { cell in
      let columns = land.longitudes.count
      return land.landFraction[cell] > 0
        && field.value(latitude: land.latitudes[cell / columns], longitude: land.longitudes[cell % columns]) > 0.5
    }
  }

  /// ξ, α and k of a cell in a calendar month, 0 for January; the lower end ξ + α/k is −120 mm at the least.
  package func parameters(cell: Int, month: Int) -> [Double] {
    let columns = land.longitudes.count
    let season = Double.cos(2 * .pi * Double(month) / 12) * (land.latitudes[cell / columns] < 0 ? -1 : 1)
    return [20 * season, 12 + 3 * season, -0.15]
  }

  /// The true index of a month: standard normal, and −2.5 in the drought.
  package func index(cell: Int, month: Int) -> Double {
    if isDry[cell], drought.contains(month) { return -2.5 }
    var random = KeyedGenerator(seed, 21, cell, month)
    return max(-3, min(3, random.normal()))
  }

  /// The balance of a month, mm.
  package func balance(cell: Int, month: Int) -> Double {
    let p = parameters(cell: cell, month: month % 12)
    let probability = NormalDistribution.cumulative(index(cell: cell, month: month))
    let y = .log(probability) - Double.log(1 - probability)
    return p[0] + p[1] * (1 - .exp(-p[2] * y)) / p[2]
  }

  /// Potential evapotranspiration of a month, mm; more than the balance ever lacks.
  package func evapotranspiration(cell: Int, month: Int) -> Double {
    parameters(cell: cell, month: month % 12)[0] + 150
  }
}
