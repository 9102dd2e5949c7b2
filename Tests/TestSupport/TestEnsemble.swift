import Distributed
import Foundation

/// Files for tests, made on the fly: an ensemble of model runs, or one record of observations, in any layout, format
/// and kind of grid.
public struct TestEnsemble: Sendable {
  /// How members, months and variables are spread over files.
  public enum Layout: Sendable {
    /// One file a member: `REF.nc`.
    case memberFiles
    /// CESM's: one file a member and month.
    case monthFiles
    /// One file a member and variable: `REF.GPP.nc`.
    case variableFiles
    /// One file, `ensemble.nc`, with a member dimension.
    case memberDimension(MemberLabels)
    /// GLDAS': one file a month, no members.
    case observationFiles
  }

  /// What labels the member dimension.
  public enum MemberLabels: Sendable {
    case none, integers, strings, characters
  }

  /// Where the cells lie.
  public var grid: TestGrid
  /// Which months there are.
  public var time: TestTime
  /// The variables.
  public var fields: [TestField]
  /// The vertical dimension of those that have one.
  public var levels: TestLevels?
  /// Names of the members, the reference first.
  public var members: [String]
  /// How members, months and variables are spread over files.
  public var layout: Layout
  /// The title of a file by its first month; files of several products differ in it.
  public var title: (@Sendable (Month) -> String)?
  /// How numbers are stored.
  public var storage = TestStorage()
  /// Areas of the cells, written as `area`, and their shares of land, written as `landfrac` unless there are none; NaN is
  /// missing.
  public var landAreas: (areas: [Double], fractions: [Double])?

  /// An ensemble in the layout given, stored as CLM does.
  public init(
    grid: TestGrid, time: TestTime, fields: [TestField], members: [String] = ["REF", "EXP_01", "EXP_02"],
    layout: Layout = .memberFiles
  ) {
    self.grid = grid
    self.time = time
    self.fields = fields
    self.members = members
    self.layout = layout
  }

  /// A record of observations as GLDAS writes it: one file a month, stamped at its start, missing values −9999.
  public static func observations(grid: TestGrid, time: TestTime, fields: [TestField]) -> TestEnsemble {
    var record = TestEnsemble(grid: grid, time: time, fields: fields, members: [""], layout: .observationFiles)
    record.time.stamp = .start
    record.time.boundsName = "time_bnds"
    record.time.calendar = .standard
    record.storage.fill = -9999
    return record
  }

  /// The pattern of the files and the variable, `PATTERN:VARIABLE`, as the program's options take it.
  public func source(_ variable: String, in folder: String) -> String {
    let pattern =
      switch layout {
      case .memberFiles: "{member}.nc"
      case .monthFiles: "{member}/lnd/hist/{member}.clm2.h0.*.nc"
      case .variableFiles: "{member}.\(variable).nc"
      case .memberDimension: "ensemble.nc"
      case .observationFiles: "GLDAS_NOAH10_M.A*.nc4"
      }
    return "\(folder)/\(pattern):\(variable)"
  }

  /// The value that a reader should find; NaN where it is missing.
  public func expected(
    _ field: TestField, member: Int = 0, month: Month, level: Int = 0, cell: Int
  ) -> Double {
    storage.restored(field.value(sample(member: member, month: month, level: level, cell: cell)))
  }

  /// Writes all files below a folder, or those of some members alone.
  public func write(to folder: String, members chosen: [String]? = nil) throws {
    for part in parts(of: chosen ?? members) {
      let path = "\(folder)/\(part.path)"
      let parent = (path as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
      try write(part, to: path)
    }
  }

  func sample(member: Int, month: Month, level: Int, cell: Int) -> TestSample {
    let place = grid.place(ofCell: cell)
    return TestSample(
      member: member, month: month, level: level, cell: cell, latitude: place.latitude, longitude: place.longitude)
  }

  /// One file.
  struct Part {
    var path: String
    var members: [Int]
    var months: [Month]
    var fields: [TestField]
  }

  private func parts(of chosen: [String]) -> [Part] {
    let numbers = members.indices.filter { chosen.contains(members[$0]) }
    switch layout {
    case .memberFiles:
      return numbers.map { Part(path: "\(members[$0]).nc", members: [$0], months: time.months, fields: fields) }
    case .monthFiles:
      return numbers.flatMap { number in
        time.months.map { month in
          Part(
            path: "\(members[number])/lnd/hist/\(members[number]).clm2.h0.\(month).nc", members: [number],
            months: [month], fields: fields)
        }
      }
    case .variableFiles:
      return numbers.flatMap { number in
        fields.map { field in
          Part(path: "\(members[number]).\(field.name).nc", members: [number], months: time.months, fields: [field])
        }
      }
    case .memberDimension:
      return [Part(path: "ensemble.nc", members: numbers, months: time.months, fields: fields)]
    case .observationFiles:
      return time.months.map { month in
        let stamp = String(describing: month).filter(\.isNumber)
        return Part(path: "GLDAS_NOAH10_M.A\(stamp).nc4", members: [0], months: [month], fields: fields)
      }
    }
  }
}
