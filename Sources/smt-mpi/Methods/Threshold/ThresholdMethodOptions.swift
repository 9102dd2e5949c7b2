import ArgumentParser
import Distributed
import Kernels

extension ThresholdModel: ExpressibleByArgument {}
extension DerivativeMethod: ExpressibleByArgument {}
extension Activation: ExpressibleByArgument {}
extension Optimizer: ExpressibleByArgument {}

/// Options of the threshold method itself.
struct ThresholdMethodOptions: ParsableArguments {
  private static let defaults = ThresholdOptions()
  private static let automatic = "auto"
  /// Refits of `--uncertainty`, of all networks together.
  private static let refits = 25

  @Option(
    help: ArgumentHelp(
      "A reference moisture at or below this has no percentages; in the moisture's units.", valueName: "value"))
  var moistureFloor = 0.0

  @Option(help: ArgumentHelp("The same for the response, in its units.", valueName: "value"))
  var responseFloor = 0.0

  @Option(
    help: ArgumentHelp(
      "Least sum of both terms of --fraction-with, in their units; pairs below it, or with a negative term, are dropped.",
      valueName: "value"))
  var fractionFloor = 20.0

  @Option(help: ArgumentHelp("Fewest finite pairs of a cell.", valueName: "n"))
  var minimumPairs = defaults.minimumPairs

  @Option(help: ArgumentHelp("Smallest range of a cell's moisture, in grid steps.", valueName: "steps"))
  var minimumSpan = defaults.minimumSpan

  @Option(help: "The curve: network, logistic, exponential, quadratic, plateau or spline.")
  var model = defaults.model

  @Option(help: ArgumentHelp("Units of the network's hidden layers; e.g. 50,50.", valueName: "n,n,…"))
  var hidden = defaults.hidden.map(String.init).joined(separator: ",")

  @Option(help: "Function of the hidden units: relu, tanh, softplus or gelu.")
  var activation = defaults.activation

  @Option(
    help: ArgumentHelp(
      """
      default (or fast, its former name), or paper: one network of 100,100,100 units, 1000 epochs of Adam, which fits \
      noise. Sets options that are not given.
      """,
      valueName: "name"))
  var preset = ThresholdPreset.standard

  @Option(help: "How the network is trained: adam, gauss-newton or lbfgs.")
  var optimizer = defaults.optimizer

  @Option(
    help: ArgumentHelp(
      """
      Epochs of training, full batch; steps with --optimizer gauss-newton, where 40 are enough, gradients with lbfgs, where \
      120 are.
      """, valueName: "n"))
  var epochs = defaults.epochs

  @Option(help: ArgumentHelp("Steps that --optimizer lbfgs remembers, 1 to 1000.", valueName: "m"))
  var lbfgsMemory = defaults.lbfgsMemory

  @Option(help: ArgumentHelp("Learning rate of Adam.", valueName: "rate"))
  var learningRate = defaults.learningRate

  @Option(
    help: ArgumentHelp(
      """
      Stop training when the mean squared error is down to this part of the noise variance, as estimated from \
      neighbouring pairs; e.g. 0.6. 0: never.
      """, valueName: "part"))
  var noiseStop = defaults.noiseStop

  @Option(help: ArgumentHelp("Seed of all random numbers.", valueName: "n"))
  var seed = defaults.seed

  @Option(
    help: ArgumentHelp(
      """
      Networks per cell, 1 to 256; their mean is the curve. Their spread, smt_training_stddev, is that of training, not \
      of the data.
      """, valueName: "K"))
  var networks = defaults.networks

  @Flag(
    help: """
      Give each threshold a 90 % interval and a standard error, from 25 refits to noisy copies of the curve: five times \
      the work.
      """)
  var uncertainty = false

  @Option(
    help: ArgumentHelp(
      "The same from so many refits of each network; 0: 25 in all with --uncertainty, else none.", valueName: "B"))
  var bootstrap = defaults.bootstrap

  @Option(
    help: ArgumentHelp(
      "Step of the grid on which the curve is differentiated, percent of normal.", valueName: "percent"))
  var gridStep = defaults.gridStep

