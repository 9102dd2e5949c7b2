/// How fields that lie on another grid than the job's are brought to it while they are read.
public struct FieldRegridding: Sendable {
  /// Finds the way from the grid of one file to that of another; nil where there is none.
  ///
  /// - Throws: exit code 65 where a grid does not serve.
  public var way: @Sendable (_ from: (grid: Grid, path: String), _ to: (grid: Grid, path: String)) throws -> Way?

  /// The way from one grid to another.
  public struct Way: Sendable {
    /// What is done, in words: `area mean`; nil where cells are put in order alone.
    public var words: String?
    /// Makes a row of the target grid.
    ///
    /// - Parameters:
    ///   - field: all cells of the source grid; NaN where missing.
    ///   - row: the target's row.
    ///   - values: as many as the target's rows are long.
    public var makeRow:
      @Sendable (_ field: UnsafePointer<Double>, _ row: Int, _ values: UnsafeMutablePointer<Double>) -> Void

    /// A way in words, and what makes a row.
    public init(
      words: String?,
      makeRow: @escaping @Sendable (UnsafePointer<Double>, _ row: Int, UnsafeMutablePointer<Double>) -> Void
    ) {
      self.words = words
      self.makeRow = makeRow
    }
  }

  /// A regridding by the ways that a function finds.
  public init(
    way: @escaping @Sendable (_ from: (grid: Grid, path: String), _ to: (grid: Grid, path: String)) throws -> Way?
  ) {
    self.way = way
  }
}
