import Distributed
import Kernels

/// What the trends of a period are in a cell.
struct TrendCell {
  let estimate: TrendEstimate
  /// Mean over the years, and their standard deviation (n − 1); NaN where there are too few.
  let (mean, deviation): (Double, Double)

  /// The estimate of a series, NaN where a year is missing.
  init(_ estimate: TrendEstimate, series: [Double]) {
    self.estimate = estimate
    let finite = series.filter(\.isFinite)
    let hasTrend = estimate.status != .tooFewValues
    (mean, deviation) = hasTrend ? (Kernels.mean(finite), standardDeviation(finite)) : (.nan, .nan)
  }

  /// A cell that has nothing but a status.
  init(_ status: TrendStatus) {
    estimate = TrendEstimate(status: status, count: 0)
    (mean, deviation) = (.nan, .nan)
  }

  /// The columns of a quantity.
  ///
  /// - Parameters:
  ///   - what: The yearly value in words.
  ///   - units: Its units.
  ///   - standardName: What the CF conventions call its mean over years, where they do.
  ///   - periods: The years that trends are of.
  static func columns(
    _ what: String, units: String, standardName: String?, _ periods: [ClosedRange<Int>], confidence: Double,
    correction: TrendCorrection
  ) -> [Column<TrendCell>] {
    let units = units.udunits
    let slope = ["", "1"].contains(units) ? "year-1" : units + " year-1"
    let interval = "\(((confidence * 1e8).rounded() / 1e6).shortText) percent interval of Sen's slope of the \(what)"
    let test =
      "the Mann-Kendall test of the \(what)" + (correction == .none ? "" : ", corrected by \(correction.name)")
    return [
      .status("is a trend") { $0.estimate.status },
      .count("n_years", "number of complete years") { ($0.estimate.status, $0.estimate.count) },
      Column("mean", units.isEmpty ? "1" : units, "mean over years of the \(what)", summary: .means) { $0.mean }
        .with(\.cellMethods, periods.cellMethod("mean")).with(\.standardName, standardName),
      Column(
        "interannual_stddev", units.isEmpty ? "1" : units,
        "standard deviation (n - 1) over years of the \(what)", summary: .means
      ) { $0.deviation }
      .with(\.cellMethods, periods.cellMethod("standard_deviation")).with(\.validRange, 0.0 ... .infinity),
      Column("trend", slope, "least-squares trend of the \(what)", summary: .means) { $0.estimate.ordinary.slope },
      Column("trend_p", "1", "two-sided p of the least-squares trend of the \(what)") { $0.estimate.ordinary.p }
        .with(\.validRange, 0...1),
      Column("sen_slope", slope, "Sen's slope of the \(what)", summary: .means) { $0.estimate.sen.slope },
      Column("sen_slope_low", slope, "lower end of the \(interval)") { $0.estimate.sen.low },
      Column("sen_slope_high", slope, "upper end of the \(interval)") { $0.estimate.sen.high },
      Column("mk_p", "1", "two-sided p of \(test)") { $0.estimate.mannKendall.p }.with(\.validRange, 0...1),
      Column("mk_z", "1", "Z of \(test)") { $0.estimate.mannKendall.z },
      Column("mk_s", "1", "S of \(test)") {
        $0.estimate.mannKendall.count > 0 ? Double($0.estimate.mannKendall.s) : .nan
      },
    ]
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
