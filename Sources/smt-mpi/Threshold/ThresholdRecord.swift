import Kernels

/// The result of a cell as a row of numbers: what travels between ranks and into checkpoints.
struct ThresholdRecord {
  /// Values of a row.
  static let length = 19

  var result: ThresholdResult
  /// The threshold in the moisture's units.
  var absolute = Double.nan

  /// The row.
  var row: [Double] {
    [
      Double(result.status.rawValue), Double(result.pairCount), result.smt, absolute, result.r2,
      result.declineRateHigh, result.declineRateLow, result.amplification, result.smtStandardDeviation, result.smtP05,
      result.smtP95, result.aicc, result.sharpness, Double(result.iterations), result.thresholdProbability,
      result.smtTrainingStandardDeviation, result.bendP, result.bendEvidence, result.largestResidual,
    ]
  }

  init(_ result: ThresholdResult, absolute: Double = .nan) {
    self.result = result
    self.absolute = absolute
  }

  /// Reads a row.
  init(_ values: UnsafeBufferPointer<Double>) {
    result = ThresholdResult(status: CellStatus(rawValue: UInt8(values[0])) ?? .notLand, pairCount: Int(values[1]))
    result.smt = values[2]
    absolute = values[3]
    result.r2 = values[4]
    result.declineRateHigh = values[5]
    result.declineRateLow = values[6]
    result.amplification = values[7]
    result.smtStandardDeviation = values[8]
    result.smtP05 = values[9]
    result.smtP95 = values[10]
    result.aicc = values[11]
    result.sharpness = values[12]
    result.iterations = Int(values[13])
    result.thresholdProbability = values[14]
    result.smtTrainingStandardDeviation = values[15]
    result.bendP = values[16]
    result.bendEvidence = values[17]
    result.largestResidual = values[18]
  }
}
