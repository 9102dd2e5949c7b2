import Distributed
import Kernels

/// The numbers that a trend leaves in a cell and a period, in the order of a row.
enum TrendFields {
  /// The variables of a quantity.
  ///
  /// - Parameters:
  ///   - what: The yearly value in words.
  ///   - units: Its units.
  static func fields(_ what: String, units: String, confidence: Double, correction: TrendCorrection) -> [ResultField] {
    let slope = ["", "1"].contains(units) ? "year-1" : units + " year-1"
    let interval = "\(((confidence * 1e8).rounded() / 1e6).shortText) percent interval of Sen's slope of \(what)"
    let test =
      "the Mann-Kendall test of \(what)" + (correction == .none ? "" : ", corrected by \(correction.name)")
    var fields: [ResultField] = []
    fields.add("status", "1", "whether there is a trend, and why not", flags: TrendStatus.allCases.map(\.name))
    fields.add("n_years", "1", "number of complete years", isCount: true)
    fields.add("mean", units.isEmpty ? "1" : units, "mean of \(what)")
    fields.add("trend", slope, "least-squares trend of \(what)")
    fields.add("trend_p", "1", "two-sided p of the least-squares trend of \(what)")
    fields.add("sen_slope", slope, "Sen's slope of \(what)")
    fields.add("sen_slope_low", slope, "lower end of the \(interval)")
    fields.add("sen_slope_high", slope, "upper end of the \(interval)")
    fields.add("mk_p", "1", "two-sided p of \(test)")
    fields.add("mk_z", "1", "Z of \(test)")
    fields.add("mk_s", "1", "S of \(test)")
    return fields
  }

  /// The row of a result.
  static func numbers(_ estimate: TrendEstimate, series: [Double]) -> [Double] {
    var row = [Double(estimate.status.rawValue), Double(estimate.count)]
    guard estimate.status != .tooFewValues else { return row + [Double](repeating: .nan, count: 9) }
    let finite = series.filter(\.isFinite)
    let (line, sen, test) = (estimate.ordinary, estimate.sen, estimate.mannKendall)
    row += [finite.reduce(0, +) / Double(finite.count), line.slope, line.p, sen.slope, sen.low, sen.high]
    return row + [test.p, test.z, test.count > 0 ? Double(test.s) : .nan]
  }
}

extension TrendCorrection {
  /// The correction in words, with its source.
  var name: String {
    switch self {
    case .none: "none"
    case .trendFreePreWhitening: "trend-free pre-whitening (Yue and Wang 2002)"
    case .hamedRao: "Hamed and Rao (1998)"
    }
  }
}
