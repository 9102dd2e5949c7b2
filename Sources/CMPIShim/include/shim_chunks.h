#pragma once
#include <stdint.h>
#include <stddef.h>

// Chunks of HDF5 datasets as they are stored, and their inflation. Results are as in shim_hdf5.h.

enum { SHIM_HDF5_MAX_RANK = 32, SHIM_HDF5_MAX_FILTERS = 8 };

/// Filters by the numbers that HDF5 registers them under.
enum shim_hdf5_filter { SHIM_HDF5_DEFLATE = 1, SHIM_HDF5_SHUFFLE = 2 };

/// How chunks are stored: lengths of the dataset and of a chunk along each of `rank` dimensions, and the filters in the
/// order of writing, each with its first parameter. `rank` is 0 where chunks are not stored alike or there are none, and
/// where there are more dimensions or filters than the arrays of SHIM_HDF5_MAX_RANK and SHIM_HDF5_MAX_FILTERS hold.
int shim_hdf5_chunk_layout(int64_t dataset, int *rank, uint64_t *shape, uint64_t *chunk, int *filter_count,
                           int *filters, uint32_t *parameters);

/// The kind of the stored numbers: 'i' or 'u' for integers, 'f' for IEEE numbers, 0 for anything else.
int shim_hdf5_number(int64_t dataset, char *kind, int *byte_count, int *big_endian);

/// Bytes that the chunk beginning at an element takes in the file. Where it was never written they are 0, or the result is
/// an error, by the version of the library.
int shim_hdf5_chunk_bytes(int64_t dataset, int rank, const uint64_t *start, uint64_t *bytes);

/// Reads a chunk as stored. Bit k of `skipped` is set where filter k was not applied to it.
int shim_hdf5_read_chunk(int64_t dataset, int rank, const uint64_t *start, uint32_t *skipped, void *buffer);

/// The version of libdeflate that this was compiled with.
const char *shim_inflater_version(void);
/// Memory of libdeflate; NULL where there is none.
void *shim_inflater_create(void);
void shim_inflater_free(void *inflater);
enum { SHIM_INFLATE_DONE = 0, SHIM_INFLATE_DAMAGED = 1, SHIM_INFLATE_TOO_LONG = 3 };

/// Inflates a zlib stream: SHIM_INFLATE_DONE where it is whole and its checksum right, SHIM_INFLATE_TOO_LONG where the result
/// exceeds the capacity.
int shim_inflate(void *inflater, const void *stream, size_t stream_bytes, void *result, size_t capacity,
                 size_t *result_bytes);
