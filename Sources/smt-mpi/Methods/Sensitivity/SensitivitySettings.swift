import Distributed
import Kernels

/// Sources and regression of `sensitivity`, checked.
struct SensitivitySettings {
  /// The predictors in their order.
  let predictors: [NamedSource]
  /// The response and the predictors.
  let requests: [SourceRequest]
  /// Members of an ensemble, the reference first; empty where there is none.
  let members: [String]
  let options: SensitivityOptions

  /// Position of the response in the requests and the catalogue; that of a predictor is its own plus 1.
  static let response = 0

  /// More predictors are an oversight, and decompositions grow with their cube.
  private static let mostPredictors = 50
  private static let fewestMonths = 3

  /// - Throws: exit code 64 naming the option.
  init(_ command: Sensitivity) throws {
    let sources = command.sources
    guard let response = sources.response else {
      throw JobError(.usage, "--response is missing; e.g. --response 'run/{member}.nc:GPP'")
    }
    predictors = try NamedSource.all(sources.predictor, option: "predictor")
    guard predictors.count <= Self.mostPredictors else {
      throw JobError(
        .usage, "--predictor is given \(counted(predictors.count, "time")); expected \(Self.mostPredictors) at most")
    }
    if let name = predictors.map(\.name).first(where: { $0 == "response" }) {
      throw JobError(.usage, "--predictor '\(name)=…': the response is called so in the output; give another name")
    }
    members = try sources.members.map(MemberNames.expand) ?? []
    let depth = try sources.depth.map(OptionText.depths)
    let edges = try sources.layerBounds.map(OptionText.edges) ?? []
    let steps = try command.selection.steps()
    func request(_ name: String, _ source: SourceExpression, words: String) -> SourceRequest {
      var request = SourceRequest(
        name: name, expression: source, steps: steps, depth: depth, layerEdges: edges, addsUp: SoilMoistureUnits.addUp,
        words: .options(source: words))
      // One range of depths is for all sources, some of which have layers.
      request.depthIsForLayersOnly = true
      request.regridding = .areaMean
      return request
    }
    requests =
      [request("response", try SourceExpression(option: response), words: "response")]
      + predictors.map { request($0.name, $0.expression, words: "predictor \($0.name)") }
    for request in requests where members.isEmpty && request.expression.namesMember {
      throw JobError(.usage, "--\(request.words.source.dropFirst(2)) holds {member}; name the members with --members")
    }
    options = try Self.options(command.regression)
  }

