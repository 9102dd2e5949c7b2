import Distributed
import Foundation

/// What a model file says of its network besides its numbers; nil where it does not say it.
struct ModelDescription: Equatable, Sendable {
  /// What the network predicts.
  struct Target: Equatable, Sendable {
    var name: String
    var units: String
  }

  /// By channel.
  var predictorNames: [String]?
  /// By channel; "1" without a unit.
  var predictorUnits: [String]?
  /// By channel, what became of the steps of a year: "mean", "month=12" and so on.
  var statistics: [String]?
  /// By channel, the smallest value that the network was trained with.
  var lowest: [Float]?
  /// By channel, the largest value that the network was trained with.
  var highest: [Float]?
  var target: Target?
  /// The experiment that it is of.
  var experiment: String?
  /// How samples were divided: "cluster" and so on.
  var split: String?
  /// What stood for neighbours that were missing: "centre" and so on.
  var edge: String?
}

extension ModelDescription {
  /// The keys of the metadata; lists are arrays of JSON.
  enum Key: String, CaseIterable {
    case predictorNames = "predictor_names"
    case predictorUnits = "predictor_units"
    case statistics = "predictor_statistics"
    case lowest = "predictor_minima"
    case highest = "predictor_maxima"
    case targetName = "target_name"
    case targetUnits = "target_units"
    case experiment, split, edge
  }

  /// Takes what is known from the metadata of a file; other keys are left alone.
  ///
  /// - Throws: exit code 65 where a list is none, or has another length than the network has channels.
  init(_ metadata: [String: String], channels: Int, path: String) throws {
    func list<Entry: Decodable>(_ key: Key, of what: String) throws -> [Entry]? {
      guard let text = metadata[key.rawValue] else { return nil }
      guard let entries = try? JSONDecoder().decode([Entry].self, from: Data(text.utf8)) else {
        throw JobError(
          .inputData,
          "\(path): metadata '\(key.rawValue)': expected \(what) as an array of JSON, found '\(text.prefix(40))'")
      }
      guard entries.count == channels else {
        throw JobError(
          .inputData,
          "\(path): metadata '\(key.rawValue)' has \(entries.count) entries; the network has \(channels) channels")
      }
      return entries
    }
    predictorNames = try list(.predictorNames, of: "names")
    predictorUnits = try list(.predictorUnits, of: "units")
    statistics = try list(.statistics, of: "statistics")
    lowest = try list(.lowest, of: "numbers")
    highest = try list(.highest, of: "numbers")
    if let names = predictorNames {
      guard Set(names).count == names.count,
        !names.contains(where: { $0.isEmpty || $0.unicodeScalars.contains { $0.value < 32 } })
      else {
        throw JobError(
          .inputData, "\(path): metadata '\(Key.predictorNames.rawValue)': expected a name for each channel, each once")
      }
    }
    if let lowest, let highest, let channel = lowest.indices.first(where: { !(lowest[$0] <= highest[$0]) }) {
      throw JobError(
        .inputData,
        "\(path): metadata: channel \(channel + 1) has a range from \(lowest[channel]) to \(highest[channel]), which is nothing"
      )
    }
    target = metadata[Key.targetName.rawValue].map {
      Target(name: $0, units: metadata[Key.targetUnits.rawValue] ?? "1")
    }
    experiment = metadata[Key.experiment.rawValue]
    split = metadata[Key.split.rawValue]
    edge = metadata[Key.edge.rawValue]
  }

  /// The metadata of a file.
  func metadata() throws -> [String: String] {
    func text(_ entries: (some Encodable)?) throws -> String? {
      guard let entries else { return nil }
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      return String(decoding: try encoder.encode(entries), as: UTF8.self)
    }
    let entries: [(Key, String?)] = [
      (.predictorNames, try text(predictorNames)), (.predictorUnits, try text(predictorUnits)),
      (.statistics, try text(statistics)), (.lowest, try text(lowest)), (.highest, try text(highest)),
      (.targetName, target?.name), (.targetUnits, target?.units), (.experiment, experiment), (.split, split),
      (.edge, edge),
    ]
    return Dictionary(uniqueKeysWithValues: entries.compactMap { key, text in text.map { (key.rawValue, $0) } })
  }
}
