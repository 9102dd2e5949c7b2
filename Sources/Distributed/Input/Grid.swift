/// The horizontal grid of a file: regular, curvilinear or unstructured.
///
/// Cells are numbered in memory order.
public struct Grid: Codable, Sendable, Hashable {
  /// How cells are laid out.
  public enum Kind: String, Codable, Sendable {
    /// Latitude × longitude, each an axis of its own.
    case regular
    /// Rows × columns with a latitude and a longitude for every cell.
    case curvilinear
    /// One dimension of cells (CLM `lndgrid`, spectral elements, stations).
    case unstructured
  }

  /// How cells are laid out.
  public var kind: Kind
  /// Names of the one or two horizontal dimensions, slowest first.
  public var dimensionNames: [String]
  /// Lengths of the horizontal dimensions, slowest first.
  public var shape: [Int]
  /// Name of the latitude variable.
  public var latitudeName: String
  /// Name of the longitude variable.
  public var longitudeName: String
  /// Degrees north, as in the file: of the rows of a regular grid, of every cell of the other kinds.
  @PackedNumbers public var latitudes: [Double]
  /// Degrees east, as in the file: of the columns of a regular grid, of every cell of the other kinds.
  @PackedNumbers public var longitudes: [Double]
  /// Bounds of `latitudes`, the same number of vertices for each; empty where the file has none.
  @PackedNumbers public var latitudeBounds: [Double] = []
  /// Bounds of `longitudes`; empty where the file has none.
  @PackedNumbers public var longitudeBounds: [Double] = []
  /// Areas of the cells' land; nil where no file gave them.
  var landAreas: LandAreas?
  /// The variables and the file that the areas come from, in words.
  var landAreaOrigin = ""

  /// A regular grid.
  public init(latitudes: [Double], longitudes: [Double]) {
    kind = .regular
    dimensionNames = ["lat", "lon"]
    shape = [latitudes.count, longitudes.count]
    latitudeName = "lat"
    longitudeName = "lon"
    self.latitudes = latitudes
    self.longitudes = longitudes
  }

  init(
    kind: Kind, dimensionNames: [String], shape: [Int], latitudeName: String, longitudeName: String,
    latitudes: [Double], longitudes: [Double]
  ) {
    self.kind = kind
    self.dimensionNames = dimensionNames
    self.shape = shape
    self.latitudeName = latitudeName
    self.longitudeName = longitudeName
    self.latitudes = latitudes
    self.longitudes = longitudes
  }

  /// The number of cells.
  public var cellCount: Int { shape.reduce(1, *) }

  /// The size in words: `360 × 720`.
  public var sizeText: String { shape.map(String.init).joined(separator: " × ") }

  /// The number of rows: of latitudes, of a curvilinear grid's rows, or of cells of an unstructured grid.
  public var rowCount: Int { shape[0] }

  /// Cells of a row; 1 on unstructured grids.
  public var rowLength: Int { kind == .unstructured ? 1 : shape[1] }

  /// Degrees north of a cell.
  public func latitude(ofCell cell: Int) -> Double { latitudes[kind == .regular ? cell / shape[1] : cell] }

  /// Degrees east of a cell, as in the file.
  public func longitude(ofCell cell: Int) -> Double { longitudes[kind == .regular ? cell % shape[1] : cell] }

  /// A short description for messages: `192 × 288 regular, 90° S … 90° N, 0° … 358.75° E`.
  public var summary: String {
    let size = shape.map(String.init).joined(separator: " × ")
    func range(_ values: [Double]) -> String {
      guard let first = values.first, let last = values.last else { return "none" }
      return "\(rounded(first)) … \(rounded(last))"
    }
    return "\(size) \(kind.rawValue), lat \(range(latitudes)), lon \(range(longitudes))"
  }

  /// The first difference from another grid, in words; nil where both are the same to 1e-4 degrees.
  ///
  /// Longitudes that differ by whole turns are the same.
  public func difference(from other: Grid) -> String? {
    guard kind == other.kind, shape == other.shape else { return "expected \(other.summary), found \(summary)" }
    // Cells without a place, as curvilinear grids have them, are NaN in both.
    for (found, expected) in zip(latitudes, other.latitudes)
    where !(abs(found - expected) <= 1e-4 || found.isNaN && expected.isNaN) {
      return "expected latitude \(rounded(expected)), found \(rounded(found))"
    }
    for (found, expected) in zip(longitudes, other.longitudes) {
      let difference = found - expected
      guard abs(difference - 360 * (difference / 360).rounded()) <= 1e-4 || found.isNaN && expected.isNaN else {
        return "expected longitude \(rounded(expected)), found \(rounded(found))"
      }
    }
    return nil
  }

  /// The cell nearest to a point on the sphere, and its distance in degrees of arc.
  public func nearestCell(latitude: Double, longitude: Double) -> (cell: Int, distance: Double) {
    var best = (cell: 0, distance: Double.infinity)
    for cell in 0..<cellCount {
      let distance = arcDegrees(latitude, longitude, self.latitude(ofCell: cell), self.longitude(ofCell: cell))
      if distance < best.distance { best = (cell, distance) }
    }
    return best
  }

  private func rounded(_ value: Double) -> String {
    let scaled = (value * 10000).rounded() / 10000
    return scaled == scaled.rounded() && abs(scaled) < 1e6 ? String(Int(scaled)) : String(scaled)
  }
}
