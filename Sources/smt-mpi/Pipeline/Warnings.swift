import Distributed

/// What a run noticed that may be wrong with its input.
///
/// It is told on the terminal as it is found, and kept for the report and the maps' `comment`; with `--strict` it ends the
/// run. All ranks find the same and keep it; rank 0 speaks.
struct Warnings {
  /// The warnings so far, in the order in which they were found.
  private(set) var texts: [String] = []
  private let isStrict: Bool
  private let communicator: Communicator
  private var lateError: JobError?

  init(isStrict: Bool, _ communicator: Communicator) {
    self.isStrict = isStrict
    self.communicator = communicator
  }

  /// Adds what was found before the cells were computed.
  ///
  /// Collective.
  /// - Throws: with `--strict` the first as an error of exit code 65.
  mutating func add(_ found: [String]) throws {
    if isStrict, let first = found.first { try communicator.together { throw Self.error(first) } }
    found.forEach { note($0) }
  }

  /// Adds what the results themselves show; with `--strict` an error only once they are written (``finish()``): they took
  /// long, and are complete.
  mutating func addLate(_ found: String?) {
    guard let found else { return }
    note(found)
    if isStrict { lateError = lateError ?? Self.error(found) }
  }

  /// Adds a remark, which is no error with `--strict` either.
  mutating func note(_ text: String) {
    texts.append(text)
    if communicator.isRoot { Log.warning(text) }
  }

  /// Ends a strict run whose results show something wrong.
  ///
  /// Collective.
  /// - Throws: the first late warning as an error of exit code 65.
  func finish() throws {
    if let lateError { try communicator.together { throw lateError } }
  }

  /// A comment with the warnings that are not yet in it.
  func added(to comment: String) -> String {
    let missing = texts.filter { !comment.contains($0) }
    return missing.isEmpty ? comment : comment + " Warnings: " + missing.joined(separator: "; ") + "."
  }

  private static func error(_ text: String) -> JobError {
    JobError(.inputData, "\(text) (an error because of --strict)")
  }
}
