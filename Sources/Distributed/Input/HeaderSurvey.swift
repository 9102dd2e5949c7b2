import Foundation

/// Headers of many files, read by all ranks together.
struct HeaderSurvey {
  /// Headers by record and file of that record.
  var headers: [[Header]]
  /// Distinct descriptions.
  var descriptions: [FileDescription]
  /// Distinct grids.
  var grids: [Grid]
  /// Areas that the first files of the sources hold, by path.
  var landAreas: [String: LandAreas]
  /// Which cells hold data in the fields by which cells are chosen; nil where that was not asked or not kept.
  var masks: FieldMasks?

  /// A record whose headers are wanted.
  struct Source {
    /// Its files.
    var paths: [String]
    var variables: [String]
    /// What its files do not tell, where ED2 wrote them.
    var ed2: ED2Files?
  }

  struct Header {
    /// The number of the file among all that were surveyed.
    var file: Int
    var time: TimeAxis
    var description: Int
    var grid: Int
    /// Checksum of the file's size and of a sample of its bytes.
    var content: UInt64
  }

  /// What one rank found, or several, as it travels to rank 0.
  private struct Batch: Codable {
    struct Entry: Codable {
      var file: Int
      var source: Int
      var time: TimeAxis
      var description: Int
      var grid: Int
      var content: UInt64
    }

    var entries: [Entry] = []
    var descriptions: [FileDescription] = []
    var grids: [Grid] = []
    var masks = FieldMasks()
    /// By the number of the file.
    var landAreas: [Int: LandAreas] = [:]
    var failures: [Failure] = []

    struct Failure: Codable {
      var file: Int
      var error: JobError
    }

    /// Adds what other ranks found; descriptions and grids that are there already are not kept twice.
    mutating func add(_ other: Batch) {
      var known = Dictionary(uniqueKeysWithValues: zip(descriptions, descriptions.indices))
      var knownGrids = Dictionary(uniqueKeysWithValues: zip(grids, grids.indices))
      let places = other.descriptions.map { HeaderSurvey.index(of: $0, &known, &descriptions) }
      let gridPlaces = other.grids.map { HeaderSurvey.index(of: $0, &knownGrids, &grids) }
      for var entry in other.entries {
        entry.description = places[entry.description]
        entry.grid = gridPlaces[entry.grid]
        entries.append(entry)
      }
      failures += other.failures
      masks.add(other.masks)
      landAreas.merge(other.landAreas) { $1 }
    }
  }

  /// A number that changes with what the files hold: sizes, headers and a sample of the data.
  var content: UInt64 {
    // In the order of files: that of descriptions and grids depends on the number of ranks.
    let descriptionSums = descriptions.map { Checksum.of("\($0)") }
    let gridSums = grids.map { Checksum.of([Checksum.of($0.latitudes), Checksum.of($0.longitudes)]) }
    let files = headers.map { headers in
      Checksum.of(
        headers.map { header in
          Checksum.of([
            header.content, descriptionSums[header.description], gridSums[header.grid],
            Checksum.of(header.time.starts), Checksum.of(header.time.ends),
          ])
        })
    }
    return Checksum.of(files)
  }

  /// Opens every file once, on one of the ranks, and gives all headers on rank 0 (nil elsewhere).
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - sources: the records of the sources.
  ///   - masks: finds which cells hold data while files are open; nil where that is not wanted.
  /// - Throws: the error of the first file, in the order of sources and paths, that has one.
  static func read(
    _ sources: [Source], masks: FieldMaskReader?, _ communicator: Communicator
  ) throws -> HeaderSurvey? {
    var users: [String: [Int]] = [:]
    var order: [String] = []
    for (source, entry) in sources.enumerated() {
      for path in entry.paths {
        if users[path] == nil { order.append(path) }
        users[path, default: []].append(source)
      }
    }
    let batch = survey(order, users, sources, masks, communicator)
    let all = try communicator.combined(batch) { $0.add($1) }
    return try communicator.together {
      var survey = try all.map { try headers($0, order, sources) }
      if masks == nil { survey?.masks = nil }
      return survey
    }
  }

  private static func survey(
    _ order: [String], _ users: [String: [Int]], _ sources: [Source],
    _ masks: FieldMaskReader?, _ communicator: Communicator
  ) -> Batch {
    let firstPaths = Set(sources.compactMap(\.paths.first))
    var batch = Batch()
    var knownDescriptions: [FileDescription: Int] = [:]
    var knownGrids: [Grid: Int] = [:]
    for number in stride(from: communicator.rank, to: order.count, by: communicator.size) {
      let path = order[number]
      do {
        try Interruption.check("while headers were read")
        let file = try NetCDFFile(path)
        try file.watch {
          if file.format.isClassic { try ClassicHeader.checkLength(of: path) }
          let content = try Checksum.ofFile(path)
          for source in users[path] ?? [] {
            let (wanted, first) = (sources[source], sources[source].paths.first)
            let header = try FileDescription.read(
              file, variables: wanted.variables, ed2: wanted.ed2, isFirst: path == first)
            let description = index(of: header.description, &knownDescriptions, &batch.descriptions)
            let grid = index(of: header.grid, &knownGrids, &batch.grids)
            batch.entries.append(
              Batch.Entry(
                file: number, source: source, time: header.time, description: description, grid: grid,
                content: content))
            if firstPaths.contains(path), batch.landAreas[number] == nil {
              batch.landAreas[number] = LandAreas.read(from: file, on: header.grid)
            }
            guard let masks, masks.source == source, masks.paths.contains(path), batch.masks.isComplete else {
              continue
            }
            if let found = masks.masks(header, description: description, in: file) {
              batch.masks.add(found, ofFile: number)
            } else {
              batch.masks.forget()
            }
          }
        }
      } catch {
        // Files come in order, so that this is the rank's first error; and a library that met damage is not to be trusted.
        batch.failures.append(Batch.Failure(file: number, error: JobError(wrapping: error)))
        break
      }
    }
    return batch
  }

  private static func headers(
    _ batch: Batch, _ order: [String], _ sources: [Source]
  ) throws -> HeaderSurvey {
    if let first = batch.failures.min(by: { $0.file < $1.file }) { throw first.error }
    var found = [[String: Header]](repeating: [:], count: sources.count)
    for entry in batch.entries {
      found[entry.source][order[entry.file]] = Header(
        file: entry.file, time: entry.time, description: entry.description, grid: entry.grid, content: entry.content)
    }
    let headers = try zip(sources, found).map { source, headers in
      try source.paths.map { path in
        guard let header = headers[path] else { throw JobError(.internal, "\(path): no rank read this header") }
        return header
      }
    }
    let landAreas = Dictionary(uniqueKeysWithValues: batch.landAreas.map { (order[$0.key], $0.value) })
    return HeaderSurvey(
      headers: headers, descriptions: batch.descriptions, grids: batch.grids, landAreas: landAreas,
      masks: batch.masks.isComplete ? batch.masks : nil)
  }

  private static func index<Value: Hashable>(
    of value: Value, _ known: inout [Value: Int], _ list: inout [Value]
  ) -> Int {
    if let index = known[value] { return index }
    list.append(value)
    known[value] = list.count - 1
    return list.count - 1
  }
}
