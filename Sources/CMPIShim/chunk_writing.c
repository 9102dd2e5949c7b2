#include "hdf5_handles.h"
#include "shim_chunk_writing.h"

#include <hdf5.h>
#include <libdeflate.h>
#include <stdlib.h>

int64_t shim_hdf5_open_for_writing(const char *path) { return H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT); }

int shim_hdf5_write(int64_t dataset, int rank, const uint64_t *start, const uint64_t *count, const double *values) {
  if (rank > H5S_MAX_RANK) return -1;
  hsize_t first[H5S_MAX_RANK], lengths[H5S_MAX_RANK];
  for (int i = 0; i < rank; i++) {
    first[i] = start[i];
    lengths[i] = count[i];
  }
  int result = -1;
  hid_t space = H5Dget_space(dataset), memory = H5Screate_simple(rank, lengths, NULL);
  if (space >= 0 && memory >= 0 && H5Sselect_hyperslab(space, H5S_SELECT_SET, first, NULL, lengths, NULL) >= 0)
    result = H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values);
  shim_hdf5_close_handles(result >= 0, -1, space, memory);
  return result;
}

int shim_hdf5_write_chunk(int64_t dataset, int rank, const uint64_t *start, size_t bytes, const void *chunk) {
  hsize_t offset[H5S_MAX_RANK];
  if (rank > H5S_MAX_RANK) return -1;
  for (int i = 0; i < rank; i++) offset[i] = start[i];
  return H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, offset, bytes, chunk);
}

int shim_hdf5_extend(int64_t dataset, int rank, const uint64_t *shape) {
  hsize_t lengths[H5S_MAX_RANK];
  if (rank > H5S_MAX_RANK) return -1;
  for (int i = 0; i < rank; i++) lengths[i] = shape[i];
  return H5Dset_extent(dataset, lengths);
}

size_t shim_deflate_bound(size_t bytes) { return libdeflate_zlib_compress_bound(NULL, bytes); }

size_t shim_deflate_chunk(const void *elements, size_t count, size_t size, int level, void *result, size_t capacity) {
  size_t written = 0;
  unsigned char *shuffled = malloc(count * size + 1);
  struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level);
  if (shuffled && compressor) {
    const unsigned char *bytes = elements;
    for (size_t byte = 0; byte < size; byte++)
      for (size_t i = 0; i < count; i++) shuffled[byte * count + i] = bytes[i * size + byte];
    written = libdeflate_zlib_compress(compressor, shuffled, count * size, result, capacity);
  }
  libdeflate_free_compressor(compressor);
  free(shuffled);
  return written;
}
