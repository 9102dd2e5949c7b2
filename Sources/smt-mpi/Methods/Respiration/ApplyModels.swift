import Distributed
import Kernels

/// The networks that are applied together.
struct ApplyModels {
  /// At least one.
  let files: [ModelFile]

  /// Reads the files that paths and patterns name.
  ///
  /// - Throws: exit code 66 where there is none, 65 where one is no network of this kind, or they are not of one kind.
  init(_ patterns: [String]) throws {
    var paths: [String] = []
    for pattern in patterns {
      let found = Distributed.paths(matching: pattern)
      guard !found.isEmpty else { throw JobError(.noInput, "--model '\(pattern)': no file matches") }
      paths += found.filter { !paths.contains($0) }
    }
    files = try paths.map(ModelFile.init)
    try checkAlike()
  }

  /// Checks that all networks are of the same windows of the same predictors, and of one quantity.
  private func checkAlike() throws {
    let first = files[0]
    for file in files.dropFirst() {
      func refuse(_ what: String, _ found: String, _ expected: String) -> JobError {
        JobError(
          .inputData,
          "\(file.path): \(what) \(found); expected \(expected) as in \(first.path): apply networks of one experiment "
            + "together")
      }
      let shapes = [file, first].map { "\($0.network.shape.channels) channels, windows of \($0.network.shape.window)" }
      guard shapes[0] == shapes[1] else { throw refuse("the network has", shapes[0], shapes[1]) }
      let names = [file, first].map { $0.predictorNames.map(Self.list) ?? "unnamed" }
      guard names[0] == names[1] else { throw refuse("the channels are", names[0], names[1]) }
      let targets = [file, first].map { file in file.target.map { "\($0.name) (\($0.units))" } ?? "unnamed" }
      guard targets[0] == targets[1] else { throw refuse("the network predicts", targets[0], targets[1]) }
    }
  }

  private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }

  /// Cells of a window's side.
  var window: Int { files[0].network.shape.window }

  /// What is predicted, and its units.
  var target: (name: String, units: String) {
    let found = files[0].target
    let name = String((found?.name ?? "prediction").map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    // A name that is one of the other maps'.
    let isFree = name.first?.isLetter == true && !ApplyColumn.allCases.contains { $0.name == name }
    return (isFree ? name : "prediction", found?.units ?? "1")
  }

  /// What stands for a neighbour without a value where the user does not say it.
  var edge: WindowEdge { files[0].edge.flatMap(WindowEdge.init) ?? .centre }

  /// The range of each predictor with which the networks were trained, all together; nil where a file does not tell.
  var ranges: [ClosedRange<Float>]? {
    var ranges: [ClosedRange<Float>] = []
    for file in files {
      guard let lowest = file.lowest, let highest = file.highest else { return nil }
      let own = zip(lowest, highest).map { $0...$1 }
      ranges =
        ranges.isEmpty
        ? own : zip(ranges, own).map { min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound) }
    }
    return ranges
  }

  /// Checks that predictors are the networks' channels, in their order and units.
  ///
  /// - Returns: what may be wrong.
  /// - Throws: exit code 65 with both lists.
  func check(_ predictors: [Predictor], edge: WindowEdge) throws -> [String] {
    let first = files[0]
    let given = Self.list(predictors.map(\.name))
    guard predictors.count == first.network.shape.channels else {
      throw JobError(
        .inputData,
        "\(first.path): the network has \(first.network.shape.channels) channels"
          + (first.predictorNames.map { " (\(Self.list($0)))" } ?? "")
          + ", --predictor gives \(predictors.count) (\(given))")
    }
    var concerns: [String] = []
    if let names = first.predictorNames {
      guard names == predictors.map(\.name) else {
        throw JobError(
          .inputData,
          "\(first.path): the channels are \(Self.list(names)), --predictor gives \(given); expected the same names in the "
            + "same order")
      }
    } else {
      concerns.append("\(first.path) does not name its channels: --predictor is taken in the order given")
    }
    if let units = first.predictorUnits {
      for (predictor, expected) in zip(predictors, units) where !Self.areSame(predictor.units, expected) {
        throw JobError(
          .inputData,
          "--predictor \(predictor.name) has units '\(predictor.units)', the network of \(first.path) was trained with "
            + "'\(expected)'; convert it, for example '\(predictor.name)=file.nc:variable * 0.001'")
      }
    }
    if let statistics = first.statistics {
      for (predictor, expected) in zip(predictors, statistics) where predictor.statistic != expected {
        concerns.append(
          "--predictor \(predictor.name) is @\(predictor.statistic), the network of \(first.path) was trained with "
            + "@\(expected)")
      }
    }
    if let own = first.edge, own != edge.rawValue {
      concerns.append("--edge \(edge.rawValue): the network of \(first.path) was trained with \(own)")
    }
    return concerns
  }

  private static func areSame(_ first: String, _ second: String) -> Bool {
    let plain = [first, second].map { $0.isEmpty ? "1" : $0 }
    return plain[0] == plain[1] || UnitSpelling.areSame(plain[0], plain[1])
  }
}
