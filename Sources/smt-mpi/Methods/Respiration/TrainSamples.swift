import Distributed

/// Site-years that a target was measured at.
struct TrainSamples: Codable {
  /// A year of a site.
  struct Row: Codable {
    /// Place of its site.
    let site: Int
    let year: Int
    let target: Float
  }

  let sites: [SiteYearTable.Site]
  private(set) var rows: [Row]
  /// The target's units; "1" where the table does not say.
  let units: String

  /// Squares of larger targets leave single precision.
  private static let largestTarget = 1e15

  /// Reads a table; the target is the column of its name, or where there is none, `value`.
  ///
  /// - Throws: exit code 65 or 66 with file, line and column.
  init(_ path: String, target: String) throws {
    let reader = try TableReader(path)
    let column = reader.position(target) == nil && reader.position("value") != nil ? "value" : target
    let table = try SiteYearTable(path, column: column)
    sites = table.sites
    units = table.units.isEmpty || table.units == "-" ? "1" : table.units
    rows = try table.samples.map { sample in
      guard abs(sample.value) <= Self.largestTarget else {
        throw JobError(
          .inputData,
          "\(path), column '\(column)': expected at most \(Self.largestTarget), found \(sample.value) at the site "
            + "'\(table.sites[sample.site].name)' in \(sample.year)")
      }
      return Row(site: sample.site, year: sample.year, target: Float(sample.value))
    }
  }

  /// The years of all rows.
  var years: ClosedRange<Int> {
    let years = rows.map(\.year)
    return (years.min() ?? 0)...(years.max() ?? 0)
  }

  /// Targets below 0, which a ReLU never reaches.
  var negativeCount: Int { rows.count { $0.target < 0 } }

  /// Keeps some rows.
  mutating func keep(_ isKept: [Bool]) { rows = zip(rows, isKept).filter(\.1).map(\.0) }
}
