import Kernels

/// What the threshold method finds in a cell.
struct ThresholdCell {
  let result: ThresholdResult
  /// The threshold in the moisture's units.
  let absolute: Double

  init(_ result: ThresholdResult, absolute: Double = .nan) {
    self.result = result
    self.absolute = absolute
  }
}

extension ThresholdMethod {
  var columns: [Column<ThresholdCell>] { curveColumns + uncertaintyColumns + testColumns + fitColumns }

  /// The threshold and what the curve says of it.
  private var curveColumns: [Column<ThresholdCell>] {
    let moisture = catalogue.sources[ThresholdJob.moistureSource]
    let normal = job.members.isEmpty ? "mean over the months" : "season mean of \(job.members[0])"
    let percent: ClosedRange<Double>? = job.moistureFloor >= 0 ? 0.0 ... .infinity : nil
    return [
      Column(
        "smt", "percent", "soil moisture threshold of \(response) in percent of normal, the \(normal)",
        summary: .quantiles
      ) { $0.result.smt }.with(\.validRange, percent),
      Column(
        "smt_absolute", moisture.units.isEmpty ? "1" : moisture.units.udunits,
        "soil moisture threshold of \(response)"
      ) { $0.absolute },
      Column("r2", "1", "coefficient of determination of the curve fitted to \(response)", summary: .quantiles) {
        $0.result.r2
      }.with(\.validRange, -.infinity...1),
      Column(
        "decline_rate_high", "1",
        "mean decline of \(response) above the threshold, percent per percent of moisture", summary: .quantiles
      ) { $0.result.declineRateHigh },
      Column(
        "decline_rate_low", "1",
        "mean decline of \(response) below the threshold, percent per percent of moisture", summary: .quantiles
      ) { $0.result.declineRateLow },
      Column(
        "amplification", "1", "decline rate of \(response) below the threshold over that above it", summary: .quantiles
      ) { $0.result.amplification },
    ]
  }

  /// How sure the threshold is.
  private var uncertaintyColumns: [Column<ThresholdCell>] {
    let positive = 0.0...Double.infinity
    let percent = job.moistureFloor >= 0 ? positive : nil
    var columns: [Column<ThresholdCell>] = []
    if job.options.bootstrap > 0 {
      columns += [
        Column(
          "smt_stddev", "percent", "standard error of the threshold, from refits to noisy copies of the curve"
        ) { $0.result.smtStandardDeviation }.with(\.validRange, positive),
        Column("smt_p05", "percent", "lower end of the 90 % interval of the threshold") { $0.result.smtP05 }
          .with(\.validRange, percent),
        Column("smt_p95", "percent", "upper end of the 90 % interval of the threshold") { $0.result.smtP95 }
          .with(\.validRange, percent),
        Column("threshold_probability", "1", "part of the refits that have a threshold") {
          $0.result.thresholdProbability
        }.with(\.validRange, 0...1),
      ]
    }
    if job.options.model == .network, job.options.networks > 1 {
      columns.append(
        Column(
          "smt_training_stddev", "percent", "standard deviation of the threshold over networks, of training alone"
        ) { $0.result.smtTrainingStandardDeviation }.with(\.validRange, positive))
    }
    return columns
  }

  /// Whether there is a bend at all.
  private var testColumns: [Column<ThresholdCell>] {
    [
      Column("bend_p", "1", "probability of a bend as clear on a straight line with the same noise") {
        $0.result.bendP
      }.with(\.validRange, 0...1),
      Column("bend_evidence", "1", "AICc of the best smooth curve minus that of a broken line") {
        $0.result.bendEvidence
      },
      Column(
        "smooth_curve", "1", "whether the threshold is a convention, since a smooth curve tells the pairs as well"
      ) { $0.result.smt.isNaN ? .nan : $0.result.isSmooth ? 1 : 0 }.with(\.flags, ["broken_line", "smooth_curve"]),
      Column("largest_residual", "percent", "largest departure of a pair from the curve, percent of normal") {
        $0.result.largestResidual
      },
    ]
  }

  /// The fit, the samples and the status.
  private var fitColumns: [Column<ThresholdCell>] {
    let iterations = Column<ThresholdCell>(
      "iterations", "1", "epochs, steps or gradients of training, all networks together"
    ) { $0.result.iterations > 0 ? Double($0.result.iterations) : .nan }.with(\.isCount, true)
    let isNetwork = job.options.model == .network
    // Where no network stops early, all cells have the same number.
    let variesOverCells = isNetwork && (job.options.noiseStop > 0 || job.options.optimizer != .adam)
    let fit: Column<ThresholdCell> =
      isNetwork
      ? Column(
        "curvature", "percent-1",
        "sharpness of the bend, -f'' of the curve at its sharpest bend over max |f'|, compared with the tolerance"
      ) { $0.result.sharpness }
      : Column("aicc", "1", "corrected Akaike information criterion of the fitted curve") { $0.result.aicc }
    return [
      fit, iterations.with(\.isWritten, variesOverCells),
      .count("n_pairs", "number of finite pairs of soil moisture and \(response)") {
        ($0.result.status, $0.result.pairCount)
      },
      .status("is a threshold") { $0.result.status },
    ]
  }
}

extension String {
  /// Units as CF checkers understand them: the spellings of CLM (`mm3/mm3`, `gC/m^2/s`) rewritten.
  var udunits: String {
    replacing(/\bgC\b/, with: "g").replacing("^", with: "")
  }
}
