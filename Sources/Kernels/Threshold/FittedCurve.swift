/// A curve fitted to one cell's samples, and the bend it has.
struct FittedCurve {
  var curve: ThresholdCurve
  /// The curve at the samples.
  var fitted: [Double]
  /// Where the curve bends from steep to flat; nil where it does not, or not clearly.
  var threshold: Double?
  var sharpness = Double.nan
  var aicc = Double.nan
  /// Epochs or steps of the network's training.
  var iterations = 0

  /// Bends of at least this part of the sharpest's f″ are nearly as sharp.
  private static let nearlyAsSharp = 0.2
  /// The AICc by which a closed form must beat the straight line.
  private static let marginOverLine = 2.0

  /// A network's curve, given on the grid and at the samples; its bend by the rule of the second derivative.
  ///
  /// Of bends that are nearly as sharp as the sharpest it is the one that the samples themselves show most clearly: which
  /// of them a network makes the sharpest is chance.
  init(networkOn grid: [Double], f: [Double], fitted: [Double], _ data: FitData, options: ThresholdOptions) {
    curve = Self.curve(on: grid, f: f, data, options)
    self.fitted = fitted
    let (slope, curvature) = (curve.smoothedSlope, curve.smoothedCurvature)
    guard !options.isPublishedRule else {
      let bend = publishedBend(x: grid, slope: slope, curvature: curvature)
      (threshold, sharpness) = (bend?.x, bend?.sharpness ?? .nan)
      return
    }
    let found = bends(x: grid, slope: slope, curvature: curvature, least: Self.nearlyAsSharp)
    sharpness = found.first?.sharpness ?? .nan
    let clear = found.filter { $0.sharpness > options.curvatureTolerance && isSteeper(below: $0.x, options) }
    threshold = clear.max { data.clarity(at: $0.x) < data.clarity(at: $1.x) }?.x
  }

  /// The mean of several networks' curves; a single fit as it is.
  init(meanOf fits: [FittedCurve], _ data: FitData, options: ThresholdOptions) {
    guard fits.count > 1 else {
      self = fits[0]
      return
    }
    func average(_ values: (FittedCurve) -> [Double]) -> [Double] {
      let all = fits.map(values)
      return all[0].indices.map { i in all.reduce(0) { $0 + $1[i] } / Double(all.count) }
    }
    self.init(networkOn: fits[0].curve.x, f: average(\.curve.f), fitted: average(\.fitted), data, options: options)
  }

  /// A closed form, whose threshold is its own if it fits better than a straight line; where it could not be fitted,
  /// everything is NaN.
  init(closedForm form: ClosedForm?, _ data: FitData, grid: [Double], options: ThresholdOptions) {
    curve = Self.curve(on: grid, f: grid.map { form?($0) ?? .nan }, data, options)
    fitted = data.samples.x.map { form?($0) ?? .nan }
    guard let form else { return }
    let samples = data.samples
    func aicc(_ rss: Double, _ parameters: Int) -> Double {
      correctedAkaike(residualSumOfSquares: rss, count: samples.x.count, parameters: parameters)
    }
    // The exponential's last parameter is the lowest x, which is not fitted.
    let count = form.parameters.count - (options.model == .exponential ? 1 : 0)
    self.aicc = aicc(form.residualSumOfSquares, count)
    guard let bend = form.threshold else { return }
    let line = LinearFit([samples.x.map { _ in 1 }, samples.x], samples.y).map { aicc($0.rss, 2) } ?? .infinity
    if options.isPublishedRule || (self.aicc < line - Self.marginOverLine && isSteeper(below: bend, options)) {
      threshold = bend
    }
  }

  /// Whether the curve is steeper below a bend than above; a bend in the last grid step has no slope above it.
  private func isSteeper(below bend: Double, _ options: ThresholdOptions) -> Bool {
    let rates = rates(at: bend, options)
    return rates.high.isNaN ? rates.low > 0 : rates.low > rates.high
  }

  /// The rates of decline below and above a bend.
  func rates(at bend: Double, _ options: ThresholdOptions) -> DeclineRates {
    DeclineRates(x: curve.x, slope: curve.slope, threshold: bend, activeFraction: options.activeFraction)
  }

  /// What the fit consists of besides its samples, grid and options, as a row of numbers.
  var numbers: [Double] { [threshold ?? .nan, sharpness, aicc] + curve.f + fitted }

  /// The fit of a row that begins with ``numbers``.
  init(numbers row: some Collection<Double>, _ data: FitData, grid: [Double], options: ThresholdOptions) {
    let numbers = Array(row)
    threshold = numbers[0].isNaN ? nil : numbers[0]
    (sharpness, aicc) = (numbers[1], numbers[2])
    curve = Self.curve(on: grid, f: Array(numbers[3..<3 + grid.count]), data, options)
    fitted = Array(numbers[3 + grid.count..<3 + grid.count + data.samples.x.count])
  }

  /// A curve with what the threshold is read from: of a network smoothed where that is asked for.
  private static func curve(
    on grid: [Double], f: [Double], _ data: FitData, _ options: ThresholdOptions
  ) -> ThresholdCurve {
    let isSmoothed = options.model == .network && options.derivative == .smooth
    let sigma = (options.bandwidth ?? data.bandwidth) / options.gridStep
    return ThresholdCurve(
      x: grid, f: f, smoothed: isSmoothed ? gaussianSmoothing(f, sigma: sigma) : nil, step: options.gridStep)
  }
}

extension FittedCurve {
  /// How far the bend moves where the curve is smoothed by half as much again: a measure of what smoothing did to it.
  ///
  /// Below a threshold the curve may level off again, where a response collapses; smoothing moves the bend away from that.
  func shiftBySmoothing(_ data: FitData, _ options: ThresholdOptions) -> Double {
    guard let threshold, options.model == .network, options.derivative == .smooth else { return 0 }
    let sigma = 1.5 * (options.bandwidth ?? data.bandwidth) / options.gridStep
    let smoothed = gaussianSmoothing(curve.f, sigma: sigma)
    let found = bends(
      x: curve.x, slope: centralDifferences(smoothed, step: options.gridStep),
      curvature: secondDifferences(smoothed, step: options.gridStep), least: 0)
    return found.map { $0.x - threshold }.min { $0.magnitude < $1.magnitude } ?? 0
  }
}
