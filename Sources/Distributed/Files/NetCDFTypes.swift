/// The formats that files of variables have, numbered as the netCDF library does.
public enum NetCDFFormat: Int32, Sendable, Codable {
  /// CDF-1.
  case classic = 1
  /// CDF-2.
  case offset64 = 2
  /// netCDF-4 on HDF5.
  case netCDF4 = 3
  /// netCDF-4 on HDF5, classic data model.
  case netCDF4Classic = 4
  /// CDF-5.
  case data64 = 5

  /// Zarr, version 2: a folder that this program reads itself.
  case zarr = 10

  /// Whether the file can be opened as HDF5.
  public var isHDF5: Bool { self == .netCDF4 || self == .netCDF4Classic }

  /// Whether it is netCDF of the classic kind, one block of bytes behind a header.
  public var isClassic: Bool { self == .classic || self == .offset64 || self == .data64 }
}

/// The external types of netCDF, numbered as the library does.
public enum NetCDFType: Int32, Sendable, Codable {
  /// Integers, characters and floating-point numbers of the given widths; strings of any length.
  case int8 = 1
  case character = 2
  case int16 = 3
  case int32 = 4
  case float = 5
  case double = 6
  case uint8 = 7
  case uint16 = 8
  case uint32 = 9
  case int64 = 10
  case uint64 = 11
  case string = 12

  /// Bytes of one element; 0 for strings.
  public var byteCount: Int {
    switch self {
    case .int8, .uint8, .character: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float: 4
    case .double, .int64, .uint64: 8
    case .string: 0
    }
  }

  /// Whether a float holds every value of the type.
  public var fitsFloat: Bool {
    switch self {
    case .int8, .uint8, .int16, .uint16, .float: true
    default: false
    }
  }
}
