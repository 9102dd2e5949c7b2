#pragma once
#include <stdint.h>
#include <stddef.h>

// MPI behind plain functions. Every function returns MPI_SUCCESS (0) or an MPI error code for shim_mpi_error_text,
// unless it says otherwise. All collectives are on MPI_COMM_WORLD.

int shim_mpi_init(void);
int shim_mpi_finalize(void);
void shim_mpi_abort(int exit_code);
int shim_mpi_rank(void);
int shim_mpi_size(void);
/// The ranks that run on this rank's node, itself among them, in order: `ranks` has room for all ranks of the job.
/// Collective.
int shim_mpi_node_ranks(int *ranks, int *count);
void shim_mpi_error_text(int code, char *text, size_t capacity);
/// The library's own version line, cut at the first line end.
void shim_mpi_library_version(char *text, size_t capacity);

int shim_mpi_barrier(void);
/// Broadcasts any number of bytes, in pieces that fit MPI's int counts.
int shim_mpi_broadcast(void *bytes, size_t count, int root);

enum shim_mpi_operation { SHIM_MPI_SUM = 0, SHIM_MPI_MIN = 1, SHIM_MPI_MAX = 2 };
int shim_mpi_allreduce_double(double *values, int count, int operation);
int shim_mpi_allreduce_int64(int64_t *values, int count, int operation);
/// Bitwise or of bytes over all ranks, in pieces that fit MPI's int counts.
int shim_mpi_allreduce_or(uint8_t *bytes, size_t count);
/// Gathers `count` doubles of every rank on rank 0, rank after rank.
int shim_mpi_gather_double(const double *values, int count, double *all);
int shim_mpi_gather_int64(const int64_t *values, int count, int64_t *all);

// Some of the ranks, with a communicator of their own. The handle is freed by shim_mpi_free_group; where a call fails there is
// none.
typedef struct shim_mpi_group shim_mpi_group;

/// Divides all ranks into groups by number; ranks keep their order (MPI_Comm_split). Collective.
int shim_mpi_split(int number, shim_mpi_group **group);
/// Replaces integers by their sums over the group (MPI_Allreduce).
int shim_mpi_group_sum_int64(shim_mpi_group *group, int64_t *values, int count);
/// Broadcasts any number of bytes of the group's first rank, in pieces that fit MPI's int counts.
int shim_mpi_group_broadcast(shim_mpi_group *group, void *bytes, size_t count);
/// Frees a group; collective within it.
void shim_mpi_free_group(shim_mpi_group *group);

/// Sends and receives bytes between two ranks; counts must fit an int.
int shim_mpi_send(const void *bytes, int count, int destination, int tag);
int shim_mpi_receive(void *bytes, int count, int source, int tag);
/// All-to-all exchange of doubles; counts and displacements are in doubles and must fit an int.
int shim_mpi_alltoallv(const double *send, const int *send_counts, const int *send_displacements, double *receive,
                       const int *receive_counts, const int *receive_displacements);

/// The same in single precision.
int shim_mpi_alltoallv_float(const float *send, const int *send_counts, const int *send_displacements, float *receive,
                             const int *receive_counts, const int *receive_displacements);

// Calls that nobody waits for. A request is a handle that is freed where shim_mpi_is_complete finds it complete, or by
// shim_mpi_wait; all buffers and arrays must stay as they are until then. Where a call fails there is none.
typedef struct shim_mpi_request shim_mpi_request;

/// Whether a request is complete (MPI_Test), which lets it make progress; if so, or in case of an error, it is freed.
int shim_mpi_is_complete(shim_mpi_request *request, int *is_complete);
/// Waits until a request is complete (MPI_Wait) and frees it.
int shim_mpi_wait(shim_mpi_request *request);

/// Begins an all-to-all exchange of doubles (MPI_Ialltoallv); counts and displacements are in doubles and must fit an int.
int shim_mpi_start_alltoallv(const double *send, const int *send_counts, const int *send_displacements,
                             double *receive, const int *receive_counts, const int *receive_displacements,
                             shim_mpi_request **request);

// The following travel on a communicator of their own.

/// Starts a message of doubles that is complete only when the other rank has received it (MPI_Issend).
int shim_mpi_start_send(const double *values, int count, int destination, int tag, shim_mpi_request **request);
/// Looks for a message that waits for this rank (MPI_Iprobe); `source` is −1 where there is none.
int shim_mpi_probe(int *source, int *tag, int *count);
/// Starts to receive a message that shim_mpi_probe found (MPI_Irecv).
int shim_mpi_start_receive(double *values, int count, int source, int tag, shim_mpi_request **request);
/// Says that this rank has come to a barrier (MPI_Ibarrier); the request is complete when all have.
int shim_mpi_start_barrier(shim_mpi_request **request);
