#!/usr/bin/env bash
# Builds and installs smt-mpi into a conda environment ($PREFIX), with the libraries that are there.
set -euo pipefail

flags=(-I"$PREFIX/include")
libraries=(-L"$PREFIX/lib" "-Wl,-rpath,$PREFIX/lib" -lhdf5 -lmpi)
SMT_MPI_CFLAGS="${flags[*]}" SMT_MPI_LDFLAGS="${libraries[*]}" make install PREFIX="$PREFIX"
