/// Why a file is no window network that can be read, or a network none that can be written.
public struct ONNXError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was expected and what was found: one line that names the node or the tensor, without the file's name.
  public let message: String

  init(_ message: String) { self.message = message }

  /// The message.
  public var description: String { message }
}

/// A name out of a file in a message: between quotation marks, of a bounded length and on one line.
func quoted(_ name: String) -> String {
  let length = 80
  var text = String(String.UnicodeScalarView(name.unicodeScalars.prefix(length).map { $0.value < 32 ? " " : $0 }))
  if name.unicodeScalars.count > length { text += "…" }
  return "'\(text)'"
}
