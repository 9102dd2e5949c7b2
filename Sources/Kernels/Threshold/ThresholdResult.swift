/// What the threshold method finds in one cell.
///
/// Numbers that do not exist are NaN.
package struct ThresholdResult: Sendable {
  /// Soil moisture threshold, percent of normal.
  package var smt = Double.nan
  /// Coefficient of determination of the curve over all samples.
  package var r2 = Double.nan
  /// Mean slope above the threshold, percent per percent.
  package var declineRateHigh = Double.nan
  /// Mean slope below the threshold, percent per percent.
  package var declineRateLow = Double.nan
  /// `declineRateLow / declineRateHigh`; NaN where |`declineRateHigh`| < 0.02.
  package var amplification = Double.nan
  /// Standard error of the threshold, from refits to noisy copies of the curve, percent.
  package var smtStandardDeviation = Double.nan
  /// Lower end of the threshold's 90 % interval, percent.
  package var smtP05 = Double.nan
  /// Upper end of the same, percent.
  package var smtP95 = Double.nan
  /// Part of the refits that have a threshold.
  package var thresholdProbability = Double.nan
  /// Standard deviation of the threshold over networks: of training alone, not of the data, percent.
  package var smtTrainingStandardDeviation = Double.nan
  /// Corrected Akaike information criterion; closed forms only, since a network has more parameters than samples.
  package var aicc = Double.nan
  /// −min f″ / max |f′| (1/percent), the number compared with the tolerance; networks only.
  package var sharpness = Double.nan
  /// Probability of a bend as clear as the samples' on a straight line; compared with ``ThresholdOptions/significance``.
  package var bendP = Double.nan
  /// How much better a broken line fits the samples than the best smooth curve, parabola, exponential or power: AICc
  /// of the latter minus that of the former.
  package var bendEvidence = Double.nan
  /// Whether a smooth curve tells the samples about as well as a broken line, so that a threshold is a convention.
  ///
  /// A difference of 10 leaves the worse model essentially no support (Burnham & Anderson 2002).
  package var isSmooth: Bool { bendEvidence <= 10 }
  /// Largest departure of a sample from the curve, percent.
  package var largestResidual = Double.nan
  /// Epochs or steps that the networks were trained for, all together; 0 for closed forms.
  package var iterations = 0
  /// Number of finite samples.
  package var pairCount = 0
  /// Whether there is a threshold, and why not.
  package var status = CellStatus.computed

  /// A result that has nothing but a status.
  package init(status: CellStatus, pairCount: Int = 0) {
    self.status = status
    self.pairCount = pairCount
  }
}

/// The fitted curve of one cell on the evaluation grid.
package struct ThresholdCurve: Sendable {
  /// Soil moisture, percent of normal.
  package var x: [Double] = []
  /// The curve, percent of normal.
  package var f: [Double] = []
  /// Its slope, percent per percent.
  package var slope: [Double] = []
  /// Its second derivative, percent per percent².
  package var curvature: [Double] = []
  /// The curve that the threshold is read from: smoothed, or the same as `f`.
  package var smoothed: [Double] = []
  /// Slope of `smoothed`.
  package var smoothedSlope: [Double] = []
  /// Second derivative of `smoothed`.
  package var smoothedCurvature: [Double] = []

  /// An empty curve.
  package init() {}

  /// A curve given on a uniform grid; `smoothed` nil means that the curve is used as it is.
  init(x: [Double], f: [Double], smoothed: [Double]?, step: Double) {
    self.x = x
    self.f = f
    slope = centralDifferences(f, step: step)
    curvature = secondDifferences(f, step: step)
    self.smoothed = smoothed ?? f
    smoothedSlope = centralDifferences(self.smoothed, step: step)
    smoothedCurvature = secondDifferences(self.smoothed, step: step)
  }
}

/// Why a cell has a threshold or has none.
///
/// The raw values and names are the `flag_values` and `flag_meanings` of the CF status variable.
package enum CellStatus: UInt8, ResultStatus {
  /// A threshold was found.
  case computed = 0
  /// The cell is not land.
  case notLand = 1
  /// A month that is needed is missing.
  case missingMonths = 2
  /// The reference soil moisture or GPP is at or below its floor, so percentages of it mean nothing.
  case referenceBelowFloor = 3
  /// Fewer finite samples than ``ThresholdOptions/minimumPairs``.
  case tooFewPairs = 4
  /// The soil moistures span fewer grid steps than ``ThresholdOptions/minimumSpan``.
  case narrowRange = 5
  /// The fitted curve has no clear bend from steep to flat.
  case noThreshold = 6
  /// The cell was left out by the user's selection.
  case outsideSelection = 7
  /// The season maps give the cell no growing season.
  case noSeason = 8
  /// A value is too large to be one, or moisture ranges over more than ``ThresholdOptions/largestRange``.
  case implausibleRange = 9
}
