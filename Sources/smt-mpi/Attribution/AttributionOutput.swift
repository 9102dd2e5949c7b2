import Distributed
import Kernels

/// The maps of the attribution as a CF file.
struct AttributionOutput {
  let job: AttributionJob
  let catalogue: Catalogue
  let periods: [ClosedRange<Int>]

  /// Writes the maps; with several periods each variable has a leading period.
  func write(_ maps: ResultMaps, to path: String, _ compression: ChunkCompression) throws {
    var variables: [MapWriter.MapVariable] = []
    for field in maps.fields {
      let values = periods.indices.map { maps.values(field, period: $0) }
      variables += variable(field, values: values.flatMap { $0 })
    }
    if periods.count > 1 {
      for (name, change) in [("relative_contribution", "relative_contribution_change"), ("omega", "omega_change")] {
        guard var field = maps.field(name) else { continue }
        let (before, after) = (
          maps.values(field, period: periods.count - 2), maps.values(field, period: periods.count - 1)
        )
        field.name = change
        field.longName = "change of the \(field.longName) between the last two periods"
        variables += split(field, axes: field.axes, values: zip(after, before).map { $0 - $1 })
      }
    }
    try MapWriter.write(variables, on: catalogue.grid, attributes, to: path, compression)
  }

  private func variable(_ field: ResultField, values: [Double]) -> [MapWriter.MapVariable] {
    split(field, axes: periods.axes + field.axes, values: values)
  }

  /// One variable, or with `--split` one for each index of its outer axes: CDO reads one axis besides the grid's.
  private func split(
    _ field: ResultField, axes: [MapAxis], values: [Double]
  ) -> [MapWriter.MapVariable] {
    guard job.splits, axes.count > 1, let outer = axes.first else {
      return [
        MapWriter.MapVariable(
          field.name, units: field.units, longName: field.longName, flagMeanings: field.flagMeanings,
          isCount: field.isCount, axes: axes, values: values)
      ]
    }
    let size = values.count / outer.values.count
    return outer.meanings.enumerated().flatMap { index, meaning in
      var part = field
      part.name += "_" + meaning.replacing("-", with: "_")
      part.longName += ", \(outer.name) \(meaning)"
      return split(part, axes: Array(axes.dropFirst()), values: Array(values[index * size..<(index + 1) * size]))
    }
  }

  private var attributes: MapWriter.FileAttributes {
    let period = "\(catalogue.months[0])/\(catalogue.months[catalogue.months.count - 1])"
    var comment =
      "Moisture '\(job.record.request.specification.variables.joined(separator: ", "))', \(period), \(job.seasons) seasons "
      + "ranked by \(job.basis == .year ? "each year's own months" : "the climatology")."
    if let remark = productRemark(catalogue, periods) { comment += " " + remark }
    return MapWriter.FileAttributes(
      title: "Attribution of soil moisture variability", source: ProgramVersion.source,
      references: "Li et al. (2025), Frontiers in Plant Science, attribution of global soil moisture variability",
      commandLine: commandLine, comment: comment, configuration: job.record.configuration)
  }
}
