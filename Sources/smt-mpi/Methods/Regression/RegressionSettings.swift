import Distributed
import Kernels

/// What is regressed on what: the options of `regress`, checked.
struct RegressionSettings {
  let response: RegressionSource
  let numbers: [RegressionSource]
  let categories: [RegressionSource]
  /// The class that others are compared with, by category; nil for the first.
  let bases: [String?]
  /// The classes of maps.
  let classes: ClassSettings
  let standardises: Bool
  let limit: Double
  let mask: Mask?
  let minimumRows: Int
  let alpha: Double
  let adjustment: PairwiseTests.Adjustment
  let clusters: Clusters?
  let method: RegriddingMethod

  /// Which cells take part.
  enum Mask {
    /// Those where a map is neither 0 nor missing.
    case map(String)
    case classes(ClassCondition)
  }

  /// What makes rows belong together.
  enum Clusters: Equatable {
    /// Blocks of so many degrees; of a table by these columns.
    case blocks(Double, latitude: String, longitude: String)
    case source(RegressionSource)
  }

  /// - Throws: exit code 64 naming the option.
  init(_ command: Regress) throws {
    guard !command.response.isEmpty else {
      throw JobError(.usage, "there is no response; expected FILE:VARIABLE, for example smt.nc:smt or sites.csv:theta")
    }
    response = try RegressionSource(command.response, option: "the response")
    numbers = try command.on.map { try RegressionSource($0, option: "--on") }
    categories = try command.categories.map { try RegressionSource($0, option: "--categories") }
    guard !numbers.isEmpty || !categories.isEmpty else {
      throw JobError(.usage, "nothing explains the response; expected --on FILE:VARIABLE, or --categories")
    }
    guard command.groups.isEmpty || command.groups.count == categories.count else {
      throw JobError(
        .usage,
        "--groups is given \(counted(command.groups.count, "time")), --categories has \(counted(categories.count, "source")); expected one list "
          + "of groups for each, '' where each id is a class of its own")
    }
    guard command.base.count <= categories.count else {
      throw JobError(
        .usage,
        "--base has \(counted(command.base.count, "class", plural: "classes")), --categories \(counted(categories.count, "source")); expected one for each at the "
          + "most")
    }
    bases = categories.indices.map { index in
      command.base.indices.contains(index) && !command.base[index].isEmpty ? command.base[index] : nil
    }
    standardises = command.standardise
    limit = command.limit ?? .infinity
    (minimumRows, alpha, adjustment, method) = (command.minimumRows, command.alpha, command.adjust, command.method)
    guard limit >= 0 else { throw JobError(.usage, "--limit \(limit.shortText): expected 0 or more") }
    guard minimumRows >= 1 else { throw JobError(.usage, "--minimum-rows \(minimumRows): expected 1 or more") }
    guard alpha > 0, alpha < 1 else {
      throw JobError(.usage, "--alpha \(alpha.shortText): expected a probability between 0 and 1, for example 0.05")
    }
    guard method != .majority else {
      throw JobError(.usage, "--method majority is for classes; expected bilinear, nearest or mean")
    }
    mask = try command.mask.map { text in
      if let condition = try ClassCondition(text, option: "mask") { return .classes(condition) }
      _ = try GridMap.parts(of: text)
      return .map(text)
    }
    clusters = try Self.clusters(command)
    var options = try ClassOptions.parse([])
    if !response.isTable {
      options.classes = categories.map(\.text)
      options.groups = command.groups
      options.classMethod = command.classMethod
    }
    classes = try ClassSettings(options)
    try checkNames()
    try checkKinds(hasGroups: !command.groups.isEmpty)
  }

  private static func clusters(_ command: Regress) throws -> Clusters? {
    guard command.blockDegrees == nil || command.cluster == nil else {
      throw JobError(.usage, "--block-degrees and --cluster both say what belongs together; expected one of them")
    }
    if let text = command.cluster { return .source(try RegressionSource(text, option: "--cluster")) }
    guard let degrees = command.blockDegrees else { return nil }
    guard degrees >= 0.01, degrees <= 90 else {
      throw JobError(.usage, "--block-degrees \(degrees.shortText): expected 0.01 to 90 degrees, for example 5")
    }
    let names = command.coordinates.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.count == 2, names.allSatisfy({ !$0.isEmpty }) else {
      throw JobError(.usage, "--coordinates '\(command.coordinates)': expected two columns, for example lat,lon")
    }
    return .blocks(degrees, latitude: names[0], longitude: names[1])
  }

  /// Checks that no two terms have one name.
  private func checkNames() throws {
    var seen = Set(["intercept"])
    for source in numbers + categories where !seen.insert(source.name).inserted {
      throw JobError(
        .usage,
        "two terms are called '\(source.name)'; give one of them another name, for example --on other=\(source.text)")
    }
  }

  /// Checks that all sources are maps, or columns of one table.
  private func checkKinds(hasGroups: Bool) throws {
    for source in inputs.dropFirst() {
      guard source.isTable == response.isTable, !response.isTable || source.path == response.path else {
        throw JobError(
          .usage,
          "'\(source.text)' and '\(response.text)' do not go together; expected maps alone, or columns of one table")
      }
    }
    guard response.isTable else { return }
    if mask != nil { throw JobError(.usage, "--mask is about maps; the sources are columns of \(response.path)") }
    if hasGroups {
      throw JobError(
        .usage,
        "--groups is about maps of whole numbers; the categories are columns of \(response.path), whose texts are classes"
      )
    }
  }

  /// The source that clusters come from, if there is one.
  var clusterSource: RegressionSource? {
    if case .source(let source) = clusters { return source }
    return nil
  }

  /// All sources.
  var inputs: [RegressionSource] {
    [response] + numbers + categories + (clusterSource.map { [$0] } ?? [])
  }

  /// All files that are read.
  var paths: [String] {
    inputs.map(\.path)
      + (mask.map { mask in
        switch mask {
        case .map(let text): [(try? GridMap.parts(of: text).path) ?? text]
        case .classes(let condition): [condition.path]
        }
      } ?? [])
  }

  /// What rows are called.
  func rowsText(_ count: Int) -> String { "\(count) \(response.isTable ? "row" : "cell")\(count == 1 ? "" : "s")" }
}
