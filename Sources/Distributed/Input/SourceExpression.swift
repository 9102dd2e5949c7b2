/// A source as the user writes it: a record, or several joined in every cell at every step.
public indirect enum SourceExpression: Sendable {
  /// Variables of files.
  case record(SourceSpecification)
  /// A number, the same everywhere.
  case number(Double)
  /// A function, or an operator, of sources.
  case call(SourceFunction, [SourceExpression])

  /// The records in the order in which they are written, each once.
  public var records: [SourceSpecification] {
    switch self {
    case .record(let record): [record]
    case .number: []
    case .call(_, let arguments):
      arguments.flatMap(\.records).reduce(into: []) { records, record in
        if !records.contains(record) { records.append(record) }
      }
    }
  }

  /// Whether several records, or a record and numbers, are joined.
  public var isJoined: Bool {
    if case .record = self { return false }
    return true
  }

  /// Whether some pattern has a place for the member's name.
  public var namesMember: Bool { records.contains(where: \.namesMember) }

  /// The text that gives this source.
  public var text: String { text(\.text) }

  /// The names of the variables, without files: `TSA`, `l1, l2`, `vpd(TSA; RH2M)`.
  public var names: String { text(\.names) }

  /// What the source is, with each record as `record` has it, and functions by what they make.
  func words(_ record: (SourceSpecification) -> String) -> String {
    if case .call(let function, _) = self, let made = function.longName { return made }
    return text(record)
  }

  /// The text, with each record as `record` has it.
  private func text(_ record: (SourceSpecification) -> String) -> String {
    switch self {
    case .record(let specification): return record(specification)
    case .number(let number):
      return number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
    case .call(let function, let arguments):
      guard let level = function.operatorLevel else {
        return "\(function.name)(\(arguments.map { $0.text(record) }.joined(separator: "; ")))"
      }
      // Operators of one level go from left to right.
      let texts = arguments.enumerated().map { place, argument in
        let text = argument.text(record)
        guard case .call(let other, _) = argument, let own = other.operatorLevel else { return text }
        return own > level || own == level && place > 0 ? "(\(text))" : text
      }
      return texts.joined(separator: " \(function.name) ")
    }
  }

  /// How records in these units are joined.
  ///
  /// - Parameter units: by record, in the order of `records`.
  /// - Throws: exit code 65 where they do not fit.
  func joint(_ units: [String]) throws -> SourceJoint {
    let (term, units) = try term(Array(zip(records, units)))
    return SourceJoint(term: term, units: units ?? "1")
  }

  private func term(
    _ records: [(specification: SourceSpecification, units: String)]
  ) throws -> (term: SourceJoint.Term, units: String?) {
    switch self {
    case .record(let specification):
      guard let index = records.firstIndex(where: { $0.specification == specification }) else {
        throw JobError(.internal, "'\(specification.text)' is none of the records")
      }
      return (.record(index), records[index].units)
    case .number(let number): return (.number(number), nil)
    case .call(let function, let arguments):
      var terms: [SourceJoint.Term] = []
      var known: [SourceFunction.Argument] = []
      for argument in arguments {
        let (term, units) = try argument.term(records)
        terms.append(term)
        known.append(SourceFunction.Argument(text: argument.text, units: units))
      }
      let joint = try function.join(known)
      return (.values(joint.values, terms), joint.units)
    }
  }
}

extension SourceFunction {
  /// Operators of a lower level bind more closely; nil for what is written with its arguments in brackets.
  fileprivate var operatorLevel: Int? {
    Self.operators.firstIndex { $0.contains { $0.name == name } }
  }
}

/// How the records of a source make one quantity, in units that are known.
struct SourceJoint: Sendable {
  var term: Term
  /// Units of the result.
  var units: String

  /// A part of an expression.
  indirect enum Term: Sendable {
    /// The record at this place.
    case record(Int)
    /// The same number everywhere.
    case number(Double)
    /// What a function makes of other parts.
    case values(SourceFunction.Values, [Term])
  }
}