  @Option(help: "Second derivative of the smoothed curve (smooth) or of the curve itself (raw).")
  var derivative = defaults.derivative

  @Option(
    help: ArgumentHelp(
      "Standard deviation of the smoothing Gaussian, percent of normal; auto: 2 to 7, by the noise of each cell.",
      valueName: "percent"))
  var bandwidth = automatic

  @Option(
    help: ArgumentHelp(
      "Slopes below this part of the largest are left out of the low decline rate: there GPP has collapsed.",
      valueName: "part"))
  var activeFraction = defaults.activeFraction

  @Option(
    help: ArgumentHelp(
      "How sharp the bend at a threshold must be: -f'' over the largest slope, per percent.", valueName: "value"))
  var curvatureTolerance = defaults.curvatureTolerance

  @Option(
    help: ArgumentHelp(
      """
      Only pairs that bend more than this part of straight lines with the same noise do have a threshold, 0.01 to 1; 1 \
      accepts every bend.
      """, valueName: "part"))
  var significance = defaults.significance

  @Option(
    help: ArgumentHelp(
      """
      Pairs that depart from their neighbours by more than so many standard deviations are brought back to that; 0: none \
      is.
      """, valueName: "n"))
  var outlierBound = defaults.outlierBound

  @Flag(
    help: """
      Only what Yan et al. (2024) ask of a threshold: the lowest f'' where f' > 0, without any test. Finds one in nearly \
      every cell, also where there is nothing but noise.
      """)
  var publishedRule = false

  /// The kernel's options.
  ///
  /// - Throws: exit code 64 naming the option whose value makes no sense.
  func options() throws -> ThresholdOptions {
    var options = ThresholdOptions()
    options.model = model
    options.hidden = try hidden.split(separator: ",", omittingEmptySubsequences: false).map { text in
      guard let units = Int(text), (1...4096).contains(units) else {
        throw JobError(.usage, "--hidden '\(hidden)': expected units of each layer, 1 to 4096, for example 100,100,100")
      }
      return units
    }
    guard options.hidden.count <= 16 else {
      throw JobError(.usage, "--hidden: expected 16 layers at most, found \(options.hidden.count)")
    }
    options.activation = activation
    options.epochs = try checked("epochs", epochs, 1...100_000_000)
    options.optimizer = optimizer
    options.lbfgsMemory = try checked("lbfgs-memory", lbfgsMemory, 1...1000)
    options.noiseStop = try checked("noise-stop", noiseStop, 0...100)
    options.learningRate = try checked("learning-rate", learningRate, 1e-12...10)
    options.seed = seed
    options.networks = try checked("networks", networks, 1...256)
    options.bootstrap = try checked("bootstrap", bootstrap, 0...100_000)
    if uncertainty, bootstrap == 0 {
      let fits = model == .network ? networks : 1
      options.bootstrap = (Self.refits + fits - 1) / fits
    }
    options.gridStep = try checked("grid-step", gridStep, 0.01...50)
    options.derivative = derivative
    if bandwidth != Self.automatic {
      guard let percent = Double(bandwidth), (0...50).contains(percent) else {
        throw JobError(.usage, "--bandwidth '\(bandwidth)': expected 0 to 50, or auto")
      }
      options.bandwidth = percent
    }
    options.activeFraction = try checked("active-fraction", activeFraction, 0...1)
    options.minimumPairs = try checked("minimum-pairs", minimumPairs, 3...1_000_000)
    options.minimumSpan = try checked("minimum-span", minimumSpan, 5...1000)
    options.curvatureTolerance = try checked("curvature-tolerance", curvatureTolerance, 0...1000)
    options.significance = try checked("significance", significance, 0.01...1)
    let bound = try checked("outlier-bound", outlierBound, 0...1e6)
    options.outlierBound = bound > 0 ? bound : .infinity
    options.isPublishedRule = publishedRule
    return options
  }

  private func checked<Number: Comparable>(
    _ name: String, _ value: Number, _ range: ClosedRange<Number>
  ) throws -> Number {
    guard range.contains(value) else {
      throw JobError(.usage, "--\(name) \(value): expected \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}
