extension SourceExpression {
  /// Reads `PATTERN:VARIABLE`, or several of these joined: `A - B`, `A / B`, `(A + B) * 0.5`, `vpd(T; RH)`.
  ///
  /// Operators stand between blanks, so that `-`, `+`, `*` and `/` of patterns and variables are none; they count only
  /// after a complete source or number. `*` and `/` bind more closely than `+` and `-`.
  ///
  /// - Parameter functions: those that may be called by name.
  /// - Throws: exit code 64 where the text has no such form.
  public init(_ text: String, functions: [SourceFunction] = []) throws {
    var parser = SourceParser(text: text, functions: functions)
    self = try parser.whole()
  }
}

/// Reads a source expression from left to right.
private struct SourceParser {
  let text: String
  let functions: [SourceFunction]
  private let characters: [Character]
  private var position = 0
  /// Open brackets.
  private var depth = 0
  /// Sources and numbers so far.
  private var operands = 0

  /// Brackets within each other, and sources and numbers, at the most.
  private static let (mostBrackets, mostOperands) = (32, 64)
  /// Characters of a number at the most.
  private static let longestNumber = 64
  /// Characters of the text at the most, and of those that a message shows.
  private static let (mostCharacters, mostShown) = (8192, 200)

  init(text: String, functions: [SourceFunction]) {
    self.text = text
    self.functions = functions
    characters = Array(text)
  }

  mutating func whole() throws -> SourceExpression {
    guard characters.count <= Self.mostCharacters else {
      throw refuse("has more than \(Self.mostCharacters) characters")
    }
    let expression = try sum()
    skipBlanks()
    guard position == characters.count else {
      let (before, rest) = (Self.shown(characters[..<position]), Self.shown(characters[position...]))
      throw refuse(
        rest.hasPrefix(")")
          ? "the bracket after '\(before)' has no opening one" : "'\(rest)' after '\(before)' is no operator")
    }
    guard !expression.records.isEmpty else { throw refuse("numbers alone are no source") }
    return expression
  }

  private func refuse(_ what: String) -> JobError {
    JobError(
      .usage,
      "'\(Self.shown(characters[...]))': \(what); expected PATTERN:VARIABLE, or several joined as in 'a.nc:A - b.nc:B'"
        + functions.map { ", '\($0.usage)'" }.joined())
  }

  /// A text as messages show it: the middle of a long one is left out.
  private static func shown(_ characters: ArraySlice<Character>) -> String {
    guard characters.count > mostShown else { return String(characters) }
    return String(characters.prefix(mostShown / 2)) + " … " + String(characters.suffix(mostShown / 2))
  }

  private mutating func skipBlanks() {
    while position < characters.count, characters[position] == " " { position += 1 }
  }

  private mutating func sum() throws -> SourceExpression { try chain(level: SourceFunction.operators.count - 1) }

  /// Operands joined by the operators of a level, or of those that bind more closely.
  private mutating func chain(level: Int) throws -> SourceExpression {
    guard level >= 0 else { return try operand() }
    var expression = try chain(level: level - 1)
    while let function = takeOperator(SourceFunction.operators[level]) {
      expression = .call(function, [expression, try chain(level: level - 1)])
    }
    return expression
  }

  /// The operator here, if it is one of these.
  private mutating func takeOperator(_ operators: [SourceFunction]) -> SourceFunction? {
    let start = position
    skipBlanks()
    guard let function = operatorHere, operators.contains(where: { $0.name == function.name }) else {
      position = start
      return nil
    }
    position += 1
    return function
  }

  /// The operator that stands here between blanks.
  private var operatorHere: SourceFunction? {
    guard position > 0, position + 1 < characters.count, characters[position - 1] == " ",
      characters[position + 1] == " "
    else { return nil }
    return SourceFunction.operators.joined().first { $0.name == String(characters[position]) }
  }

