import Foundation

@testable import Distributed

/// The whole blocks that a log in a checkpoint holds, while a job writes it or after; none where there is no log.
func wholeBlocks(in log: String) -> [SeriesBlock] {
  guard let file = FileHandle(forReadingAtPath: log), let length = try? file.seekToEnd() else { return [] }
  defer { try? file.close() }
  var (blocks, end) = ([SeriesBlock](), 0)
  while (try? file.seek(toOffset: UInt64(end))) != nil, let bytes = try? file.read(upToCount: SeriesBlockHeader.size),
    let header = bytes.withUnsafeBytes({ SeriesBlockHeader($0) })
  {
    end += SeriesBlockHeader.size + header.byteCount
    guard end <= length else { break }
    blocks.append(header.block)
  }
  return blocks
}

/// The number of cells in whole blocks of the checkpoint of a record of series.
func keptCells(of record: String) -> Int {
  let folder = "\(record).checkpoint"
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  let logs = names.filter { $0.hasPrefix("series-") }.map { "\(folder)/\($0)" }
  return logs.flatMap(wholeBlocks).reduce(0) { $0 + $1.cells.count }
}
