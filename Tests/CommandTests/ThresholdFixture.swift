import Distributed
import Foundation
import TestSupport
import Testing

/// An ensemble, or a record of observations, whose pairs of moisture and response are known, and the comparison with
/// what the program makes of its files.
struct ThresholdFixture {
  /// The files.
  var ensemble: TestEnsemble
  /// Months that count; nil for those of the files.
  var months: [Month]?
  /// First and last month of the season of a cell; nil where it has none.
  var season: @Sendable (_ cell: Int) -> (first: Int, last: Int)? = { _ in (1, 12) }
  /// Variables that make the response, summed.
  var response = ["GPP"]
  /// Variables that make the moisture, summed.
  var moisture = ["SM"]
  /// Weights of the levels that count, where the moisture has levels.
  var levelWeights: [Double]?

  static let january = Month(year: 2004, month: 1)

  /// Moisture falls from member to member by less than the response, neither in step with the months, so that wrong
  /// months, weights, members or cells all show.
  static let moisture = TestField("SM", units: "m3/m3") { sample in
    let month = Double(sample.month.index % 17)
    return (0.4 - 0.03 * Double(sample.member)) * (1 + 0.02 * month) + 0.001 * Double(sample.cell)
      + 0.0007 * Double(sample.member) * month + 0.004 * Double(sample.level)
  }
  static let productivity = TestField("GPP", units: "gC/m^2/s") { sample in
    let month = Double(sample.month.index % 13)
    let member = Double(sample.member)
    return 1e-5 * (30 - 0.5 * member * member + month + 0.3 * member * month + 0.1 * Double(sample.cell))
  }

  /// Six members over 14 months from November 2003, which no calendar year holds.
  static func make(
    _ layout: TestEnsemble.Layout = .memberFiles, grid: TestGrid = .regular(rows: 3, columns: 4), months: Int = 14,
    members: Int = 6
  ) -> ThresholdFixture {
    ThresholdFixture(
      ensemble: TestEnsemble(
        grid: grid, time: TestTime(from: Month(year: 2003, month: 11), count: months),
        fields: [moisture, productivity], members: ["REF"] + (1..<members).map { "EXP_0\($0)" }, layout: layout))
  }

  /// The members as the option takes them.
  var memberOption: String {
    ensemble.members.count < 2 ? "REF" : "REF,EXP_01..EXP_0\(ensemble.members.count - 1)"
  }

  /// Options that every run needs: a closed form, few pairs, no progress.
  static let quick = ["--model", "quadratic", "--minimum-pairs", "3", "--minimum-span", "5", "--progress", "0"]

  /// Arguments of a run in a folder.
  func arguments(_ folder: String, output: String = "smt.nc", _ more: [String] = []) -> [String] {
    var sources = [
      "--response", ensemble.source(response.joined(separator: "+"), in: folder),
      "--moisture", ensemble.source(moisture.joined(separator: "+"), in: folder),
    ]
    if case .variableFiles = ensemble.layout {
      sources = [
        "--response", ensemble.source(response[0], in: folder), "--moisture", ensemble.source(moisture[0], in: folder),
      ]
    }
    return ["threshold", "--members", memberOption] + sources + ["--output", "\(folder)/\(output)"] + Self.quick + more
  }

  /// Season mean of some variables of a member in a cell, weighted by the length of months; NaN where it is missing.
  func seasonMean(_ names: [String], member: Int, cell: Int) -> Double {
    guard let (first, last) = season(cell) else { return .nan }
    var (sum, days) = (0.0, 0.0)
    for month in months ?? ensemble.time.months.sorted() {
      let number = month.month
      guard first <= last ? (first...last).contains(number) : number >= first || number <= last else { continue }
      let length = Double(ensemble.time.length(of: month))
      sum += length * value(names, member: member, month: month, cell: cell)
      days += length
    }
    return sum / days
  }

  /// The sum of some variables, over levels where they have any.
  func value(_ names: [String], member: Int, month: Month, cell: Int) -> Double {
    names.reduce(0) { sum, name in
      guard let field = ensemble.fields.first(where: { $0.name == name }) else { return .nan }
      guard field.hasLevels, let weights = levelWeights else {
        return sum + ensemble.expected(field, member: member, month: month, cell: cell)
      }
      let total = weights.enumerated().reduce(0) {
        $0 + $1.element * ensemble.expected(field, member: member, month: month, level: $1.offset, cell: cell)
      }
      return sum + total / weights.reduce(0, +)
    }
  }

  /// Pairs of a cell in percent of the reference.
  func pairs(cell: Int) -> (x: [Double], y: [Double]) {
    func percent(_ names: [String]) -> [Double] {
      let means = ensemble.members.indices.map { seasonMean(names, member: $0, cell: cell) }
      return means.map { 100 * $0 / means[0] }
    }
    return (percent(moisture), percent(response))
  }

