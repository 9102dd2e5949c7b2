import Distributed

/// Years that networks were applied to, kept beside the output until that is complete: on rank 0, field by field, in whatever
/// order they were put together.
final class ApplyLog {
  private let log: BlockLog
  private let fields: [ApplyField]
  /// The block of each year's fields, one year after the other; nil where there is none.
  private var blocks: [Int?]

  /// The years of an output.
  ///
  /// - Parameters:
  ///   - log: what an earlier run of the job has left, and gets the rest.
  ///   - fields: what is kept of a year.
  init(_ log: BlockLog, years: Int, _ fields: [ApplyField]) throws {
    (self.log, self.fields) = (log, fields)
    blocks = [Int?](repeating: nil, count: years * fields.count)
    for block in 0..<log.count {
      let place = try log.parts(of: block).first?.withUnsafeBytes { $0.loadUnaligned(as: Int.self) }
      if let place, blocks.indices.contains(place) { blocks[place] = block }
    }
  }

  /// What is wrong with what an earlier run left; nil where nothing is.
  var concern: String? { log.concern }

  /// The years at the beginning that are kept whole.
  var yearCount: Int { (blocks.firstIndex { $0 == nil } ?? blocks.count) / fields.count }

  /// Keeps a field of a year.
  func append(_ bytes: [UInt8], year: Int, _ field: ApplyField) throws {
    let place = year * fields.count + (fields.firstIndex(of: field) ?? 0)
    try log.append([withUnsafeBytes(of: place) { [UInt8]($0) }, bytes])
    blocks[place] = log.count - 1
  }

  /// A field of a year that is kept.
  func bytes(year: Int, _ field: ApplyField) throws -> [UInt8] {
    guard let index = fields.firstIndex(of: field), let block = blocks[year * fields.count + index] else { return [] }
    return try log.parts(of: block).last ?? []
  }

  /// Removes all of it when the output is complete.
  func remove() { log.remove() }
}
