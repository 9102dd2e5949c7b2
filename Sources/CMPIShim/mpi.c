#include "shim_mpi.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Large transfers go in pieces of this many bytes: MPI 3.1 counts are ints.
static const size_t largest_piece = (size_t)1 << 30;

// Of messages that are looked for while others may be on their way.
static MPI_Comm message_communicator = MPI_COMM_NULL;

int shim_mpi_init(void) {
  int provided = 0;
  int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
  if (code == MPI_SUCCESS) code = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  // The copy has the error handler too.
  if (code == MPI_SUCCESS) code = MPI_Comm_dup(MPI_COMM_WORLD, &message_communicator);
  return code;
}

int shim_mpi_finalize(void) {
  MPI_Comm_free(&message_communicator);
  return MPI_Finalize();
}

void shim_mpi_abort(int exit_code) {
  fflush(NULL);
  MPI_Abort(MPI_COMM_WORLD, exit_code);
}

int shim_mpi_rank(void) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

int shim_mpi_size(void) {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size;
}

int shim_mpi_node_ranks(int *ranks, int *count) {
  MPI_Comm node;
  int rank = shim_mpi_rank();
  int code = MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &node);
  if (code != MPI_SUCCESS) return code;
  code = MPI_Comm_size(node, count);
  if (code == MPI_SUCCESS) code = MPI_Allgather(&rank, 1, MPI_INT, ranks, 1, MPI_INT, node);
  MPI_Comm_free(&node);
  return code;
}

void shim_mpi_error_text(int code, char *text, size_t capacity) {
  char buffer[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(code, buffer, &length);
  snprintf(text, capacity, "%s", buffer);
}

void shim_mpi_library_version(char *text, size_t capacity) {
  char buffer[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  MPI_Get_library_version(buffer, &length);
  buffer[strcspn(buffer, "\n,")] = '\0';
  snprintf(text, capacity, "%s", buffer);
}

int shim_mpi_barrier(void) { return MPI_Barrier(MPI_COMM_WORLD); }

static int broadcast(void *bytes, size_t count, int root, MPI_Comm communicator) {
  char *position = bytes;
  int code = MPI_SUCCESS;
  while (count > 0 && code == MPI_SUCCESS) {
    size_t piece = count < largest_piece ? count : largest_piece;
    code = MPI_Bcast(position, (int)piece, MPI_BYTE, root, communicator);
    position += piece;
    count -= piece;
  }
  return code;
}

int shim_mpi_broadcast(void *bytes, size_t count, int root) { return broadcast(bytes, count, root, MPI_COMM_WORLD); }

static MPI_Op operation_named(int operation) {
  switch (operation) {
    case SHIM_MPI_MIN: return MPI_MIN;
    case SHIM_MPI_MAX: return MPI_MAX;
    default: return MPI_SUM;
  }
}

int shim_mpi_allreduce_double(double *values, int count, int operation) {
  return MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_DOUBLE, operation_named(operation), MPI_COMM_WORLD);
}

int shim_mpi_allreduce_int64(int64_t *values, int count, int operation) {
  return MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_INT64_T, operation_named(operation), MPI_COMM_WORLD);
}

int shim_mpi_allreduce_or(uint8_t *bytes, size_t count) {
  int code = MPI_SUCCESS;
  while (count > 0 && code == MPI_SUCCESS) {
    size_t piece = count < largest_piece ? count : largest_piece;
    code = MPI_Allreduce(MPI_IN_PLACE, bytes, (int)piece, MPI_UINT8_T, MPI_BOR, MPI_COMM_WORLD);
    bytes += piece;
    count -= piece;
  }
  return code;
}

int shim_mpi_gather_double(const double *values, int count, double *all) {
  return MPI_Gather(values, count, MPI_DOUBLE, all, count, MPI_DOUBLE, 0, MPI_COMM_WORLD);
}

int shim_mpi_gather_int64(const int64_t *values, int count, int64_t *all) {
  return MPI_Gather(values, count, MPI_INT64_T, all, count, MPI_INT64_T, 0, MPI_COMM_WORLD);
}

struct shim_mpi_group {
  MPI_Comm communicator;
};

int shim_mpi_split(int number, shim_mpi_group **group) {
  shim_mpi_group *new = malloc(sizeof *new);
  if (!new) return MPI_ERR_NO_MEM;
  // The error handler comes along.
  int code = MPI_Comm_split(MPI_COMM_WORLD, number, shim_mpi_rank(), &new->communicator);
  if (code == MPI_SUCCESS) {
    *group = new;
  } else {
    free(new);
  }
  return code;
}

