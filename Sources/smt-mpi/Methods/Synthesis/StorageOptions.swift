import ArgumentParser
import Distributed

/// The file formats that can be asked for by name.
enum FormatName: String, ExpressibleByArgument, CaseIterable {
  case netcdf4, classic, offset64, cdf5

  /// The format as the library numbers it.
  var format: NetCDFFormat {
    switch self {
    case .netcdf4: .netCDF4
    case .classic: .classic
    case .offset64: .offset64
    case .cdf5: .data64
    }
  }
}

/// How a netCDF-4 variable lies on disk.
enum ChunkShape: RawRepresentable, ExpressibleByArgument, Equatable {
  /// One month's whole field a chunk.
  case field
  /// One piece, not compressed.
  case contiguous
  /// Chunk lengths along time, latitude and longitude.
  case tiles(time: Int, rows: Int, columns: Int)

  init?(rawValue text: String) {
    switch text {
    case "field": self = .field
    case "contiguous": self = .contiguous
    default:
      let lengths = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Int($0) }
      guard lengths.count == 3, text.filter({ $0 == "," }).count == 2, lengths.allSatisfy({ $0 > 0 }) else {
        return nil
      }
      self = .tiles(time: lengths[0], rows: lengths[1], columns: lengths[2])
    }
  }

  /// The shape as it is given.
  var rawValue: String {
    switch self {
    case .field: "field"
    case .contiguous: "contiguous"
    case .tiles(let time, let rows, let columns): "\(time),\(rows),\(columns)"
    }
  }

  /// Months that are written together, so that no chunk is compressed twice.
  var monthsTogether: Int {
    if case .tiles(let time, _, _) = self { time } else { 1 }
  }

  /// Chunk lengths of a variable of this shape (time first, latitude and longitude last; what lies between is kept
  /// whole); nil where it is contiguous.
  func lengths(for shape: [Int]) -> [Int]? {
    switch self {
    case .field: return [1] + shape.dropFirst()
    case .contiguous: return nil
    case .tiles(let time, let rows, let columns):
      let wanted = [time] + shape.dropFirst().dropLast(2) + [rows, columns]
      return zip(wanted, shape).map { min($0, $1) }
    }
  }
}
