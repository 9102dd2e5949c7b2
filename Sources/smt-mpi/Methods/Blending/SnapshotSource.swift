import Distributed
import Kernels

/// Where snapshots of soil moisture come from, as the command line has it.
enum SnapshotSource {
  /// Files with the coefficients a, b and c of a z² + b z + c, `PATTERN:A,B,C`
  case profile(pattern: String, variables: [String])
  /// Files with values at depths in metres: one variable on levels, or one for each depth
  case levels(pattern: String, variables: [String], depths: [Double])
  /// A table with a row for each time, depth and place
  case table(path: String)

  /// Reads `PATTERN:A,B,C`.
  ///
  /// - Throws: exit code 64 where the text has no such form.
  static func profile(_ text: String) throws -> SnapshotSource {
    let source = try SourceSpecification(text)
    guard source.variables.count == 3, source.combination == .layers else {
      throw JobError(
        .usage,
        "--profile '\(text)': expected PATTERN:A,B,C, the coefficients of z², z and 1, e.g. 'airmoss/*.nc4:a,b,c'")
    }
    return .profile(pattern: source.pattern, variables: source.variables)
  }

  /// Reads `PATTERN:VARIABLES@DEPTHS`.
  ///
  /// - Throws: exit code 64 where the text has no such form.
  static func levels(_ text: String, unit: Double) throws -> SnapshotSource {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    let depths = (parts.last ?? "").split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard parts.count >= 2, depths.count >= 3, depths.allSatisfy({ ($0 ?? -1) >= 0 && ($0 ?? 0).isFinite }) else {
      throw JobError(
        .usage,
        "--levels '\(text)': expected PATTERN:VARIABLE@DEPTHS with three depths or more, e.g. 'sm/*.nc:sm@0,0.1,0.3'")
    }
    let source = try SourceSpecification(parts.dropLast().joined(separator: "@"))
    guard source.variables.count == 1 || source.variables.count == depths.count && source.combination == .layers else {
      throw JobError(
        .usage, "--levels '\(text)': expected one variable, or one for each of the \(counted(depths.count, "depth"))")
    }
    return .levels(pattern: source.pattern, variables: source.variables, depths: depths.map { ($0 ?? 0) * unit })
  }

  /// Metres in a unit of depths.
  ///
  /// - Throws: exit code 64 where it is none.
  static func metres(in unit: String) throws -> Double {
    guard let metres = ["m": 1, "cm": 0.01, "mm": 0.001][unit] else {
      throw JobError(.usage, "--profile-depth-unit '\(unit)': expected m, cm or mm")
    }
    return metres
  }
}

/// A file of snapshots with the times in it.
struct SnapshotFile: Codable {
  /// Of the variables, one after the other.
  var headers: [RecordHeader]
  /// Steps of the model's record, by place on the time axis.
  var steps: [Int]
  /// What stored moisture is multiplied by, so that it is m³ m⁻³; units of coefficients are those of the last.
  var scale: Double

  /// Reads the header of a file.
  ///
  /// - Throws: exit code 65 where it cannot be read, has other dimensions than times and levels, or lies outside of the run.
  init(_ path: String, _ variables: [String], levels: Int?, on record: LayeredRecord) throws {
    headers = try variables.map { try RecordHeader.read($0, from: path) }
    for header in headers {
      let others = header.axes.filter { !$0.isTime && $0.length > 1 }
      let expected = levels.map { variables.count == 1 ? [$0] : [] } ?? []
      guard others.map(\.length) == expected, header.grid == headers[0].grid,
        header.axes.map(\.length) == headers[0].axes.map(\.length)
      else {
        throw JobError(
          .inputData,
          "\(path): '\(header.name)' has besides its grid's the dimensions "
            + "\(header.axes.map { "\($0.name) (\($0.length))" }.joined(separator: ", ")); expected "
            + "(time, \(expected.isEmpty ? "" : "\(expected[0]) levels, ")lat, lon), the same for all variables")
      }
    }
    let last = headers[headers.count - 1]
    guard let scale = SoilMoistureUnits.volumetricScale(last.units) else {
      throw JobError(
        .inputData, "\(path): '\(last.name)' is in '\(last.units)'; expected volumetric soil moisture, m3 m-3 or %")
    }
    self.scale = scale
    let instants = try headers[0].instants()
    steps = try instants.map { instant in
      guard let step = record.step(of: instant) else {
        throw JobError(
          .inputData,
          "\(path): the snapshot of \(instant) lies outside of the run, whose steps with values are from "
            + "\(record.text(ofStep: 0)) to \(record.text(ofStep: record.count - 1)); leave it out")
      }
      return step
    }
  }

  /// The number of a field of the headers.
  func field(time: Int, level: Int) -> Int {
    headers[0].axes.reduce(0) { field, axis in
      field * axis.length + (axis.isTime ? time : axis.length > 1 ? level : 0)
    }
  }
}
