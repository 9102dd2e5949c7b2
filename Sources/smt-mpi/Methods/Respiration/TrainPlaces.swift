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
    cells = try sites.map { site in
      let cell = Self.cell(of: site, on: grid)
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

  /// The cell whose centre is nearest in latitude and longitude; nil beyond half a cell from the outermost centres.
  static func cell(of site: SiteYearTable.Site, on grid: Grid) -> Int? {
    guard let row = nearest(grid.latitudes, { abs($0 - site.latitude) }),
      let column = nearest(grid.longitudes, { apart($0, site.longitude) })
    else { return nil }
    return row * grid.rowLength + column
  }

  /// Degrees between two meridians.
  private static func apart(_ one: Double, _ other: Double) -> Double {
    let difference = one - other
    return abs(difference - 360 * (difference / 360).rounded())
  }

  private static func nearest(_ centres: [Double], _ distance: (Double) -> Double) -> Int? {
    guard let best = centres.indices.min(by: { distance(centres[$0]) < distance(centres[$1]) })
    else { return nil }
    // Half the way to the next centre, and a little for coordinates in single precision.
    let spacings = [best - 1, best + 1].filter(centres.indices.contains).map {
      apart(centres[$0], centres[best])
    }
    guard let spacing = spacings.max() else { return best }
    return distance(centres[best]) <= spacing / 2 + 1e-4 ? best : nil
  }
}
