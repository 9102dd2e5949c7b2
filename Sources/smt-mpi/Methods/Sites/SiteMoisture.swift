import Distributed

/// Soil moisture of a station: that of one column, or the mean over several depths.
struct SiteMoisture: Sendable {
  /// A column and the depths that it stands for.
  struct Layer: Sendable {
    var quantity: SiteQuantity
    /// Metres; nil of a column that stands alone.
    var depths: (top: Double, bottom: Double)?

    fileprivate var thickness: Double { depths.map { $0.bottom - $0.top } ?? 1 }
  }

  /// One at least; where there are several, all have depths.
  private(set) var layers = [Layer(quantity: SiteQuantity("SWC"))]

  /// The first depth, by its usual names.
  init() {}

  /// Reads `COLUMN`, or `COLUMN@top-bottom` for each depth; the first depth by its usual names where there is none.
  ///
  /// - Throws: exit code 64 where a text has no such form, where layers overlap, or where a column is there twice.
  init(_ texts: [String]) throws {
    guard !texts.isEmpty else { return }
    var layers: [Layer] = []
    for text in texts {
      let layer = try Self.layer(text, isAlone: texts.count == 1)
      if let other = layers.first(where: { !Set($0.quantity.columns).isDisjoint(with: layer.quantity.columns) }) {
        throw JobError(
          .usage,
          "--moisture '\(text)': the column is that of '\(other.quantity.name)', which is there already; expected one column for each layer"
        )
      }
      if let other = layers.first(where: { Self.overlap($0, layer) }) {
        throw JobError(
          .usage,
          "--moisture '\(text)': the layer overlaps that of '\(other.quantity.name)'; expected layers one below the other, for "
            + "example SWC_F_MDS_1@0-0.05 and SWC_F_MDS_2@0.05-0.2")
      }
      layers.append(layer)
    }
    self.layers = layers
  }

  private static func layer(_ text: String, isAlone: Bool) throws -> Layer {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    let ends = parts.count == 2 ? parts[1].split(separator: "-").map { Double($0) } : []
    guard !parts[0].isEmpty, parts.count == 1 && isAlone || ends.count == 2 else {
      throw JobError(
        .usage,
        "--moisture '\(text)': expected a column, with its depths in metres where there are several, for example "
          + "SWC_F_MDS_1@0-0.05")
    }
    guard parts.count == 2 else { return Layer(quantity: SiteQuantity(text)) }
    guard let top = ends[0], let bottom = ends[1], top >= 0, bottom > top, bottom.isFinite else {
      throw JobError(
        .usage, "--moisture '\(text)': expected top and bottom in metres, for example SWC_F_MDS_1@0-0.05")
    }
    return Layer(quantity: SiteQuantity(parts[0]), depths: (top, bottom))
  }

  private static func overlap(_ first: Layer, _ second: Layer) -> Bool {
    guard let first = first.depths, let second = second.depths else { return false }
    return first.top < second.bottom && second.top < first.bottom
  }

  /// What records must hold.
  var quantities: [SiteQuantity] { layers.map(\.quantity) }

  /// By day the mean over the layers weighted by thickness, in units of the columns; NaN where a layer has no value.
  ///
  /// - Parameter series: of ``quantities``, all with a column.
  func values(_ series: some Collection<SiteRecord.Series>) -> [Double] {
    let whole = layers.reduce(0) { $0 + $1.thickness }
    return (series.first?.values ?? []).indices.map { day in
      zip(layers, series).reduce(0) { $0 + $1.0.thickness * $1.1.values[day] } / whole
    }
  }
}
