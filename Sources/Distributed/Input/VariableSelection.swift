/// One index of some dimensions of a variable, as the user writes it behind the variable's name: `[scale=24]`,
/// `[depth=0.1,scale=24]`, `[season=DJF]`, `[scale=#2]`.
struct VariableSelection {
  /// A dimension and which of its indices is meant.
  struct Choice {
    var dimension: String
    /// A coordinate's value, the name of a category, a date, or `#` and an index from 0.
    var value: String
  }

  /// The variable's own name.
  let variable: String
  /// In the order in which they are written.
  let choices: [Choice]

  /// Reads `VARIABLE` or `VARIABLE[DIMENSION=VALUE,…]`.
  ///
  /// - Throws: exit code 64 where brackets are not of this form.
  init(_ text: String) throws {
    guard let open = text.firstIndex(of: "["), text.last == "]" else {
      guard !text.contains("["), !text.contains("]") else { throw Self.wrong(text) }
      (variable, choices) = (text, [])
      return
    }
    variable = String(text[..<open])
    let inner = text[text.index(after: open)..<text.index(before: text.endIndex)]
    guard !variable.isEmpty, !inner.contains("["), !inner.contains("]") else { throw Self.wrong(text) }
    choices = try inner.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let sign = part.firstIndex(of: "="), sign != part.startIndex, part.index(after: sign) != part.endIndex
      else {
        throw Self.wrong(text)
      }
      return Choice(dimension: String(part[..<sign]), value: String(part[part.index(after: sign)...]))
    }
    guard Set(choices.map(\.dimension)).count == choices.count else { throw Self.wrong(text) }
  }

  /// A variable of which nothing is selected.
  init(all variable: String) { (self.variable, choices) = (variable, []) }

  private static func wrong(_ text: String) -> JobError {
    JobError(
      .usage,
      "'\(text)': expected VARIABLE or VARIABLE[DIMENSION=VALUE,…], each dimension once, for example spei[scale=24] or "
        + "sm[depth=0.1,scale=#2]")
  }

  /// The index of each chosen dimension, by its place among the variable's.
  ///
  /// - Throws: exit code 65 where the variable has no such dimension, or that no such value; the message has those that
  ///   there are.
  func indices(_ names: [String], _ shape: [Int], on grid: Grid, in file: NetCDFFile) throws -> [Int: Int] {
    var indices: [Int: Int] = [:]
    for choice in choices {
      guard let place = names.firstIndex(of: choice.dimension), !grid.dimensionNames.contains(choice.dimension) else {
        let others = names.filter { !grid.dimensionNames.contains($0) }
        throw JobError(
          .inputData,
          "\(file.path): '\(variable)' has no dimension '\(choice.dimension)' to select of; "
            + (others.isEmpty ? "it has none besides those of its grid" : "expected \(others.joined(separator: ", "))"))
      }
      indices[place] = try index(choice, length: shape[place], in: file)
    }
    return indices
  }

  private func index(_ choice: Choice, length: Int, in file: NetCDFFile) throws -> Int {
    if choice.value.first == "#" {
      guard let index = Int(choice.value.dropFirst()), (0..<length).contains(index) else {
        throw JobError(
          .inputData,
          "\(file.path): '\(variable)' has no \(choice.dimension) \(choice.value); expected #0 to #\(length - 1)")
      }
      return index
    }
    let role = DimensionRole.ofDimension(choice.dimension, in: file)
    let axis = try SliceAxis.read(choice.dimension, length: length, role, in: file)
    guard axis.hasCoordinate || axis.hasNames else {
      throw JobError(
        .inputData,
        "\(file.path): the dimension '\(choice.dimension)' of '\(variable)' has no coordinates; expected an index, "
          + "\(choice.dimension)=#0 to #\(length - 1)")
    }
    if let index = axis.labels.firstIndex(of: choice.value) { return index }
    // Coordinates in single precision are not what the user writes.
    if let number = Double(choice.value), number.isFinite,
      let nearest = axis.values.indices.min(by: { abs(axis.values[$0] - number) < abs(axis.values[$1] - number) }),
      abs(axis.values[nearest] - number) <= Self.tolerance * max(abs(number), abs(axis.values[nearest]))
    {
      return nearest
    }
    throw JobError(
      .inputData,
      "\(file.path): '\(variable)' has no \(choice.dimension) = \(choice.value); expected one of "
        + Self.list(axis.labels))
  }

  /// What may stand behind `=` for each index of a dimension.
  static func choices(of dimension: String, length: Int, in file: NetCDFFile) throws -> [String] {
    let axis = try SliceAxis.read(dimension, length: length, DimensionRole.ofDimension(dimension, in: file), in: file)
    return axis.hasCoordinate || axis.hasNames ? axis.labels : axis.values.indices.map { "#\($0)" }
  }

  /// The text of a selection of one more dimension, by the first of its choices, with all of them in brackets.
  func text(choosing dimension: String, of choices: [String]) -> String {
    let all = self.choices + [Choice(dimension: dimension, value: choices.first ?? "#0")]
    let inner = all.map { "\($0.dimension)=\($0.value)" }.joined(separator: ",")
    return "\(variable)[\(inner)] (\(dimension): \(Self.list(choices)))"
  }

  private static func list(_ choices: [String]) -> String {
    (choices.count > 12 ? choices.prefix(5) + ["…"] + choices.suffix(5) : choices[...]).joined(separator: ", ")
  }

  /// How far a number may be from a coordinate, relative to it.
  private static let tolerance = 1e-4
}

extension StringProtocol {
  /// The last place of a character that stands in no square brackets.
  package func lastIndexOutsideBrackets(of character: Character) -> Index? {
    var depth = 0
    for index in indices.reversed() {
      switch self[index] {
      case "]": depth += 1
      case "[": depth -= 1
      case character where depth == 0: return index
      default: continue
      }
    }
    return nil
  }

  /// The parts between a character where it stands in no square brackets.
  package func partsOutsideBrackets(separatedBy separator: Character) -> [String] {
    var (parts, depth) = ([""], 0)
    for character in self {
      if character == "[" { depth += 1 }
      if character == "]" { depth -= 1 }
      if character == separator, depth == 0 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }
}
