import Distributed
import Kernels

/// Residual and saturated moisture by layer and cell.
struct BlendBounds: Codable {
  /// θr, m³ m⁻³; NaN where there is none.
  @PackedNumbers var residual: [Double]
  /// θs, m³ m⁻³.
  @PackedNumbers var saturation: [Double]

  /// Reads numbers, or maps with a field for all layers or one for each.
  ///
  /// - Throws: exit code 65 where a map does not fit the model's grid and layers, or saturation is not above residual.
  init(residual: String, saturation: String, on record: LayeredRecord) throws {
    self.residual = try Self.values(residual, "--residual", on: record)
    self.saturation = try Self.values(saturation, "--saturation", on: record)
    let cells = record.grid.cellCount
    if let index = self.saturation.firstIndex(where: { $0 > 1 }) {
      throw JobError(
        .inputData,
        "--saturation \(saturation): found \(self.saturation[index].shortText) m3 m-3; expected a part of the soil's volume, 1 "
          + "at most: is it in %?")
    }
    for index in self.residual.indices where self.saturation[index] <= self.residual[index] {
      let cell = index % cells
      throw JobError(
        .inputData,
        "saturated moisture \(self.saturation[index]) is not above the residual one, \(self.residual[index]), in layer "
          + "\(index / cells + 1) at \(record.grid.latitude(ofCell: cell))° N, \(record.grid.longitude(ofCell: cell))° E; "
          + "expected --saturation above --residual everywhere")
    }
  }

  private static func values(_ text: String, _ option: String, on record: LayeredRecord) throws -> [Double] {
    let cells = record.grid.cellCount
    if let number = Double(text) {
      guard number >= 0, number.isFinite else {
        throw JobError(.usage, "\(option) '\(text)': expected a moisture in m3 m-3, for example 0.08, or FILE:VARIABLE")
      }
      return [Double](repeating: number, count: record.layerCount * cells)
    }
    let map = try MapSlices(text)
    guard map.count == 1 || map.count == record.layerCount else {
      throw JobError(
        .inputData,
        "\(map.path): '\(map.name)' has \(counted(map.count, "field")); expected one, or one for each of the \(counted(record.layerCount, "layer"))"
      )
    }
    guard let scale = SoilMoistureUnits.volumetricScale(map.units) else {
      throw JobError(
        .inputData, "\(map.path): '\(map.name)' is in '\(map.units)'; expected volumetric soil moisture, m3 m-3 or %")
    }
    let fields = try (0..<map.count).map {
      try map.field($0).brought(to: record.grid, of: record.files[0].path, by: .bilinear).map.values.map { $0 * scale }
    }
    return (0..<record.layerCount).flatMap { fields[fields.count == 1 ? 0 : $0] }
  }
}
