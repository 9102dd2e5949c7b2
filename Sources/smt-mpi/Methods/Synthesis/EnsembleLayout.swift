import ArgumentParser

/// How an ensemble is spread over files.
enum EnsembleLayout: String, ExpressibleByArgument, CaseIterable {
  /// One file a member.
  case member
  /// CESM's own history layout: one file a member and month.
  case month
  /// CESM's post-processed series: one file a member and variable.
  case variable

  /// One file of a member.
  struct Part {
    /// Path below the ensemble's folder.
    var path: String
    /// Names of the history variables in it.
    var variables: [String]
    /// Months in it, counted from 0, January of the first year.
    var months: Range<Int>
  }

  /// The files of a member.
  ///
  /// - Parameters:
  ///   - variables: names of the history variables.
  func parts(of member: String, variables: [String], months: Int, firstYear: Int) -> [Part] {
    func stamp(_ month: Int, _ separator: String) -> String {
      let number = month % 12 + 1
      let year = String(firstYear + month / 12)
      let padding = String(repeating: "0", count: max(0, 4 - year.count))
      return "\(padding)\(year)\(separator)\(number < 10 ? "0" : "")\(number)"
    }
    switch self {
    case .member:
      return [Part(path: "\(member).nc", variables: variables, months: 0..<months)]
    case .month:
      return (0..<months).map { month in
        Part(
          path: "\(member)/lnd/hist/\(member).clm2.h0.\(stamp(month, "-")).nc", variables: variables,
          months: month..<month + 1)
      }
    case .variable:
      let period = "\(stamp(0, ""))-\(stamp(months - 1, ""))"
      return variables.map { variable in
        Part(
          path: "\(member)/lnd/proc/tseries/month_1/\(member).clm2.h0.\(variable).\(period).nc", variables: [variable],
          months: 0..<months)
      }
    }
  }

  /// The files of all members as a pattern for `--response` and `--moisture`.
  func pattern(_ variable: String) -> String {
    switch self {
    case .member: "{member}.nc"
    case .month: "{member}/lnd/hist/{member}.clm2.h0.*.nc"
    case .variable: "{member}/lnd/proc/tseries/month_1/{member}.clm2.h0.\(variable).*.nc"
    }
  }
}
