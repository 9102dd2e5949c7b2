import RealModule

/// Air temperature, relative humidity and water uptake of the members of an invented ensemble, which differ between the
/// members below and above the threshold of each land cell by a known step, and by nothing else.
///
/// A seasonal cycle, the same for all members, comes on top of temperature and uptake. All values are multiples of powers of
/// two that single precision holds exactly, so that files hold what is told here.
package struct SyntheticClimate: Sendable {
  private let ensemble: SyntheticEnsemble
  /// Share of each soil layer in the uptake, top first.
  private let layerShares: [Double]
  /// By cell; nil in the ocean.
  private let steps: [Steps?]

  /// What members below and above the threshold have in a cell, apart from the seasonal cycle.
  private struct Steps {
    /// K.
    var temperature: (low: Double, high: Double)
    /// Percent.
    var humidity: (low: Double, high: Double)
    /// Of all layers, mm/s.
    var uptake: (low: Double, high: Double)
  }

  /// Differences between the phases of every cell, means over the growing season weighted by month length; NaN in the ocean
  /// and where there is no threshold.
  package struct Truth: Sendable {
    /// K.
    package var temperature: [Double]
    /// Percent.
    package var humidity: [Double]
    /// Amount of a month, mm.
    package var uptake: [Double]
    /// Vapour pressure deficit, Pa.
    package var vapourPressureDeficit: [Double]
  }

  /// The climate of an ensemble.
  ///
  /// - Parameter layerShares: share of each soil layer in the uptake, top first.
  package init(_ ensemble: SyntheticEnsemble, layerShares: [Double]) {
    self.ensemble = ensemble
    self.layerShares = layerShares
    let land = ensemble.land
    let columns = land.longitudes.count
    steps = land.curves.enumerated().map { cell, curve in
      guard curve != nil else { return nil }
      var generator = KeyedGenerator(ensemble.seed, Self.stream, cell)
      let cooling = Double.sin(land.latitudes[cell / columns] * .pi / 180)
      let temperature = Self.rounded(300 - 40 * cooling * cooling, to: Self.temperatureUnit)
      let humidity = Self.rounded(60 + 30 * generator.uniform(), to: Self.humidityUnit)
      let uptake = 1e-5 * (0.5 + generator.uniform())
      return Steps(
        temperature: (
          temperature + Self.rounded(0.5 + 2.5 * generator.uniform(), to: Self.temperatureUnit), temperature
        ),
        humidity: (humidity - Self.rounded(5 + 20 * generator.uniform(), to: Self.humidityUnit), humidity),
        uptake: (uptake * (0.2 + 0.5 * generator.uniform()), uptake))
    }
  }

  /// Soil layers.
  package var layerCount: Int { layerShares.count }

  /// Air temperature of a member in a month, K, row by row; NaN in the ocean.
  ///
  /// - Parameters:
  ///   - month: counted from 0, January of the first year.
  package func temperature(member: Int, month: Int) -> [Double] {
    let columns = ensemble.land.longitudes.count
    let cycle = ensemble.land.latitudes.map { Self.temperatureCycle(month, $0) }
    return values(member) {
      $1.temperature.low + cycle[$0 / columns]
    } above: {
      $1.temperature.high + cycle[$0 / columns]
    }
  }

  /// Relative humidity of a member in any month, percent, row by row; NaN in the ocean.
  package func humidity(member: Int) -> [Double] {
    values(member) {
      $1.humidity.low
    } above: {
      $1.humidity.high
    }
  }

  /// Water that roots take from a soil layer in a month, mm/s, row by row; NaN in the ocean.
  ///
  /// - Parameters:
  ///   - month: counted from 0, January of the first year.
  package func uptake(member: Int, month: Int, layer: Int) -> [Double] {
    let columns = ensemble.land.longitudes.count
    let share = layerShares[layer]
    let cycle = ensemble.land.latitudes.map {
      Self.rounded(4e-6 * share * (1 + Self.warmth(month, $0)), to: Self.uptakeUnit)
    }
    return values(member) {
      Self.rounded($1.uptake.low * share, to: Self.uptakeUnit) + cycle[$0 / columns]
    } above: {
      Self.rounded($1.uptake.high * share, to: Self.uptakeUnit) + cycle[$0 / columns]
    }
  }

  /// What an analysis with the true thresholds should find.
  ///
  /// - Parameters:
  ///   - months: of the record, from January of the first year.
  ///   - layerParts: the part of each layer whose uptake counts, 0 to 1.
  package func truth(months: Int, layerParts: [Double]) -> Truth {
    let columns = ensemble.land.longitudes.count
    // By row the months of its growing season, with their shares of its days.
    let seasons = ensemble.growingSeasons.map { season in
      let inside = (0..<months).filter { SyntheticEnsemble.isInSeason($0 % 12 + 1, season) }
      let days = inside.map { Double(SyntheticEnsemble.daysOfMonths[$0 % 12]) }
      let total = days.reduce(0, +)
      return zip(inside, days).map { (month: $0, days: $1, share: $1 / total) }
    }
    // The amount of a month is its flux times its seconds.
    let seconds = seasons.map { $0.reduce(0) { $0 + $1.share * 86400 * $1.days } }
    func map(_ value: (Int, Steps) -> Double) -> [Double] {
      steps.enumerated().map { cell, steps in
        guard let steps, ensemble.land.curves[cell]?.hasThreshold == true else { return .nan }
        return seasons[cell / columns].isEmpty ? .nan : value(cell, steps)
      }
    }
    return Truth(
      temperature: map { $1.temperature.low - $1.temperature.high },
      humidity: map { $1.humidity.low - $1.humidity.high },
      uptake: map { cell, steps in
        let flux = zip(layerShares, layerParts).reduce(0) { sum, layer in
          let low = Self.rounded(steps.uptake.low * layer.0, to: Self.uptakeUnit)
          return sum + layer.1 * (low - Self.rounded(steps.uptake.high * layer.0, to: Self.uptakeUnit))
        }
        return flux * seconds[cell / columns]
      },
      vapourPressureDeficit: map { cell, steps in
        let latitude = ensemble.land.latitudes[cell / columns]
        return seasons[cell / columns].reduce(0) { sum, part in
          let cycle = Self.temperatureCycle(part.month, latitude) - 273.15
          let low = VapourPressure.deficit(
            temperature: steps.temperature.low + cycle, relativeHumidity: steps.humidity.low)
          let high = VapourPressure.deficit(
            temperature: steps.temperature.high + cycle, relativeHumidity: steps.humidity.high)
          return sum + part.share * (low - high)
        }
      })
  }

  /// A field of a member: `below` where its moisture is below the threshold, else `above`.
  private func values(
    _ member: Int, below: (_ cell: Int, Steps) -> Double, above: (_ cell: Int, Steps) -> Double
  ) -> [Double] {
    let moisture = ensemble.relativeMoisture(member: member)
    return zip(ensemble.land.curves, steps).enumerated().map { cell, place in
      guard let curve = place.0, let steps = place.1 else { return .nan }
      return moisture < curve.threshold ? below(cell, steps) : above(cell, steps)
    }
  }

  /// What a month's temperature is above that of the year, K.
  private static func temperatureCycle(_ month: Int, _ latitude: Double) -> Double {
    rounded(15 * abs(Double.sin(latitude * .pi / 180)) * warmth(month, latitude), to: temperatureUnit)
  }

  /// 1 in the middle of the summer, −1 in that of the winter.
  private static func warmth(_ month: Int, _ latitude: Double) -> Double {
    .cos(2 * .pi * (Double(month % 12) - (latitude > 0 ? 6.5 : 0.5)) / 12)
  }

  private static func rounded(_ value: Double, to unit: Double) -> Double { (value / unit).rounded() * unit }

  private static let temperatureUnit = 0x1p-6
  private static let humidityUnit = 0x1p-6
  private static let uptakeUnit = 0x1p-38
  /// Keeps the numbers of cells apart from those of members and fields.
  private static let stream = -2
}
