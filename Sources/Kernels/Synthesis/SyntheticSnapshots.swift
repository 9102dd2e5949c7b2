import RealModule

/// Soil moisture on an invented globe that is known in every hour, what snapshots see of it, and a model that errs by a known
/// amount: in each cell and layer a line in time between the snapshots that the cell has, and constant outside.
///
/// The true moisture is a parabola of depth in every hour.
package struct SyntheticSnapshots: Sendable {
  /// The globe.
  package let land: SyntheticLand
  /// The hours of the snapshots, increasing.
  package let hours: [Int]
  /// Layers of the model: the fifth reaches deeper than snapshots do, the sixth begins below them.
  package static let layers = zip(edges, edges.dropFirst()).map { SoilLayer(top: $0, bottom: $1) }
  /// Edges of the layers, metres.
  package static let edges = [0, 0.05, 0.2, 0.5, 0.8, 1.6, 3]
  /// The depth in metres down to which snapshots hold.
  package static let bottom = 1.0
  /// Pixels along each side of a cell.
  package static let pixels = 3
  /// Standard deviation of the model's error from snapshot to snapshot, m³ m⁻³.
  package static let errorSpread = 0.02

  private let seed: Int
  /// By cell: moisture at the surface in the mean, and the phase of its course.
  private let means: [Double]
  private let phases: [Double]
  /// By cell: numbers of the snapshots that it has; none in the ocean.
  private let seen: [[Int]]
  /// θ − θ_obs by cell, layer and snapshot.
  private let errors: [[[Double]]]

  /// Moisture of so many hours, with a snapshot about every five days.
  package init(land: SyntheticLand, hours count: Int, seed: Int) {
    self.land = land
    self.seed = seed
    let hours = (0...count / 120).map { 48 + 120 * $0 + 10 + 3 * ($0 % 3) }.filter { $0 < count }
    self.hours = hours
    let columns = land.longitudes.count
    func field(_ number: Int) -> [Double] {
      let field = SmoothRandomField(seed: seed, field: 30 + number, wavenumber: 8)
      return (0..<land.cellCount).map {
        field.value(latitude: land.latitudes[$0 / columns], longitude: land.longitudes[$0 % columns])
      }
    }
    means = field(0).map { 0.22 + 0.04 * .tanh($0) }
    phases = field(1).map { .pi * $0 }
    let seen = (0..<land.cellCount).map { cell -> [Int] in
      var random = KeyedGenerator(seed, 30, cell)
      guard land.landFraction[cell] > 0, random.uniform() > 1 / 16 else { return [] }
      return hours.indices.filter { _ in random.uniform() > 1 / 8 }
    }
    self.seen = seen
    let biases = Self.layers.indices.map { layer in field(2 + layer).map { 0.04 * .tanh($0 - 0.5) } }
    errors = (0..<land.cellCount).map { cell in
      Self.layers.indices.map { layer in
        var random = KeyedGenerator(seed, 31, cell, layer)
        return hours.map { _ in biases[layer][cell] + Self.errorSpread * max(-3, min(3, random.normal())) }
      }
    }
  }

  // MARK: Truth

  /// The true moisture of a cell with depth.
  ///
  /// - Parameter hour: counted from the start of the first one.
  package func profile(cell: Int, hour: Int) -> MoistureProfile {
    let angle = 2 * Double.pi * Double(hour) / (24 * 9) + phases[cell]
    return MoistureProfile(
      a: -0.06 + 0.02 * .cos(angle), b: 0.08 + 0.03 * .sin(angle / 2),
      c: means[cell] + 0.05 * .sin(angle) + 0.01 * .sin(2 * .pi * Double(hour % 24) / 24))
  }

  /// The true mean of a layer, down to where snapshots hold, m³ m⁻³.
  ///
  /// By Simpson's rule, which is exact for parabolas.
  package func moisture(cell: Int, layer: Int, hour: Int) -> Double {
    let profile = profile(cell: cell, hour: hour)
    let (top, bottom) = (
      Self.layers[layer].top, max(Self.layers[layer].top, min(Self.layers[layer].bottom, Self.bottom))
    )
    return (profile.value(at: top) + 4 * profile.value(at: (top + bottom) / 2) + profile.value(at: bottom)) / 6
  }

  /// θr of a cell, m³ m⁻³.
  package func residual(cell: Int) -> Double { 0.12 + 0.03 * uniform(32, cell) }

  /// θs of a cell and layer, m³ m⁻³.
  package func saturation(cell: Int, layer: Int) -> Double { 0.27 + 0.04 * uniform(33, cell) + 0.005 * Double(layer) }

  private func uniform(_ stream: Int, _ cell: Int) -> Double {
    var random = KeyedGenerator(seed, stream, cell)
    return random.uniform()
  }

  /// The model's error ε of a layer in an hour; NaN where no snapshot corrects it.
  package func error(cell: Int, layer: Int, hour: Int) -> Double { error(cell, layer, hour, of: seen[cell]) }

  private func error(_ cell: Int, _ layer: Int, _ hour: Int, of snapshots: [Int]) -> Double {
    guard Self.layers[layer].top < Self.bottom, let first = snapshots.first, let last = snapshots.last else {
      return .nan
    }
    let known = errors[cell][layer]
    let hour = max(hours[first], min(hours[last], hour))
    guard let after = snapshots.first(where: { hours[$0] >= hour }),
      let before = snapshots.last(where: { hours[$0] <= hour })
    else { return .nan }
    guard before < after else { return known[before] }
    let share = Double(hour - hours[before]) / Double(hours[after] - hours[before])
    return (1 - share) * known[before] + share * known[after]
  }

  /// The model's moisture, m³ m⁻³; NaN in the ocean.
  package func model(cell: Int, layer: Int, hour: Int) -> Double {
    guard land.landFraction[cell] > 0 else { return .nan }
    let error = error(cell: cell, layer: layer, hour: hour)
    return moisture(cell: cell, layer: layer, hour: hour) + (error.isNaN ? 0 : error)
  }

  /// What a blend should find: the true moisture within its bounds, or the model's where nothing corrects it.
  package func blended(cell: Int, layer: Int, hour: Int) -> Double {
    guard !error(cell: cell, layer: layer, hour: hour).isNaN else { return model(cell: cell, layer: layer, hour: hour) }
    return bounded(moisture(cell: cell, layer: layer, hour: hour), cell, layer)
  }

  private func bounded(_ moisture: Double, _ cell: Int, _ layer: Int) -> Double {
    max(residual(cell: cell), min(saturation(cell: cell, layer: layer), moisture))
  }

  /// What a blend errs by at each snapshot that it is made without; empty where a cell has not two of them.
  package func leftOut(cell: Int, layer: Int) -> [Double] {
    guard Self.layers[layer].top < Self.bottom, seen[cell].count > 1 else { return [] }
    return seen[cell].map { snapshot in
      let observed = moisture(cell: cell, layer: layer, hour: hours[snapshot])
      let guess = error(cell, layer, hours[snapshot], of: seen[cell].filter { $0 != snapshot })
      return bounded(observed + errors[cell][layer][snapshot] - guess, cell, layer) - observed
    }
  }

  // MARK: Snapshots

  /// Whether a cell has a snapshot of enough pixels.
  package func isSeen(cell: Int) -> Bool { !seen[cell].isEmpty }

  /// Whether a snapshot has enough pixels of a cell.
  package func isSeen(cell: Int, snapshot: Int) -> Bool { seen[cell].contains(snapshot) }

  /// What a pixel of a cell sees; nil where it has no value.
  ///
  /// The mean over the pixels with values is the cell's profile: those in a row differ by amounts that add up to nothing.
  /// - Parameters:
  ///   - row: of the pixel within its cell, from the south; `column` from the west.
  package func profile(cell: Int, snapshot: Int, row: Int, column: Int) -> MoistureProfile? {
    var random = KeyedGenerator(seed, 34, cell, snapshot)
    let missingRow = random.uniform() < 0.25 ? Int(random.uniform() * Double(Self.pixels)) : -1
    let isMiddle = row == Self.pixels / 2 && column == Self.pixels / 2
    // A single pixel, less than half of them, does not make a snapshot.
    guard land.landFraction[cell] > 0, seen[cell].contains(snapshot) ? row != missingRow : isMiddle else { return nil }
    var profile = profile(cell: cell, hour: hours[snapshot])
    let side = Double(column - Self.pixels / 2)
    profile.b += 0.02 * side
    profile.c += 0.01 * side * Double(row + 1)
    return profile
  }
}
