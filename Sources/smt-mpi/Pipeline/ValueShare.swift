import Distributed
import Kernels

/// A look at how many cells have a value: hardly any is a sign of wrong input.
enum ValueShare {
  /// What is wrong where fewer than 1 % of the land cells have a value, with the reason that most cells have; nil where
  /// more have one.
  ///
  /// - Parameters:
  ///   - counts: cells by name of their status.
  ///   - advice: what to look at where a status is that of most cells.
  static func concern<Status: ResultStatus>(
    _ counts: [String: Int], of _: Status.Type, advice: (Status) -> String? = { _ in nil }
  ) -> String? {
    func count(_ status: Status) -> Int { counts[status.name] ?? 0 }
    let land = counts.values.reduce(0, +) - count(.notLand) - count(.outsideSelection)
    let computed = count(.computed)
    guard land > 0 else { return "no cell has a value: none of those selected holds data; check the sources" }
    guard computed * 100 < land else { return nil }
    let reasons = Status.allCases.filter { ![Status.computed, .notLand, .outsideSelection].contains($0) }
    guard let reason = reasons.max(by: { count($0) < count($1) }) else { return nil }
    let share = computed == 0 ? "none of the \(land) land cells has" : "only \(computed) of the \(land) land cells have"
    return "\(share) a value; the status of \(count(reason)) is \(reason.name)"
      + (advice(reason).map { ": \($0)" } ?? "")
  }
}
