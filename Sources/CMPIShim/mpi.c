#include "shim_mpi.h"
#include <mpi.h>
#include <hdf5.h>
#ifndef H5_HAVE_PARALLEL
#error "parallel HDF5 is needed"
#endif
int shim_mpi_placeholder(void) { return MPI_VERSION; }
