/// What the first bytes of a file say that it is.
package enum FileSignature: Sendable {
  /// CDF-1, CDF-2 or CDF-5.
  case classicNetCDF
  /// HDF5, and so netCDF-4, that begins with its superblock.
  case hdf5
  /// TIFF or BigTIFF in either order of bytes.
  case tiff
  /// HDF4, which is no HDF5.
  case hdf4
  /// An array of numpy.
  case npy
  /// Anything else, HDF5 behind a block of the user's among it.
  case other

  /// Whether such files hold values alone, and no variables beside them.
  var isWithoutVariables: Bool { self == .tiff || self == .npy }

  /// The signature of a file that begins with these bytes.
  init(_ bytes: [UInt8]) {
    let signatures: [([UInt8], FileSignature)] = [
      ([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a], .hdf5), ([0x0e, 0x03, 0x13, 0x01], .hdf4),
      ([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], .npy), ([0x49, 0x49, 0x2a, 0], .tiff), ([0x4d, 0x4d, 0, 0x2a], .tiff),
      ([0x49, 0x49, 0x2b, 0], .tiff), ([0x4d, 0x4d, 0, 0x2b], .tiff), ([0x43, 0x44, 0x46, 1], .classicNetCDF),
      ([0x43, 0x44, 0x46, 2], .classicNetCDF), ([0x43, 0x44, 0x46, 5], .classicNetCDF),
    ]
    self = signatures.first { bytes.starts(with: $0.0) }?.1 ?? .other
  }
}
