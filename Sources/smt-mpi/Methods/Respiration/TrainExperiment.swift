import Distributed

/// Some of the predictors, with which networks are trained.
struct TrainExperiment: Equatable {
  let name: String
  /// Places of its predictors in the order of the options, ascending: its channels.
  let predictors: [Int]

  /// The word for all predictors that no experiment names.
  static let basic = "basic"

  /// Reads the experiments; one of all predictors where none is given.
  ///
  /// - Parameters:
  ///   - texts: `NAME=A+B`.
  ///   - predictors: names of all.
  /// - Throws: exit code 64 naming experiment and predictor.
  static func read(_ texts: [String], predictors: [String]) throws -> [TrainExperiment] {
    guard !predictors.contains(basic) else {
      throw JobError(
        .usage, "--predictor '\(basic)': that is the word for predictors that no experiment names; give another name")
    }
    guard !texts.isEmpty else { return [TrainExperiment(name: "all", predictors: Array(predictors.indices))] }
    var lists: [(name: String, words: [String])] = []
    for text in texts {
      guard let match = text.wholeMatch(of: /([A-Za-z0-9_][A-Za-z0-9_.-]*)=(.+)/) else {
        throw JobError(
          .usage,
          "--experiment '\(text)': expected a name and predictors, for example CNN3=basic+SPEI24; names have letters, "
            + "digits, '_', '.' and '-'")
      }
      let name = String(match.1)
      guard !lists.contains(where: { $0.name == name }) else {
        throw JobError(.usage, "--experiment '\(name)' is given twice; give each a name of its own")
      }
      let words = match.2.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
      for (place, word) in words.enumerated() {
        guard word == basic || predictors.contains(word) else {
          throw JobError(
            .usage,
            "--experiment '\(text)': there is no predictor '\(word)'; expected \(basic) or names of --predictor: "
              + predictors.joined(separator: ", "))
        }
        guard !words[..<place].contains(word) else {
          throw JobError(.usage, "--experiment '\(text)': '\(word)' is there twice")
        }
      }
      lists.append((name, words))
    }
    let named = Set(lists.flatMap(\.words))
    let experiments = try lists.map { name, words in
      let chosen = predictors.indices.filter {
        words.contains(predictors[$0]) || words.contains(basic) && !named.contains(predictors[$0])
      }
      guard !words.contains(basic) || chosen.contains(where: { !named.contains(predictors[$0]) }) else {
        throw JobError(
          .usage,
          "--experiment '\(name)': \(basic) stands for the predictors that no experiment names, and all are named: "
            + predictors.joined(separator: ", "))
      }
      return TrainExperiment(name: name, predictors: chosen)
    }
    if let unused = predictors.indices.first(where: { place in !experiments.contains { $0.predictors.contains(place) } }
    ) {
      throw JobError(
        .usage, "--predictor '\(predictors[unused])' is in none of the experiments; leave it out, or add it to one")
    }
    return experiments
  }
}
