#include "hdf5_test_files.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>

static const hsize_t *lengths(int rank, const uint64_t *numbers, hsize_t *copy) {
  for (int i = 0; i < rank; i++) copy[i] = numbers[i];
  return copy;
}

static hid_t type_of(struct hdf5_test_dataset dataset) {
  hid_t native = H5T_NATIVE_FLOAT;
  if (dataset.kind == 'f' && dataset.byte_count == 8) native = H5T_NATIVE_DOUBLE;
  if (dataset.kind == 'i' || dataset.kind == 'e') {
    const hid_t types[] = {H5T_NATIVE_INT8, H5T_NATIVE_INT16, H5T_NATIVE_INT32, H5T_NATIVE_INT64};
    native = types[dataset.byte_count == 1 ? 0 : dataset.byte_count == 2 ? 1 : dataset.byte_count == 4 ? 2 : 3];
  }
  if (dataset.kind == 'u') {
    const hid_t types[] = {H5T_NATIVE_UINT8, H5T_NATIVE_UINT16, H5T_NATIVE_UINT32, H5T_NATIVE_UINT64};
    native = types[dataset.byte_count == 1 ? 0 : dataset.byte_count == 2 ? 1 : dataset.byte_count == 4 ? 2 : 3];
  }
  hid_t type = H5Tcopy(native);
  H5Tset_order(type, dataset.big_endian ? H5T_ORDER_BE : H5T_ORDER_LE);
  if (dataset.kind != 'e') return type;
  char zero[8] = {0};
  hid_t enumeration = H5Tenum_create(type);
  H5Tenum_insert(enumeration, "none", zero);
  return enumeration;
}

int hdf5_test_create(const char *path, struct hdf5_test_dataset dataset, int rank, const uint64_t *shape,
                     const uint64_t *chunk, int filter_count, const int *filters) {
  hsize_t extent[H5S_MAX_RANK], limits[H5S_MAX_RANK], copy[H5S_MAX_RANK];
  int is_chunked = dataset.storage == 'k';
  for (int i = 0; i < rank; i++) limits[i] = is_chunked ? H5S_UNLIMITED : shape[i];
  // Where no dimension may grow the newest format has still other indexes.
  if (dataset.newest_format > 1) lengths(rank, shape, limits);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_DATASET_CREATE);
  if (dataset.newest_format) H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  if (is_chunked) H5Pset_chunk(creation, rank, lengths(rank, chunk, copy));
  if (dataset.storage == 'o') H5Pset_layout(creation, H5D_COMPACT);
  if (dataset.plain_edges) H5Pset_chunk_opts(creation, H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
  for (int i = 0; i < filter_count; i++) {
    if (filters[i] == 1) H5Pset_deflate(creation, 4);
    if (filters[i] == 2) H5Pset_shuffle(creation);
    if (filters[i] == 3) H5Pset_fletcher32(creation);
    if (filters[i] == 4) H5Pset_szip(creation, H5_SZIP_NN_OPTION_MASK, 8);
  }
  double seven = 7;
  if (dataset.fill == HDF5_TEST_FILL_SEVEN) H5Pset_fill_value(creation, H5T_NATIVE_DOUBLE, &seven);
  if (dataset.fill == HDF5_TEST_FILL_NEVER) H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
  hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  hid_t space = H5Screate_simple(rank, lengths(rank, shape, extent), limits);
  hid_t type = type_of(dataset);
  hid_t set = H5Dcreate2(file, "v", type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  int result = set < 0 ? -1 : 0;
  H5Dclose(set);
  H5Tclose(type);
  H5Sclose(space);
  H5Pclose(creation);
  H5Pclose(access);
  if (H5Fclose(file) < 0) result = -1;
  return result;
}

int hdf5_test_write(const char *path, int rank, const uint64_t *start, const uint64_t *count, const double *values) {
  hsize_t first[H5S_MAX_RANK], extent[H5S_MAX_RANK];
  hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), set = H5Dopen2(file, "v", H5P_DEFAULT);
  hid_t space = H5Dget_space(set), memory = H5Screate_simple(rank, lengths(rank, count, extent), NULL);
  H5Sselect_hyperslab(space, H5S_SELECT_SET, lengths(rank, start, first), NULL, extent, NULL);
  int result = H5Dwrite(set, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values);
  H5Sclose(memory);
  H5Sclose(space);
  H5Dclose(set);
  if (H5Fclose(file) < 0) result = -1;
  return result;
}