  private static func options(_ regression: RegressionOptions) throws -> SensitivityOptions {
    var options = SensitivityOptions()
    if regression.penalty != "gcv" {
      guard let penalty = Double(regression.penalty), (0...1e12).contains(penalty) else {
        throw JobError(.usage, "--penalty '\(regression.penalty)': expected gcv, or a number from 0 to 1e12")
      }
      options.penalty = penalty
    }
    options.removesAnnualCycle = regression.anomalies
    func number(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws -> Int {
      guard range.contains(value) else {
        throw JobError(.usage, "--\(name) \(value): expected \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
    options.minimumMonths = try number(
      "minimum-months", regression.minimumMonths, Self.fewestMonths...InputLimit.year * 12)
    options.blockLength = try number("block", regression.block, 1...InputLimit.year * 12)
    if regression.bootstrap != 0 {
      options.replicates = try number("bootstrap", regression.bootstrap, 100...1_000_000)
    }
    options.seed = UInt64(bitPattern: Int64(regression.seed))
    return options
  }

  /// Checks that a job has as many months as a regression needs.
  ///
  /// - Throws: exit code 64 with both numbers.
  func checkMonths(of catalogue: Catalogue) throws {
    let count = catalogue.months.count
    guard count < options.minimumMonths else { return }
    throw JobError(
      .usage,
      "--minimum-months \(options.minimumMonths) is more than the \(counted(count, "month")) of \(catalogue.period); give a "
        + "longer record or --time" + (count >= Self.fewestMonths ? ", or --minimum-months \(count)" : ""))
  }

  var kernel: SensitivityKernel { SensitivityKernel(options) }

  /// Whether there are members besides the one.
  var isEnsemble: Bool { !members.isEmpty }

  /// What is done, in words.
  var text: String {
    let names = predictors.map(\.name).joined(separator: ", ")
    let penalty = options.penalty.map { "penalty \($0.shortText)" } ?? "penalty by generalised cross-validation"
    let interval =
      options.replicates > 0
      ? ", interval of \(options.replicates) replicates of blocks of \(counted(options.blockLength, "month"))" : ""
    return
      "response on \(names)\(options.removesAnnualCycle ? ", without the mean annual cycle" : ""), \(penalty)\(interval)"
  }

  /// Attributes of the output.
  ///
  /// - Parameters:
  ///   - response: What responds, in words.
  ///   - months: The first and the last, in words.
  func attributes(
    of response: String, months: String, where place: String, configuration: String
  ) -> MapWriter.FileAttributes {
    let members = isEnsemble ? ", \(counted(members.count, "member")), reference \(members[0])" : ""
    return MapWriter.FileAttributes(
      title: "Sensitivities of \(response) to \(predictors.map(\.name).joined(separator: ", ")) \(place), \(months)",
      source: ProgramVersion.source,
      references:
        "Yan et al. (2024), Journal of Geophysical Research: Atmospheres; Hoerl and Kennard (1970), Technometrics 12; "
        + "Golub, Heath and Wahba (1979), Technometrics 21",
      commandLine: commandLine,
      comment: "Ridge regression in standard units: \(text); \(months)\(members).",
      configuration: configuration)
  }

  /// The dimensions of variables: that of the members, where there are any, and that of the predictors.
  var memberAxes: [MapAxis] {
    isEnsemble
      ? [MapAxis("member", longName: "member of the ensemble", names: members)] : []
  }
  var predictorAxis: MapAxis { MapAxis("predictor", longName: "predictor", names: predictors.map(\.name)) }
}

/// What a result has for each predictor, or once.
struct SensitivityQuantity: Sendable {
  let name: String
  let words: String
  /// Smallest and largest value that there can be.
  var validRange = -Double.infinity ... .infinity
  let values: @Sendable (SensitivityResult) -> [Double]

  /// What there is for each predictor.
  ///
  /// - Parameter response: What responds, in words.
  static func ofPredictors(of response: String, hasInterval: Bool) -> [SensitivityQuantity] {
    [
      SensitivityQuantity(
        name: "beta",
        words: "sensitivity to the predictor, standard deviations of \(response) for one of the predictor",
        values: { $0.beta }),
      SensitivityQuantity(
        name: "beta_se", words: "standard error of beta, of independent errors", validRange: 0 ... .infinity,
        values: { $0.standardError }),
    ]
      + (hasInterval
        ? [
          SensitivityQuantity(name: "beta_p05", words: "lower end of the 90 % interval of beta", values: { $0.lower }),
          SensitivityQuantity(name: "beta_p95", words: "upper end of the 90 % interval of beta", values: { $0.upper }),
        ] : [])
      + [
        SensitivityQuantity(
          name: "vif", words: "variance inflation factor of the predictor", validRange: 0 ... .infinity,
          values: { $0.varianceInflation })
      ]
  }

  /// What there is once.
  ///
  /// - Parameter response: What responds, in words.
  static func ofAll(of response: String) -> [SensitivityQuantity] {
    [
      SensitivityQuantity(
        name: "penalty", words: "penalty of the ridge regression", validRange: 0 ... .infinity,
        values: { [$0.penalty] }),
      SensitivityQuantity(
        name: "r2", words: "part of the variance of \(response) that is explained", validRange: -.infinity...1,
        values: { [$0.determination] }),
    ]
  }
}
