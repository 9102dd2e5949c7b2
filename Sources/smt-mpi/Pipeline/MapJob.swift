/// A job that is not cut into cells, such as one on finished maps; it needs no checkpoint.
protocol MapJob {
  var running: RunSettings { get }
  /// Whether what it prints is for another program.
  var printsData: Bool { get }
  /// What a run on so many ranks would do, from the headers of the files alone.
  ///
  /// - Throws: what a run would throw where input does not fit.
  func dryRun(ranks: Int) throws -> String
  /// Does a rank's part of the job, and fills in what the report tells of its results.
  ///
  /// Collective.
  /// - Returns: what the terminal is told at the end, on rank 0; elsewhere without meaning.
  func perform(_ run: JobRun) throws -> String
}

extension MapJob {
  var printsData: Bool { false }
}
