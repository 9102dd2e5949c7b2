import Distributed

extension Comparison {
  /// Writes where the maps agree as a CF file: the difference, the same relative to B, and whether it is within the
  /// tolerance.
  ///
  /// - Throws: exit code 73 where the file cannot be written.
  func writeMap(to path: String) throws {
    let cells = Array(a.values.indices)
    let results = CellResults(
      zip(a.values, b.values).flatMap(row), Partition(cells: cells, ranks: 1), .single,
      isSelected: cells.map { _ in true }, rowWithoutData: row(.nan, .nan), rowOutside: row(.nan, .nan))
    let units = report.units.isEmpty ? "1" : report.units.udunits
    let number = tolerance.number.shortText
    let maps = [
      MapWriter.MapVariable(
        "difference", units: units, longName: "\(a.name) (A) less \(b.name) (B)", fields: [{ $0[0] }]),
      MapWriter.MapVariable(
        "relative_difference", units: "percent",
        longName: "\(a.name) (A) less \(b.name) (B) in percent of the magnitude of B",
        fields: [{ $0[1] }]),
      MapWriter.MapVariable(
        "agreement", units: "1",
        longName: "whether \(a.name) (A) and \(b.name) (B) differ by at most "
          + (tolerance.isRelative ? "\(number) percent of the magnitude of B" : "\(number) \(units)"),
        flagMeanings: ["differs", "agrees"], fields: [{ $0[2] }]),
    ]
    try MapWriter.write(
      maps, of: results, on: grid,
      MapWriter.FileAttributes(
        title: "Agreement of \(a.name) of \(a.path) with \(b.name) of \(b.path)", source: ProgramVersion.source,
        references: "",
        commandLine: commandLine,
        comment: "A is '\(a.name)' of \(a.path), B is '\(b.name)' of \(b.path)."
          + (report.regridding.map { " \($0)." } ?? "")),
      to: path)
  }

  private func row(_ a: Double, _ b: Double) -> [Double] {
    guard a.isFinite, b.isFinite else { return [.nan, .nan, .nan] }
    return [a - b, b == 0 ? .nan : 100 * (a - b) / abs(b), tolerance.value.allows(a, b) ? 1 : 0]
  }
}
