/// How files of kinds that are not read are brought over: the command that does it, as a sentence.
enum Conversion {
  /// The sentence for a file; nil for what is read, or not known.
  static func sentence(_ signature: FileSignature, _ path: String) -> String? {
    let (name, base) = (quoted(path), path.nameWithoutEnding)
    switch signature {
    case .classicNetCDF, .hdf5, .zarr, .other: return nil
    case .tiff:
      return "Maps are read from it as FILE.tif:BAND; netCDF is made of it by: "
        + "smt-mpi regrid \(name) --onto \(name) --method nearest --output \(quoted(base + ".nc"))"
    case .hdf4:
      return "A GeoTIFF of one of its fields is made by: "
        + "gdal_translate \(quoted("HDF4_EOS:EOS_GRID:\"\(path)\":GRID:FIELD")) FIELD.tif, where gdalinfo \(name) "
        + "lists GRID and FIELD"
    case .npy:
      return "'smt-mpi compare --grid' takes it; netCDF is made of it by: "
        + python("numpy", "xarray.DataArray(numpy.load(sys.argv[1]), \(onGrid)).to_netcdf(sys.argv[2])", path)
    case .zarr3: return ofZarr(path)
    case .zarrArray:
      let parts = path.split(separator: "/", omittingEmptySubsequences: true)
      let store = path.dropLast(path.hasSuffix("/") ? 1 : 0).dropLast((parts.last?.count ?? 0) + 1)
      return "Give the store and the array: \(store.isEmpty ? "STORE" : String(store)):\(parts.last ?? "NAME")"
    case .grib:
      return "Make netCDF of it: cdo -f nc4 copy \(name) \(quoted(base + ".nc")) "
        + "(or: grib_to_netcdf -o \(quoted(base + ".nc")) \(name))"
    case .matlab:
      return "Make netCDF of it: "
        + python(
          "scipy.io", "xarray.DataArray(scipy.io.loadmat(sys.argv[1])['NAME'], \(onGrid)).to_netcdf(sys.argv[2])", path)
        + "; of version 7.3 by h5py in place of scipy.io"
    case .zip:
      let folder = quoted(base == path.lastPart ? base + "-files" : base)
      if path.hasSuffix(".npz") { return "Make files .npy of its arrays: unzip \(name) -d \(folder)" }
      return "Unpack it: unzip \(name) -d \(folder)"
    case .gzip where path.hasSuffix(".tgz") || path.hasSuffix(".tar.gz"): return "Unpack it: tar -xzf \(name)"
    case .gzip: return "Unpack it: " + unpacking("gunzip", ".gz", path)
    case .bzip2: return "Unpack it: " + unpacking("bunzip2", ".bz2", path)
    case .xz: return "Unpack it: " + unpacking("unxz", ".xz", path)
    case .zstd: return "Unpack it: " + unpacking("unzstd", ".zst", path)
    case .tar: return "Unpack it: tar -xf \(name)"
    case .webPage: return "Look into it, and download the file again: head \(name)"
    case .gitLFS: return "Fetch it: git lfs pull --include \(name)"
    case .text:
      return
        "Tables of stations are read by 'sites'; of a table with columns time, lat, lon netCDF is made by: "
        + python(
          "pandas",
          "pandas.read_csv(sys.argv[1], parse_dates=['time']).set_index(['time','lat','lon']).to_xarray()"
            + ".to_netcdf(sys.argv[2])", path)
    }
  }

  /// The sentence for a Zarr store that is not read.
  static func ofZarr(_ path: String) -> String {
    "Make a netCDF file of it: " + python(nil, "xarray.open_zarr(sys.argv[1]).to_netcdf(sys.argv[2])", path)
  }

  /// What numpy's arrays lack to be maps.
  private static let onGrid =
    "dims=('lat','lon'), coords={'lat': LATITUDES, 'lon': LONGITUDES}, name='NAME'"

  /// A command of Python that makes a netCDF file of a path with xarray and one more package.
  ///
  /// The paths are its arguments, so that any character may be in them.
  private static func python(_ package: String?, _ statement: String, _ path: String) -> String {
    "python3 -c \"import sys, \(package.map { $0 + ", " } ?? "")xarray; \(statement)\" \(quoted(path)) "
      + quoted(path.nameWithoutEnding + ".nc")
  }

  /// A command that unpacks a file and keeps it.
  ///
  /// Such programs know a packed file by its ending.
  private static func unpacking(_ program: String, _ ending: String, _ path: String) -> String {
    path.hasSuffix(ending)
      ? "\(program) -k \(quoted(path))" : "\(program) -c < \(quoted(path)) > \(quoted("unpacked-" + path.lastPart))"
  }

  /// The sentence for a folder given in place of files, with the ending that most of its files have.
  static func ofFolder(_ path: String, containing names: [String]) -> String {
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    let endings = [".nc", ".nc4", ".h5", ".hdf5", ".cdf", ".tif", ".tiff", ".zarr"]
    let counts = endings.map { ending in names.count { $0.hasSuffix(ending) } }
    let most = counts.max() ?? 0
    let found = most > 0 ? counts.firstIndex(of: most).map { endings[$0] } : nil
    return "give the files in it: \(quoted("\(folder)/*\(found ?? ".nc"):VARIABLE"))"
  }

  /// A path as a shell takes it.
  static func quoted(_ path: String) -> String {
    let isPlain = path.utf8.allSatisfy { byte in
      let isPlainCharacter = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      return isPlainCharacter || "/._-+@%".utf8.contains(byte)
    }
    return isPlain && !path.isEmpty ? path : "'" + path.replacing("'", with: "'\\''") + "'"
  }
}

extension String {
  /// The last part of a path.
  fileprivate var lastPart: String { split(separator: "/").last.map(String.init) ?? self }

  /// The last part of a path without its endings.
  fileprivate var nameWithoutEnding: String {
    let name = lastPart
    let endings = [
      ".zarr.zip", ".tar.gz", ".tgz", ".zarr", ".zip", ".tiff", ".tif", ".grib2", ".grib", ".grb2", ".grb", ".mat",
      ".csv",
      ".npy", ".npz", ".txt",
    ]
    return endings.first { name.hasSuffix($0) && name.count > $0.count }.map { String(name.dropLast($0.count)) } ?? name
  }
}
