/// What the first bytes of a file, or what lies in a folder, say that it is.
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
  /// A group of a Zarr store, version 2.
  case zarr
  /// A Zarr store of version 3.
  case zarr3
  /// One array of a Zarr store of version 2.
  case zarrArray
  /// GRIB of either edition.
  case grib
  /// A file of MATLAB.
  case matlab
  /// Archives and compressed files.
  case zip, gzip, bzip2, xz, zstd, tar
  /// A web page, or what a server says in place of a file.
  case webPage
  /// The place of a file that Git LFS did not bring.
  case gitLFS
  /// Other text, a table perhaps.
  case text
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
      ([0x43, 0x44, 0x46, 2], .classicNetCDF), ([0x43, 0x44, 0x46, 5], .classicNetCDF), ([0x50, 0x4b, 3, 4], .zip),
      ([0x1f, 0x8b], .gzip), ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], .xz), ([0x28, 0xb5, 0x2f, 0xfd], .zstd),
      (Array("GRIB".utf8), .grib), (Array("BZh".utf8), .bzip2), (Array("MATLAB ".utf8), .matlab),
      (Array("version https://git-lfs".utf8), .gitLFS),
    ]
    self = signatures.first { bytes.starts(with: $0.0) }?.1 ?? Self.text(bytes)
  }

  /// Where `ustar` is in an archive of tar.
  private static let tarMark = 257..<262

  private static func text(_ bytes: [UInt8]) -> FileSignature {
    if bytes.count >= tarMark.upperBound, bytes[tarMark].elementsEqual("ustar".utf8) { return .tar }
    // A character may be cut at the end; control characters but for white space are no text.
    let isText =
      bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f || (9...13).contains($0) }
      && (0...3).contains { String(validating: bytes.dropLast($0), as: UTF8.self) != nil }
    guard isText, !bytes.isEmpty else { return .other }
    let start = String(decoding: bytes, as: UTF8.self).drop(while: \.isWhitespace).lowercased()
    return ["<!doctype html", "<html", "<?xml"].contains(where: start.hasPrefix) ? .webPage : .text
  }

  /// What such a file is called; nil for what this program reads everywhere, and for what it does not know.
  var noun: String? {
    switch self {
    case .classicNetCDF, .hdf5, .zarr, .other: nil
    case .tiff: "a TIFF file"
    case .hdf4: "an HDF4 file"
    case .npy: "an array of numpy"
    case .zarr3: "a Zarr store of version 3"
    case .zarrArray: "one array of a Zarr store"
    case .grib: "a GRIB file"
    case .matlab: "a file of MATLAB"
    case .zip: "a zip archive"
    case .gzip: "compressed by gzip"
    case .bzip2: "compressed by bzip2"
    case .xz: "compressed by xz"
    case .zstd: "compressed by zstd"
    case .tar: "an archive of tar"
    case .webPage: "a web page or XML, such as a server sends in place of a file"
    case .gitLFS: "a pointer of Git LFS: the file itself was not fetched"
    case .text: "text, such as a table"
    }
  }
}
