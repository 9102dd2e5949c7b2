import Distributed
import Kernels

/// The maps of the threshold method as a CF file.
struct ThresholdOutput {
  let job: ThresholdJob
  let catalogue: Catalogue
  let warnings: Warnings

  static let references =
    "Yan et al. (2024), Journal of Geophysical Research: Atmospheres, soil moisture thresholds of terrestrial carbon uptake"

  /// Attributes of this file and of the curves'.
  var attributes: MapWriter.FileAttributes {
    let response = catalogue.sources[ThresholdJob.responseSource]
    let moisture = catalogue.sources[ThresholdJob.moistureSource]
    let period = "\(catalogue.months[0])/\(catalogue.months[catalogue.months.count - 1])"
    return MapWriter.FileAttributes(
      title: "Soil moisture thresholds of \(response.longName)", source: ProgramVersion.source,
      references: Self.references, commandLine: commandLine,
      comment: warnings.added(
        to: "Response '\(response.longName)' against moisture '\(moisture.longName)', \(period), "
          + (job.members.isEmpty ? "months as samples." : "\(job.members.count) members, reference \(job.members[0]).")),
      configuration: job.configuration)
  }

  /// The maps.
  var maps: [MapWriter.MapVariable] {
    let moisture = catalogue.sources[ThresholdJob.moistureSource]
    let normal = job.members.isEmpty ? "mean over the months" : "season mean of \(job.members[0])"
    func map(
      _ name: String, _ units: String, _ longName: String, isCount: Bool = false, flags: [String]? = nil,
      _ value: @escaping @Sendable (ThresholdRecord) -> Double
    ) -> MapWriter.MapVariable {
      MapWriter.MapVariable(
        name, units: units, longName: longName, flagMeanings: flags, isCount: isCount,
        fields: [{ value(ThresholdRecord($0)) }])
    }
    var maps = [
      map("smt", "percent", "soil moisture threshold in percent of normal, the \(normal)") { $0.result.smt },
      map("smt_absolute", moisture.units.isEmpty ? "1" : moisture.units.udunits, "soil moisture threshold") {
        $0.absolute
      },
      map("r2", "1", "coefficient of determination of the fitted curve") { $0.result.r2 },
      map("decline_rate_high", "1", "mean decline of the response above the threshold, percent per percent of moisture")
      {
        $0.result.declineRateHigh
      },
      map("decline_rate_low", "1", "mean decline of the response below the threshold, percent per percent of moisture")
      {
        $0.result.declineRateLow
      },
      map("amplification", "1", "decline rate below the threshold over that above it") { $0.result.amplification },
    ]
    if job.options.bootstrap > 0 {
      maps += [
        map("smt_stddev", "percent", "standard error of the threshold, from refits to noisy copies of the curve") {
          $0.result.smtStandardDeviation
        },
        map("smt_p05", "percent", "lower end of the 90 % interval of the threshold") { $0.result.smtP05 },
        map("smt_p95", "percent", "upper end of the 90 % interval of the threshold") { $0.result.smtP95 },
        map("threshold_probability", "1", "part of the refits that have a threshold") {
          $0.result.thresholdProbability
        },
      ]
    }
    if job.options.model == .network, job.options.networks > 1 {
      maps.append(
        map("smt_training_stddev", "percent", "standard deviation of the threshold over networks, of training alone") {
          $0.result.smtTrainingStandardDeviation
        })
    }
    maps += [
      map("bend_p", "1", "probability of a bend as clear on a straight line with the same noise") { $0.result.bendP },
      map("bend_evidence", "1", "AICc of the best smooth curve minus that of a broken line") {
        $0.result.bendEvidence
      },
      map(
        "smooth_curve", "1", "whether the threshold is a convention, since a smooth curve tells the pairs as well",
        flags: ["broken_line", "smooth_curve"]
      ) {
        $0.result.smt.isNaN ? .nan : $0.result.isSmooth ? 1 : 0
      },
      map("largest_residual", "percent", "largest departure of a pair from the curve, percent of normal") {
        $0.result.largestResidual
      },
    ]
    if job.options.model == .network {
      maps += [
        map("curvature", "1", "-f'' at the sharpest bend over max |f'|, compared with the tolerance, per percent") {
          $0.result.sharpness
        }
      ]
      if job.options.noiseStop > 0 || job.options.optimizer != .adam {
        maps.append(
          map("iterations", "1", "epochs, steps or gradients of training, all networks together", isCount: true) {
            $0.result.iterations > 0 ? Double($0.result.iterations) : .nan
          })
      }
    } else {
      maps.append(map("aicc", "1", "corrected Akaike information criterion of the fitted curve") { $0.result.aicc })
    }
    maps += [
      map("n_pairs", "1", "number of finite pairs", isCount: true) {
        $0.result.status != .notLand && $0.result.status != .outsideSelection ? Double($0.result.pairCount) : .nan
      },
      map("status", "1", "whether there is a threshold, and why not", flags: CellStatus.allCases.map(\.name)) {
        Double($0.result.status.rawValue)
      },
    ]
    return maps
  }
}

extension String {
  /// Units as CF checkers understand them: the spellings of CLM (`mm3/mm3`, `gC/m^2/s`) rewritten.
  var udunits: String {
    replacing("gC", with: "g").replacing("^", with: "")
  }
}
