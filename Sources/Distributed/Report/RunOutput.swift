/// A file that a job has written.
public struct RunOutput: Codable, Sendable, Equatable {
  /// What is in it.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Maps on a grid.
    case maps
    /// Maps of many steps.
    case record
    /// Variables that lie on no grid, such as those of zones.
    case arrays
    /// A table of comma-separated values.
    case table
    /// A table with a row for each year or month.
    case series
    /// A table of values that belong together, such as observed and modelled ones.
    case pairs
    /// A picture (SVG).
    case picture
    /// Pairs and fitted curves of single cells.
    case curves
    /// A folder of trained networks.
    case models
    /// A folder of files.
    case folder
    /// A page that shows the others (HTML).
    case page
    /// A folder of maps as pictures (PNG).
    case pictures
  }

  /// What is in it.
  public var kind: Kind
  /// The file, or the folder.
  public var path: String

  /// A file of this kind.
  public init(_ kind: Kind, _ path: String) { (self.kind, self.path) = (kind, path) }
}

extension [RunOutput] {
  /// A line for each kind of file, for the terminal: `maps: smt.nc`.
  public var announcement: String {
    RunOutput.Kind.allCases.compactMap { kind in
      let paths = filter { $0.kind == kind }.map(\.path)
      guard !paths.isEmpty else { return nil }
      let shown = paths.prefix(20).joined(separator: ", ") + (paths.count > 20 ? ", … (\(paths.count) in all)" : "")
      return "\(kind.rawValue): \(shown)"
    }.joined(separator: "\n")
  }
}
