import Distributed
import Kernels

/// Samples with their windows: what networks are trained on, the same on all ranks.
struct TrainData {
  private(set) var samples: TrainSamples
  let predictors: [Predictor]
  /// [sample][predictor][row][column], in the predictors' units, without missing values.
  private(set) var windows: [Float] = []
  /// The cell of each site; nil outside the grid.
  private let cells: [Int?]
  /// The cluster of each site that has samples; −1 of others.
  private(set) var clusterOfSite: [Int] = []
  private(set) var clusterCount = 0
  /// What was left out.
  private(set) var notes: [String] = []
  private let cellsPerWindow: Int

  /// Reads the predictors in the windows of all sites.
  ///
  /// Collective.
  /// - Throws: exit code 65 where a site is in a cell in which a predictor has no value in any year.
  init(
    _ samples: TrainSamples, _ reader: PredictorReader, _ found: TrainPlaces,
    _ settings: TrainSettings, budget: Int,
    _ communicator: Communicator
  ) throws {
    var samples = samples
    samples.keep(samples.rows.map { found.cells[$0.site] != nil })
    self.samples = samples
    predictors = reader.predictors
    cellsPerWindow = settings.window * settings.window
    cells = found.cells
    let partition = found.partition
    let needed = partition.cells
    let places = WindowPlaces(found.windows, own: needed[...])
    let length = predictors.count * cellsPerWindow
    try communicator.together {
      try MemoryLimit.check(8 * samples.rows.count * length, for: "\(samples.rows.count) windows")
    }
    var inputs = [Float](repeating: .nan, count: samples.rows.count * length)
    let rowsOfYear = Dictionary(grouping: samples.rows.indices) { samples.rows[$0].year }
    // By site and predictor, whether there ever is a value in the cell.
    var isThere = [Bool](repeating: false, count: cells.count * predictors.count)
    let placeOfCell = Dictionary(uniqueKeysWithValues: needed.enumerated().map { ($1, $0) })
    let own = partition.share(of: communicator.rank)
    try reader.read(partition, budget: budget) { year, values in
      // Each rank puts its own cells in; nothing else is in their bits.
      var bits = [UInt32](repeating: 0, count: predictors.count * needed.count)
      for (predictor, values) in values.enumerated() {
        for (place, value) in zip(own, values) {
          bits[predictor * needed.count + place] = value.bitPattern
        }
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
        guard let place = cell.flatMap({ placeOfCell[$0] }) else { continue }
        for predictor in predictors.indices where !all[predictor][place].isNaN {
          isThere[site * predictors.count + predictor] = true
        }
      }
      guard let rows = rowsOfYear[year] else { return }
      let gathered = places.windows(
        of: rows.compactMap { cells[samples.rows[$0].site] }, in: all, edge: settings.edge)
      for (number, row) in rows.enumerated() {
        inputs.replaceSubrange(
          row * length..<(row + 1) * length, with: gathered[number * length..<(number + 1) * length]
        )
      }
    }
    try communicator.together { try checkSites(isThere, reader, settings) }
    keepComplete(inputs, length: length)
    try communicator.together {
      guard !self.samples.rows.isEmpty else {
        throw JobError(
          .inputData,
          "\(settings.samples): no site-year has all predictors; " + notes.joined(separator: "; "))
      }
    }
    makeClusters(found.windows, reader.grid, reach: settings.window - 1)
  }

  /// Refuses sites that have no cell with all predictors, or takes note of them.
  private mutating func checkSites(
    _ isThere: [Bool], _ reader: PredictorReader, _ settings: TrainSettings
  ) throws {
    var outside: [String] = []
    var missing: [String] = []
    for (number, site) in samples.sites.enumerated() {
      guard cells[number] != nil else {
        outside.append("'\(site.name)'")
        continue
      }
      let lacking = predictors.indices.filter { !isThere[number * predictors.count + $0] }.map {
        predictors[$0].name
      }
      guard !lacking.isEmpty else { continue }
      missing.append(
        "'\(site.name)' (\(site.latitude), \(site.longitude)): \(lacking.prefix(3).joined(separator: ", "))"
          + (lacking.count > 3 ? " and \(lacking.count - 3) more" : ""))
    }
    if !outside.isEmpty {
      notes.append(
        "\(counted(outside.count, "site")) outside the grid \(outside.count == 1 ? "is" : "are") left out: "
          + Self.first(outside, separator: ", "))
    }
    guard !missing.isEmpty else { return }
    let years = "\(reader.years.lowerBound)-\(reader.years.upperBound)"
    guard !settings.skipsSites else {
      notes.append(
        "\(counted(missing.count, "site", ("is", "are"))) left out, in whose cells a predictor has no value in any year of \(years): "
          + Self.first(missing, separator: "; "))
      return
    }
    let others = missing.count > 1 ? "; and \(missing.count - 1) more sites: " : ""
    throw JobError(
      .inputData,
      "\(settings.samples): the site \(missing[0]): the predictor has no value in the site's cell in any year of \(years)"
        + others + missing.dropFirst().prefix(5).joined(separator: "; ")
        + "; leave such sites out (--skip-sites), or give predictors that reach there")
  }

  /// The first few of some texts, and how many there are besides.
  private static func first(_ texts: [String], separator: String) -> String {
    let most = 6
    return texts.prefix(most).joined(separator: separator)
      + (texts.count > most ? " and \(texts.count - most) more" : "")
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
    for row in samples.rows.indices where isKept[row] {
      windows += found[row * length..<(row + 1) * length]
    }
    let left = isKept.count { !$0 }
    if left > 0 {
      let names = predictors.indices.filter { lacking[$0] > 0 }.map {
        "\(predictors[$0].name) \(lacking[$0])"
      }
      notes.append(
        "\(left) of \(samples.rows.count) site-years are left out because predictors are missing: "
          + names.joined(separator: ", "))
    }
    samples.keep(isKept)
    if samples.negativeCount > 0 {
      notes.append(
        "\(samples.negativeCount) targets are below 0, which the output of a network never is")
    }
  }

  private mutating func makeClusters(_ windows: CellWindows, _ grid: Grid, reach: Int) {
    let present = Set(samples.rows.map(\.site)).sorted()
    let clusters = SiteClusters(
      cells: present.compactMap { cells[$0] }, rowLength: grid.rowLength,
      wraps: windows.areColumnsPeriodic, reach: reach)
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
    let rows = samples.rows.flatMap {
      [$0.site, $0.year, Int($0.target.bitPattern), cells[$0.site] ?? -1]
    }
    let names =
      samples.sites.map(\.name) + predictors.map { "\($0.name) \($0.units) \($0.statistic)" } + [
        samples.units
      ]
    return
      "\(Checksum.of(windows)) \(Checksum.of(rows)) \(Checksum.of(names.joined(separator: "\n")))"
  }
}
