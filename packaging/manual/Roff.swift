/// Text in the language of man pages, as groff and mandoc read it.
enum Roff {
  /// The text with all that roff would take for its own written out.
  ///
  /// Hyphens become minus signs and quotes stay what they are, so that options and examples can be copied from the page;
  /// what is not ASCII goes by its number.
  static func escaped(_ text: some StringProtocol) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": line += "\\e"
      case "-": line += "\\-"
      case "'": line += "\\(aq"
      case "`": line += "\\(ga"
      case "^": line += "\\(ha"
      case "~": line += "\\(ti"
      case "\"": line += "\\(dq"
      case _ where !scalar.isASCII:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        line += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
      default: line.unicodeScalars.append(scalar)
      }
    }
    // At the beginning of a line a full stop is a request.
    return line.hasPrefix(".") ? "\\&" + line : line
  }

  static func bold(_ text: some StringProtocol) -> String { "\\fB" + escaped(text) + "\\fR" }

  static func italic(_ text: some StringProtocol) -> String { "\\fI" + escaped(text) + "\\fR" }

  /// Paragraphs; lines that are indented, examples, stay as they are.
  static func paragraphs(_ text: String) -> [String] {
    var lines: [String] = []
    var isExample = false
    var isNew = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.allSatisfy(\.isWhitespace) {
        if isExample { lines += [".EE", ".RE"] }
        isExample = false
        isNew = true
        continue
      }
      if line.hasPrefix("  "), !isExample {
        lines += [".PP", ".RS 2", ".EX"]
        isExample = true
      } else if !line.hasPrefix("  "), isExample {
        lines += [".EE", ".RE"]
        isExample = false
        isNew = true
      }
      if isNew, !isExample { lines.append(".PP") }
      isNew = false
      lines.append(escaped(isExample ? line.dropFirst(2) : line))
    }
    return isExample ? lines + [".EE", ".RE"] : lines
  }
}
