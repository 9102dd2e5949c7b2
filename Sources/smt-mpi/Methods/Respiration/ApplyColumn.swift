import Distributed

/// A map of the result that has one value for all years.
enum ApplyColumn: String, CaseIterable {
  case mean, sd, networksSd, count, status, extrapolation

  /// The variable's name.
  var name: String {
    switch self {
    case .networksSd: "networks_sd"
    case .count: "n_years"
    default: rawValue
    }
  }

  /// The type of the variable, and what stands where nothing is.
  private var element: (type: NetCDFType, fill: Double) {
    switch self {
    case .mean, .sd, .networksSd: (.float, Double(MapWriter.floatFill))
    case .count: (.int32, -1)
    case .status, .extrapolation: (.int16, -32767)
    }
  }

  /// The value of a cell; NaN for none.
  func value(_ sums: ApplyCells.Sums) -> Double {
    let count = Double(sums.count)
    switch self {
    case .mean: return sums.count > 0 ? sums.mean : .nan
    case .sd: return sums.count > 1 ? (sums.squares / (count - 1)).squareRoot() : .nan
    case .networksSd: return sums.count > 0 ? (sums.variance / count).squareRoot() : .nan
    case .count: return sums.status == ApplyStatus.computed || sums.status > ApplyStatus.outsideSelection ? count : .nan
    case .status: return Double(sums.status)
    case .extrapolation: return sums.count > 0 ? Double(sums.outside) : .nan
    }
  }

  /// The variable of the file.
  func variable(_ target: (name: String, units: String), networks: Int, _ statuses: [String]) -> RecordWriter.Variable {
    let (type, fill) = element
    let networkText = networks > 1 ? "mean of \(networks) networks" : "network"
    var (units, longName, method): (String?, String, String?) =
      switch self {
      case .mean: (target.units, "mean over years of \(target.name), \(networkText)", "time: mean")
      case .sd:
        (target.units, "standard deviation (n - 1) over years of \(target.name)", "time: standard_deviation")
      case .networksSd:
        (target.units, "standard deviation (n - 1) between \(networks) networks, root mean square over years", nil)
      case .count: ("1", "number of years with a value", nil)
      case .status: (nil, "why there are values, or none", nil)
      case .extrapolation:
        ("1", "number of predictors outside of the range of training, in the year in which it is largest", nil)
      }
    if units?.isEmpty == true { units = "1" }
    var attributes = [StoredAttribute(name: "long_name", text: longName)]
    if let units { attributes.append(StoredAttribute(name: "units", text: units)) }
    if let method { attributes.append(StoredAttribute(name: "cell_methods", text: method)) }
    var variable = RecordWriter.Variable(name, type, fill: fill, attributes: attributes)
    if self == .status { variable.flags = statuses.enumerated().map { (Double($0), $1) } }
    return variable
  }

  /// What a part of the file holds of these values.
  func part(_ values: UnsafeBufferPointer<Double>, count: Int) throws -> [UInt8] {
    let (type, fill) = element
    guard let part = RecordWriter.part(values, count: count, of: type, fill: fill) else {
      throw JobError(.internal, "'\(name)' has values that are no integers of its type")
    }
    return part
  }
}
