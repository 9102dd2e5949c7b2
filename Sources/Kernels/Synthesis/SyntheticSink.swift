import RealModule

/// Respiration and production of the land of an invented globe, whose trends are known.
///
/// Each has a mean, an annual cycle, a straight line and what departs from it year by year: in standard units the same
/// departures everywhere, which have neither a mean nor a trend.
package struct SyntheticSink: Sendable {
  /// Respiration or production of the land.
  package struct Flux: Sendable {
    /// By cell the slope of the yearly means, a year; NaN in the ocean.
    package let slopes: [Double]
    /// By cell the slope of their z-scores (n − 1), a year; NaN in the ocean.
    package let standardSlopes: [Double]
    fileprivate let means: [Double]
    /// By cell the standard deviation (n − 1) about the line.
    fileprivate let amplitudes: [Double]
    /// By year.
    fileprivate let departures: [Double]

    /// The flux in a month, counted from 0, row by row; NaN in the ocean.
    package func field(month: Int) -> [Double] {
      let year = month / 12
      let time = Double(year) - Double(departures.count - 1) / 2
      return slopes.indices.map { cell in
        means[cell] * (1 + SyntheticSink.cycle[month % 12]) + slopes[cell] * time + amplitudes[cell] * departures[year]
      }
    }
  }

  package let production: Flux
  package let respiration: Flux

  /// The fluxes of so many years, at least 3.
  package init(_ land: SyntheticLand, years: Int, seed: Int) {
    precondition(years >= 3, "a trend and what departs from it")
    production = Self.flux(land, years, seed, stream: -5, level: 600, drift: 0.15)
    respiration = Self.flux(land, years, seed, stream: -6, level: 700, drift: 0.05)
  }

  /// A flux of about this level, whose slopes are this many standard deviations about the line a year, more or less.
  private static func flux(
    _ land: SyntheticLand, _ years: Int, _ seed: Int, stream: Int, level: Double, drift: Double
  ) -> Flux {
    let times = (0..<years).map { Double($0) - Double(years - 1) / 2 }
    let squares = times.reduce(0) { $0 + $1 * $1 }
    var generator = KeyedGenerator(seed, stream)
    let drawn = times.map { _ in generator.normal() }
    let (centre, slope) = (mean(drawn), zip(times, drawn).reduce(0) { $0 + $1.0 * $1.1 } / squares)
    let rest = zip(times, drawn).map { $1 - centre - slope * $0 }
    let deviation = standardDeviation(rest)
    let cells = land.curves.enumerated().map { cell, curve -> (mean: Double, amplitude: Double, slope: Double) in
      guard curve != nil else { return (.nan, .nan, .nan) }
      var generator = KeyedGenerator(seed, stream, cell)
      let mean = level * (0.4 + 0.6 * generator.uniform())
      let amplitude = mean * (0.02 + 0.04 * generator.uniform())
      return (mean, amplitude, amplitude * (drift + 0.2 * generator.normal()))
    }
    return Flux(
      slopes: cells.map(\.slope),
      standardSlopes: cells.map { cell in
        let variance = cell.slope * cell.slope * squares / Double(years - 1) + cell.amplitude * cell.amplitude
        return cell.slope / variance.squareRoot()
      }, means: cells.map(\.mean), amplitudes: cells.map(\.amplitude), departures: rest.map { $0 / deviation })
  }

  /// The annual cycle, by month of the year: its mean over the days of a year is 0.
  private static let cycle: [Double] = {
    let cosines = (0..<12).map { -0.5 * Double.cos(2 * .pi * (Double($0) + 0.5) / 12) }
    let days = SyntheticEnsemble.daysOfMonths.map(Double.init)
    let mean = zip(days, cosines).reduce(0) { $0 + $1.0 * $1.1 } / days.reduce(0, +)
    return cosines.map { $0 - mean }
  }()
}
