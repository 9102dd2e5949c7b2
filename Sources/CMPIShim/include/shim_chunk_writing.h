#pragma once
#include <stdint.h>
#include <stddef.h>

// Writing chunks of HDF5 datasets as they are stored. Results are as in shim_hdf5.h.

/// Opens a file that one process alone writes.
int64_t shim_hdf5_open_for_writing(const char *path);
/// Writes doubles to the hyperslab start…start+count of a dataset, converted to its type and through its filters.
int shim_hdf5_write(int64_t dataset, int rank, const uint64_t *start, const uint64_t *count, const double *values);
/// Writes a chunk that has been through the dataset's filters; `start` is its first element.
int shim_hdf5_write_chunk(int64_t dataset, int rank, const uint64_t *start, size_t bytes, const void *chunk);
/// Gives a dataset with an unlimited dimension its lengths.
int shim_hdf5_extend(int64_t dataset, int rank, const uint64_t *shape);

/// Bytes that a chunk takes at the most after shuffle and deflate.
size_t shim_deflate_bound(size_t bytes);
/// Shuffles the bytes of `count` elements of `size` bytes each and deflates them, as HDF5's filters of these names do, into
/// `result`; gives the number of bytes there, 0 where memory or capacity do not suffice.
size_t shim_deflate_chunk(const void *elements, size_t count, size_t size, int level, void *result, size_t capacity);
