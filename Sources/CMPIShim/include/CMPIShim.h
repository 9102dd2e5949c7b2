#pragma once
#include "shim_checksum.h"
#include "shim_chunk_writing.h"
#include "shim_chunks.h"
#include "shim_files.h"
#include "shim_hdf5.h"
#include "shim_mpi.h"
#include "shim_netcdf.h"
