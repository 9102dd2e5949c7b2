import Distributed

/// Where the sites are on the grid of the windows, and the cells that their windows need.
struct TrainPlaces {
  /// The cell of each site; nil outside the grid.
  let cells: [Int?]
  let windows: CellWindows
  /// All cells of the sites' windows, dealt out to ranks.
  let partition: Partition

  /// Finds the cells of sites.
  ///
  /// - Throws: exit code 65 where the grid is not regular, or a site is outside it and not to be left out.
  init(
    _ sites: [SiteYearTable.Site], _ reader: PredictorReader, _ settings: TrainSettings, ranks: Int
  ) throws {
    windows = try CellWindows(reader.grid, width: settings.window, path: reader.gridPath)
    let grid = reader.grid
    let find = grid.cellFinder
    cells = try sites.map { site in
      let cell = find(site.latitude, site.longitude)
      guard cell == nil, !settings.skipsSites else { return cell }
      throw JobError(
        .inputData,
        "\(settings.samples): the site '\(site.name)' at \(site.latitude), \(site.longitude) is outside the grid of "
          + "\(reader.gridPath) (\(grid.summary)); leave it out (--skip-sites), or "
          + "give predictors that reach there")
    }
    partition = Partition(
      cells: windows.cells(withNeighboursOf: Set(cells.compactMap(\.self)).sorted()), ranks: ranks)
  }
}
