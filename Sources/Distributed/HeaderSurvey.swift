import Foundation

/// Headers of many files, read by all ranks together.
struct HeaderSurvey {
  /// Headers by source and file of that source.
  var headers: [[Header]]
  /// Distinct descriptions.
  var descriptions: [FileDescription]
  /// Distinct grids.
  var grids: [Grid]

  struct Header {
    var months: [Month]
    var description: Int
    var grid: Int
  }

  /// What one rank found, as it travels to rank 0.
  private struct Batch: Codable {
    struct Entry: Codable {
      var file: Int
      var source: Int
      var months: [Month]
      var description: Int
      var grid: Int
    }

    var entries: [Entry] = []
    var descriptions: [FileDescription] = []
    var grids: [Grid] = []
    var failures: [Failure] = []

    struct Failure: Codable {
      var file: Int
      var error: JobError
    }
  }

  /// Opens every file once, on one of the ranks, and gives all headers on rank 0 (nil elsewhere).
  ///
  /// Collective.
  ///
  /// - Parameter sources: for each source the paths of its files and the variables wanted of them.
  /// - Throws: the error of the first file, in the order of sources and paths, that has one.
  static func read(
    _ sources: [(paths: [String], variables: [String])], _ communicator: Communicator
  ) throws -> HeaderSurvey? {
    var users: [String: [Int]] = [:]
    var order: [String] = []
    for (source, entry) in sources.enumerated() {
      for path in entry.paths {
        if users[path] == nil { order.append(path) }
        users[path, default: []].append(source)
      }
    }
    let batch = survey(order, users, sources.map(\.variables), communicator)
    let bytes = try communicator.gatherBytes([UInt8](try JSONEncoder.exact.encode(batch)))
    return try communicator.together {
      guard communicator.isRoot else { return nil }
      let batches = try bytes.map { try JSONDecoder.exact.decode(Batch.self, from: Data($0)) }
      return try merge(batches, order, sources)
    }
  }

  private static func survey(
    _ order: [String], _ users: [String: [Int]], _ variables: [[String]], _ communicator: Communicator
  ) -> Batch {
    var batch = Batch()
    var knownDescriptions: [FileDescription: Int] = [:]
    var knownGrids: [Grid: Int] = [:]
    for number in stride(from: communicator.rank, to: order.count, by: communicator.size) {
      let path = order[number]
      do {
        let file = try NetCDFFile(path)
        if !file.format.isHDF5 { try ClassicHeader.checkLength(of: path) }
        for source in users[path] ?? [] {
          let header = try FileDescription.read(file, variables: variables[source])
          let description = index(of: header.description, &knownDescriptions, &batch.descriptions)
          let grid = index(of: header.grid, &knownGrids, &batch.grids)
          batch.entries.append(
            Batch.Entry(
              file: number, source: source, months: header.months, description: description, grid: grid))
        }
      } catch {
        batch.failures.append(Batch.Failure(file: number, error: JobError(wrapping: error)))
      }
    }
    return batch
  }

  private static func merge(
    _ batches: [Batch], _ order: [String], _ sources: [(paths: [String], variables: [String])]
  ) throws -> HeaderSurvey {
    if let first = batches.flatMap(\.failures).min(by: { $0.file < $1.file }) { throw first.error }
    var knownDescriptions: [FileDescription: Int] = [:]
    var knownGrids: [Grid: Int] = [:]
    var result = HeaderSurvey(headers: [], descriptions: [], grids: [])
    var found = [[String: Header]](repeating: [:], count: sources.count)
    for batch in batches {
      let descriptions = batch.descriptions.map { index(of: $0, &knownDescriptions, &result.descriptions) }
      let grids = batch.grids.map { index(of: $0, &knownGrids, &result.grids) }
      for entry in batch.entries {
        found[entry.source][order[entry.file]] = Header(
          months: entry.months, description: descriptions[entry.description], grid: grids[entry.grid])
      }
    }
    result.headers = try zip(sources, found).map { source, headers in
      try source.paths.map { path in
        guard let header = headers[path] else { throw JobError(.internal, "\(path): no rank read this header") }
        return header
      }
    }
    return result
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
