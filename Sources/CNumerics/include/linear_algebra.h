#pragma once

// Decompositions of LAPACK under C names. Matrices are stored column after column.

#ifdef __cplusplus
extern "C" {
#endif

/// The thin singular value decomposition of a matrix with at least as many rows as columns, by dgesdd.
///
/// `matrix` (rows × columns) becomes the left vectors U, `singular` (columns) the singular values in descending order,
/// `right` (columns × columns) the transposed right vectors Vᵀ. Returns 0, or what LAPACK says went wrong.
int numerics_singular_values(int rows, int columns, double *matrix, double *singular, double *right);

#ifdef __cplusplus
}
#endif
