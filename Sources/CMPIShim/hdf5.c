#include "hdf5_handles.h"
#include "shim_hdf5.h"

#include <hdf5.h>
#include <mpi.h>
#include <stdio.h>
#include <string.h>

#ifndef H5_HAVE_PARALLEL
#error "The HDF5 that the compiler finds is not a parallel one (H5_HAVE_PARALLEL is not defined)."
#endif

enum { largest_rank = H5S_MAX_RANK };

void shim_hdf5_quiet(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

static herr_t keep_innermost(unsigned level, const H5E_error2_t *error, void *text) {
  (void)level;
  // Walking upward ends with the outermost entry; the first one seen is the cause.
  char *message = text;
  if (message[0] == '\0' && error->desc) snprintf(message, 512, "%s", error->desc);
  return 0;
}

void shim_hdf5_error_text(char *text, size_t capacity) {
  char message[512] = "";
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, message);
  snprintf(text, capacity, "%s", message[0] ? message : "unknown HDF5 error");
}

void shim_hdf5_library_version(char *text, size_t capacity) {
  unsigned major = 0, minor = 0, release = 0;
  H5get_libversion(&major, &minor, &release);
  snprintf(text, capacity, "%u.%u.%u", major, minor, release);
}

void shim_hdf5_close_handles(int succeeded, int64_t list, int64_t space, int64_t other_space) {
  hid_t errors = succeeded ? -1 : H5Eget_current_stack();
  if (list >= 0) H5Pclose(list);
  if (space >= 0) H5Sclose(space);
  if (other_space >= 0) H5Sclose(other_space);
  if (errors >= 0) H5Eset_current_stack(errors);
}

int64_t shim_hdf5_open_file(const char *path, int parallel) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (access < 0) return -1;
  if (parallel && H5Pset_fapl_mpio(access, MPI_COMM_WORLD, MPI_INFO_NULL) < 0) {
    shim_hdf5_close_handles(0, access, -1, -1);
    return -1;
  }
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
  shim_hdf5_close_handles(file >= 0, access, -1, -1);
  return file;
}

int shim_hdf5_close_file(int64_t file) { return H5Fclose(file); }

int64_t shim_hdf5_open_dataset(int64_t file, const char *name) { return H5Dopen2(file, name, H5P_DEFAULT); }

int shim_hdf5_close_dataset(int64_t dataset) { return H5Dclose(dataset); }

int shim_hdf5_read(int64_t dataset, int rank, const uint64_t *start, const uint64_t *count, int type, int collective,
                   const uint64_t *memory_shape, const uint64_t *memory_start, void *buffer) {
  if (rank > largest_rank) return -1;
  hsize_t file_start[largest_rank], file_count[largest_rank], extent[largest_rank], first[largest_rank];
  int empty = 0;
  for (int i = 0; i < rank; i++) {
    file_start[i] = start[i];
    file_count[i] = count[i];
    extent[i] = memory_shape[i];
    first[i] = memory_start[i];
    if (count[i] == 0) empty = 1;
  }
  int result = -1;
  hid_t transfer = -1, file_space = -1, memory_space = -1;
  transfer = H5Pcreate(H5P_DATASET_XFER);
  if (transfer < 0) goto done;
  if (collective && H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE) < 0) goto done;
  file_space = H5Dget_space(dataset);
  if (file_space < 0) goto done;
  if (empty) {
    hsize_t one = 1;
    memory_space = H5Screate_simple(1, &one, NULL);
    if (memory_space < 0 || H5Sselect_none(memory_space) < 0 || H5Sselect_none(file_space) < 0) goto done;
  } else {
    memory_space = H5Screate_simple(rank, extent, NULL);
    if (memory_space < 0 || H5Sselect_hyperslab(memory_space, H5S_SELECT_SET, first, NULL, file_count, NULL) < 0) goto done;
    if (H5Sselect_hyperslab(file_space, H5S_SELECT_SET, file_start, NULL, file_count, NULL) < 0) goto done;
  }
  result = H5Dread(dataset, type == SHIM_HDF5_DOUBLE ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT, memory_space, file_space,
                   transfer, buffer);
done:
  shim_hdf5_close_handles(result >= 0, transfer, file_space, memory_space);
  return result;
}
