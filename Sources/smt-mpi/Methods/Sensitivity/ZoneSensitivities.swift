import Distributed
import Foundation
import Kernels

/// Where the series of zones come from.
struct ZoneInput {
  /// The reference first; one where there are no members.
  var members: [String]
  var months: [Month]
  var calendar: ModelCalendar
  /// Units of response and predictors.
  var units: [String]
  /// What response and predictors are, in words.
  var longNames: [String]
  /// What the terminal calls a zone.
  var zones = "zone"
  /// Where the series are means, in the words of the output.
  var place = "over the zone"
  /// How the series were made, for the terminal.
  var means: String
}

extension ZoneInput {
  /// That of the sources of a catalogue, whose zones are cells of its grid.
  init(_ catalogue: Catalogue, _ requests: [SourceRequest]) {
    self.init(
      members: catalogue.members, months: catalogue.months,
      calendar: catalogue.sources[SensitivitySettings.response].calendar, units: catalogue.sources.map(\.units),
      longNames: requests.indices.map { catalogue.quantity($0, requests) },
      means: "means by area weighted with \(catalogue.grid.weightOrigin)")
  }
}

/// What is found in all zones and members, with what is written of it.
struct ZoneSensitivities {
  let settings: SensitivitySettings
  let input: ZoneInput
  /// Names of the zones.
  let zones: [String]
  /// Cells of each zone; nil of stations.
  let cells: [Int]?
  let series: ZoneSeries
  /// Zone after zone, by member; nothing but on rank 0.
  let results: [SensitivityResult]
  /// Position of the moisture among the predictors.
  let moisture: Int
  /// The mean threshold of each zone, percent of normal, NaN where it has none; nil where there is no map of it.
  let thresholds: [Double]?

  private var members: Int { input.members.count }
  /// What responds, in words.
  private var response: String { input.longNames[SensitivitySettings.response] }
  private var hasInterval: Bool { settings.options.replicates > 0 }

  private func result(_ zone: Int, _ member: Int) -> SensitivityResult { results[zone * members + member] }

  /// The mean of a source over the months that have one; NaN where none has.
  private func mean(_ zone: Int, _ member: Int, source: Int) -> Double {
    Kernels.mean(series.values(zone: zone, member: member, source: source).filter(\.isFinite))
  }

  /// The moisture of a zone and member in percent of the reference's.
  private func moisturePercent(_ zone: Int, _ member: Int) -> Double {
    let percent = 100 * mean(zone, member, source: 1 + moisture) / mean(zone, 0, source: 1 + moisture)
    return percent.isFinite ? percent : .nan
  }

  /// Every zone and member in order, with what is made of it.
  private func all<Value>(_ make: (_ zone: Int, _ member: Int) -> [Value]) -> [Value] {
    zones.indices.flatMap { zone in (0..<members).flatMap { make(zone, $0) } }
  }

  // MARK: Files

  /// The variables of the output.
  var variables: [ArrayWriter.Variable] {
    let zone = MapAxis("zone", longName: "zone", names: zones)
    let outer = [zone] + settings.memberAxes
    let time = MapAxis(months: input.months, calendar: input.calendar)
    var status = ArrayWriter.Variable(
      "status", "1", "whether there are sensitivities, and why not", axes: outer,
      all { [Double(result($0, $1).status.rawValue)] })
    status.flagMeanings = SensitivityStatus.allCases.map(\.name)
    var months = ArrayWriter.Variable(
      "n_months", "1", "months with all values", axes: outer, all { [Double(result($0, $1).count)] })
    months.isCount = true
    let count = cells.map { cells in
      var count = ArrayWriter.Variable("n_cells", "1", "cells of the zone", axes: [zone], cells.map(Double.init))
      count.isCount = true
      return [count]
    }
    let name = settings.predictors[moisture].name
    let found =
      SensitivityQuantity.ofPredictors(of: response, hasInterval: hasInterval).map { quantity in
        variable(quantity, axes: outer + [settings.predictorAxis])
      }
      + SensitivityQuantity.ofAll(of: response).map { quantity in
        variable(quantity, axes: outer)
      }
      + [
        months, status,
        ArrayWriter.Variable(
          "moisture_percent", "%", "mean \(name) in percent of the reference's", axes: outer,
          all { [moisturePercent($0, $1)] }),
      ]
    let more = thresholds.map {
      [ArrayWriter.Variable("threshold", "%", "mean soil moisture threshold of the zone", axes: [zone], $0)]
    }
    let means = settings.requests.enumerated().map { source, request in
      let units = input.units[source]
      let all = all { [series.values(zone: $0, member: $1, source: source)] }
      // Time comes first, as CDO wants it.
      return ArrayWriter.Variable(
        "mean_\(request.name)", units.isEmpty ? "1" : units.udunits,
        "mean of \(input.longNames[source]) \(input.place)", axes: [time] + outer,
        input.months.indices.flatMap { month in all.map { $0[month] } })
    }
    return found + (count ?? []) + (more ?? []) + means
  }

  private func variable(_ quantity: SensitivityQuantity, axes: [MapAxis]) -> ArrayWriter.Variable {
    var variable = ArrayWriter.Variable(
      quantity.name, "1", quantity.words, axes: axes, all { quantity.values(result($0, $1)) })
    variable.validRange = quantity.validRange
    return variable
  }

