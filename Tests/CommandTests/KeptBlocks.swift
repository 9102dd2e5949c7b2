import Foundation

@testable import Distributed

/// The number of whole blocks that a log in a checkpoint holds, while a job writes it or after; 0 where there is no log.
func wholeBlocks(in log: String) -> Int {
  guard let file = FileHandle(forReadingAtPath: log), let length = try? file.seekToEnd() else { return 0 }
  defer { try? file.close() }
  var (count, end) = (0, 0)
  while (try? file.seek(toOffset: UInt64(end))) != nil, let bytes = try? file.read(upToCount: SeriesBlockHeader.size),
    let header = bytes.withUnsafeBytes({ SeriesBlockHeader($0) })
  {
    end += SeriesBlockHeader.size + header.byteCount
    guard end <= length else { break }
    count += 1
  }
  return count
}

/// The logs of series in the checkpoint of a record.
func seriesLogs(of record: String) -> [String] {
  let folder = "\(record).checkpoint"
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  return names.filter { $0.hasPrefix("series-") }.map { "\(folder)/\($0)" }
}