int64_t hdf5_test_read_chunk(const char *path, int rank, const uint64_t *start, void *bytes, size_t capacity) {
  hsize_t first[H5S_MAX_RANK], size = 0;
  uint32_t skipped = 0;
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), set = H5Dopen2(file, "v", H5P_DEFAULT);
  int result = H5Dget_chunk_storage_size(set, lengths(rank, start, first), &size);
  if (result >= 0 && size <= capacity) result = H5Dread_chunk(set, H5P_DEFAULT, first, &skipped, bytes);
  H5Dclose(set);
  H5Fclose(file);
  return result < 0 || skipped != 0 ? -1 : (int64_t)size;
}

int hdf5_test_write_chunk(const char *path, int rank, const uint64_t *start, uint32_t skipped, const void *bytes,
                          size_t count) {
  hsize_t first[H5S_MAX_RANK];
  hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), set = H5Dopen2(file, "v", H5P_DEFAULT);
  int result = H5Dwrite_chunk(set, H5P_DEFAULT, skipped, lengths(rank, start, first), count, bytes);
  H5Dclose(set);
  if (H5Fclose(file) < 0) result = -1;
  return result;
}

int hdf5_test_add(const char *path, const char *name, int rank, const uint64_t *shape, const uint64_t *chunk,
                  const char *units, const double *values) {
  hsize_t extent[H5S_MAX_RANK], copy[H5S_MAX_RANK], lines = 3;
  FILE *old = fopen(path, "rb");
  if (old) fclose(old);
  hid_t file = old ? H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT)
                   : H5Fcreate(path, H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT);
  hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  if (chunk) {
    H5Pset_chunk(creation, rank, lengths(rank, chunk, copy));
    H5Pset_shuffle(creation);
    H5Pset_deflate(creation, 4);
  }
  hid_t space = H5Screate_simple(rank, lengths(rank, shape, extent), NULL);
  hid_t set = H5Dcreate2(file, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  int result = H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  char text[3][64];
  memset(text, ' ', sizeof text);
  memcpy(text[0], "Long Name: ", 11);
  snprintf(text[1], sizeof text[1], "Units: [%11s]", units);
  memcpy(text[2], "Dimensions: ", 12);
  hid_t type = H5Tcopy(H5T_C_S1), list = H5Screate_simple(1, &lines, NULL);
  H5Tset_size(type, sizeof text[0]);
  H5Tset_strpad(type, H5T_STR_SPACEPAD);
  hid_t attribute = H5Acreate2(set, "Metadata", type, list, H5P_DEFAULT, H5P_DEFAULT);
  if (H5Awrite(attribute, type, text) < 0) result = -1;
  H5Aclose(attribute);
  H5Sclose(list);
  H5Tclose(type);
  H5Dclose(set);
  H5Sclose(space);
  H5Pclose(creation);
  if (H5Fclose(file) < 0) result = -1;
  return result;
}

int hdf5_test_chunk_place(const char *path, const char *name, int rank, const uint64_t *start, uint64_t *place,
                          uint64_t *size) {
  hsize_t first[H5S_MAX_RANK], bytes = 0;
  haddr_t address = 0;
  unsigned mask = 0;
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), set = H5Dopen2(file, name, H5P_DEFAULT);
  int result = H5Dget_chunk_info_by_coord(set, lengths(rank, start, first), &mask, &address, &bytes);
  *place = address;
  *size = bytes;
  H5Dclose(set);
  H5Fclose(file);
  return result;
}
