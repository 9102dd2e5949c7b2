import Distributed
import Foundation
import Kernels

/// What the terminal, the report and the table tell of drought indices.
struct DroughtSummary {
  /// Cells by name of their status on each scale, the worst on any.
  let statusCounts: [String: Int]
  /// The means by class; nil where no table is wanted, and on other ranks than 0.
  let table: ClassTable?
  /// Numbers of the report.
  private(set) var results: [String: Double] = [:]
  private(set) var text = ""
  private(set) var concerns: [String] = []

  /// Sums the index up over cells in the calendar month that is shown.
  ///
  /// Collective. Each field is put together on one rank, which adds it up in the order of cells.
  init(
    _ settings: DroughtSettings, _ rows: DroughtRows, _ catalogue: Catalogue, _ cells: CellResults,
    _ classes: ClassSummary?
  ) throws {
    let (scales, name) = (settings.scales, settings.index.rawValue)
    let months = rows.shownPlaces.map { catalogue.months[$0] }
    func key(_ scale: Int, _ year: Int) -> String { "\(name)_\(scales[scale])_\(months[year])" }
    let fields = scales.indices.flatMap { scale in
      months.indices.map { year in
        SummaryField(name: key(scale, year)) { [place = rows.shown(scale, year)] in $0[place] }
      }
    }
    let means = try SummaryMeans(fields, of: cells, on: catalogue.grid)
    let sums = try cells.communicator.allReduce(
      scales.indices.flatMap { scale -> [Int] in
        var counts = [0, 0, 0]
        cells.forEachRow { _, row in
          if !row[rows.clipped(scale)].isNaN { counts[0] += Int(row[rows.clipped(scale)]) }
          if !row[rows.infinite(scale)].isNaN { counts[1] += Int(row[rows.infinite(scale)]) }
          if [.computed, .computedInSomeMonths].contains(DroughtStatus(rawValue: UInt8(row[rows.status(scale)]))) {
            counts[2] += 1
          }
        }
        return counts
      }, .sum)
    let names =
      ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
      + ["November", "December"]
    var totals: [String: Int] = [:]
    var lines: [String] = []
    for scale in scales.indices {
      let statuses = try cells.counts(of: DroughtStatus.self) { [place = rows.status(scale)] in $0[place] }
      for (status, count) in statuses { totals["\(name)_\(scales[scale])_\(status)"] = count }
      let (clipped, infinite, count) = (sums[3 * scale], sums[3 * scale + 1], sums[3 * scale + 2])
      let prefix = "\(name)_\(scales[scale])"
      results["\(prefix)_clipped"] = Double(clipped)
      results["\(prefix)_infinite"] = Double(infinite)
      results["\(prefix)_cells"] = Double(count)
      let others = DroughtStatus.allCases.compactMap { status in
        [.computed, .notLand, .outsideSelection].contains(status)
          ? nil : statuses[status.name].map { "\(status.name) \($0)" }
      }
      lines.append(
        "\(name) of \(counted(scales[scale], "month")): \(counted(count, "cell")), "
          + (settings.limit.isFinite
            ? "\(counted(clipped, "value")) beyond \(settings.limit.shortText) (\(infinite) infinite)"
            : "\(counted(infinite, "value")) infinite")
          + (others.isEmpty ? "" : "; " + others.joined(separator: ", ")))
      var shown: [String] = []
      for year in months.indices where means[key(scale, year)].area.isFinite {
        let found = means[key(scale, year)]
        results["\(key(scale, year))_area"] = found.area
        results["\(key(scale, year))_cells"] = found.cells
        shown.append("\(months[year].year) \(String(format: "%.4f", found.area))")
      }
      if !shown.isEmpty { lines.append("  \(names[settings.shownMonth]), mean by area:") }
      for start in stride(from: 0, to: shown.count, by: 8) {
        lines.append("    " + shown[start..<min(start + 8, shown.count)].joined(separator: ", "))
      }
      if count == 0 { concerns.append("no cell has the \(name) of \(counted(scales[scale], "month")); see status") }
    }
    statusCounts = totals
    text = lines.joined(separator: "\n")
    table = try classes.map { classes in
      var table = ClassTable(classes)
      try cells.assemble(fields.map(\.value)) { _, values in
        var onGrid = [Double](repeating: .nan, count: catalogue.grid.cellCount)
        for (cell, value) in zip(cells.partition.cells, values) { onGrid[cell] = value }
        return classes.bytes(of: onGrid)
      } take: { number, bytes in
        let (scale, year) = (number / months.count, number % months.count)
        table.add(
          ClassField(
            variable: name, units: "1", place: [("scale", "\(scales[scale])"), ("time", "\(months[year])")]),
          classes.statistics(bytes: bytes))
      }
      return table
    }
  }
}
