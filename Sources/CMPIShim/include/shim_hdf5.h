#pragma once
#include <stdint.h>
#include <stddef.h>

// Reading datasets of HDF5 files. Handles are HDF5's own identifiers; a negative handle or result is an error whose
// text shim_hdf5_error_text gives (innermost message of the library's error stack).

enum shim_hdf5_type { SHIM_HDF5_FLOAT = 0, SHIM_HDF5_DOUBLE = 1 };

/// Silences the library's own printing of errors.
void shim_hdf5_quiet(void);
void shim_hdf5_error_text(char *text, size_t capacity);
void shim_hdf5_library_version(char *text, size_t capacity);

/// Opens for reading; with `parallel` through MPI-IO, which all ranks must then do together.
int64_t shim_hdf5_open_file(const char *path, int parallel);
int shim_hdf5_close_file(int64_t file);
int64_t shim_hdf5_open_dataset(int64_t file, const char *name);
int shim_hdf5_close_dataset(int64_t dataset);

/// Reads the hyperslab start…start+count of a dataset of `rank` dimensions, converted to the type asked for, to
/// memory_start… of `buffer`, which is row-major and of the lengths memory_shape. With `collective` every rank that opened
/// the file takes part; a count of 0 is an empty selection.
int shim_hdf5_read(int64_t dataset, int rank, const uint64_t *start, const uint64_t *count, int type, int collective,
                   const uint64_t *memory_shape, const uint64_t *memory_start, void *buffer);
