import CMPIShim

/// Versions of the libraries that this process runs on.
public enum LibraryVersions {
  /// By library; MPI tells its version without having been started.
  public static var all: [String: String] {
    [
      "MPI": cString(capacity: 1024) { shim_mpi_library_version($0, $1) },
      "HDF5": cString(capacity: 64) { shim_hdf5_library_version($0, $1) },
      "netCDF": cString(capacity: 128) { shim_netcdf_library_version($0, $1) },
      "libdeflate": String(cString: shim_inflater_version()),
      "libtiff": String(cString: shim_tiff_library_version()),
      "libpng": String(cString: shim_png_library_version()),
    ]
  }
}
