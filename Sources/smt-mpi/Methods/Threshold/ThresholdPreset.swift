import ArgumentParser

/// A named set of the threshold method's options.
enum ThresholdPreset: String, ExpressibleByArgument, CaseIterable {
  /// The options' own defaults.
  case standard = "default"
  /// The former name of the defaults.
  case fast
  /// The network of Yan et al. (2024), trained as is usual: the paper names neither the optimiser nor the epochs.
  case paper

  /// What the preset sets, by the options' names.
  var options: [(key: String, value: String)] {
    switch self {
    case .standard, .fast: []
    case .paper:
      [
        ("optimizer", "adam"), ("hidden", "100,100,100"), ("epochs", "1000"), ("noise-stop", "0"), ("networks", "1"),
        ("bandwidth", "3"), ("outlier-bound", "0"),
      ]
    }
  }

  /// The command line with the options of its `--preset` put in; those that it gives itself win.
  ///
  /// An unknown preset is left for the parser to refuse.
  static func expand(_ arguments: [String]) -> [String] {
    guard let name = arguments.first,
      let preset = ConfigurationFile.option("--preset", in: arguments).flatMap(Self.init(rawValue:))
    else { return arguments }
    let missing = preset.options.filter { !ConfigurationFile.isGiven("--" + $0.key, in: arguments) }
    return [name] + missing.map { "--\($0.key)=\($0.value)" } + arguments.dropFirst()
  }
}
