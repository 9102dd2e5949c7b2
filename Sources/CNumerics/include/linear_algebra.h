#pragma once

// Decompositions of LAPACK under C names. Matrices are stored column after column.

#ifdef __cplusplus
extern "C" {
#endif

/// The Cholesky factor R of a symmetric matrix RᵀR (size × size), by dpotrf: upper triangular, zeros below.
///
/// Only the upper half of `matrix` is read. Returns 0, or the number, from 1, of the first row that makes it not positive
/// definite.
int numerics_cholesky(int size, double *matrix);

/// The inverse of an upper triangular matrix (size × size), in its place, by dtrtri.
///
/// Returns 0, or the number, from 1, of a row whose diagonal is zero.
int numerics_triangular_inverse(int size, double *matrix);

#ifdef __cplusplus
}
#endif