  /// A row for each zone, member and predictor.
  var table: Table {
    let quantities = SensitivityQuantity.ofPredictors(of: response, hasInterval: hasInterval)
    var table = Table(
      columns: ["zone", "member", "predictor"] + quantities.map(\.name)
        + SensitivityQuantity.ofAll(of: response).map(\.name)
        + ["n_months", "status", "mean", "moisture_percent"] + (thresholds == nil ? [] : ["threshold"]))
    for zone in zones.indices {
      for member in 0..<members {
        let found = result(zone, member)
        let percent = moisturePercent(zone, member)
        for (index, predictor) in settings.predictors.enumerated() {
          var row: [Table.Entry] = [.text(zones[zone]), .text(input.members[member]), .text(predictor.name)]
          row += quantities.map { .number($0.values(found)[index]) }
          row += SensitivityQuantity.ofAll(of: response).map { .number($0.values(found)[0]) }
          row += [
            .count(found.count), .text(found.status.name), .number(mean(zone, member, source: 1 + index)),
            .number(percent),
          ]
          if let thresholds { row.append(.number(thresholds[zone])) }
          table.add(row)
        }
      }
    }
    return table
  }

  /// The members' coefficients against their moisture, a panel for each zone.
  ///
  /// Drawn after figure 11 c to f of Yan et al. (2024).
  var picture: String {
    let panels = zones.indices.map { zone in
      ScatterPicture(
        title: zones[zone], xTitle: "\(settings.predictors[moisture].name), % of the reference's", yTitle: "beta",
        series: settings.predictors.enumerated().map { index, predictor in
          ScatterPicture.Series(
            name: predictor.name,
            points: (0..<members).map { member in
              let found = result(zone, member)
              return ScatterPicture.Point(
                x: moisturePercent(zone, member), y: found.beta[index],
                yInterval: (found.lower[index], found.upper[index]))
            })
        },
        lines: [.horizontal(0, name: "")]
          + (thresholds.flatMap { $0[zone].isFinite ? [.vertical($0[zone], name: "threshold")] : nil } ?? [])
      ).svg
    }
    return PictureFrame.panels(panels)
  }

  // MARK: Words

  /// Results by name of their status.
  var statusCounts: [String: Int] {
    results.reduce(into: [:]) { $0[$1.status.name, default: 0] += 1 }
  }

  /// What is wrong where zones have no result.
  var concerns: [String] {
    guard !results.isEmpty else { return [] }
    // Zones of which the same is to be said.
    var reasons: [(words: String, zones: [String])] = []
    for zone in zones.indices {
      let own = (0..<members).map { result(zone, $0).status }.filter { $0 != .computed }
      guard let first = own.first else { continue }
      let which = settings.isEnsemble ? " for \(own.count) of \(counted(members, "member"))" : ""
      let words = "no sensitivities\(which): \(first.name)" + (cells?[zone] == 0 ? ", no cell of it counts" : "")
      if let place = reasons.firstIndex(where: { $0.words == words }) {
        reasons[place].zones.append(zones[zone])
      } else {
        reasons.append((words, [zones[zone]]))
      }
    }
    return reasons.map { words, zones in
      let names = zones.prefix(20).map { "'\($0)'" }.joined(separator: ", ") + (zones.count > 20 ? ", …" : "")
      return zones.count == 1
        ? "\(input.zones) \(names) has \(words)" : "\(zones.count) \(input.zones)s have \(words): \(names)"
    }
  }

  /// The reference's coefficients, for the report.
  var reportNumbers: [String: Double] {
    guard !results.isEmpty else { return [:] }
    var numbers: [String: Double] = [:]
    for (zone, name) in zones.enumerated() {
      let found = result(zone, 0)
      for (predictor, beta) in zip(settings.predictors, found.beta) where beta.isFinite {
        numbers["beta_\(name)_\(predictor.name)"] = beta
      }
      if found.determination.isFinite { numbers["r2_\(name)"] = found.determination }
      if let threshold = thresholds?[zone], threshold.isFinite { numbers["threshold_\(name)"] = threshold }
    }
    return numbers
  }

  /// The most zones that the terminal is told.
  private static let mostLines = 40

  /// The reference's results for the terminal.
  var text: String {
    guard !results.isEmpty else { return "" }
    let width = max(12, zones.map(\.count).max() ?? 0) + 2
    func pad(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(1, width - text.count)) + text
    }
    func line(_ name: String, _ columns: [String], _ coefficients: [String]) -> String {
      name.padding(toLength: width, withPad: " ", startingAt: 0) + columns.map { pad($0, 9) }.joined()
        + coefficients.map { pad($0, 18) }.joined()
    }
    let title = settings.isEnsemble ? "reference \(input.members[0]), " : ""
    var lines = [
      "\(title)beta (standard error) by \(input.zones); \(input.means)",
      line(input.zones, ["months", "penalty", "r2"], settings.predictors.map(\.name)),
    ]
    for zone in zones.indices.prefix(Self.mostLines) {
      let found = result(zone, 0)
      guard found.status == .computed else {
        lines.append(line(zones[zone], ["\(found.count)"], []) + "  " + found.status.name)
        continue
      }
      lines.append(
        line(
          zones[zone],
          ["\(found.count)", numberText(found.penalty, "%.4g"), numberText(found.determination, "%.3f")],
          zip(found.beta, found.standardError).map { "\(numberText($0, "%.3f")) (\(numberText($1, "%.3f")))" }))
    }
    if zones.count > Self.mostLines { lines.append("… \(counted(zones.count - Self.mostLines, "zone")) more") }
    return lines.joined(separator: "\n")
  }
}
