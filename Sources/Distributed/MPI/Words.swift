import Foundation

/// A number of things in words: `1 cell`, `12 cells`; with a verb `1 cell is`, `12 cells are`.
///
/// - Parameters:
///   - noun: one of them.
///   - plural: several of them, where that is not the noun with an s.
///   - verb: what one does, and what several do.
public func counted(
  _ count: Int, _ noun: String, plural: String? = nil, _ verb: (one: String, several: String)? = nil
) -> String {
  let isOne = count == 1
  return "\(count) \(isOne ? noun : plural ?? noun + "s")" + (verb.map { " " + (isOne ? $0.one : $0.several) } ?? "")
}

/// A whole number with its thousands set apart: `1,234`.
public func grouped(_ count: Int) -> String {
  let digits = Array(String(count.magnitude))
  let text = digits.indices.reduce(into: "") { text, place in
    if place > 0, (digits.count - place) % 3 == 0 { text += "," }
    text.append(digits[place])
  }
  return (count < 0 ? "-" : "") + text
}

/// A number for the terminal in a format of C, such as `%.2f`; `–` where there is none.
public func numberText(_ value: Double, _ format: String) -> String {
  value.isFinite ? String(format: format, value) : "–"
}
