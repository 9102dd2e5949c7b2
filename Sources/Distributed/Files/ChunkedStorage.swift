import CMPIShim

/// What an HDF5 file says about a variable whose chunks this program takes apart itself.
///
/// Those are chunks of plain integers or IEEE numbers that passed through deflate and shuffle, in any order. Whatever
/// else HDF5 may hold (other filters, contiguous storage, unusual types) is left to the library.
final class ChunkedStorage {
  /// The file that the dataset is in.
  let source: ForeignFile
  /// HDF5's identifier of the open dataset.
  let dataset: Int64
  /// Lengths of the variable.
  let shape: [Int]
  /// Lengths of a chunk; those at the edges are stored whole, too.
  let chunk: [Int]
  /// Filters in the order of writing.
  let filters: [Filter]
  let number: Number
  let isBigEndian: Bool

  enum Filter: Equatable {
    case deflate
    /// Bytes of elements of so many bytes.
    case shuffle(width: Int)
  }

  enum Number: CaseIterable {
    case int8, uint8, int16, uint16, int32, uint32, int64, uint64, float, double

    init?(kind: CChar, byteCount: Int) {
      switch (Character(UnicodeScalar(UInt8(bitPattern: kind))), byteCount) {
      case ("i", 1): self = .int8
      case ("u", 1): self = .uint8
      case ("i", 2): self = .int16
      case ("u", 2): self = .uint16
      case ("i", 4): self = .int32
      case ("u", 4): self = .uint32
      case ("i", 8): self = .int64
      case ("u", 8): self = .uint64
      case ("f", 4): self = .float
      case ("f", 8): self = .double
      default: return nil
      }
    }

    var byteCount: Int {
      switch self {
      case .int8, .uint8: 1
      case .int16, .uint16: 2
      case .int32, .uint32, .float: 4
      case .int64, .uint64, .double: 8
      }
    }

    /// What these numbers are read as.
    var elementType: ElementType {
      switch self {
      case .int8, .uint8, .int16, .uint16, .float: .float
      case .int32, .uint32, .int64, .uint64, .double: .double
      }
    }
  }

  /// Elements of a chunk.
  var elementCount: Int { chunk.reduce(1, *) }

  /// Bytes of a chunk without its filters.
  var byteCount: Int { elementCount * number.byteCount }

  /// The storage of an open dataset (`H5Dget_create_plist`, `H5Dget_type`); nil where the library must read it.
  init?(dataset: Int64, of source: ForeignFile) {
    let largestRank = Int(SHIM_HDF5_MAX_RANK)
    let mostFilters = Int(SHIM_HDF5_MAX_FILTERS)
    var (rank, filterCount): (Int32, Int32) = (0, 0)
    var shape = [UInt64](repeating: 0, count: largestRank)
    var chunk = shape
    var codes = [Int32](repeating: 0, count: mostFilters)
    var parameters = [UInt32](repeating: 0, count: mostFilters)
    let code = source.call {
      shim_hdf5_chunk_layout(dataset, &rank, &shape, &chunk, &filterCount, &codes, &parameters)
    }
    guard code >= 0, rank > 0, filterCount > 0
    else { return nil }
    var filters: [Filter] = []
    for (code, parameter) in zip(codes, parameters).prefix(Int(filterCount)) {
      switch code {
      case Int32(SHIM_HDF5_DEFLATE.rawValue): filters.append(.deflate)
      case Int32(SHIM_HDF5_SHUFFLE.rawValue): filters.append(.shuffle(width: Int(parameter)))
      default: return nil
      }
    }
    var kind: CChar = 0
    var (byteCount, isBigEndian): (Int32, Int32) = (0, 0)
    guard source.call({ shim_hdf5_number(dataset, &kind, &byteCount, &isBigEndian) }) >= 0,
      let number = Number(kind: kind, byteCount: Int(byteCount))
    else { return nil }
    self.source = source
    self.dataset = dataset
    self.shape = shape.prefix(Int(rank)).map { Int(clamping: $0) }
    self.chunk = chunk.prefix(Int(rank)).map { Int(clamping: $0) }
    guard InputLimit.product([number.byteCount] + self.chunk, atMost: InputLimit.chunkBytes) != nil,
      InputLimit.product(self.shape, atMost: InputLimit.values) != nil
    else { return nil }
    self.filters = filters
    self.number = number
    self.isBigEndian = isBigEndian != 0
  }
}
