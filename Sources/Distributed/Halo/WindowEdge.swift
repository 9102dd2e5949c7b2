/// What stands in a window for a cell that has no value, or is beyond the grid.
public enum WindowEdge: String, CaseIterable, Sendable, Codable {
  /// The value of the window's centre.
  case centre
  /// The mean of the values that the window has.
  case mean
  /// None: the window counts as missing.
  case missing
}
