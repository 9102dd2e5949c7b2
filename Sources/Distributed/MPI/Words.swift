import Foundation

/// A number of things in words: `1 cell`, `1234 cells`.
///
/// - Parameters:
///   - noun: one of them.
///   - plural: several of them, where that is not the noun with an s.
public func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}

/// A number for the terminal in a format of C, such as `%.2f`; `–` where there is none.
public func numberText(_ value: Double, _ format: String) -> String {
  value.isFinite ? String(format: format, value) : "–"
}
