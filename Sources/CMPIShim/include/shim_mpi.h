#pragma once
int shim_mpi_placeholder(void);