  /// Runs and compares the pairs of all cells that `cells` gives, those of `noPairs` without any; the others must have
  /// no curve.
  @MainActor
  func check(
    in folder: String, _ more: [String] = [], ranks: Int? = nil, _ comment: String = "", cells: [Int]? = nil,
    noPairs: [Int] = [],
    location: SourceLocation = #_sourceLocation
  ) throws {
    let done = try run(arguments(folder, ["--save-curves", "--overwrite"] + more), ranks: ranks)
    #expect(done.status == 0, "\(comment): \(done.standardError)", sourceLocation: location)
    guard done.status == 0 else { return }
    let curves = try SavedCurves("\(folder)/smt_curves.nc")
    let expected = cells ?? Array(0..<ensemble.grid.cellCount)
    #expect(curves.cells == expected, "\(comment)", sourceLocation: location)
    guard curves.cells == expected else { return }
    for (row, cell) in curves.cells.enumerated() {
      let (x, y) = noPairs.contains(cell) ? ([], []) : pairs(cell: cell)
      let isEqual = Self.areClose(curves.x[row], x) && Self.areClose(curves.y[row], y)
      #expect(
        isEqual, "\(comment), cell \(cell): found \(curves.x[row]) \(curves.y[row]), expected \(x) \(y)",
        sourceLocation: location)
    }
    let status = try GridMap.read("\(folder)/smt.nc:status")
    #expect(status.grid.cellCount == ensemble.grid.cellCount, sourceLocation: location)
    for cell in 0..<ensemble.grid.cellCount {
      let place = ensemble.grid.place(ofCell: cell)
      let turn = abs(status.grid.longitude(ofCell: cell) - place.longitude)
      #expect(abs(status.grid.latitude(ofCell: cell) - place.latitude) < 1e-4 && turn < 1e-4, sourceLocation: location)
      #expect(!status.values[cell].isNaN, "\(comment), cell \(cell)", sourceLocation: location)
    }
  }

  /// Whether numbers agree to the precision of the floats that they are written as.
  static func areClose(_ found: [Double], _ expected: [Double]) -> Bool {
    found.count >= expected.count && found.dropFirst(expected.count).allSatisfy(\.isNaN)
      && zip(found, expected).allSatisfy { $0.isNaN && $1.isNaN || abs($0 - $1) < 5e-5 }
  }
}

/// Pairs that the program saved.
struct SavedCurves {
  let cells: [Int]
  let x: [[Double]]
  let y: [[Double]]

  init(_ path: String) throws {
    let file = try NetCDFFile(path)
    cells = try file.values(try file.requiredVariable("cell_index")).map { Int($0) }
    func rows(_ name: String) throws -> [[Double]] {
      let variable = try file.requiredVariable(name)
      let stored = try StoredValues(variable, in: file)
      let values = try file.values(variable).map(stored.value)
      let length = file.shape(variable)[1]
      return stride(from: 0, to: values.count, by: length).map { Array(values[$0..<$0 + length]) }
    }
    x = try rows("pair_moisture")
    y = try rows("pair_response")
  }
}

/// All variables of a result file, bit by bit.
func bits(of path: String) throws -> [String: [UInt64]] {
  let file = try NetCDFFile(path)
  return Dictionary(
    uniqueKeysWithValues: try file.variables.map { variable in
      let names = try file.labels(variable)?.flatMap { $0.utf8.map(UInt64.init) }
      return (variable.name, try names ?? file.values(variable).map(\.bitPattern))
    })
}

/// The values of a map with its missing ones as NaN.
func map(_ name: String, _ path: String) throws -> [Double] { try GridMap.read(name, from: path).values }

/// Names of the statuses of all cells.
func statuses(_ path: String) throws -> [String] {
  let file = try NetCDFFile(path)
  let variable = try file.requiredVariable("status")
  let names = (file.text("flag_meanings", of: variable) ?? "").split(separator: " ").map(String.init)
  return try file.values(variable).map { names[Int($0)] }
}

extension ThresholdFixture {
  /// Writes the ensemble with the chunk damaged, in one of its files, that holds some samples of the first field: where it
  /// lies shows when they alone are changed.
  func writeDamaged(
    _ path: String, in folder: String, holding samples: @escaping @Sendable (TestSample) -> Bool
  ) throws {
    let url = URL(fileURLWithPath: "\(folder)/\(path)")
    var changed = ensemble
    let value = ensemble.fields[0].value
    changed.fields[0].value = { samples($0) ? 0.123 * value($0) : value($0) }
    try changed.write(to: folder)
    let other = try Data(contentsOf: url)
    try ensemble.write(to: folder)
    var data = try Data(contentsOf: url)
    let differing = zip(data, other).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset)
    let middle = differing[differing.count / 2]
    for position in middle..<middle + 40 { data[position] ^= 0xff }
    try data.write(to: url)
  }
}

/// Writes maps on the grid of a fixture's files, NaN as missing.
func writeMaps(
  _ maps: [(name: String, values: [Double])], units: String? = nil, grid: TestGrid, to path: String
) throws {
  let places = (0..<grid.cellCount).map(grid.place)
  let writer = try NetCDFWriter(path)
  let dimensions = try zip(grid.dimensionNames, grid.shape).map { try writer.dimension($0, $1) }
  var names = ["lat", "lon"]
  var own = [dimensions, dimensions]
  var (latitudes, longitudes) = (places.map(\.latitude), places.map(\.longitude))
  switch grid {
  case .regular(let rows, let columns, _, _):
    own = dimensions.map { [$0] }
    latitudes = (0..<rows).map { latitudes[$0 * columns] }
    longitudes = Array(longitudes.prefix(columns))
  case .curvilinear: names = ["TLAT", "TLONG"]
  case .unstructured: break
  }
  let latitude = try writer.variable(names[0], .double, own[0], attributes: [("units", .text("degrees_north"))])
  let longitude = try writer.variable(names[1], .double, own[1], attributes: [("units", .text("degrees_east"))])
  let variables = try maps.map {
    try writer.variable(
      $0.name, .double, dimensions,
      attributes: [("_FillValue", .numbers([-99], .double))] + (units.map { [("units", .text($0))] } ?? []))
  }
  try writer.endDefinitions()
  try writer.write(latitudes, to: latitude)
  try writer.write(longitudes, to: longitude)
  for (variable, map) in zip(variables, maps) { try writer.write(map.values.map { $0.isNaN ? -99 : $0 }, to: variable) }
  try writer.commit()
}
