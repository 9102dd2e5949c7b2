import Distributed
import Foundation
import Kernels

/// Writes an invented ensemble below a folder, a few months of one member at a time.
struct EnsembleWriter {
  /// The folder, which exists.
  var folder: String
  /// What is written.
  var ensemble: SyntheticEnsemble
  /// Temperature, humidity and uptake; nil where they are not written.
  var climate: SyntheticClimate?
  /// What has a known regression, in place of the ensemble's own moisture and productivity; nil where it is not written.
  var sensitivity: SyntheticSensitivity?
  /// Months of every member.
  var months: Int
  /// Whether soil moisture is written by layer.
  var byLayer: Bool
  var layout: EnsembleLayout
  var style: CLMHistoryFile.Style

  /// Name of the moisture variable.
  var moistureName: String { byLayer ? "H2OSOI" : "SM" }

  /// Names of the variables of the climate.
  static let climateNames = ["TSA", "RH2M", "QROOTSINK"]

  /// Names of the predictors besides moisture.
  static let predictorNames = ["TSA", "RH2M", "FSDS"]

  /// Names of the members, the reference first.
  var members: [String] {
    let width = max(2, String(ensemble.perturbations).count)
    return ["REF"]
      + (0..<ensemble.perturbations).map { index in
        let number = String(index + 1)
        return "EXP_" + String(repeating: "0", count: width - number.count) + number
      }
  }

  /// Writes all members.
  ///
  /// - Parameter progress: told the share that is done.
  /// - Throws: exit code 73.
  func write(progress: (_ share: Double) -> Void) throws {
    for (index, name) in members.enumerated() {
      progress(Double(index) / Double(members.count))
      let relative = ensemble.relativeProductivity(member: index)
      let variables =
        ["GPP", moistureName] + (climate == nil ? [] : Self.climateNames)
        + (sensitivity == nil ? [] : Self.predictorNames)
      for part in layout.parts(of: name, variables: variables, months: months, firstYear: style.firstYear) {
        try write(part, member: index, name: name, relative: relative)
      }
    }
  }

  private func write(_ part: EnsembleLayout.Part, member: Int, name: String, relative: [Double]) throws {
    let path = "\(folder)/\(part.path)"
    try makeFolder((path as NSString).deletingLastPathComponent)
    let file = try CLMHistoryFile(path, part: part, member: name, land: ensemble.land, style: style)
    // Whole chunks at a time, else the library would compress each chunk once a month.
    for start in stride(from: part.months.lowerBound, to: part.months.upperBound, by: style.chunks.monthsTogether) {
      let together = start..<min(start + style.chunks.monthsTogether, part.months.upperBound)
      for variable in part.variables {
        var values = [Float]()
        for month in together { append(variable, month: month, member: member, relative: relative, to: &values) }
        try file.write(values, to: variable, months: together)
      }
    }
    try file.commit()
  }

  private func append(
    _ variable: String, month: Int, member: Int, relative: [Double], to values: inout [Float]
  ) {
    func moisture() -> [Double] {
      sensitivity?.moisture(member: member, month: month) ?? ensemble.moisture(member: member, month: month)
    }
    func add(_ field: [Double]?) { values += field?.map { Float($0) } ?? [] }
    switch variable {
    case "GPP":
      add(
        sensitivity?.productivity(member: member, month: month)
          ?? ensemble.productivity(month: month, relative: relative))
    case "H2OSOI":
      let moisture = moisture()
      for share in SoilMoistureProfile.shares { values += moisture.map { Float($0 * share) } }
    case "TSA": add(sensitivity?.temperature(month: month) ?? climate?.temperature(member: member, month: month))
    case "RH2M": add(sensitivity?.humidity(month: month) ?? climate?.humidity(member: member))
    case "FSDS": add(sensitivity?.radiation(month: month))
    case "QROOTSINK":
      for layer in 0..<(climate?.layerCount ?? 0) {
        add(climate?.uptake(member: member, month: month, layer: layer))
      }
    default: add(moisture())
    }
  }
}

/// Makes a folder and those above it.
///
/// - Throws: exit code 73.
func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw JobError(.cannotWrite, "\(path): the folder cannot be made: \(error.localizedDescription)")
  }
}
