import Foundation
import TestSupport
import Testing

@testable import Distributed

/// Files that are no netCDF are told by their first bytes, with the command that brings them over.
@MainActor @Suite struct FileSignatureTests {
  @Test func kindsOfFilesAndTheirCommands() throws {
    let tar = [UInt8](repeating: 0, count: 257) + Array("ustar\u{0}00".utf8) + [UInt8](repeating: 0, count: 248)
    let cases: [(String, [UInt8], [String])] = [
      ("gpp.grb", Array("GRIB".utf8) + [0, 0, 0, 1], ["GRIB", "cdo -f nc4 copy", "gpp.nc", "grib_to_netcdf"]),
      ("a b.grib2", Array("GRIB".utf8) + [0, 0, 0, 2], ["GRIB", "a b.grib2' 'a b.nc'"]),
      ("gpp.csv", Array("time,lat,lon,gpp\n2001-01,1,2,3.5\n".utf8), ["text", "pandas.read_csv(", "gpp.nc"]),
      ("gpp.nc", Array("<!DOCTYPE html><html>".utf8), ["a web page", "download"]),
      ("gpp.nc", Array("version https://git-lfs.github.com/spec/v1\n".utf8), ["git lfs pull"]),
      ("gpp.npy", [0x93] + Array("NUMPY".utf8), ["numpy.load(", "--grid"]),
      ("gpp.npz", [0x50, 0x4b, 3, 4, 0], ["zip", "unzip"]),
      ("gpp.zarr.zip", [0x50, 0x4b, 3, 4, 0], ["unzip", "-d gpp"]),
      ("gpp.nc", [0x50, 0x4b, 3, 4, 0], ["-d gpp.nc-files"]),
      ("gpp.nc", [0x1f, 0x8b, 8, 0], ["gunzip -c < ", "> unpacked-gpp.nc"]),
      ("gpp.nc.gz", [0x1f, 0x8b, 8, 0], ["gunzip -k"]),
      ("gpp.tar.gz", [0x1f, 0x8b, 8, 0], ["tar -xzf"]),
      ("gpp.bz2", Array("BZh91AY".utf8), ["bunzip2 -k"]),
      ("gpp.xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0], ["unxz -k"]),
      ("gpp.zst", [0x28, 0xb5, 0x2f, 0xfd, 0], ["unzstd"]),
      ("gpp.tar", tar, ["tar -xf"]),
      ("gpp.mat", Array("MATLAB 5.0 MAT-file, Platform".utf8), ["scipy.io.loadmat("]),
      ("gpp.hdf", [0x0e, 0x03, 0x13, 0x01, 0], ["HDF4", "gdal_translate"]),
      ("gpp.tif", [0x49, 0x49, 0x2a, 0, 8, 0, 0, 0], ["TIFF", "smt-mpi regrid ", "--onto", "--output gpp.nc"]),
      ("gpp.bin", [0, 1, 2, 3, 0xff, 0xfe], ["its first bytes are neither"]),
    ]
    try withTemporaryFolder { folder in
      for (name, bytes, parts) in cases {
        let path = "\(folder)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: JobError.self) { try NetCDFFile(path) }
        let message = error?.message ?? ""
        #expect(error?.exitCode == .inputData && message.hasPrefix("\(path): not a netCDF file"), "\(message)")
        for part in parts { #expect(message.contains(part), "\(name): \(message)") }
        try FileManager.default.removeItem(atPath: path)
      }
    }
  }

  /// Text is told from numbers that look like it at the beginning.
  @Test func textAndNumbers() {
    #expect(FileSignature(Array("Größe,Wert\n".utf8)) == .text)
    // Cut within a character.
    #expect(FileSignature(Array("Größe".utf8.prefix(3))) == .text)
    #expect(FileSignature([0x41, 0x42, 0x00, 0x43]) == .other)
    #expect(FileSignature([0xff, 0xfe, 0x41, 0x42]) == .other)
    #expect(FileSignature([]) == .other)
    #expect(FileSignature(Array("CDF".utf8) + [3]) == .other)
  }
}
