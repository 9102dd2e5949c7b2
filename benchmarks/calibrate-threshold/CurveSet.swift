import Foundation
import Kernels
import ThresholdCurves

/// Cells of one origin whose thresholds are known.
enum CurveSet {
  /// Drawn from the distributions of the published maps.
  case publishedMaps
  /// Of the globe that `smt-mpi synthesize` invents, with its noise.
  case synthesize
  /// Those of a file.
  case file([TwoSlopeCurve])

  var name: String {
    switch self {
    case .publishedMaps: "published maps"
    case .synthesize: "synthesize"
    case .file: "file"
    }
  }

  /// Curves and pairs of so many cells, or of as many as there are.
  func cells(_ count: Int, noise: Double, seed: Int) -> [(truth: TwoSlopeCurve, pairs: Pairs)] {
    var random = KeyedGenerator(seed, Int(1000 * noise))
    switch self {
    case .publishedMaps:
      return (0..<count).map { _ in
        let curve = TwoSlopeCurve.ofPublishedMaps(&random)
        return (curve, Pairs.ensemble(86, noise: noise, &random) { curve($0) })
      }
    case .synthesize:
      let land = SyntheticLand(rows: 48, columns: 72, oceanShare: 0.7, seed: seed)
      let ensemble = SyntheticEnsemble(land: land, perturbations: 85, noise: noise, seed: seed)
      let x = (0...85).map(ensemble.relativeMoisture)
      let responses = (0...85).map(ensemble.relativeProductivity)
      let places = land.curves.indices.filter { land.curves[$0] != nil }.shuffled(using: &random)
      return places.prefix(count).compactMap { cell in
        land.curves[cell].map { ($0, Pairs(x: x, y: responses.map { $0[cell] })) }
      }
    case .file(let curves):
      return curves.shuffled(using: &random).prefix(count).map { curve in
        (curve, Pairs.ensemble(86, noise: noise, &random) { curve($0) })
      }
    }
  }

  /// The set of a text file with threshold, slope above and slope below in each line.
  ///
  /// - Throws: where the file cannot be read.
  static func file(_ path: String) throws -> CurveSet {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    return .file(
      lines.compactMap { line in
        let numbers = line.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard numbers.count == 3 else { return nil }
        return TwoSlopeCurve(threshold: numbers[0], highSlope: numbers[1], lowSlope: numbers[2])
      })
  }
}
