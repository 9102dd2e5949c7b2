#pragma once
#include <stdint.h>
#include <stddef.h>

// HDF5 files as netCDF does not write them, for tests. Where no name is given the dataset is "v". Results are negative on
// failure.

enum hdf5_test_fill { HDF5_TEST_FILL_DEFAULT = 0, HDF5_TEST_FILL_SEVEN = 1, HDF5_TEST_FILL_NEVER = 2 };

struct hdf5_test_dataset {
  /// 'i', 'u' or 'f', of 1 to 8 bytes; 'e' for an enumeration.
  char kind;
  int byte_count, big_endian;
  int fill;
  /// Chunk indexes of the newest format of the library.
  int newest_format;
  /// Chunks at the edges are stored without filters.
  int plain_edges;
  /// 'k' for chunks, 'c' for contiguous, 'o' for compact storage.
  char storage;
};

/// Creates a file whose dimensions may grow if they are chunked. Filters by their HDF5 numbers: 1 deflate, 2 shuffle,
/// 3 fletcher32, 4 szip.
int hdf5_test_create(const char *path, struct hdf5_test_dataset dataset, int rank, const uint64_t *shape,
                     const uint64_t *chunk, int filter_count, const int *filters);
/// Writes a block of values.
int hdf5_test_write(const char *path, int rank, const uint64_t *start, const uint64_t *count, const double *values);
/// A chunk as it is stored; the result is its size in bytes.
int64_t hdf5_test_read_chunk(const char *path, int rank, const uint64_t *start, void *bytes, size_t capacity);
/// Stores a chunk as it is given, filters of the mask's bits as not applied.
int hdf5_test_write_chunk(const char *path, int rank, const uint64_t *start, uint32_t skipped, const void *bytes,
                          size_t count);

/// Adds a dataset of floats as ED2 writes them to a file, which is created where there is none: without names of dimensions,
/// with the units in an attribute "Metadata". Contiguous where chunk is NULL, else shuffled and deflated.
int hdf5_test_add(const char *path, const char *name, int rank, const uint64_t *shape, const uint64_t *chunk,
                  const char *units, const double *values);

/// Where the chunk that begins at an element of a dataset is in the file, and its bytes there.
int hdf5_test_chunk_place(const char *path, const char *name, int rank, const uint64_t *start, uint64_t *place,
                          uint64_t *size);
