#!/usr/bin/env bash
# Installs the system packages that smt-mpi is built with, on Debian and Ubuntu; does nothing where they are there.
# The Swift toolchain is not installed, only looked for. Exit status: 0 ready, 1 something is missing.
set -euo pipefail

# The one list of system packages. Slurm and the CF checkers are needed for some tests only and are not in it.
packages=(
  git make g++ ca-certificates         # to fetch and build
  dpkg-dev                             # to make the Debian package
  pkg-config                           # how the Swift package finds the libraries
  libopenmpi-dev openmpi-bin           # MPI
  libhdf5-openmpi-dev                  # HDF5 with parallel I/O
  libnetcdf-dev                        # netCDF
  libdeflate-dev                       # fast inflation of netCDF-4 chunks
  zlib1g-dev                           # tables that are compressed with gzip
  libtiff-dev libgeotiff-dev           # GeoTIFF
  libpng-dev                           # pictures of maps
  libxxhash-dev                        # xxHash, checksums (header)
  libboost-dev                         # Boost.Math (headers)
  liblapack-dev                        # LAPACK
)
swift_major=6 swift_minor=1

say() { printf 'install-dependencies: %s\n' "$*"; }
fail() {
  printf 'install-dependencies: %s\n' "$@" >&2
  exit 1
}

check_swift() {
  local version=''
  if command -v swift >/dev/null; then
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
  fi
  local wanted="Swift $swift_major.$swift_minor or later is needed: https://www.swift.org/install/"
  [ -n "$version" ] || fail "no Swift toolchain on the PATH." "$wanted"
  local major=${version%%.*} minor=${version#*.}
  if ((major < swift_major || (major == swift_major && minor < swift_minor))); then
    fail "the Swift toolchain on the PATH is $version." "$wanted"
  fi
}

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    if [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
      echo "$package"
    fi
  done
}

install_packages() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "not root, and there is no sudo. Ask for these packages to be installed:" "  $*"
    as_root=(sudo)
  fi
  say "installing $*"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

if [ -n "${SMT_MPI_CFLAGS:-}" ]; then
  say "SMT_MPI_CFLAGS is set: building with the libraries it names, nothing to install."
elif command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
  missing=$(missing_packages)
  if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 # one word per package
    install_packages $missing
  fi
elif ! pkg-config --exists hdf5-openmpi 2>/dev/null; then
  fail "this is neither Debian nor Ubuntu, so nothing is installed." \
    "Load the modules of your cluster for MPI (Open MPI), HDF5 built for that MPI, netCDF-C, libdeflate, zlib, libtiff, libgeotiff, libpng, LAPACK and xxHash, then set" \
    "SMT_MPI_CFLAGS and SMT_MPI_LDFLAGS as described in docs/install.md, \"Clusters\", and run this again."
fi

check_swift
say "ready."
