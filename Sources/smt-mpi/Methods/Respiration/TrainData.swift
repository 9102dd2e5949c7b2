import Distributed
import Kernels

/// Samples with their windows: what networks are trained on, the same on all ranks.
struct TrainData {
  private(set) var samples: TrainSamples
  let predictors: [Predictor]
  /// [sample][predictor][row][column], in the predictors' units, without missing values.
  private(set) var windows: [Float] = []
  /// The cell of each site.
  let cells: [Int]
  /// The cluster of each site that has samples; −1 of others.
  private(set) var clusterOfSite: [Int] = []
  private(set) var clusterCount = 0
  /// What was left out.
  private(set) var notes: [String] = []
  private let cellsPerWindow: Int

  /// Reads the predictors in the windows of all sites.
  ///
  /// Collective.
  /// - Throws: exit code 65 where a site is outside the grid, or in a cell in which a predictor has no value in any year.
  init(_ samples: TrainSamples, _ reader: PredictorReader, _ settings: TrainSettings, _ run: JobRun) throws {
    let communicator = run.communicator
    self.samples = samples
    predictors = reader.predictors
    cellsPerWindow = settings.window * settings.window
    let windows = try communicator.together {
      try CellWindows(reader.grid, width: settings.window, path: reader.gridPath)
    }
    let finder = SitePlaces(reader.grid)
    cells = try communicator.together { try samples.sites.map { try Self.cell(of: $0, finder, reader, settings) } }
    let needed = windows.cells(withNeighboursOf: Array(Set(cells)).sorted())
    let partition = Partition(cells: needed, ranks: communicator.size)
    let places = WindowPlaces(windows, own: needed[...])
    let length = predictors.count * cellsPerWindow
    try communicator.together {
      try MemoryLimit.check(8 * samples.rows.count * length, for: "\(samples.rows.count) windows")
    }
    var found = [Float](repeating: .nan, count: samples.rows.count * length)
    let rowsOfYear = Dictionary(grouping: samples.rows.indices) { samples.rows[$0].year }
    // By site and predictor, whether there ever is a value in the cell.
    var isThere = [Bool](repeating: false, count: cells.count * predictors.count)
    let placeOfCell = Dictionary(uniqueKeysWithValues: needed.enumerated().map { ($1, $0) })
    let own = partition.share(of: communicator.rank)
    try reader.read(partition) { year, values in
      // Each rank puts its own cells in; nothing else is in their bits.
      var bits = [UInt32](repeating: 0, count: predictors.count * needed.count)
      for (predictor, values) in values.enumerated() {
        for (place, value) in zip(own, values) { bits[predictor * needed.count + place] = value.bitPattern }
      }
      let bytes = try communicator.allOr(bits.withUnsafeBytes { [UInt8]($0) })
      let all = bytes.withUnsafeBytes { bytes in
        (0..<predictors.count).map { predictor in
          (0..<needed.count).map { place in
            let offset = 4 * (predictor * needed.count + place)
            return Float(bitPattern: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
          }
        }
      }
      for (site, cell) in cells.enumerated() {
        guard let place = placeOfCell[cell] else { continue }
        for predictor in predictors.indices where !all[predictor][place].isNaN {
          isThere[site * predictors.count + predictor] = true
        }
      }
      guard let rows = rowsOfYear[year] else { return }
      let gathered = places.windows(of: rows.map { cells[samples.rows[$0].site] }, in: all, edge: settings.edge)
      for (number, row) in rows.enumerated() {
        found.replaceSubrange(
          row * length..<(row + 1) * length, with: gathered[number * length..<(number + 1) * length])
      }
    }
    try communicator.together { try checkCells(isThere, reader, settings) }
    keepComplete(found, length: length)
    try communicator.together {
      guard !self.samples.rows.isEmpty else {
        throw JobError(
          .inputData, "\(settings.samples): no site-year has all predictors; " + notes.joined(separator: "; "))
      }
    }
    makeClusters(windows, reader.grid, reach: settings.window - 1)
  }

  /// The cell that a site is in.
  private static func cell(
    of site: SiteYearTable.Site, _ places: SitePlaces, _ reader: PredictorReader, _ settings: TrainSettings
  ) throws -> Int {
    if let cell = places.cell(latitude: site.latitude, longitude: site.longitude) { return cell }
    throw JobError(
      .inputData,
      "\(settings.samples): the site '\(site.name)' at \(site.latitude), \(site.longitude) is outside the grid of "
        + "\(reader.gridPath) (\(reader.grid.summary)); leave it out, or give predictors that reach there")
  }

  private func checkCells(_ isThere: [Bool], _ reader: PredictorReader, _ settings: TrainSettings) throws {
    var missing: [String] = []
    for (number, site) in samples.sites.enumerated() {
      let lacking = predictors.indices.filter { !isThere[number * predictors.count + $0] }.map { predictors[$0].name }
      if !lacking.isEmpty {
        missing.append(
          "'\(site.name)' (\(site.latitude), \(site.longitude)): \(lacking.prefix(3).joined(separator: ", "))"
            + (lacking.count > 3 ? " and \(lacking.count - 3) more" : ""))
      }
    }
    guard let first = missing.first else { return }
    let others = missing.count > 1 ? "; and \(missing.count - 1) more sites: " : ""
    throw JobError(
      .inputData,
      "\(settings.samples): the site \(first): the predictor has no value in the site's cell in any year of "
        + "\(reader.years.lowerBound)-\(reader.years.upperBound)" + others
        + missing.dropFirst().prefix(5).joined(separator: "; ")
        + "; leave such sites out, or give predictors that reach there")
  }

  /// Leaves samples out of which a predictor is missing.
  private mutating func keepComplete(_ found: [Float], length: Int) {
    var lacking = [Int](repeating: 0, count: predictors.count)
    var isKept = [Bool](repeating: true, count: samples.rows.count)
    for row in samples.rows.indices {
      for predictor in predictors.indices {
        let start = row * length + predictor * cellsPerWindow
        guard found[start..<start + cellsPerWindow].contains(where: \.isNaN) else { continue }
        lacking[predictor] += 1
        isKept[row] = false
      }
    }
    windows.reserveCapacity(isKept.count(where: \.self) * length)
    for row in samples.rows.indices where isKept[row] { windows += found[row * length..<(row + 1) * length] }
    let left = isKept.count { !$0 }
    if left > 0 {
      let names = predictors.indices.filter { lacking[$0] > 0 }.map { "\(predictors[$0].name) \(lacking[$0])" }
      notes.append(
        "\(left) of \(samples.rows.count) site-years are left out because predictors are missing: "
          + names.joined(separator: ", "))
    }
    samples.keep(isKept)
    if samples.negativeCount > 0 {
      notes.append("\(samples.negativeCount) targets are below 0, which the output of a network never is")
    }
  }

  private mutating func makeClusters(_ windows: CellWindows, _ grid: Grid, reach: Int) {
    let present = Set(samples.rows.map(\.site)).sorted()
    let clusters = SiteClusters(
      cells: present.map { cells[$0] }, rowLength: grid.rowLength, wraps: windows.areColumnsPeriodic, reach: reach)
    clusterCount = clusters.count
    clusterOfSite = [Int](repeating: -1, count: cells.count)
    for (site, cluster) in zip(present, clusters.cluster) { clusterOfSite[site] = cluster }
  }

  /// The windows with some of the predictors.
  func windows(of chosen: [Int]) -> [Float] {
    var result: [Float] = []
    let length = predictors.count * cellsPerWindow
    result.reserveCapacity(samples.rows.count * chosen.count * cellsPerWindow)
    for sample in samples.rows.indices {
      for predictor in chosen {
        let start = sample * length + predictor * cellsPerWindow
        result += windows[start..<start + cellsPerWindow]
      }
    }
    return result
  }

  /// The targets.
  var targets: [Float] { samples.rows.map(\.target) }

  /// Sites that have samples.
  var siteCount: Int { clusterOfSite.count { $0 >= 0 } }

  /// Text that other samples, or windows, do not have.
  var identity: String {
    let rows = samples.rows.flatMap { [$0.site, $0.year, Int($0.target.bitPattern), cells[$0.site]] }
    let names =
      samples.sites.map(\.name) + predictors.map { "\($0.name) \($0.units) \($0.statistic)" } + [samples.units]
    return "\(Checksum.of(windows)) \(Checksum.of(rows)) \(Checksum.of(names.joined(separator: "\n")))"
  }
}

/// Finds the cells of a regular grid that places are in.
struct SitePlaces {
  private let grid: Grid

  init(_ grid: Grid) { self.grid = grid }

  /// The cell whose centre is nearest in latitude and longitude; nil beyond half a cell from the outermost centres.
  func cell(latitude: Double, longitude: Double) -> Int? {
    guard let row = Self.nearest(grid.latitudes, { abs($0 - latitude) }),
      let column = Self.nearest(
        grid.longitudes,
        {
          let apart = $0 - longitude
          return abs(apart - 360 * (apart / 360).rounded())
        })
    else { return nil }
    return row * grid.rowLength + column
  }

  private static func nearest(_ centres: [Double], _ distance: (Double) -> Double) -> Int? {
    guard let best = centres.indices.min(by: { distance(centres[$0]) < distance(centres[$1]) }) else { return nil }
    // Half the way to the next centre, and a little for coordinates in single precision.
    let spacings = [best - 1, best + 1].filter(centres.indices.contains).map { other in
      let apart = centres[other] - centres[best]
      return abs(apart - 360 * (apart / 360).rounded())
    }
    guard let spacing = spacings.max() else { return best }
    return distance(centres[best]) <= spacing / 2 + 1e-4 ? best : nil
  }
}