int shim_mpi_group_sum_int64(shim_mpi_group *group, int64_t *values, int count) {
  return MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_INT64_T, MPI_SUM, group->communicator);
}

int shim_mpi_group_broadcast(shim_mpi_group *group, void *bytes, size_t count) {
  return broadcast(bytes, count, 0, group->communicator);
}

void shim_mpi_free_group(shim_mpi_group *group) {
  MPI_Comm_free(&group->communicator);
  free(group);
}

int shim_mpi_send(const void *bytes, int count, int destination, int tag) {
  return MPI_Send(bytes, count, MPI_BYTE, destination, tag, MPI_COMM_WORLD);
}

int shim_mpi_receive(void *bytes, int count, int source, int tag) {
  return MPI_Recv(bytes, count, MPI_BYTE, source, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

int shim_mpi_alltoallv(const double *send, const int *send_counts, const int *send_displacements, double *receive,
                       const int *receive_counts, const int *receive_displacements) {
  return MPI_Alltoallv(send, send_counts, send_displacements, MPI_DOUBLE, receive, receive_counts,
                       receive_displacements, MPI_DOUBLE, MPI_COMM_WORLD);
}

int shim_mpi_alltoallv_float(const float *send, const int *send_counts, const int *send_displacements, float *receive,
                             const int *receive_counts, const int *receive_displacements) {
  return MPI_Alltoallv(send, send_counts, send_displacements, MPI_FLOAT, receive, receive_counts,
                       receive_displacements, MPI_FLOAT, MPI_COMM_WORLD);
}

struct shim_mpi_request {
  MPI_Request request;
};

// Frees the request of a call that failed.
static int started(int code, shim_mpi_request *started, shim_mpi_request **request) {
  if (code == MPI_SUCCESS) {
    *request = started;
  } else {
    free(started);
  }
  return code;
}

int shim_mpi_start_alltoallv(const double *send, const int *send_counts, const int *send_displacements,
                             double *receive, const int *receive_counts, const int *receive_displacements,
                             shim_mpi_request **request) {
  shim_mpi_request *new = malloc(sizeof *new);
  if (!new) return MPI_ERR_NO_MEM;
  return started(MPI_Ialltoallv(send, send_counts, send_displacements, MPI_DOUBLE, receive, receive_counts,
                                receive_displacements, MPI_DOUBLE, MPI_COMM_WORLD, &new->request),
                 new, request);
}

int shim_mpi_start_send(const double *values, int count, int destination, int tag, shim_mpi_request **request) {
  shim_mpi_request *new = malloc(sizeof *new);
  if (!new) return MPI_ERR_NO_MEM;
  return started(
      MPI_Issend(values, count, MPI_DOUBLE, destination, tag, message_communicator, &new->request), new, request);
}

int shim_mpi_probe(int *source, int *tag, int *count) {
  int found = 0;
  MPI_Status status;
  int code = MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, message_communicator, &found, &status);
  *source = -1;
  if (code != MPI_SUCCESS || !found) return code;
  *source = status.MPI_SOURCE;
  *tag = status.MPI_TAG;
  return MPI_Get_count(&status, MPI_DOUBLE, count);
}

int shim_mpi_start_receive(double *values, int count, int source, int tag, shim_mpi_request **request) {
  shim_mpi_request *new = malloc(sizeof *new);
  if (!new) return MPI_ERR_NO_MEM;
  return started(
      MPI_Irecv(values, count, MPI_DOUBLE, source, tag, message_communicator, &new->request), new, request);
}

int shim_mpi_start_barrier(shim_mpi_request **request) {
  shim_mpi_request *new = malloc(sizeof *new);
  if (!new) return MPI_ERR_NO_MEM;
  return started(MPI_Ibarrier(message_communicator, &new->request), new, request);
}

int shim_mpi_is_complete(shim_mpi_request *request, int *is_complete) {
  int code = MPI_Test(&request->request, is_complete, MPI_STATUS_IGNORE);
  if (code != MPI_SUCCESS || *is_complete) free(request);
  return code;
}

int shim_mpi_wait(shim_mpi_request *request) {
  int code = MPI_Wait(&request->request, MPI_STATUS_IGNORE);
  free(request);
  return code;
}
