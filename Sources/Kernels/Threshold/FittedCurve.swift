/// A curve fitted to one cell's pairs, and the threshold it has.
struct FittedCurve {
  var curve: ThresholdCurve
  /// The curve at the pairs.
  var fitted: [Double]
  var threshold: Double?
  var sharpness = Double.nan
  var gain = Double.nan
  var aicc = Double.nan
  /// Epochs or steps of the network's training.
  var iterations = 0

  /// A network's curve, given on the grid and at the pairs; its threshold by the rule of the second derivative.
  init(networkOn grid: [Double], f: [Double], fitted: [Double], _ pairs: SortedPairs, options: ThresholdOptions) {
    curve = Self.curve(on: grid, f: f, options)
    self.fitted = fitted
    gain = gainOverLine(pairs, fitted: fitted)
    if let bend = sharpestBend(x: grid, slope: curve.smoothedSlope, curvature: curve.smoothedCurvature) {
      sharpness = bend.sharpness
      let isClear = bend.sharpness > options.curvatureTolerance && gain > options.requiredGain(pairs: pairs.x.count)
      threshold = isClear ? bend.x : nil
    }
  }

  /// The mean of several networks' curves; a single fit as it is.
  init(meanOf fits: [FittedCurve], _ pairs: SortedPairs, options: ThresholdOptions) {
    guard fits.count > 1 else {
      self = fits[0]
      return
    }
    func average(_ values: (FittedCurve) -> [Double]) -> [Double] {
      let all = fits.map(values)
      return all[0].indices.map { i in all.reduce(0) { $0 + $1[i] } / Double(all.count) }
    }
    self.init(networkOn: fits[0].curve.x, f: average(\.curve.f), fitted: average(\.fitted), pairs, options: options)
  }

  /// A closed form, whose threshold is its own; where it could not be fitted, everything is NaN.
  init(closedForm form: ClosedForm?, _ pairs: SortedPairs, grid: [Double], options: ThresholdOptions) {
    curve = Self.curve(on: grid, f: grid.map { form?($0) ?? .nan }, options)
    fitted = pairs.x.map { form?($0) ?? .nan }
    threshold = form?.threshold
    gain = gainOverLine(pairs, fitted: fitted)
    if let form {
      // The exponential's last parameter is the lowest x, which is not fitted.
      let count = form.parameters.count - (options.model == .exponential ? 1 : 0)
      aicc = correctedAkaike(
        residualSumOfSquares: form.residualSumOfSquares, count: pairs.x.count, parameters: count)
    }
  }

  /// What the fit consists of besides its pairs, grid and options, as a row of numbers.
  var numbers: [Double] { [threshold ?? .nan, sharpness, gain, aicc] + curve.f + fitted }

  /// The fit of a row that begins with ``numbers``.
  init(numbers row: some Collection<Double>, _ pairs: SortedPairs, grid: [Double], options: ThresholdOptions) {
    let numbers = Array(row)
    threshold = numbers[0].isNaN ? nil : numbers[0]
    (sharpness, gain, aicc) = (numbers[1], numbers[2], numbers[3])
    curve = Self.curve(on: grid, f: Array(numbers[4..<4 + grid.count]), options)
    fitted = Array(numbers[4 + grid.count..<4 + grid.count + pairs.x.count])
  }

  /// A curve with what the threshold is read from: of a network smoothed where that is asked for.
  private static func curve(on grid: [Double], f: [Double], _ options: ThresholdOptions) -> ThresholdCurve {
    let isSmoothed = options.model == .network && options.derivative == .smooth
    return ThresholdCurve(
      x: grid, f: f, smoothed: isSmoothed ? gaussianSmoothing(f, sigma: options.bandwidth / options.gridStep) : nil,
      step: options.gridStep)
  }
}
