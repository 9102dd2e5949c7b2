/// How files of kinds that are not read are brought over: the command that does it, as a sentence.
enum Conversion {
  /// The sentence for a file; nil for what is read, or not known.
  static func sentence(_ signature: FileSignature, _ path: String) -> String? {
    let (name, base) = (quoted(path), path.nameWithoutEnding)
    switch signature {
    case .classicNetCDF, .hdf5, .zarr, .other: return nil
    case .tiff:
      return "Maps are read from it as FILE.tif:BAND; netCDF is made of it by: "
        + "smt-mpi regrid --source \(name) --grid \(name) -o \(quoted(base + ".nc"))"
    case .hdf4:
      return "A GeoTIFF of one of its fields is made by: "
        + "gdal_translate 'HDF4_EOS:EOS_GRID:\"\(path)\":GRID:FIELD' FIELD.tif, where 'gdalinfo \(path)' lists GRID and FIELD"
    case .npy:
      return "'smt-mpi compare --grid' takes it; netCDF is made of it by: python3 -c \"import numpy, xarray; "
        + "xarray.DataArray(numpy.load('\(path)'), dims=('lat','lon'), coords={'lat': LATITUDES, 'lon': LONGITUDES}, "
        + "name='NAME').to_netcdf('\(base).nc')\""
    case .zarr3: return ofZarr(path)
    case .zarrArray:
      let parts = path.split(separator: "/", omittingEmptySubsequences: true)
      let store = path.dropLast(path.hasSuffix("/") ? 1 : 0).dropLast((parts.last?.count ?? 0) + 1)
      return "Give the store and the array: \(store.isEmpty ? "STORE" : String(store)):\(parts.last ?? "NAME")"
    case .grib:
      return "Make netCDF of it: cdo -f nc4 copy \(name) \(quoted(base + ".nc")) "
        + "(or: grib_to_netcdf -o \(quoted(base + ".nc")) \(name))"
    case .matlab:
      return "Make netCDF of it: python3 -c \"import scipy.io, xarray; m = scipy.io.loadmat('\(path)'); "
        + "xarray.DataArray(m['NAME'], dims=('lat','lon'), coords={'lat': LATITUDES, 'lon': LONGITUDES}, "
        + "name='NAME').to_netcdf('\(base).nc')\"; of version 7.3 by h5py in place of scipy.io"
    case .zip:
      let folder = quoted(base)
      if path.hasSuffix(".npz") { return "Make files .npy of its arrays: unzip \(name) -d \(folder)" }
      return "Unpack it: unzip \(name) -d \(folder)"
    case .gzip where path.hasSuffix(".tgz") || path.hasSuffix(".tar.gz"): return "Unpack it: tar -xzf \(name)"
    case .gzip: return "Unpack it: gunzip -k \(name)"
    case .bzip2: return "Unpack it: bunzip2 -k \(name)"
    case .xz: return "Unpack it: unxz -k \(name)"
    case .zstd: return "Unpack it: unzstd \(name)"
    case .tar: return "Unpack it: tar -xf \(name)"
    case .webPage: return "Look into it, and download the file again: head \(name)"
    case .gitLFS: return "Fetch it: git lfs pull --include \(name)"
    case .text:
      return
        "Tables of stations are read by 'sites' and by the options that say so; of a table with columns time, lat, "
        + "lon netCDF is made by: python3 -c \"import pandas; pandas.read_csv('\(path)', parse_dates=['time'])"
        + ".set_index(['time','lat','lon']).to_xarray().to_netcdf('\(base).nc')\""
    }
  }

  /// The sentence for a Zarr store that is not read.
  static func ofZarr(_ path: String) -> String {
    "Make a netCDF file of it: python3 -c \"import xarray; "
      + "xarray.open_zarr('\(path)').to_netcdf('\(path.nameWithoutEnding).nc')\""
  }

  /// The sentence for a folder, which holds files of this kind perhaps.
  static func ofFolder(_ path: String, containing names: [String]) -> String {
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    let endings = [".nc", ".nc4", ".h5", ".hdf5", ".cdf", ".tif", ".tiff", ".zarr"]
    let counts = endings.map { ending in names.count { $0.hasSuffix(ending) } }
    let most = counts.max() ?? 0
    let found = most > 0 ? counts.firstIndex(of: most).map { endings[$0] } : nil
    return "give the files in it: '\(folder)/*\(found ?? ".nc"):VARIABLE'"
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
  /// The last part of a path without its endings.
  fileprivate var nameWithoutEnding: String {
    let name = split(separator: "/").last.map(String.init) ?? self
    let endings = [
      ".zarr.zip", ".tar.gz", ".tgz", ".zarr", ".zip", ".tiff", ".tif", ".grib2", ".grib", ".grb2", ".grb", ".mat",
      ".csv",
      ".npy", ".npz", ".txt",
    ]
    return endings.first { name.hasSuffix($0) && name.count > $0.count }.map { String(name.dropLast($0.count)) } ?? name
  }
}
