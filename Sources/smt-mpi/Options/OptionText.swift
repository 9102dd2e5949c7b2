import Distributed
import Foundation

/// Readers of options' texts that several subcommands share; they throw exit code 64 naming the option.
enum OptionText {
  static func depths(_ text: String) throws -> ClosedRange<Double> {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Double($0) }
    guard ends.count == 2, let top = ends[0], let bottom = ends[1], top >= 0, bottom > top, bottom.isFinite else {
      throw JobError(.usage, "--depth '\(text)': expected top and bottom in metres, for example 0-3")
    }
    return top...bottom
  }

  static func edges(_ text: String) throws -> [Double] {
    let edges = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
    guard edges.count == text.split(separator: ",", omittingEmptySubsequences: false).count, edges.count > 1,
      edges.allSatisfy(\.isFinite), zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw JobError(
        .usage, "--layer-bounds '\(text)': expected increasing depths in metres, for example 0,0.1,0.4,1,2")
    }
    return edges
  }

  static func point(_ text: String) throws -> GridPoint {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0.trimmingCharacters(in: .whitespaces))
    }
    guard parts.count == 2, let latitude = parts[0], let longitude = parts[1], abs(latitude) <= 90,
      abs(longitude) <= 360
    else { throw JobError(.usage, "--point '\(text)': expected latitude and longitude in degrees, for example 0,-60") }
    return GridPoint(latitude: latitude, longitude: longitude)
  }

  static func variables(_ text: String, count: Int, option: String) throws -> (String, [String]) {
    guard text.lastIndexOutsideBrackets(of: ":") != nil else {
      throw JobError(
        .usage,
        "--\(option) '\(text)': expected FILE:"
          + (count == 1 ? "VARIABLE" : "FIRST,LAST, for example season.nc:start,end") + VariableNames.hint(text))
    }
    let specification = try SourceSpecification(text)
    guard specification.variables.count == count, count == 1 || specification.combination == .layers else {
      throw JobError(
        .usage,
        "--\(option) '\(text)': expected FILE:"
          + (count == 1 ? "VARIABLE" : "FIRST,LAST, for example season.nc:start,end"))
    }
    return (specification.pattern, specification.variables)
  }

  /// The maps of the growing season's first and last month.
  static func season(_ text: String) throws -> (path: String, first: String, last: String) {
    let (path, variables) = try variables(text, count: 2, option: "season")
    return (path, variables[0], variables[1])
  }
}

extension OptionText {
  /// Positive numbers joined by commas.
  static func numbers(_ text: String, option: String) throws -> [Double] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    guard numbers.count == parts.count, numbers.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw JobError(.usage, "--\(option) '\(text)': expected positive numbers, for example 99.9,299.9,599.9,999")
    }
    return numbers
  }

  /// Whole numbers from 1, joined by commas, such as those of an example.
  static func counts(_ text: String, option: String, example: String) throws -> [Int] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == parts.count, numbers.allSatisfy({ $0 > 0 }) else {
      throw JobError(.usage, "--\(option) '\(text)': expected whole numbers from 1, for example \(example)")
    }
    return numbers
  }

  /// Calendar years, `2000-2024`.
  static func years(_ text: String) throws -> ClosedRange<Int> {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let first = parts[0], let last = parts[1], first <= last, first >= 0,
      last <= InputLimit.year
    else {
      throw JobError(
        .usage,
        "--period '\(text)': expected first and last year, 0 to \(InputLimit.year), for example 2000-2024")
    }
    return first...last
  }
}
