#include "hdf5_handles.h"
#include "shim_chunks.h"

#include <hdf5.h>
#include <libdeflate.h>

_Static_assert(SHIM_HDF5_DEFLATE == H5Z_FILTER_DEFLATE && SHIM_HDF5_SHUFFLE == H5Z_FILTER_SHUFFLE,
               "filter numbers follow H5Zpublic.h");
_Static_assert(SHIM_HDF5_MAX_RANK == H5S_MAX_RANK, "the largest rank follows H5Spublic.h");

_Static_assert(SHIM_INFLATE_DONE == LIBDEFLATE_SUCCESS && SHIM_INFLATE_DAMAGED == LIBDEFLATE_BAD_DATA &&
                   SHIM_INFLATE_TOO_LONG == LIBDEFLATE_INSUFFICIENT_SPACE,
               "outcomes follow libdeflate.h");

int shim_hdf5_chunk_layout(int64_t dataset, int *rank, uint64_t *shape, uint64_t *chunk, int *filter_count,
                           int *filters, uint32_t *parameters) {
  *rank = 0;
  int result = -1;
  hid_t creation = H5Dget_create_plist(dataset), space = H5Dget_space(dataset);
  if (creation < 0 || space < 0) goto done;
  result = 0;
  if (H5Pget_layout(creation) != H5D_CHUNKED) goto done;
  unsigned options = 0;
  hsize_t dataset_lengths[H5S_MAX_RANK], chunk_lengths[H5S_MAX_RANK];
  int dimensions = H5Pget_chunk(creation, H5S_MAX_RANK, chunk_lengths);
  int count = H5Pget_nfilters(creation);
  if (H5Pget_chunk_opts(creation, &options) < 0 || dimensions < 0 || count < 0 ||
      H5Sget_simple_extent_dims(space, dataset_lengths, NULL) != dimensions) {
    result = -1;
    goto done;
  }
  // Filters may be left off the chunks at the edges, which are not marked.
  if (options != 0 || count > SHIM_HDF5_MAX_FILTERS) goto done;
  for (int i = 0; i < count; i++) {
    unsigned flags = 0, values[1] = {0};
    size_t value_count = 1;
    filters[i] = H5Pget_filter2(creation, (unsigned)i, &flags, &value_count, values, 0, NULL, NULL);
    parameters[i] = values[0];
    if (filters[i] < 0) {
      result = -1;
      goto done;
    }
  }
  for (int i = 0; i < dimensions; i++) {
    shape[i] = dataset_lengths[i];
    chunk[i] = chunk_lengths[i];
  }
  *filter_count = count;
  *rank = dimensions;
done:
  shim_hdf5_close_handles(result >= 0, creation, space, -1);
  return result;
}

int shim_hdf5_number(int64_t dataset, char *kind, int *byte_count, int *big_endian) {
  hid_t type = H5Dget_type(dataset);
  if (type < 0) return -1;
  const struct {
    char kind;
    int bytes, big_endian;
    hid_t type;
  } known[] = {
      {'i', 1, 0, H5T_STD_I8LE},    {'u', 1, 0, H5T_STD_U8LE},    {'i', 2, 0, H5T_STD_I16LE},
      {'u', 2, 0, H5T_STD_U16LE},   {'i', 4, 0, H5T_STD_I32LE},   {'u', 4, 0, H5T_STD_U32LE},
      {'i', 8, 0, H5T_STD_I64LE},   {'u', 8, 0, H5T_STD_U64LE},   {'f', 4, 0, H5T_IEEE_F32LE},
      {'f', 8, 0, H5T_IEEE_F64LE},  {'i', 1, 1, H5T_STD_I8BE},    {'u', 1, 1, H5T_STD_U8BE},
      {'i', 2, 1, H5T_STD_I16BE},   {'u', 2, 1, H5T_STD_U16BE},   {'i', 4, 1, H5T_STD_I32BE},
      {'u', 4, 1, H5T_STD_U32BE},   {'i', 8, 1, H5T_STD_I64BE},   {'u', 8, 1, H5T_STD_U64BE},
      {'f', 4, 1, H5T_IEEE_F32BE},  {'f', 8, 1, H5T_IEEE_F64BE},
  };
  *kind = 0;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (H5Tequal(type, known[i].type) <= 0) continue;
    *kind = known[i].kind;
    *byte_count = known[i].bytes;
    *big_endian = known[i].big_endian;
    break;
  }
  H5Tclose(type);
  return 0;
}

static const hsize_t *lengths(int rank, const uint64_t *numbers, hsize_t *copy) {
  for (int i = 0; i < rank && i < H5S_MAX_RANK; i++) copy[i] = numbers[i];
  return copy;
}

int shim_hdf5_chunk_bytes(int64_t dataset, int rank, const uint64_t *start, uint64_t *bytes) {
  hsize_t place[H5S_MAX_RANK], size = 0;
  int result = H5Dget_chunk_storage_size(dataset, lengths(rank, start, place), &size);
  *bytes = size;
  return result;
}

int shim_hdf5_read_chunk(int64_t dataset, int rank, const uint64_t *start, uint32_t *skipped, void *buffer) {
  hsize_t place[H5S_MAX_RANK];
  return H5Dread_chunk(dataset, H5P_DEFAULT, lengths(rank, start, place), skipped, buffer);
}

const char *shim_inflater_version(void) { return LIBDEFLATE_VERSION_STRING; }

void *shim_inflater_create(void) { return libdeflate_alloc_decompressor(); }

void shim_inflater_free(void *inflater) { libdeflate_free_decompressor(inflater); }

int shim_inflate(void *inflater, const void *stream, size_t stream_bytes, void *result, size_t capacity,
                 size_t *result_bytes) {
  return libdeflate_zlib_decompress(inflater, stream, stream_bytes, result, capacity, result_bytes);
}
