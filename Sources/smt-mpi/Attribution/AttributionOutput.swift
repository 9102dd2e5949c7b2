import Distributed
import Kernels

/// The maps of the attribution as a CF file.
struct AttributionOutput {
  let job: AttributionJob
  let catalogue: Catalogue
  let periods: [ClosedRange<Int>]

  /// The maps; with several periods each variable has a leading period.
  func maps(_ rows: RecordRows) -> [MapWriter.MapVariable] {
    var maps: [MapWriter.MapVariable] = []
    for field in rows.fields {
      maps += split(
        field, axes: periods.axes + field.axes, periods.indices.flatMap { rows.quantities(field, period: $0) })
    }
    guard periods.count > 1 else { return maps }
    for (name, change) in [("relative_contribution", "relative_contribution_change"), ("omega", "omega_change")] {
      var field = rows.field(name)
      let (before, after) = (
        rows.quantities(field, period: periods.count - 2), rows.quantities(field, period: periods.count - 1)
      )
      field.name = change
      field.longName = "change of the \(field.longName) between the last two periods"
      maps += split(field, axes: field.axes, zip(after, before).map { after, before in { after($0) - before($0) } })
    }
    return maps
  }

  /// One variable, or with `--split` one for each index of its outer axes: CDO reads one axis besides the grid's.
  private func split(_ field: ResultField, axes: [MapAxis], _ fields: [CellQuantity]) -> [MapWriter.MapVariable] {
    guard job.splits, axes.count > 1, let outer = axes.first else {
      return [
        MapWriter.MapVariable(
          field.name, units: field.units, longName: field.longName, flagMeanings: field.flagMeanings,
          isCount: field.isCount, axes: axes, fields: fields)
      ]
    }
    let size = fields.count / outer.values.count
    return outer.meanings.enumerated().flatMap { index, meaning in
      var part = field
      part.name += "_" + meaning.replacing("-", with: "_")
      part.longName += ", \(outer.name) \(meaning)"
      return split(part, axes: Array(axes.dropFirst()), Array(fields[index * size..<(index + 1) * size]))
    }
  }

  var attributes: MapWriter.FileAttributes {
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