  /// Whether an operator stands behind the blank here.
  private var isBeforeOperator: Bool {
    guard position + 1 < characters.count, characters[position + 1] != " " else { return false }
    var next = self
    next.position += 1
    return next.operatorHere != nil
  }

  private mutating func operand() throws -> SourceExpression {
    skipBlanks()
    guard position < characters.count else {
      throw refuse(text.isEmpty ? "is no source" : "a source is missing at the end")
    }
    operands += 1
    guard operands <= Self.mostOperands else { throw refuse("has more than \(Self.mostOperands) sources and numbers") }
    guard let name = nameBeforeBracket, isBracketed(from: position + name.count) else { return try source() }
    position += name.count + 1
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.mostBrackets else { throw refuse("has more than \(Self.mostBrackets) brackets in brackets") }
    var arguments = [try sum()]
    skipBlanks()
    while position < characters.count, characters[position] == ";" {
      position += 1
      arguments.append(try sum())
      skipBlanks()
    }
    guard position < characters.count, characters[position] == ")" else {
      throw refuse("'\(name)(' has no closing bracket")
    }
    position += 1
    guard !name.isEmpty else {
      guard arguments.count == 1 else { throw refuse("';' stands between the arguments of a function alone") }
      return arguments[0]
    }
    guard let function = functions.first(where: { $0.name == name }) else {
      throw refuse("there is no function '\(name)'")
    }
    guard arguments.count == function.arguments.count else {
      throw refuse(
        "'\(name)' has \(arguments.count) argument\(arguments.count == 1 ? "" : "s"), expected "
          + "\(function.arguments.count), with ';' between them")
    }
    return .call(function, arguments)
  }

  /// The name before an opening bracket, which may be empty; nil where something else stands here.
  private var nameBeforeBracket: String? {
    let name = characters[position...].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    let end = position + name.count
    guard end < characters.count, characters[end] == "(", name.first?.isNumber != true else { return nil }
    return String(name)
  }

  /// Whether the bracket at a place is one of an expression, and not of a pattern: what follows its end is no part of a
  /// path, or it has none.
  private func isBracketed(from start: Int) -> Bool {
    var open = 0
    for place in start..<characters.count {
      if characters[place] == "(" { open += 1 }
      if characters[place] == ")" { open -= 1 }
      guard open == 0 else { continue }
      return place + 1 == characters.count || " ;)".contains(characters[place + 1])
    }
    return true
  }

  /// A source, or a number: all up to an operator, or to the end of the bracket that it stands in.
  private mutating func source() throws -> SourceExpression {
    let start = position
    var open = 0
    var hasColon = false
    while position < characters.count {
      let character = characters[position]
      if character == ":" { hasColon = true }
      if character == "(" { open += 1 }
      if character == ")" {
        if open == 0 { break }
        open -= 1
      }
      if character == ";", depth > 0, open == 0 { break }
      // What stands here is looked at only where it can be complete: that takes as long as it is.
      if character == " ", hasColon || position - start <= Self.longestNumber, isBeforeOperator,
        isOperandComplete(from: start)
      {
        break
      }
      position += 1
    }
    let own = Self.trimmed(characters[start..<position])
    if let number = Double(own), number.isFinite { return .number(number) }
    guard !own.isEmpty else { throw refuse("a source is missing before '\(String(characters[start...].prefix(1)))'") }
    return .record(try SourceSpecification(own))
  }

  /// Whether what stands before this place is a source or a number, so that an operator may follow.
  private func isOperandComplete(from start: Int) -> Bool {
    let own = Self.trimmed(characters[start..<position])
    return Double(own)?.isFinite ?? false || (try? SourceSpecification(own)) != nil
  }

  private static func trimmed(_ characters: ArraySlice<Character>) -> String {
    var end = characters.endIndex
    while end > characters.startIndex, characters[end - 1] == " " { end -= 1 }
    return String(characters[..<end])
  }
}
